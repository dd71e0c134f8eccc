"""The files of an incident: where they lie, and how each is removed; removing one that is gone is no trouble."""

from collections.abc import Callable, Iterable, Iterator

from django.core.files.storage import storages
from django.db import models

from breachreg.audit import personal
from breachreg.letters import sealedfiles
from breachreg.mailboxes.examinations import counting
from breachreg.mailboxes.examinations.models import ExaminedFile

Place = tuple[str, str]
"""A storage, and the name that a file has in it."""


def places_of(rows: models.QuerySet) -> Iterator[Place]:
    """Where the files lie that these rows of one table hold."""
    said = personal.of_table(rows.model)
    names = [name for name in said.of_kind("file") if not isinstance(rows.model._meta.get_field(name), models.BinaryField)]
    for values in rows.values_list(*names) if names and said.storage else ():
        yield from ((said.storage, value) for value in values if value)
    if rows.model is ExaminedFile:
        yield from (("census", str(key)) for key in rows.values_list("pk", flat=True))


def remove(places: Iterable[Place]) -> None:
    """Remove these files. Raises OSError for one that can't be removed; those before it are gone."""
    for storage, place in places:
        REMOVERS[storage](place)


REMOVERS: dict[str, Callable[[str], object]] = {
    "default": lambda place: storages["default"].delete(place),
    "exports": lambda place: storages["exports"].delete(place),
    "letters": sealedfiles.drop,
    "census": counting.remove_census,  # its key alone makes its hashes readable
}
