"""Incidents become rows of the register, in batches, so that a million of them need no more memory than a thousand.

A source gives the stored values of each incident, in the order of the columns; a table puts them in words for one
reader, or in plain values for machines. Every format and every date goes through here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import (
    CharField,
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.functions import Cast, Coalesce

from breachreg.audit.models import Entry
from breachreg.exports import related
from breachreg.exports.columns import COLUMNS, Column
from breachreg.exports.kinds import Codes, Reader
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Deadline, Incident

BATCH = 1000

Row = list
"""The stored value of each column of a table, in its order."""


@dataclass(frozen=True)
class Table:
    """Rows of the register, to be read once: what to say of each incident, and where the values come from."""

    columns: tuple[Column, ...]
    rows: Iterator[Row]
    count: int

    def in_words(self, reader: Reader, unknown: str) -> Iterator[list]:
        """Each row as a person reads it: texts and numbers; ``unknown`` is the word for a fact not known yet."""
        return self._said([column.kind.words(reader, _unknown(column, unknown)) for column in self.columns])

    def cells(self, reader: Reader, unknown: str) -> Iterator[list]:
        """Each row for a workbook: like ``in_words``, with naive instants (read in the reader's zone) and days."""
        return self._said([column.kind.cell(reader, _unknown(column, unknown)) for column in self.columns])

    def plain(self) -> Iterator[dict]:
        """Each row as neutral values by the names of the columns."""
        plain = [(column.key, column.kind.plain) for column in self.columns]
        for row in self.rows:
            yield {key: turn(value) for (key, turn), value in zip(plain, row, strict=True)}

    def headings(self, reader: Reader) -> list[str]:
        """The headings in the reader's language."""
        return [reader.say(column.label) for column in self.columns]

    def _said(self, say: list) -> Iterator[list]:
        for row in self.rows:
            yield [said(value) for said, value in zip(say, row, strict=True)]


def _unknown(column: Column, word: str) -> str:
    return word if column.is_fact else ""


def table(
    incidents: QuerySet[Incident], columns: tuple[Column, ...] = COLUMNS, until: datetime | None = None
) -> Table:
    """These incidents, in the order of their queryset, as rows; ``until``: entries of the trail are counted to there."""
    return Table(columns, _read(incidents, columns, until), incidents.count())


def _read(incidents: QuerySet[Incident], columns: tuple[Column, ...], until: datetime | None) -> Iterator[Row]:
    own = [column for column in columns if not column.is_related]
    below = list(dict.fromkeys(column.path for column in columns if column.is_related))
    place = {column.key: number for number, column in enumerate(own, start=1)}
    values = _annotated(incidents, own, until).values_list("pk", *(_name(column) for column in own))
    stored = values.iterator(chunk_size=BATCH)
    if not below:
        yield from (list(row[1:]) for row in stored)
        return
    while batch := list(islice(stored, BATCH)):
        found = related.read(below, [row[0] for row in batch])
        for row in batch:
            yield [
                found[column.path].get(row[0], ()) if column.is_related else row[place[column.key]]
                for column in columns
            ]


def _name(column: Column) -> str:
    return f"stored_{column.key}"


def _annotated(incidents: QuerySet[Incident], columns: list[Column], until: datetime | None) -> QuerySet[Incident]:
    return incidents.annotate(**{_name(column): _expression(column, until) for column in columns})


def _expression(column: Column, until: datetime | None):
    if column.key == "controller":
        return Coalesce("controller_name", "organisation__name")
    if column.path == "trail_count":
        return _trail_count(until)
    if column.path == "clock_due_at":
        clock = Deadline.objects.filter(incident=OuterRef("pk"), rule=ARTICLE_33, cancelled_at=None)
        return Subquery(clock.order_by("occurrence").values("due_at")[:1])
    if isinstance(column.kind, Codes):
        # As stored: turning the text into a tuple and back would cost more than all the rest of the row.
        return ExpressionWrapper(F(column.path), output_field=TextField())
    return F(column.path)


def _trail_count(until: datetime | None):
    entries = Entry.objects.filter(
        file_type="incident", file_id=Cast(OuterRef("pk"), CharField(max_length=60))
    ).order_by()
    entries = entries.filter(at__lte=until) if until else entries
    counted = entries.values("file_id").annotate(count=Count("*")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
