"""An Outlook message (.msg, MS-OXMSG) to the bytes of an ordinary one, through olefile, which reads the container.

The properties that a report needs become headers, bodies and attachments; an embedded message becomes message/rfc822.
extract-msg would do more, but its licence (GPL) keeps it out of this process.
"""

import base64
import email.header
import email.message
import email.policy
import email.utils
import io
import re
import struct
from datetime import UTC, datetime, timedelta

import olefile

from breachreg.mailboxes.reading.mime import one_line

# Tags of MS-OXPROPS: subject, sender, headers, bodies...
SUBJECT, SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0037, 0x0C1A, 0x0C1F, 0x5D01
HEADERS, BODY, HTML, RTF, MESSAGE_ID, SENT_AT, DELIVERED_AT = 0x007D, 0x1000, 0x1013, 0x1009, 0x1035, 0x0039, 0x0E06
DISPLAY_TO, DISPLAY_CC = 0x0E04, 0x0E03
RECIPIENT_NAME, RECIPIENT_ADDRESS, RECIPIENT_SMTP, RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
FILE_DATA, FILE_LONG_NAME, FILE_NAME, FILE_TYPE = 0x3701, 0x3707, 0x3704, 0x370E
MOST_ENTRIES = 20_000
MOST_DEPTH = 10
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class NotAMessage(Exception):
    """The file is no Outlook message, or is broken beyond reading."""


_BROKEN = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError, MemoryError, OverflowError)
"""What olefile raises on containers that lie about themselves."""


def is_outlook_message(raw: bytes) -> bool:
    """Whether these bytes are an OLE container, as .msg files are."""
    return raw.startswith(olefile.MAGIC)


def to_message(raw: bytes) -> bytes:
    """The same message as RFC 5322 bytes. Raises NotAMessage."""
    try:
        with olefile.OleFileIO(io.BytesIO(raw), raise_defects=olefile.DEFECT_FATAL) as container:
            streams = {"/".join(path): path for path in container.listdir(streams=True)[:MOST_ENTRIES]}
            if not any(name.rsplit("/", 1)[-1].startswith("__properties_version") for name in streams):
                raise NotAMessage("no properties of a message")
            return _Storage(container, streams, "", 32).message(0).as_bytes(policy=_POLICY)
    except _BROKEN as error:
        raise NotAMessage(str(error)) from error


_POLICY = email.policy.compat32.clone(linesep="\r\n", max_line_length=None)


