"""The sealed pack: the register, its trail and a checkpoint in one ZIP, with a signed manifest and its own verifier.

Nothing of us is needed to check it: `verify.py` inside (verifier.py here) runs on plain Python. A redacted pack leaves
out names and free text, also those of the trail, and still verifies: the chain covers the words by their keyed hash.
"""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from breachreg.audit import checkpoints
from breachreg.audit.stored import rows, written
from breachreg.audit.verify import PURGE
from breachreg.exports.rows import Table
from breachreg.exports.sealing import Sealed
from breachreg.register.models import Incident

if TYPE_CHECKING:
    from breachreg.exports.making import Order

VERIFIER = Path(__file__).parent / "verifier.py"


def write(order: "Order", write_json: Callable[[BinaryIO], int], write_csv: Callable[[BinaryIO], int], file: BinaryIO) -> int:
    """Write a pack; the two callables write the register itself. Gives the number of incidents."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        sealed = Sealed(archive, order)
        with sealed.member("register.json") as stream:
            count = write_json(stream)
        with sealed.member("register.csv") as stream:
            write_csv(stream)
        add_proof(sealed, order)
        sealed.close()
    return count


def add_proof(sealed: Sealed, order: "Order", incident: Incident | None = None) -> None:
    """Add what a stranger needs to check the pack: the trail (in words for one incident only), checkpoint, verifier."""
    with sealed.member("trail.jsonl") as stream:
        for line in _trail(order, incident):
            stream.write(line)
    sealed.text("checkpoint.txt", order.checkpoint)
    if order.timestamp:
        sealed.bytes("checkpoint.tst", order.timestamp)
    sealed.text("verify.py", VERIFIER.read_text(encoding="utf-8"))
    sealed.text("README.txt", _readme(order, incident))


def _trail(order: "Order", incident: Incident | None) -> Iterator[bytes]:
    """The entries of the organisation up to the checkpoint, one JSON object a line, as docs/trail.md tells them.

    In the pack of one incident the other entries stand without their words: their columns hold no personal data, and
    the chain can't be followed without them. The entry of a purge always has its words, which name nobody: they say which
    entries lost theirs.
    """
    last = checkpoints.read(order.checkpoint).number
    file = ("incident", str(incident.pk)) if incident else None
    for row in rows(order.organisation.pk):
        number, at, content = row[0], row[3], row[15:]
        if number > last:
            return
        entry = {"entry": [*row[:3], written(at), *row[4:13]], "hash": row[13]}
        if content[0] is not None and (row[5] == PURGE or (not order.is_redacted and file in (None, row[8:10]))):
            entry["content"] = list(content)
        yield json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _readme(order: "Order", incident: Incident | None) -> str:
    what = incident.reference if incident else _("Register of personal-data breaches (Art. 33(5) GDPR)")
    lines = [
        what + " · " + order.organisation.name, "",
        _("To check this pack, on any machine with Python, without network:"), "",
        "    python3 -I verify.py PACK.zip --key …", "",
        _("The key is the public key that this organisation gave you earlier, by another way. Public key in this pack:"),
        checkpoints.public_key().hex(), "",
    ]  # fmt: skip
    if incident:
        lines += [
            _("incident.pdf: the incident as the register tells it, to be read; incident.json: the same for machines."),
            _("record/: every row that is kept of it, table by table. documents/: sealed notifications and decisions. evidence/: the kept files."),
        ]
    lines.append(_("trail.jsonl: everything that was done, entry by entry; checkpoint.txt: how far it had come, signed."))
    if order.is_redacted:
        lines.append(_("Names, free text and files are left out of this copy; the hashes of the files and the whole chain are in it."))
    return "\n".join(lines) + "\n"


def writers(order: "Order", again: Callable[[], Table], json_writer, csv_writer) -> tuple[Callable, Callable]:
    """The two callables for ``write``: each reads the incidents anew, because a table is read once."""
    return (lambda stream: json_writer(order, again(), stream)), (lambda stream: csv_writer(order, again(), stream))
