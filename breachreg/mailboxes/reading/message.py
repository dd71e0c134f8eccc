"""A suspicious message to its facts: who it says it is from, who vouches, where it leads, what it carries."""

import email.message
import email.utils
import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from breachreg.mailboxes.reading import addresses as addressing
from breachreg.mailboxes.reading import authentication as vouching
from breachreg.mailboxes.reading import filetypes, mime
from breachreg.mailboxes.reading import links as linking
from breachreg.mailboxes.reading.archives import Budget, members_of_zip
from breachreg.mailboxes.reading.lookalikes import Lookalike, lookalike
from breachreg.mailboxes.reading.texts import from_html

EXCERPT = 4000
"""Characters of a message's text that a report keeps."""


@dataclass(frozen=True)
class Attachment:
    """A file of a message: never opened, only weighed, hashed and looked at from outside."""

    name: str | None
    size: int
    declared: str
    kind: str
    sha256: str
    md5: str
    dangers: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sender:
    name: str
    address: str


@dataclass
class MessageFacts:
    """Everything that a report needs from a message; ``None`` is what the message does not say."""

    sha256: str
    size: int
    message_id: str | None = None
    sent_at: datetime | None = None
    subject: str | None = None
    sender: Sender | None = None
    reply_to: Sender | None = None
    return_path: str | None = None
    recipients: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    authentication: list[vouching.Result] = field(default_factory=list)
    links: list[linking.Link] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    lookalikes: list[Lookalike] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    text: str = ""
    oddities: list[str] = field(default_factory=list)
    troubles: list[mime.Trouble] = field(default_factory=list)

    @property
    def domains(self) -> list[str]:
        """The domains of its addresses and links, once each."""
        hosts = [addressing.domain_of(address) for address in self.addresses] + [link.host for link in self.links]
        return list(dict.fromkeys(host for host in hosts if host))


def facts_of(raw: bytes, *, known_domains: frozenset[str] = frozenset(), limits: mime.Limits = mime.LIMITS) -> MessageFacts:
    """Read a message (RFC 5322 bytes). Whatever it holds, an answer comes back, with the troubles met."""
    facts = MessageFacts(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))
    if len(raw) > limits.size:
        facts.troubles.append(mime.Trouble("too_large", str(len(raw))))
        raw = raw[: limits.size]
    parsed = mime.parse(raw, limits)
    _read_headers(parsed.head, facts)
    _read_parts(parsed, facts, limits)
    facts.troubles += parsed.troubles
    facts.lookalikes = [found for domain in facts.domains if (found := lookalike(domain, known_domains))]
    facts.oddities += _oddities(facts, known_domains)
    return facts


def _read_headers(head: email.message.Message, facts: MessageFacts) -> None:
    facts.subject = _line(head, "Subject", facts)
    facts.message_id = _line(head, "Message-ID", facts)
    facts.sent_at = instant_of(mime.header_text(head.get("Date", "")))
    facts.sender, facts.reply_to = _mailbox(head, "From", facts), _mailbox(head, "Reply-To", facts)
    returned = addressing.mailboxes_in(_all(head, "Return-Path"))
    facts.return_path = returned[0][1] if returned else None
    facts.recipients = [a for name in ("To", "Cc", "Bcc") for _, a in addressing.mailboxes_in(_all(head, name))][:500]
    facts.received = [mime.one_line(mime.header_text(value))[:500] for value in head.get_all("Received", [])[:30]]
    facts.authentication = vouching.results_in(
        [mime.one_line(mime.header_text(value)) for value in head.get_all("Authentication-Results", [])],
        [mime.one_line(mime.header_text(value)) for value in head.get_all("Received-SPF", [])],
    )
    named = [facts.sender, facts.reply_to]
    facts.addresses = list(dict.fromkeys([m.address for m in named if m] + ([facts.return_path] if returned else [])))


def _all(head: email.message.Message, name: str) -> str:
    return ", ".join(mime.one_line(mime.decoded(value)) for value in head.get_all(name, [])[:50])


def _line(head: email.message.Message, name: str, facts: MessageFacts) -> str | None:
    values = head.get_all(name, [])
    if not values:
        return None
    text = mime.decoded(values[0])
    unfolded = text.replace("\r\n ", " ").replace("\n ", " ").replace("\n\t", " ").replace("\r\n\t", " ")
    if mime.has_forged_lines(unfolded):
        facts.troubles.append(mime.Trouble("forged_header", name))
    if len(values) > 1 and name in ("Subject", "From"):
        facts.troubles.append(mime.Trouble("repeated_header", name))
    return mime.one_line(unfolded)[:1000] or None


