"""The sealed pack: the register, its trail and a checkpoint in one ZIP, with a signed manifest and its own verifier.

Nothing of us is needed to check it: `verify.py` inside (verifier.py here) runs on plain Python. A redacted pack leaves
out names and free text, also those of the trail, and still verifies: the chain covers the words by their keyed hash.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from breachreg.audit import checkpoints
from breachreg.audit.chain import instant
from breachreg.audit.verify import rows, written
from breachreg.exports.rows import Table

if TYPE_CHECKING:
    from breachreg.exports.making import Order

FORM = "breachreg pack 1"
VERIFIER = Path(__file__).parent / "verifier.py"


def write(order: "Order", write_json: Callable[[BinaryIO], int], write_csv: Callable[[BinaryIO], int], file: BinaryIO) -> int:
    """Write a pack; the two callables write the register itself. Gives the number of incidents."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        sealed = _Sealed(archive, order)
        with sealed.member("register.json") as stream:
            count = write_json(stream)
        with sealed.member("register.csv") as stream:
            write_csv(stream)
        with sealed.member("trail.jsonl") as stream:
            for line in _trail(order):
                stream.write(line)
        sealed.text("checkpoint.txt", order.checkpoint)
        sealed.text("verify.py", VERIFIER.read_text(encoding="utf-8"))
        sealed.text("README.txt", _readme(order))
        sealed.close()
    return count


class _Hashed(io.RawIOBase):
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


class _Sealed:
    def __init__(self, archive: zipfile.ZipFile, order: "Order"):
        self.archive, self.order, self.files = archive, order, []

    @contextmanager
    def member(self, name: str) -> Iterator[_Hashed]:
        with self.archive.open(self._info(name), "w", force_zip64=True) as stream:
            hashed = _Hashed(stream)
            yield hashed
        self.files.append({"name": name, "size": hashed.size, "sha256": hashed.digest.hexdigest()})

    def text(self, name: str, text: str) -> None:
        with self.member(name) as stream:
            stream.write(text.encode())

    def close(self) -> None:
        manifest = {
            "form": FORM, "organisation": self.order.organisation.name, "made_at": instant(self.order.made_at),
            "redacted": self.order.is_redacted, "key": checkpoints.public_key().hex(), "files": self.files,
        }  # fmt: skip
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self.archive.writestr(self._info("manifest.json"), text)
        self.archive.writestr(self._info("manifest.sig"), checkpoints.sign(text))

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self.order.made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        return info


def _trail(order: "Order") -> Iterator[bytes]:
    """The entries of the organisation up to the checkpoint, one JSON object a line, as docs/trail.md tells them."""
    last = checkpoints.read(order.checkpoint).number
    for row in rows(order.organisation.pk):
        number, at, content = row[0], row[3], row[15:]
        if number > last:
            return
        entry = {"entry": [*row[:3], written(at), *row[4:13]], "hash": row[13]}
        if content[0] is not None and not order.is_redacted:
            entry["content"] = list(content)
        yield json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _readme(order: "Order") -> str:
    lines = [
        _("Register of personal-data breaches (Art. 33(5) GDPR)") + " · " + order.organisation.name, "",
        _("To check this pack, on any machine with Python, without network:"), "",
        "    python3 -I verify.py PACK.zip --key …", "",
        _("The key is the public key that this organisation gave you earlier, by another way. Public key in this pack:"),
        checkpoints.public_key().hex(),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def writers(order: "Order", again: Callable[[], Table], json_writer, csv_writer) -> tuple[Callable, Callable]:
    """The two callables for ``write``: each reads the incidents anew, because a table is read once."""
    return (lambda stream: json_writer(order, again(), stream)), (lambda stream: csv_writer(order, again(), stream))
