"""One complete incident file as a sealed pack: everything that the register keeps of it, and the proof that it is whole.

Which tables go in, and what of each a redacted copy leaves out, is read from the one list of personal.py: a table that a
room adds tomorrow is in the pack without a change here. What is encrypted under a key of ours stays out.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit import personal
from breachreg.audit.values import plain
from breachreg.exports import pack
from breachreg.exports.sealing import Sealed
from breachreg.register.models import Evidence, Incident

if TYPE_CHECKING:
    from breachreg.exports.making import Order

LEFT_OUT = ("secret", "sealed")
"""Kinds of fields that leave in no pack: keys, and what they encrypt."""

NOT_RECORDS = {"SearchDocument", "SearchWord"}
"""Tables made from the others."""

CHUNK = 1 << 20


def write(
    order: "Order", incident: Incident, write_json: Callable[[BinaryIO], int], write_pdf: Callable[[BinaryIO], int],
    file: BinaryIO, progress: Callable[[int], None],
) -> int:
    """Write the file of an incident; the two callables write what the register says of it. Gives the number of files."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        sealed = Sealed(archive, order, progress)
        with sealed.member("incident.json") as stream:
            write_json(stream)
        _write_paper(sealed, write_pdf)
        for model, way in _tables():
            _write_rows(sealed, model, way, order, incident)
        _write_evidence(sealed, order, incident)
        pack.add_proof(sealed, order, incident)
        sealed.close(incident=incident.reference)
    return len(sealed.files)


def _write_paper(sealed: Sealed, write_pdf: Callable[[BinaryIO], int]) -> None:
    drawn = io.BytesIO()
    try:
        write_pdf(drawn)
    except OSError as error:  # a machine without Pango draws nothing; all the rest is there
        sealed.miss("incident.pdf", str(error))
    else:
        sealed.bytes("incident.pdf", drawn.getvalue())


def _tables() -> list[tuple[type[models.Model], str]]:
    ways = personal.with_the_record()
    ordered = [model for model, _said in personal.all_tables() if model in ways]
    return [(model, ways[model]) for model in ordered if model.__name__ not in NOT_RECORDS]


def _write_rows(sealed: Sealed, model: type[models.Model], way: str, order: "Order", incident: Incident) -> None:
    """The rows of one table, one JSON object a line; a document that a row holds becomes a file of its own."""
    rows = model._base_manager.filter(**{way or "pk": incident.pk}).order_by("pk")
    if not rows.exists():
        return
    said = personal.of_table(model)
    names = [name for name in said.fields if not _stays(said.kind(name), said.fields[name], order)]
    documents = [field for field in model._meta.concrete_fields if isinstance(field, models.BinaryField) and field.name in names]
    people = dict(User.objects.values_list("pk", "full_name")) if not order.is_redacted else {}
    with sealed.member(f"record/{model._meta.model_name}.jsonl") as stream:
        for row in rows.iterator(chunk_size=500):
            line = json.dumps(_values(row, names, people), ensure_ascii=False, separators=(",", ":"))
            stream.write(line.encode() + b"\n")
    for field in documents:
        for row in rows.iterator(chunk_size=10):
            sealed.bytes(f"documents/{model._meta.model_name}-{row.pk}.pdf", bytes(getattr(row, field.name)))


def _stays(kind: personal.Kind, code: str, order: "Order") -> bool:
    return code in LEFT_OUT or (order.is_redacted and kind.is_personal)


def _values(row: models.Model, names: list[str], people: dict[int, str]) -> dict:
    values = {}
    for field in row._meta.concrete_fields:
        if field.name not in names or isinstance(field, models.BinaryField):
            continue
        value = field.value_from_object(row)
        if field.is_relation and field.related_model is User:
            value = people.get(value)
        values[field.name] = value if isinstance(field, models.JSONField) else plain(value)
    return values


def _write_evidence(sealed: Sealed, order: "Order", incident: Incident) -> None:
    """The kept files, byte by byte as they were kept; one that is gone or was changed is named, not passed over."""
    if order.is_redacted:
        return
    for kept in Evidence.objects.filter(incident=incident).order_by("pk"):
        name = f"evidence/{kept.pk}-{safe(kept.name)}"
        if trouble := _trouble(kept):
            sealed.miss(name, trouble)
            continue
        with sealed.member(name) as stream:
            for chunk in _chunks(kept):
                stream.write(chunk)


def safe(name: str) -> str:
    """A name that every file system takes, with its ending."""
    return re.sub(r"[^\w.\- ]", "_", PurePosixPath(name.replace("\\", "/")).name)[-100:] or "_"


def _trouble(kept: Evidence) -> str | None:
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(kept):
            digest.update(chunk)
    except OSError:
        return _("the file is gone from where it was kept")
    return None if digest.hexdigest() == kept.sha256 else _("the file was changed since it was kept: its SHA-256 is another")


def _chunks(kept: Evidence) -> Iterator[bytes]:
    with storages["default"].open(kept.location) as stored:
        yield from iter(lambda: stored.read(CHUNK), b"")