def _mailbox(head: email.message.Message, name: str, facts: MessageFacts) -> Sender | None:
    line = _line(head, name, facts)
    found = addressing.mailboxes_in(line or "")
    if found:
        return Sender(found[0][0], found[0][1])
    return Sender(line, "") if line else None


_USUAL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, +)?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)(?: \(\w+\))?$"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _usual_instant(match: re.Match) -> datetime | None:
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == "+" else -1)
    try:
        local = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        return local - offset
    except (ValueError, OverflowError):
        return None


def instant_of(text: str) -> datetime | None:
    """The instant that a Date header names, in UTC; ``None`` when it names none."""
    if match := _USUAL_DATE.match(text):
        return _usual_instant(match)
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _read_parts(parsed: mime.Parsed, facts: MessageFacts, limits: mime.Limits) -> None:
    budget = Budget()
    texts = []
    for part in mime.leaves(parsed, limits):
        if part.is_message:
            continue
        if not part.is_attachment and part.content_type.startswith("text/"):
            texts.append(_read_text(part, facts, limits))
        elif part.data or part.name:
            facts.attachments.append(attachment_of(part.data, part.name, part.content_type, budget))
            if part.content_type.startswith("text/html"):
                _read_text(part, facts, limits)
    facts.text = "\n".join(text.strip() for text in texts)[:EXCERPT].replace("\x00", "")
    facts.links = list(dict.fromkeys(facts.links))[: linking.MOST_LINKS]
    found = [address for text in texts for address in addressing.addresses_in(text)]
    facts.addresses = list(dict.fromkeys([*facts.addresses, *found]))[:200]


def _read_text(part: mime.Part, facts: MessageFacts, limits: mime.Limits) -> str:
    text, is_declared = mime.text_of(part.data[: limits.text], part.charset)
    if len(part.data) > limits.text:
        facts.troubles.append(mime.Trouble("text_cut", part.path))
    if not is_declared:
        facts.troubles.append(mime.Trouble("odd_charset", part.charset or ""))
    if part.content_type == "text/html":
        facts.links += linking.links_in_html(text)
        text = from_html(text)
    facts.links += linking.links_in_text(text)
    return text


def attachment_of(data: bytes, name: str | None, declared: str, budget: Budget) -> Attachment:
    """Weigh, hash and look at a file from outside; the names in a ZIP are listed, its members only counted."""
    kind, dangers = filetypes.facts_of(data, name)
    members = tuple(n[:200] for n in filetypes.names_in_zip(data)[:200]) if kind in ("zip", "jar") else ()
    if kind == "zip" and any(content is None for _, content in members_of_zip(data, replace(budget))):
        dangers = (*dangers, "unreadable_archive")
    return Attachment(
        name=name, size=len(data), declared=declared, kind=kind, sha256=hashlib.sha256(data).hexdigest(),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(), dangers=dangers, members=members,
    )  # fmt: skip


def _oddities(facts: MessageFacts, known_domains: frozenset[str]) -> list[str]:
    sender = facts.sender.address if facts.sender else ""
    domain = addressing.domain_of(sender)
    reply_domain = addressing.domain_of(facts.reply_to.address) if facts.reply_to else ""
    named = addressing.addresses_in(facts.sender.name) if facts.sender else []
    failures = vouching.failed(facts.authentication)
    checks = (
        ("replies_elsewhere", bool(reply_domain) and addressing.registrable(reply_domain) != addressing.registrable(domain)),
        ("name_is_another_address", any(addressing.domain_of(address) != domain for address in named)),
        ("claims_to_be_inside", addressing.is_inside(domain, known_domains) and bool(failures)),
        ("authentication_failed", bool(failures)),
        ("lookalike_domain", bool(facts.lookalikes)),
        ("link_shows_another_host", any("shows_another_host" in link.oddities for link in facts.links)),
        ("asks_in_a_form", any(link.kind == "form" for link in facts.links)),
        ("dangerous_attachment", any(set(a.dangers) - {"unreadable_archive"} for a in facts.attachments)),
        ("no_sender", not sender),
    )
    return [code for code, applies in checks if applies]
