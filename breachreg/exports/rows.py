"""Incidents become rows of the register, in batches, so that a million of them need no more memory than a thousand.

A source gives the stored values of each incident, in the order of the columns; a table puts them in words for one
reader, or in plain values for machines. Every format and every date goes through here.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, repeat
from json.encoder import encode_basestring as quoted
from tempfile import TemporaryFile

from django.db import connection
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

from breachreg.audit.gathering import columns_of
from breachreg.audit.models import Entry
from breachreg.exports import related
from breachreg.exports.columns import COLUMNS, Column
from breachreg.exports.kinds import Codes, Day, Instant, Reader, Text, YesNo
from breachreg.exports.lines import Same, is_same
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Deadline, Incident

BATCH = 1000

Row = tuple
"""The stored value of each column of a table, in its order."""

Batch = list
"""Some rows turned on their side: for each column its values. What is done to a column at once is done quickly."""


Side = Callable[[Sequence], list]
"""Turns all values of a column at once."""


@dataclass(frozen=True)
class Table:
    """Rows of the register, to be read once: what to say of each incident, and where the values come from."""

    columns: tuple[Column, ...]
    batches: Iterator[Batch]
    count: int

    @property
    def rows(self) -> Iterator[Row]:
        """The stored values, row by row."""
        for batch in self.batches:
            yield from zip(*batch, strict=True)

    def in_words(self, reader: Reader, unknown: str, guard: Callable | None = None) -> Iterator[Batch]:
        """Each batch as a person reads it: texts and numbers; ``unknown`` is the word for a fact not known yet.

        ``guard`` is done to every text that a person may have typed.
        """
        return self._said([_side(column, reader, _unknown(column, unknown), guard) for column in self.columns])

    def cells(self, reader: Reader, unknown: str) -> Iterator[Batch]:
        """Each batch for a workbook: like ``in_words``, with instants (read in the reader's zone) and days as numbers."""
        return self._said([_each(column.kind.cell(reader, _unknown(column, unknown))) for column in self.columns])

    def in_json(self) -> Iterator[Batch]:
        """Each batch as neutral values for machines, each value the JSON text of it."""
        return self._said([_json_texts if type(column.kind) is Text else _each(column.kind.json()) for column in self.columns])

    def headings(self, reader: Reader) -> list[str]:
        """The headings in the reader's language."""
        return [reader.say(column.label) for column in self.columns]

    def _said(self, say: list[Side]) -> Iterator[Batch]:
        for batch in self.batches:
            yield [turn(values) for turn, values in zip(say, batch, strict=True)]


def _each(say: Callable) -> Side:
    """A column turned value by value; one that holds the same everywhere (most often nothing) is said once."""
    return lambda values: Same(say(values[0]), len(values)) if is_same(values) else list(map(say, values))


def _json_texts(values: Sequence) -> list:
    said = ["null" if text is None else quoted(text) for text in (values[:1] if is_same(values) else values)]
    return said if len(said) == len(values) else Same(said[0], len(values))


def _side(column: Column, reader: Reader, unknown: str, guard: Callable | None) -> Side:
    """A column in words; texts in one go, for most of a register is text."""
    say = column.kind.words(reader, unknown)
    if guard is None or not column.kind.is_typed:
        return _each(say)
    if not isinstance(column.kind, Text):
        return _each(lambda rows: guard(say(rows)))

    def texts(values: Sequence) -> list:
        if is_same(values):
            return Same(unknown if values[0] is None else guard(values[0]), len(values))
        return [unknown if text is None else text if text[:1].isalnum() else guard(text) for text in values]

    return texts


def _unknown(column: Column, word: str) -> str:
    return word if column.is_fact else ""


def table(
    incidents: QuerySet[Incident], columns: tuple[Column, ...] = COLUMNS, until: datetime | None = None
) -> Table:
    """These incidents, in the order of their queryset, as rows; ``until``: entries of the trail are counted to there."""
    return Table(columns, _read(incidents, columns, until), incidents.count())


def _read(incidents: QuerySet[Incident], columns: tuple[Column, ...], until: datetime | None) -> Iterator[Batch]:
    own = [column for column in columns if not column.is_related]
    below = {column.path: related.READINGS[column.path]() for column in columns if column.is_related}
    place = {column.key: number for number, column in enumerate(own, start=1)}
    read = _reading(own, until)
    for keys in _keys(incidents):
        sides = read(keys)
        if not sides[0]:
            continue
        under = {name: list(map(read_below(sides[0]).get, sides[0], repeat(()))) for name, read_below in below.items()}
        yield [under[column.path] if column.is_related else sides[place[column.key]] for column in columns]


def _keys(incidents: QuerySet[Incident]) -> Iterator[array]:
    """The keys in the order of the queryset, batch by batch; a million of them wait in a file, not in memory."""
    with TemporaryFile() as file:
        found = incidents.values_list("pk", flat=True).iterator(chunk_size=BATCH)
        while some := array("q", islice(found, BATCH)):
            some.tofile(file)
        file.seek(0)
        while some := file.read(BATCH * array("q").itemsize):
            yield array("q", some)


def _reading(columns: list[Column], until: datetime | None) -> Callable[[Sequence[int]], list[list]]:
    """Reads the keys and these columns of the incidents of these keys, in their order; one that is gone by now is left out.

    What an incident holds is not read in one statement from the first to the last: as long as it runs, this connection
    could not write how far it is without finding SQLite locked by whoever wrote meanwhile.
    """
    names = ["pk", *map(_name, columns)]
    here = _annotated(Incident.objects.extra(where=[related.HERE]).order_by(), columns, until).values_list(*names)
    sql, parameters = here.query.sql_with_params()
    key = f'"{Incident._meta.db_table}"."id"'

    def read(keys: Sequence[int]) -> list[list]:
        sides = columns_of(sql.replace(related.HERE, related.among(key, keys)), names, parameters)
        found = dict(zip(sides[0], range(len(sides[0])), strict=True))
        order = [found[key] for key in keys if key in found]
        return sides if order == [*range(len(sides[0]))] else [[side[at] for at in order] for side in sides]

    return read


def _name(column: Column) -> str:
    return f"stored_{column.key}"


def _annotated(incidents: QuerySet[Incident], columns: list[Column], until: datetime | None) -> QuerySet[Incident]:
    return incidents.annotate(**{_name(column): _expression(column, until) for column in columns})


def _expression(column: Column, until: datetime | None):
    if column.key == "controller":
        return Coalesce("controller_name", "organisation__name")
    if column.path == "trail_count":
        return ExpressionWrapper(_trail_count(until), output_field=TextField())  # a number all the same, not turned again
    return _as_stored(column, _clock() if column.path == "clock_due_at" else F(column.path))


def _clock() -> Subquery:
    clock = Deadline.objects.filter(incident=OuterRef("pk"), rule=ARTICLE_33, cancelled_at=None)
    return Subquery(clock.order_by("occurrence").values("due_at")[:1])


def _as_stored(column: Column, expression):
    """As the database holds it: what Django turns a value into, and we back, costs more than all the rest of the row."""
    if isinstance(column.kind, Codes | YesNo | Day):
        return ExpressionWrapper(expression, output_field=TextField())
    if isinstance(column.kind, Instant) and connection.vendor == "sqlite":
        return Cast(expression, TextField())
    return expression


def _trail_count(until: datetime | None):
    entries = Entry.objects.filter(
        file_type="incident", file_id=Cast(OuterRef("pk"), CharField(max_length=60))
    ).order_by()
    entries = entries.filter(at__lte=until) if until else entries
    counted = entries.values("file_id").annotate(count=Count("*")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