class _Storage:
    """One storage of the container (the message, a recipient, an attachment) and its properties."""

    def __init__(self, container, streams: dict, prefix: str, header_size: int):
        self.container, self.streams, self.prefix = container, streams, prefix
        self.fixed = self._fixed(header_size)

    def _fixed(self, header_size: int) -> dict[int, bytes]:
        data = self._bytes("__properties_version1.0")[header_size:]
        rows = (data[at : at + 16] for at in range(0, len(data) - 15, 16))
        return {struct.unpack_from("<H", row, 2)[0]: row[8:16] for row in rows}

    def _bytes(self, name: str) -> bytes:
        path = self.streams.get(self.prefix + name)
        return self.container.openstream(path).read() if path else b""

    def text(self, tag: int) -> str | None:
        wide = self._bytes(f"__substg1.0_{tag:04X}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\x00")
        narrow = self._bytes(f"__substg1.0_{tag:04X}001E")
        return narrow.decode("cp1252", "replace").rstrip("\x00") if narrow else None

    def binary(self, tag: int) -> bytes:
        return self._bytes(f"__substg1.0_{tag:04X}0102")

    def instant(self, tag: int) -> datetime | None:
        if tag not in self.fixed:
            return None
        (ticks,) = struct.unpack("<Q", self.fixed[tag])
        return _EPOCH + timedelta(microseconds=ticks // 10) if 0 < ticks < 2**62 else None

    def number(self, tag: int) -> int | None:
        return struct.unpack_from("<i", self.fixed[tag])[0] if tag in self.fixed else None

    def below(self, start: str, header_size: int = 8) -> list["_Storage"]:
        names = {
            name[len(self.prefix) :].split("/", 1)[0]
            for name in self.streams if name.startswith(self.prefix + start)
        }  # fmt: skip
        return [_Storage(self.container, self.streams, f"{self.prefix}{name}/", header_size) for name in sorted(names)]

    def message(self, depth: int) -> email.message.Message:
        built = email.message.Message(policy=email.policy.compat32)
        self._write_headers(built)
        parts = self._bodies() + [part for item in self.below("__attach_version1.0_#") for part in item.file(depth)]
        if len(parts) == 1 and parts[0].get_content_maintype() == "text":
            built["Content-Type"], built["Content-Transfer-Encoding"] = parts[0]["Content-Type"], "base64"
            built.set_payload(parts[0].get_payload())
            return built
        built["Content-Type"] = "multipart/mixed"
        for part in parts:
            built.attach(part)
        return built

    def _write_headers(self, built: email.message.Message) -> None:
        original = email.message_from_string(self.text(HEADERS) or "", policy=email.policy.compat32)
        for name, value in original.items():
            if not name.lower().startswith(("content-", "mime-version")):
                _put(built, name, str(value))
        self._add(built, "Subject", self.text(SUBJECT))
        address = self.text(SENDER_SMTP) or self.text(SENDER_ADDRESS) or ""
        if address or self.text(SENDER_NAME):
            self._add(built, "From", email.utils.formataddr((one_line(self.text(SENDER_NAME) or ""), one_line(address))))
        self._add(built, "Message-ID", self.text(MESSAGE_ID))
        sent_at = self.instant(SENT_AT) or self.instant(DELIVERED_AT)
        self._add(built, "Date", email.utils.format_datetime(sent_at) if sent_at else None)
        for kind, name in ((1, "To"), (2, "Cc"), (3, "Bcc")):
            listed = [r.recipient() for r in self.below("__recip_version1.0_#") if (r.number(RECIPIENT_TYPE) or 1) == kind]
            self._add(built, name, ", ".join(listed))

    def _add(self, built: email.message.Message, name: str, value: str | None) -> None:
        if value and name not in built:
            _put(built, name, value)

    def recipient(self) -> str:
        address = self.text(RECIPIENT_SMTP) or self.text(RECIPIENT_ADDRESS) or ""
        return email.utils.formataddr((one_line(self.text(RECIPIENT_NAME) or ""), one_line(address)))

    def _bodies(self) -> list[email.message.Message]:
        html = self.binary(HTML) or (self.text(HTML) or "").encode()
        plain = self.text(BODY) or ""
        if not html and not plain:
            plain = text_of_rtf(unpacked_rtf(self.binary(RTF)))
        texts = [("text/plain", plain.encode("utf-8", "replace"))] if plain else []
        texts += [("text/html", html)] if html else []
        return [_part(kind, data) for kind, data in texts]

    def file(self, depth: int) -> list[email.message.Message]:
        embedded = f"{self.prefix}__substg1.0_{FILE_DATA:04X}000D/"
        if depth < MOST_DEPTH and any(name.startswith(embedded) for name in self.streams):
            inner = _Storage(self.container, self.streams, embedded, 24).message(depth + 1)
            wrapper = email.message.Message(policy=email.policy.compat32)
            wrapper["Content-Type"] = "message/rfc822"
            wrapper.set_payload([inner])
            return [wrapper]
        name = self.text(FILE_LONG_NAME) or self.text(FILE_NAME) or "attachment"
        part = _part(self.text(FILE_TYPE) or "application/octet-stream", self.binary(FILE_DATA))
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", one_line(name)))
        return [part]


def _put(built: email.message.Message, name: str, value: str) -> None:
    line = one_line(value)
    built[name] = line if line.isascii() else email.header.Header(line, "utf-8", maxlinelen=0)


def _part(content_type: str, data: bytes) -> email.message.Message:
    part = email.message.Message(policy=email.policy.compat32)
    kind = one_line(content_type)
    part["Content-Type"] = f"{kind}; charset=utf-8" if kind == "text/plain" else kind
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    return part


# Compressed RTF (MS-OXRTFCP)

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    b"SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
MOST_RTF = 8 * 2**20


def unpacked_rtf(data: bytes) -> bytes:
    """The RTF behind Outlook's compression; empty when there is none or it is broken."""
    if len(data) < 16:
        return b""
    _, raw_size, magic, _ = struct.unpack_from("<IIII", data)
    if magic == 0x414C454D:
        return data[16 : 16 + min(raw_size, MOST_RTF)]
    return _unpack(data[16:], min(raw_size, MOST_RTF)) if magic == 0x75465A4C else b""


class _Window:
    """The last 4,096 bytes written, to which a reference points back."""

    def __init__(self):
        self.bytes = bytearray(_DICTIONARY.ljust(4096, b"\x00"))
        self.at = len(_DICTIONARY)
        self.out = bytearray()

    def write(self, byte: int) -> None:
        self.bytes[self.at] = byte
        self.at = (self.at + 1) % 4096
        self.out.append(byte)

    def repeat(self, offset: int, length: int) -> None:
        for step in range(length):
            self.write(self.bytes[(offset + step) % 4096])


def _unpack(packed: bytes, size: int) -> bytes:
    window, at = _Window(), 0
    while at < len(packed) and len(window.out) < size:
        control, at = packed[at], at + 1
        for bit in range(8):
            pair = packed[at : at + 2]
            if not pair or (control >> bit & 1 and len(pair) < 2):
                break
            if not control >> bit & 1:
                window.write(pair[0])
                at += 1
                continue
            offset, length, at = pair[0] << 4 | pair[1] >> 4, (pair[1] & 15) + 2, at + 2
            if offset == window.at:  # the mark of the end
                return bytes(window.out)
            window.repeat(offset, length)
    return bytes(window.out)


_ESCAPED = re.compile(r"\\'([0-9a-fA-F]{2})")


def text_of_rtf(rtf: bytes) -> str:
    """The words of an RTF body, without its formatting; good enough to find what stands in it."""
    text = _ESCAPED.sub(lambda match: bytes.fromhex(match[1]).decode("cp1252", "replace"), rtf.decode("cp1252", "replace"))
    text = re.sub(r"\\(?:par|line|tab|row|cell)\b ?", "\n", text)
    return re.sub(r"\\[a-z]{1,32}-?\d{0,10} ?|[{}]|\\\*", "", text)
