"""What hangs on an incident, counted before it goes: rows by room, files, entries of the trail that lose their words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from breachreg.audit import personal
from breachreg.audit.models import Entry
from breachreg.register.models import Incident

ROOMS = {
    "register": _("facts, decisions, clocks, tasks"),
    "mailboxes": _("reported messages, logs, indicators"),
    "notifications": _("notifications and their reviews"),
    "letters": _("letters and their recipients"),
    "scrutiny": _("questions and samples of the auditor"),
}
"""How the rows of a room are called on the page; a room that is not here holds indexes only."""


@dataclass
class Weight:
    """What goes with one incident."""

    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    files: int = 0
    size: int = 0
    words: int = 0

    @property
    def row_count(self) -> int:
        return sum(self.rows.values())

    @property
    def parts(self) -> Iterator[tuple[object, int]]:
        """Each kind of rows in words, with its number."""
        return ((label, self.rows[room]) for room, label in ROOMS.items() if self.rows.get(room))


def weigh(incidents: Iterable[Incident]) -> dict[int, Weight]:
    """The weight of each incident, by key; two queries a table at most, whatever the number of incidents."""
    keys = [incident.pk for incident in incidents]
    weights = {key: Weight() for key in keys}
    for model, way in personal.with_the_record().items():
        room = room_of(model)
        if keys and room in ROOMS:
            _count_rows(weights, model, way or "pk", room)
    _count_words(weights)
    return weights


def room_of(model: type[models.Model]) -> str:
    """The room whose table this is."""
    return model.__module__.split(".")[1]


def _count_rows(weights: dict[int, Weight], model: type[models.Model], way: str, room: str) -> None:
    rows = model._base_manager.filter(**{f"{way}__in": list(weights)}).order_by()
    said = personal.of_table(model)
    held = [name for name in said.of_kind("file") if said.storage]
    has_size = bool(held) and "size" in said.fields
    wanted = {"how_many": Count("pk"), **{f"of_{name}": Count(name) for name in held}, **({"bytes": Sum("size")} if has_size else {})}
    for row in rows.values(way).annotate(**wanted):
        weight = weights[row[way]]
        weight.rows[room] += row["how_many"]
        weight.files += sum(row[f"of_{name}"] for name in held)
        weight.size += row.get("bytes") or 0


def _count_words(weights: dict[int, Weight]) -> None:
    entries = Entry.objects.filter(file_type="incident", file_id__in=[str(key) for key in weights], content__isnull=False)
    for file_id, count in entries.order_by().values_list("file_id").annotate(count=Count("pk")):
        weights[int(file_id)].words = count
