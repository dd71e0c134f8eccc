"""A PDF file written from front to back: objects as they come, an index at the end (ISO 32000-1, 7.5.7 and 7.5.8).

Object numbers are given in the order of writing, so the index is a stream of near-equal rows that is compressed on the
way; memory does not grow with the number of pages. Only the few numbers reserved at the start are filled in last.
"""

import hashlib
import zlib
from functools import cache
from itertools import pairwise
from typing import BinaryIO

SMALL_WINDOW, SMALL_MEMORY = 11, 4  # 2 kB, of zlib's 32
ROW = 8  # bytes of a row of the index: kind (1), offset or object stream (5), generation or index (2)


class PdfFile:
    """Write objects to ``out``; ``close`` writes the index. Numbers 1 to ``reserved`` may be written at any time."""

    def __init__(self, out: BinaryIO, reserved: int):
        self._out = out
        self._digest = hashlib.sha256()
        self._at = 0
        self._reserved: dict[int, bytes] = {}
        self._reserved_count = reserved
        self.next_number = reserved + 1
        self._index = _Index()
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._at

    def add(self, body: bytes) -> int:
        """Write an object under the next number, and return that number."""
        number = self.next_number
        self.next_number += 1
        self._index.append(_row(1, self._at, 0))
        self._put(number, body)
        return number

    def put(self, number: int, body: bytes) -> None:
        """Write the object of a number that was reserved."""
        if not 1 <= number <= self._reserved_count or number in self._reserved:
            raise ValueError(f"object {number} is not reserved, or written already")
        self._reserved[number] = _row(1, self._at, 0)
        self._put(number, body)

    def add_stream(self, data: bytes, extra: bytes = b"") -> int:
        """Write a compressed stream under the next number, and return that number."""
        return self.add(stream(data, extra))

    def add_compressed(self, header: bytes, bodies: bytes, count: int) -> None:
        """Write ``count`` objects in one object stream: they take the numbers after the stream's own.

        ``header`` holds the pairs "number offset"; the first object's number is ``next_number + 1``.
        """
        packed = zlib.compress(header + bodies, 3)
        body = b"<</Type/ObjStm/N %d/First %d/Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (
            count, len(header), len(packed), packed,
        )  # fmt: skip
        holder = self.add(body)
        self._index.append(_row(2, holder, 0))
        self._index.repeat(count - 1)
        self.next_number += count

    def close(self, root: int) -> None:
        """Write the index and the end of the file; ``root`` is the number of the catalogue."""
        own = self.next_number
        self._index.append(_row(1, self._at, 0))
        self.next_number += 1
        rows = [_row(0, 0, 65535), *(self._reserved.get(n, _row(0, 0, 0)) for n in range(1, self._reserved_count + 1))]
        packed = self._index.finish(rows)
        identity = self._digest.hexdigest()[:32].encode()
        start = self._at
        self._put(
            own,
            b"<</Type/XRef/Size %d/Root %d 0 R/ID[<%s><%s>]/W[1 5 2]/Filter/FlateDecode"
            b"/DecodeParms<</Predictor 12/Columns %d>>/Length %d>>stream\n%s\nendstream"
            % (self.next_number, root, identity, identity, ROW, len(packed), packed),
        )
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _put(self, number: int, body: bytes) -> None:
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self._at += len(data)


def stream(data: bytes, extra: bytes = b"", level: int = 6) -> bytes:
    """The body of a compressed stream object."""
    packed = zlib.compress(data, level)
    return b"<<%s/Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (extra, len(packed), packed)


def small_stream(data: bytes) -> bytes:
    """A few hundred bytes compressed: with a small window, most of the time would go into setting a large one up."""
    packer = zlib.compressobj(6, zlib.DEFLATED, SMALL_WINDOW, SMALL_MEMORY)
    return packer.compress(data) + packer.flush()


class _Index:
    """Rows of the index, each stored as its difference to the row before (PNG's "up"), compressed as they come."""

    def __init__(self):
        self._packer = zlib.compressobj(6)
        self._packed = bytearray()
        self._first: bytes | None = None
        self._last = bytes(ROW)

    def append(self, row: bytes) -> None:
        if self._first is None:
            self._first = row
        else:
            self._pack(_up(row, self._last))
        self._last = row

    def repeat(self, times: int) -> None:
        """Append rows that each count one more in their last field, as the members of an object stream do."""
        self._pack(_counting(times))
        last = int.from_bytes(self._last, "big") + times
        self._last = last.to_bytes(ROW, "big")

    def finish(self, reserved: list[bytes]) -> bytes:
        """Every row compressed, with the rows of the reserved numbers, known only now, in front."""
        self._packed += self._packer.flush()
        packer, before = zlib.compressobj(6), bytes(ROW)
        packed = bytearray()
        for row in [*reserved, self._first]:
            packed += packer.compress(_up(row, before))
            before = row
        unpacker = zlib.decompressobj()
        rest = bytes(self._packed)
        while rest:
            packed += packer.compress(unpacker.decompress(rest, 1 << 16))
            rest = unpacker.unconsumed_tail
        return bytes(packed + packer.flush())

    def _pack(self, data: bytes) -> None:
        self._packed += self._packer.compress(data)


def _row(kind: int, where: int, index: int) -> bytes:
    return bytes((kind,)) + where.to_bytes(5, "big") + index.to_bytes(2, "big")


def _up(row: bytes, before: bytes) -> bytes:
    return b"\x02" + bytes((new - old) & 255 for new, old in zip(row, before, strict=True))


@cache
def _counting(times: int) -> bytes:
    """Differences between rows whose last two bytes count 0, 1, 2, ... up to ``times``."""
    rows = [index.to_bytes(2, "big") for index in range(times + 1)]
    return b"".join(_up(bytes(6) + new, bytes(6) + old) for old, new in pairwise(rows))
