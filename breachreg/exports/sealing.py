"""Files on their way into a sealed pack: each is hashed as it is written, and the manifest that lists them is signed."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from breachreg.audit import checkpoints
from breachreg.audit.chain import instant

if TYPE_CHECKING:
    from breachreg.exports.making import Order

FORM = "breachreg pack 1"


class Hashed(io.RawIOBase):
    """A stream that keeps the hash and the size of what goes through it."""

    def __init__(self, stream):
        super().__init__()
        self.stream, self.digest, self.size = stream, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.stream.write(data)


class Sealed:
    """A pack that is being written: its files so far, and those that should be there and are not."""

    def __init__(self, archive: zipfile.ZipFile, order: "Order", progress: Callable[[int], None] = lambda written: None):
        self.archive, self.order, self.progress = archive, order, progress
        self.files: list[dict] = []
        self.absent: list[dict] = []

    @contextmanager
    def member(self, name: str) -> Iterator[Hashed]:
        """A stream into the file of this name; it is listed when the block ends well."""
        with self.archive.open(self._info(name), "w", force_zip64=True) as stream:
            hashed = Hashed(stream)
            yield hashed
        self.files.append({"name": name, "size": hashed.size, "sha256": hashed.digest.hexdigest()})
        self.progress(len(self.files))

    def bytes(self, name: str, data: bytes) -> None:
        """A small file, whole."""
        with self.member(name) as stream:
            stream.write(data)

    def text(self, name: str, text: str) -> None:
        """A small file of UTF-8."""
        self.bytes(name, text.encode())

    def miss(self, name: str, why: str) -> None:
        """Say that this file belongs here and could not be packed."""
        self.absent.append({"name": name, "why": why})

    def close(self, **said: str) -> None:
        """Write the manifest and its signature, last of all; ``said`` is told in the manifest."""
        manifest = {
            "form": FORM, "organisation": self.order.organisation.name, **said, "made_at": instant(self.order.made_at),
            "redacted": self.order.is_redacted, "key": checkpoints.public_key().hex(), "files": self.files,
            "absent": self.absent,
        }  # fmt: skip
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self.archive.writestr(self._info("manifest.json"), text)
        self.archive.writestr(self._info("manifest.sig"), checkpoints.sign(text))

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self.order.made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        return info
