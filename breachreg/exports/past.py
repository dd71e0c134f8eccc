"""The register as it stood at an instant, rebuilt from the trail alone.

Inside ``as_it_stood`` the tables of the register hold, for this connection only, the rows that the trail says they held
then: temporary tables of the same names, which both databases look at first. So the list, its filters and every
export read the past with the very code that reads the present, and there is no second copy that could differ.
The names of people and of the organisation are those of today.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import connection, models

from breachreg.accounts.models import Organisation
from breachreg.audit.history import kept_models, row_of
from breachreg.audit.models import Entry
from breachreg.register.models import Incident

ENTERED = ("incident.reported", "incident.imported")
"""The actions by which an incident comes into the register; each incident has one entry of them."""

BATCH = 200
"""Incidents rebuilt at a time."""


@dataclass
class Past:
    """What could be rebuilt: how many incidents, and the entries that brought in those whose words were purged since."""

    at: datetime
    rebuilt: int = 0
    purged: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.purged


@contextmanager
def as_it_stood(organisation: Organisation, at: datetime, incident: Incident | None = None) -> Iterator[Past]:
    """Let the register of this organisation (or one incident of it) be read as it stood at ``at``, inside the block.

    Only read there, and take what you need: what is written meanwhile goes to tables that are thrown away.
    """
    past = Past(at)
    _shadow()
    try:
        for files in _files(organisation, at, incident):
            _rebuild(past, files)
        yield past
    finally:
        _uncover()


def _shadow() -> None:
    where = "temp." if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        for model in kept_models():
            table = model._meta.db_table
            cursor.execute(f'CREATE TEMPORARY TABLE "{table}" {_columns_of(table)}')
            key = "incident_id" if model is not Incident else "id"
            cursor.execute(f'CREATE INDEX {where}"past_{table}" ON "{table}" ({key})')


def _columns_of(table: str) -> str:
    """The columns of the real table, with their types and without anything that it demands of its rows.

    SQLite gives a day back as a day only where the column is declared as one, which AS SELECT does not keep.
    """
    if connection.vendor != "sqlite":
        return f'AS SELECT * FROM "{table}" WHERE 1 = 0'
    with connection.cursor() as cursor:
        cursor.execute(f'PRAGMA main.table_info("{table}")')
        columns = [f'"{name}" {kind}' for _place, name, kind, *_ in cursor.fetchall()]
    return f"({', '.join(columns)})"


def _uncover() -> None:
    where = {"sqlite": "temp", "postgresql": "pg_temp"}[connection.vendor]
    with connection.cursor() as cursor:
        for model in kept_models():
            cursor.execute(f'DROP TABLE IF EXISTS {where}."{model._meta.db_table}"')


def _files(organisation: Organisation, at: datetime, incident: Incident | None) -> Iterator[dict[str, int]]:
    """The files of the incidents that had been entered by then, with the number of the entry that did, in batches."""
    entered = Entry.objects.of_organisation(organisation).filter(action__in=ENTERED, at__lte=at).order_by("number")
    if incident:
        entered = entered.in_file_of(incident)
    last = 0
    while batch := list(entered.filter(number__gt=last).values_list("file_id", "number")[:BATCH]):
        last = batch[-1][1]
        yield dict(batch)


def _rebuild(past: Past, files: dict[str, int]) -> None:
    rows: dict[type[models.Model], list] = defaultdict(list)
    entries = Entry.objects.filter(file_type="incident", file_id__in=files, at__lte=past.at)
    said = entries.order_by("file_id", "number").values_list("file_id", "content__rows")
    for file_id, lines in groupby(said, key=lambda line: line[0]):
        told = _replayed(line[1] for line in lines)
        if told is None:
            past.purged.append(files[file_id])
            continue
        past.rebuilt += 1
        for model in kept_models():
            rows[model] += [row_of(model, state) for state in told.get(model._meta.model_name, {}).values() if state]
    for model, made in rows.items():
        models.QuerySet(model).bulk_create(made, batch_size=500)


def _replayed(said: Iterable[dict | None]) -> dict[str, dict] | None:
    """The rows after all of these entries, or None when the words of one are gone."""
    kept: dict[str, dict] = defaultdict(dict)
    for states in said:
        if states is None:
            return None
        for name, rows in states.items():
            for key, state in rows.items():
                kept[name][key] = state and {**(kept[name].get(key) or {}), **state}
    return kept
