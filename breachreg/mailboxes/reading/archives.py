"""An archive to its members, within a budget of bytes and members: a bomb costs no more than the budget."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

READ_ERRORS = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, LookupError,
)  # fmt: skip
"""What the standard library raises on archives that are broken, encrypted or compressed by an unknown method."""


@dataclass
class Budget:
    """What unpacking may still cost, shared by everything found in one message."""

    bytes: int = 64 * 2**20
    members: int = 2000
    is_exhausted: bool = False

    def take(self, size: int) -> bool:
        """Take one member of this size; False, for good, when the budget is used up."""
        if self.is_exhausted or size > self.bytes or self.members <= 0:
            self.is_exhausted = True
            return False
        self.bytes -= size
        self.members -= 1
        return True


def members_of_zip(data: bytes, budget: Budget) -> Iterator[tuple[str, bytes | None]]:
    """Name and bytes of each member; ``None`` for one that can't be read (encrypted, broken, beyond the budget)."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except READ_ERRORS:
        yield "", None
        return
    with archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            if not budget.take(member.file_size):
                yield member.filename, None
                return
            yield member.filename, _read(archive, member)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | None:
    try:
        with archive.open(member) as stream:
            return stream.read(member.file_size)
    except READ_ERRORS:
        return None


def unzipped_gzip(data: bytes, budget: Budget) -> bytes | None:
    """The content of a gzip file, or ``None`` when it is broken or beyond the budget."""
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            content = stream.read(budget.bytes + 1)
    except READ_ERRORS:
        return None
    return content if budget.take(len(content)) else None
