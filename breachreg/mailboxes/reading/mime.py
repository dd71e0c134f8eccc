"""A message's bytes to its parts, within limits (RFC 5322, RFC 2045 to 2047), without recursion of our own.

What a limit cut off, or what could not be read, is said as a ``Trouble``; it is never an exception.
"""

import email
import email.errors
import email.header
import email.message
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

LATIN = "cp1252"


@dataclass(frozen=True)
class Limits:
    """What one message may cost its reader. Sizes are bytes."""

    size: int = 50 * 2**20
    depth: int = 30
    parts: int = 1000
    boundaries: int = 400
    text: int = 2 * 2**20


LIMITS = Limits()


class Trouble(NamedTuple):
    """Something that kept us from reading a part whole: a code of ``TROUBLES`` and what it concerns."""

    code: str
    what: str = ""


@dataclass
class Part:
    """One leaf of a message: where it stands (``1.2``), what it says it is, and its bytes."""

    path: str
    content_type: str
    name: str | None
    charset: str | None
    depth: int
    data: bytes
    is_attachment: bool
    is_message: bool = False


@dataclass
class Parsed:
    """A message taken apart: its headers as the parser left them, and the troubles met so far."""

    head: email.message.Message
    is_raw: bool = False
    troubles: list[Trouble] = field(default_factory=list)
    raw: bytes = b""


def parse(raw: bytes, limits: Limits = LIMITS) -> Parsed:
    """Parse the bytes of a message; one nested beyond reason is kept as headers and one block of raw text."""
    if raw.lower().count(b"boundary") > limits.boundaries or raw.count(b"message/rfc822") > limits.boundaries:
        return _raw(raw, Trouble("nested_too_deep"))
    try:
        return Parsed(email.message_from_bytes(raw, policy=email.policy.compat32), raw=raw)
    except RecursionError:
        return _raw(raw, Trouble("nested_too_deep"))


def _raw(raw: bytes, trouble: Trouble) -> Parsed:
    head, _, _body = re.sub(rb"\r\n?", b"\n", raw[: 2**20]).partition(b"\n\n")
    parsed = email.message_from_bytes(head + b"\n\n", policy=email.policy.compat32)
    del parsed["Content-Type"], parsed["Content-Transfer-Encoding"]
    return Parsed(parsed, is_raw=True, troubles=[trouble], raw=raw)


def leaves(parsed: Parsed, limits: Limits = LIMITS) -> Iterator[Part]:
    """The leaves in reading order, each nested message announced by a part that holds its head (``is_message``)."""
    if parsed.is_raw:
        yield Part("1", "text/plain", None, LATIN, 0, parsed.raw[: limits.text], False)
        return
    waiting = [("1", parsed.head, 0)]
    seen = 0
    while waiting:
        path, part, depth = waiting.pop()
        if depth > limits.depth or seen >= limits.parts:
            parsed.troubles.append(Trouble("nested_too_deep" if depth > limits.depth else "too_many_parts", path))
            if seen >= limits.parts:
                return
            continue
        seen += 1
        inner = _inner(part)
        if inner is None:
            yield _leaf(path, part, depth)
            continue
        if part.get_content_maintype() == "message":
            yield Part(path, part.get_content_type(), filename(part), None, depth, _head_of(inner), True, is_message=True)
        waiting.extend((f"{path}.{number}", child, depth + 1) for number, child in _backwards(inner))


def _head_of(inner: list) -> bytes:
    """The head of a nested message, as its part carries it."""
    lines = "\n".join(f"{name}: {header_text(value)}" for name, value in (inner[0].raw_items() if inner else ()))
    return lines.encode("utf-8", "replace")


def _backwards(children: list) -> Iterator[tuple[int, email.message.Message]]:
    return ((number, children[number - 1]) for number in range(len(children), 0, -1))


def _inner(part: email.message.Message) -> list | None:
    # Asked without "decode", the payload of a leaf with a malformed charset raises TypeError.
    return part.get_payload() if part.is_multipart() else None


_TYPE = re.compile(r"\s*([a-zA-Z0-9!#$&^_.+-]{1,100}/[a-zA-Z0-9!#$&^_.+-]{1,100})\s*(?:;|$)")
_SIMPLE = re.compile(r';\s*(charset|name|filename)\s*=\s*(?:"([^"\\]*)"|([^\s;"*]+))\s*(?=;|$)', re.I)


def _leaf(path: str, part: email.message.Message, depth: int) -> Part:
    """A leaf from its headers; only those written in an unusual way go through the slower parser of parameters."""
    heads = {name.lower(): value for name, value in reversed(list(part.raw_items()))}
    declared, disposed = str(heads.get("content-type", "")), str(heads.get("content-disposition", ""))
    match = _TYPE.match(declared)
    content_type = match[1].lower() if match else part.get_content_type()
    if "*" in declared or "*" in disposed or "\\" in declared or "=?" in declared + disposed or not (declared + disposed).isascii():
        name, said = filename(part), charset(part)
    else:
        given = {key.lower(): quoted or bare for key, quoted, bare in _SIMPLE.findall(declared + ";" + disposed)}
        name = one_line(given.get("filename") or given.get("name") or "")
        name, said = re.split(r"[/\\]", name)[-1][:255] or None, given.get("charset")
    is_file = disposed.lstrip().lower().startswith("attachment") or bool(name) or not content_type.startswith("text/")
    return Part(path, content_type, name, said, depth, payload(part), is_file)


_ODD = (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError)
"""What the standard library raises on malformed parameters."""


def payload(part: email.message.Message) -> bytes:
    """The decoded bytes of a leaf; what is no valid encoding stays as it stands."""
    try:
        data = part.get_payload(decode=True)
    except (*_ODD, AssertionError):
        data = b""
    return data if isinstance(data, bytes) else b""


def filename(part: email.message.Message) -> str | None:
    """The name that a part gives itself, on one line, without a path."""
    name = _guarded(part.get_filename)
    name = one_line(decoded(name)) if name else ""
    return re.split(r"[/\\]", name)[-1][:255] or None


def charset(part: email.message.Message) -> str | None:
    """The charset that a part declares, if it declares one at all."""
    return _guarded(part.get_content_charset)


def _guarded(read: Callable):
    try:
        return read()
    except _ODD:
        return None


def text_of(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Bytes as text, and whether they were what their charset says: declared, UTF-8, then Windows-1252."""
    for name in (charset, "utf-8"):
        if not name:
            continue
        try:
            return data.decode(name), True
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return data.decode(LATIN, "replace"), charset in (None, "us-ascii", "iso-8859-1", "iso-8859-15", LATIN)


def header_text(value: object) -> str:
    """A header's value as text, whatever the parser made of its bytes."""
    text = str(value)
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        text = text_of(text.encode("utf-8", "surrogateescape"), None)[0]
    return text


def decoded(value: object) -> str:
    """A header's value with its encoded words decoded (RFC 2047); a broken one stays as it stands."""
    text = header_text(value)
    if "=?" not in text:
        return text
    try:
        pieces = email.header.decode_header(text)
    except _ODD:
        return text
    return "".join(piece if isinstance(piece, str) else text_of(piece, name)[0] for piece, name in pieces)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """Text without line breaks and control characters, so that a header cannot forge another one."""
    return _CONTROL.sub(" ", text).strip()


def has_forged_lines(text: str) -> bool:
    """Whether a decoded value holds a line break of its own: the sign of an attempt to inject a header."""
    return "\n" in text or "\r" in text or "\x00" in text
