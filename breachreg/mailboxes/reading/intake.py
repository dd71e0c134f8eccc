"""What an employee forwarded: the reporter, and the suspicious message itself, attached or quoted inline."""

import base64
import email.header
import email.utils
import hashlib
import re
from dataclasses import dataclass, field

from breachreg.mailboxes.reading import mime, outlook
from breachreg.mailboxes.reading.addresses import mailboxes_in
from breachreg.mailboxes.reading.message import Sender, instant_of
from breachreg.mailboxes.reading.texts import from_html

MOST_REPORTED = 20
_CUT = re.compile(
    r"^[ >\t]*(?:-{2,}\s*(?:original message|message d['’]origine|message transf[ée]r[ée]|forwarded message|"
    r"message original|courriel original)\s*-{2,}|(?:d[ée]but du message r[ée]exp[ée]di[ée]|begin forwarded message)\s*:?)",
    re.I | re.M,
)
_HEADER = re.compile(r"^[ >\t]*\*?(de|from|exp[ée]diteur|envoy[ée](?: le)?|sent|date|[àa]|to|cc|objet|subject|sujet)\s*:\*?\s*(.*)$", re.I)
_NAMES = {
    "de": "From", "from": "From", "expéditeur": "From", "expediteur": "From", "envoyé": "Date", "envoye": "Date",
    "envoyé le": "Date", "envoye le": "Date", "sent": "Date", "date": "Date", "à": "To", "a": "To", "to": "To",
    "cc": "Cc", "objet": "Subject", "subject": "Subject", "sujet": "Subject",
}  # fmt: skip


@dataclass
class Forwarded:
    """What came in: who forwards, their own words, and the bytes of each message that they report."""

    reporter: Sender | None
    note: str
    messages: list[bytes] = field(default_factory=list)
    is_inline: bool = False
    is_automatic: bool = False


class NoMessage(Exception):
    """The file holds no message that could be read."""


def message_bytes(raw: bytes) -> bytes:
    """The RFC 5322 bytes of an uploaded .eml or .msg file. Raises NoMessage."""
    if outlook.is_outlook_message(raw):
        try:
            return outlook.to_message(raw)
        except outlook.NotAMessage as error:
            raise NoMessage(str(error)) from error
    if not re.search(rb"(?im)^(?:from|received|return-path|subject|date|message-id)[ \t]*:", raw[:65536]):
        raise NoMessage("no header of a message")
    return raw


def forwarded(raw: bytes, limits: mime.Limits = mime.LIMITS) -> Forwarded:
    """Find what a message to the reporting address reports: attached messages first, else the quoted one, else itself."""
    parsed = mime.parse(raw[: limits.size], limits)
    head = parsed.head
    senders = mailboxes_in(mime.one_line(mime.decoded(head.get("From", ""))))
    found = Forwarded(Sender(*senders[0]) if senders else None, "", is_automatic=is_automatic(head))
    if not parsed.is_raw:
        found.messages = attached_messages(head, limits)
    text = _first_text(parsed, limits)
    if not found.messages and (quoted := quoted_message(text)):
        found.messages, found.is_inline = [_with_parts(quoted, parsed, limits)], True
        text = text[: _cut_at(text) or 0]
    if not found.messages:
        found.messages, text = [raw], ""
    found.note = text.strip()[:2000]
    return found


def is_automatic(head) -> bool:
    """Whether a machine sent this (RFC 3834): it gets no acknowledgement, or two machines would write for ever."""
    submitted = mime.header_text(head.get("Auto-Submitted", "no")).strip().lower()
    precedence = mime.header_text(head.get("Precedence", "")).strip().lower()
    sender = mime.header_text(head.get("From", "")).lower()
    return (
        not submitted.startswith("no") or precedence in {"bulk", "junk", "list"} or "mailer-daemon" in sender
        or head.get("Return-Path", "").strip() == "<>"
    )  # fmt: skip


