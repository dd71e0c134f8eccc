"""Files of personal data on disc: encrypted piece by piece, so that a million rows never stand in memory or in clear.

Each piece is sealed by AES-GCM together with its place in the file and the file's own name, so pieces can't be swapped
between files nor within one. Reading may jump to any place, as a spreadsheet's reader wants.
"""

import io
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from breachreg.letters.vault import NONCE, Box

PIECE = 64 * 1024
TAG = 16
SEALED_PIECE = NONCE + PIECE + TAG


def folder() -> Path:
    """Where sealed files lie, outside the served tree."""
    place = settings.DATA_DIR / "letters"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


class Writer:
    """A new file, encrypted as it is written; ``name`` finds it again."""

    def __init__(self, box: Box):
        self.name, self._box = uuid.uuid4().hex, box
        path = folder() / self.name
        self._out = path.open("xb")
        path.chmod(0o600)
        self._waiting, self._number = bytearray(), 0

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= PIECE:
            self._put(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    def flush(self) -> None:
        """Nothing to do: a piece is written once it is whole."""

    def close(self) -> None:
        """Write what is left; a second time does nothing."""
        if self._waiting:
            self._put(bytes(self._waiting))
            self._waiting.clear()
        self._out.close()

    def _put(self, piece: bytes) -> None:
        self._out.write(self._box.seal_bytes(piece, _about(self.name, self._number)))
        self._number += 1


def keep(chunks: Iterable[bytes], box: Box) -> str:
    """Store these bytes encrypted and return the name they got."""
    writer = Writer(box)
    try:
        for chunk in chunks:
            writer.write(chunk)
    finally:
        writer.close()
    return writer.name


def open_sealed(name: str, box: Box) -> "SealedFile":
    """Open a stored file for reading, in clear. Raises FileNotFoundError."""
    return SealedFile(folder() / name, name, box)


def drop(name: str | None) -> None:
    """Delete a stored file; one that is gone already is fine."""
    if name:
        (folder() / name).unlink(missing_ok=True)


class SealedFile(io.BufferedIOBase):
    """A stored file in clear, read-only and seekable; one piece at a time is decrypted."""

    def __init__(self, path: Path, name: str, box: Box):
        self._file, self._name, self._box = path.open("rb"), name, box
        stored = path.stat().st_size
        full, rest = divmod(stored, SEALED_PIECE)
        self.size = full * PIECE + (rest - NONCE - TAG if rest else 0)
        self._at, self._number, self._piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = self.size if size is None or size < 0 else min(self._at + size, self.size)
        parts = []
        while self._at < end:
            part = self.read1(end - self._at)
            parts.append(part)
        return b"".join(parts)

    def read1(self, size: int = -1) -> bytes:
        if self._at >= self.size:
            return b""
        number, within = divmod(self._at, PIECE)
        piece = self._load(number)[within:]
        part = piece if size < 0 else piece[:size]
        self._at += len(part)
        return part

    def readinto(self, buffer) -> int:
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _load(self, number: int) -> bytes:
        if number != self._number:
            self._file.seek(number * SEALED_PIECE)
            self._piece = self._box.open_bytes(self._file.read(SEALED_PIECE), _about(self._name, number))
            self._number = number
        return self._piece


def _about(name: str, number: int) -> bytes:
    return f"{name}:{number}".encode()
