"""Messages that came back: a delivery report (RFC 3464) is matched by the Message-ID of what we sent.

The Message-ID is a keyed hash that only we and the receiving servers have seen, so nobody can make up a return.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from breachreg.accounts.models import Organisation, User
from breachreg.letters import ledger
from breachreg.letters.recipients import rows
from breachreg.letters.redaction import without_addresses
from breachreg.letters.run_models import Dispatch

LARGEST = 10 * 1024 * 1024
"""Bytes of a report that are read; the original, quoted at its end, may be cut."""
_OURS = re.compile(r"<\s*(letter-[0-9a-f]{32})@[^>]*>", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")

REASONS = {
    "1.1": gettext_noop("the mailbox does not exist"), "1.2": gettext_noop("the domain does not exist"),
    "1.10": gettext_noop("the domain takes no e-mail"), "2.1": gettext_noop("the mailbox is closed"), "2.2": gettext_noop("the mailbox is full"),
    "2.3": gettext_noop("the message is too large for this mailbox"), "3.4": gettext_noop("the message is too large for this server"),
    "4.1": gettext_noop("the server does not answer"), "4.4": gettext_noop("no way to the server was found"),
    "4.7": gettext_noop("it could not be delivered in time"),
}  # fmt: skip
"""Subject and detail of an enhanced status code (RFC 3463) -> in words."""
KINDS = {
    "1": gettext_noop("the address is wrong"), "2": gettext_noop("the mailbox takes no messages"), "3": gettext_noop("trouble of the receiving server"),
    "4": gettext_noop("trouble on the way"), "5": gettext_noop("trouble between the servers"), "6": gettext_noop("the content can't be taken"),
    "7": gettext_noop("refused by a rule of the receiving server"),
}  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one of our messages; ``has_failed`` is False for a mere delay or a success."""

    message_id: str
    has_failed: bool
    status: str = ""
    diagnostic: str = ""

    def words(self) -> str:
        """Why it came back, in the active language, with the server's own words."""
        found = _STATUS.search(self.status)
        key = f"{found[2]}.{found[3]}" if found else ""
        meaning = REASONS.get(key) or KINDS.get(found[2] if found else "") or gettext_noop("it was not delivered")
        own = " ".join(filter(None, [self.status, self.diagnostic]))
        return f"{_(meaning)} ({own})" if own else _(meaning)


def read(raw: bytes) -> Report | None:
    """The report in these bytes; None when they hold none about a message of ours (a reply, for one)."""
    message = message_from_bytes(raw[:LARGEST])
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    ours = next(filter(None, (_our_id(part) for part in message.walk())), None)
    if ours is None:
        return None
    blocks = [block for block in status.get_payload() if isinstance(block, Message)] if status.is_multipart() else []
    about = next((block for block in blocks if block.get("Action")), None)
    if about is None:
        return Report(ours, False)
    return Report(
        ours, str(about["Action"]).strip().lower() == "failed", str(about.get("Status", "")).strip()[:20],
        _one_line(about.get("Diagnostic-Code", "")),
    )  # fmt: skip


def _our_id(part: Message) -> str | None:
    """The Message-ID of ours that a part quotes: as the original's head, in whichever form servers return it."""
    kind = part.get_content_type()
    if kind in ("text/rfc822-headers", "message/rfc822-headers"):
        text = str(part.get_payload(decode=True) or part.get_payload() or "", "utf-8", "replace") if isinstance(
            part.get_payload(decode=True), bytes
        ) else str(part.get_payload())
        found = _OURS.search("".join(line for line in text.splitlines(True) if line.lower().startswith("message-id")))
        return found[1].lower() if found else None
    found = _OURS.search(str(part.get("Message-ID", "")))
    return found[1].lower() if found else None


def _one_line(text: object) -> str:
    said = " ".join(str(text).split())
    return said.partition(";")[2].strip()[:300] if ";" in said[:20] else said[:300]


def note(*, organisation: Organisation, raw: bytes, by: User | None, at: datetime) -> Dispatch | None:
    """Mark the line that this report speaks of as returned; None when there is none here, or nothing failed.

    The same report twice changes nothing.
    """
    report = read(raw)
    if report is None or not report.has_failed:
        return None
    sent = Dispatch.objects.select_related("run__incident__organisation", "recipient__letter__incident", "letter__incident")
    line = sent.filter(message_id=report.message_id, run__incident__organisation=organisation).first()
    if line is None:
        return None
    person = next(rows([line.recipient])).person
    with translation.override(organisation.language):
        words = without_addresses(report.words(), person.email if person else "")
        ledger.note_returned(line, words, by=by, at=at)
    return line