def attached_messages(head, limits: mime.Limits) -> list[bytes]:
    """The bytes of each message attached to this one: message/rfc822, .eml or .msg; not those within them."""
    waiting, found, seen = [(head, 0)], [], 0
    while waiting and len(found) < MOST_REPORTED and seen < limits.parts:
        part, depth = waiting.pop(0)
        seen += 1
        children = part.get_payload() if part.is_multipart() else None
        if children and part.get_content_type() == "message/rfc822":
            found += [_as_bytes(child) for child in children[:1]]
        elif children and depth < limits.depth:
            waiting += [(child, depth + 1) for child in children]
        elif (mime.filename(part) or "").lower().endswith((".eml", ".msg")):
            found += _from_file(mime.payload(part))
    return [message for message in found if message.strip()]


def _as_bytes(message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "\r\n".join(f"{name}: {mime.one_line(mime.header_text(value))}" for name, value in message.items()).encode("utf-8", "replace")


def _from_file(data: bytes) -> list[bytes]:
    try:
        return [message_bytes(data)]
    except NoMessage:
        return []


def _first_text(parsed: mime.Parsed, limits: mime.Limits) -> str:
    page = ""
    for part in mime.leaves(parsed, limits):
        if part.is_message:
            break
        if part.content_type == "text/plain" and not part.is_attachment:
            return mime.text_of(part.data[: limits.text], part.charset)[0]
        if part.content_type == "text/html" and not page:
            source = mime.text_of(part.data[: limits.text], part.charset)[0]
            page = from_html(source.replace("<br", "\n<br").replace("<p", "\n<p").replace("<div", "\n<div"))
    return page


def _cut_at(text: str) -> int | None:
    match = _CUT.search(text[:200_000])
    if match:
        return match.start()
    at = 0
    for line in text[:200_000].split("\n"):
        header = _HEADER.match(line)
        if header and _NAMES.get(header[1].lower()) == "From" and "@" in text[at : at + 1000]:
            return at
        at += len(line) + 1
    return None


def quoted_message(text: str) -> dict[str, str] | None:
    """The headers and the body of a message forwarded inline, by the words that mail programmes put before it."""
    at = _cut_at(text)
    if at is None:
        return None
    headers, body, started = {}, [], False
    for line in text[at : at + 200_000].split("\n"):
        match = None if body else _HEADER.match(line)
        if match:
            headers.setdefault(_NAMES[match[1].lower()], match[2].strip())
            started = True
        elif started and (body or line.strip(" >\t\r")):
            body.append(line)
    if "From" not in headers:
        return None
    return {**headers, "body": "\n".join(body)}


def _with_parts(quoted: dict[str, str], parsed: mime.Parsed, limits: mime.Limits) -> bytes:
    """A message made of the quoted headers and body, with the forwarding message's own HTML and files kept."""
    lines = [f"{name}: {_encoded(quoted[name])}" for name in ("From", "To", "Cc", "Subject") if quoted.get(name)]
    if moment := instant_of(quoted.get("Date", "")):
        lines.append(f"Date: {email.utils.format_datetime(moment)}")
    parts = [p for p in mime.leaves(parsed, limits) if p.is_attachment or p.content_type == "text/html"]
    return _assembled(lines, quoted["body"], parts)


def _encoded(value: str) -> str:
    return email.header.Header(mime.one_line(value), "utf-8", maxlinelen=0).encode() if not value.isascii() else mime.one_line(value)


def _assembled(lines: list[str], body: str, parts: list[mime.Part]) -> bytes:
    boundary = "quoted-" + hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:24]
    out = [*lines, f'Content-Type: multipart/mixed; boundary="{boundary}"', "", f"--{boundary}"]
    out += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", ""]
    out.append(base64.encodebytes(body.encode("utf-8", "replace")).decode())
    for part in parts:
        out += [f"--{boundary}", f"Content-Type: {mime.one_line(part.content_type)}; charset={mime.one_line(part.charset or 'utf-8')}"]
        if part.name:
            out.append(f'Content-Disposition: attachment; filename="{_encoded(part.name.replace(chr(34), ""))}"')
        out += ["Content-Transfer-Encoding: base64", "", base64.encodebytes(part.data).decode()]
    return "\r\n".join([*out, f"--{boundary}--", ""]).encode("utf-8", "replace")
