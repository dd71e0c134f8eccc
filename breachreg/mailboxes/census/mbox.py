"""An mbox file to its messages, chunk by chunk: any chunk can be read without the others, in constant memory.

A message belongs to the chunk in which its "From " line begins. Variants differ in how they quote such lines within a
message, so a line counts only after an empty line, and with an hour in it or a header after it. Some programmes leave the
empty line out: a line with a whole date in it and a header after it counts all the same.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

CHUNK = 4 * 2**20
"""Small enough that two processes end at about the same time, large enough that entering one costs nothing."""
BLOCK = 2**20
MOST_BYTES = 101 * 2**20
"""Bytes kept of one message; what lies beyond is passed over, and the message is said to be too large."""
_LONGEST_LINE = 1000
_HOUR = re.compile(rb"\d\d?:\d\d|- *\r?$")
_HEADER = re.compile(rb"[!-9;-~]{1,100}:")
_DATED = re.compile(rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d")
BLANK = b"\xef\xbb\xbf\r\n"
"""What may stand before the first message: the mark of UTF-8, empty lines."""
_QUOTED = re.compile(rb"^>(?=>*From )", re.M)


class Chunk(NamedTuple):
    """A stretch of the file, in bytes: from ``start`` up to, not including, ``end``."""

    number: int
    start: int
    end: int


def chunks(path: Path, size: int = CHUNK) -> Iterator[Chunk]:
    """The chunks of a file, in order."""
    total = path.stat().st_size
    for number, start in enumerate(range(0, total, size)):
        yield Chunk(number, start, min(start + size, total))


def messages(path: Path, chunk: Chunk) -> Iterator[tuple[int, bytes]]:
    """Place and bytes of each message that begins in this chunk."""
    with path.open("rb") as file:
        lead = min(3, chunk.start)  # tells whether the first line follows an empty one
        file.seek(chunk.start - lead)
        data = file.read(lead + chunk.end - chunk.start + 2 * _LONGEST_LINE)
        starts = list(_starts(data, chunk.start == lead))
        own = [start for start in starts if lead <= start < lead + chunk.end - chunk.start]
        for place, start in enumerate(own):
            if place + 1 < len(own):
                message = data[_after_line(data, start) : own[place + 1]]
            else:
                later = next((s for s in starts if s > start), None)
                message = data[_after_line(data, start) : later] if later else _rest(file, data[_after_line(data, start) :])
            yield chunk.start - lead + start, _unquoted(message)


def message_at(path: Path, place: int) -> bytes:
    """The message that begins at this place. Raises LookupError when none does."""
    for _place, raw in messages(path, Chunk(0, place, place + 1)):
        return raw
    raise LookupError(place)


def _rest(file: BinaryIO, message: bytes) -> bytes:
    """The message that goes on beyond the chunk, up to the next one."""
    pieces, tail, size = [message], message[-_LONGEST_LINE:], len(message)
    while block := file.read(BLOCK):
        seam = tail + block
        start = next((s for s in _starts(seam, False) if s >= max(len(tail) - _LONGEST_LINE, 3)), None)
        if start is not None and (start + _LONGEST_LINE < len(seam) or len(block) < BLOCK):
            ending = seam[:start]
            if start < len(tail):
                return b"".join(pieces)[: size - (len(tail) - start)]
            return b"".join([*pieces, ending[len(tail) :]])
        if size < MOST_BYTES:
            pieces.append(block)
            size += len(block)
        tail = seam[-2 * _LONGEST_LINE :]
    return b"".join(pieces)


def _starts(data: bytes, is_first: bool) -> Iterator[int]:
    first = len(data) - len(data.lstrip(BLANK)) if is_first else 0
    if is_first and data.startswith(b"From ", first) and _is_start(data, first):
        yield first
    at = data.find(b"\nFrom ", first)
    while at >= 0:
        follows_empty_line = data[at - 1 : at] == b"\n" or data[max(at - 2, 0) : at] == b"\n\r" or at == 0
        if _is_start(data, at + 1) if follows_empty_line else _is_dated_start(data, at + 1):
            yield at + 1
        at = data.find(b"\nFrom ", at + 1)


def _is_start(data: bytes, at: int) -> bool:
    end = data.find(b"\n", at, at + _LONGEST_LINE)
    return end > 0 and bool(_HOUR.search(data, at, end) or _HEADER.match(data, end + 1))


def _is_dated_start(data: bytes, at: int) -> bool:
    end = data.find(b"\n", at, at + _LONGEST_LINE)
    return end > 0 and bool(_DATED.match(data, at, end) and _HEADER.match(data, end + 1))


def _after_line(data: bytes, start: int) -> int:
    return data.find(b"\n", start) + 1


def _unquoted(message: bytes) -> bytes:
    message = message.rstrip(b"\r\n") + b"\n"
    return _QUOTED.sub(b"", message) if b">From " in message else message
