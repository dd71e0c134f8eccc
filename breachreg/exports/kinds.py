"""The kinds of values in the register: how each one reads in words, and in plain neutral form for machines.

Unknown is null everywhere here: in words it reads "not known yet", which is neither empty nor "none".
"""

import decimal
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from breachreg.accounts.fields import SEPARATOR
from breachreg.law import vocabulary

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Words = Callable[[Any], "str | int"]

Line = Callable[[Any], str]
"""Puts one row that lies under an incident in words."""


@dataclass(frozen=True)
class Reader:
    """For whom a row is put in words: the language ("fr" or "en") and the zone in which instants are read.

    Instants and days read as ISO 8601, which every spreadsheet takes for a date; ``on_paper`` as people write them.
    """

    language: str
    zone: ZoneInfo
    on_paper: bool = False

    @property
    def day_pattern(self) -> str:
        """How a day is written on paper (strftime)."""
        return {"fr": "%d/%m/%Y", "en": "%d %b %Y"}[self.language]

    def say(self, text: object) -> str:
        """A translatable text in the reader's language."""
        with override(self.language):
            return str(text)


class Remembered(dict):
    """A function of one value that is asked for the same few values again and again."""

    def __init__(self, function: Words):
        super().__init__()
        self.function = function

    def __missing__(self, value):
        said = self[value] = self.function(value)
        return said


class Word(str):
    """What stands in the place of a number in a workbook."""


class Kind:
    """What a column holds."""

    schema: dict = {"type": ["string", "null"]}
    is_typed: bool = False
    """Whether its words may be what a person typed, so that a spreadsheet has to be guarded against them."""

    def words(self, reader: Reader, unknown: str) -> Words:
        """A function from a stored value to what a person reads; ``unknown`` stands for null."""
        raise NotImplementedError

    def cell(self, reader: Reader, unknown: str) -> Callable:
        """The same for a workbook, where an instant or a day is a number of days to compute with (``days_of``).

        A kind that is a number there gives its digits, or a Word.
        """
        return self.words(reader, unknown)

    def plain(self, value):
        """The neutral value for machines: codes, ISO 8601 in UTC, null for unknown."""
        return value

    def json(self) -> Callable[[Any], str]:
        """A function from a stored value to the JSON text of its neutral value."""
        return lambda value: "null" if value is None else encode(self.plain(value))


class Text(Kind):
    is_typed = True

    def words(self, reader, unknown):
        return lambda value: unknown if value is None else value

    def json(self):
        return lambda value: "null" if value is None else quoted(value)


class Number(Kind):
    schema = {"type": ["integer", "null"], "minimum": 0}

    def words(self, reader, unknown):
        return lambda value: unknown if value is None else value

    def cell(self, reader, unknown):
        word = Word(unknown)
        return lambda value: word if value is None else str(value)

    def json(self):
        return lambda value: "null" if value is None else str(value)


class Decimal(Kind):
    schema = {"type": ["number", "null"]}

    def words(self, reader, unknown):
        comma = reader.language == "fr"
        return lambda value: unknown if value is None else str(value).replace(".", ",") if comma else str(value)

    def plain(self, value):
        return None if value is None else float(value)


class Instant(Kind):
    """A stored instant in UTC; in words it is the reading of a clock in the reader's zone, to the minute.

    SQLite gives the text that it holds (rows.py): a million instants are put in words by their hour, which most of them
    share, rather than each through a calendar.
    """

    schema = {"type": ["string", "null"], "format": "date-time"}

    def words(self, reader, unknown):
        zone = reader.zone
        if reader.on_paper:
            pattern = f"{reader.day_pattern} %H:%M"
            return lambda value: unknown if value is None else instant_of(value).astimezone(zone).strftime(pattern)
        hours = Remembered(lambda hour: _local_hour(hour, zone))

        def say(value):
            if value is None:
                return unknown
            if isinstance(value, str) and (hour := hours[value[:13]]):
                return hour + value[13:16]
            return instant_of(value).astimezone(zone).isoformat(" ", "minutes")[:16]

        return say

    def cell(self, reader, unknown):
        zone, word = reader.zone, Word(unknown)
        hours = Remembered(lambda hour: _counted_hour(hour, zone))

        def say(value):
            if value is None:
                return word
            if isinstance(value, str) and (hour := hours[value[:13]]):
                days, begin, minutes = hour
                if value[16:] == ":00":
                    return days + minutes[value[13:16]]
                return days + f"{(begin + int(value[14:16]) * 60 + float(value[17:])) / DAY:.12f}"[1:]
            return days_of(instant_of(value).astimezone(zone).replace(tzinfo=None))

        return say

    def plain(self, value):
        if isinstance(value, str):
            return f"{value[:10]}T{value[11:]}Z"
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def json(self):
        def say(value):
            if isinstance(value, str):
                return f'"{value[:10]}T{value[11:]}Z"'
            return "null" if value is None else f'"{self.plain(value)}"'

        return say


def instant_of(stored: datetime | str) -> datetime:
    """The aware instant of a stored one, which SQLite gives as text in UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored


def days_of(local: datetime) -> str:
    """A naive instant as a workbook counts it: days since 1899-12-30; a Word for one before its calendar is right."""
    return Word(local.isoformat(" ", "minutes")[:16]) if local.year < 1901 else str((local - EPOCH) / timedelta(days=1))


def _counted_hour(hour: str, zone: ZoneInfo) -> tuple[str, int, dict[str, str]] | None:
    """An hour in UTC where its minutes read the same in the zone: days, seconds since midnight, what is added for a minute."""
    local = _local_hour(hour, zone)
    if not local or local < "1901":
        return None
    begin = int(local[11:]) * 3600
    return str((datetime.fromisoformat(f"{local}:00") - EPOCH).days), begin, _minutes_from(begin)


@lru_cache(maxsize=24)
def _minutes_from(begin: int) -> dict[str, str]:
    """What is added to a number of days for each minute of an hour of the day."""
    return {f":{minute:02}": f"{(begin + minute * 60) / DAY:.12f}"[1:] for minute in range(60)}


def _local_hour(hour: str, zone: ZoneInfo) -> str:
    """The local reading of an hour in UTC, or "" where its minutes do not read the same there."""
    begin = instant_of(f"{hour}:00").astimezone(zone)
    end = (instant_of(f"{hour}:00") + timedelta(minutes=59)).astimezone(zone)
    return f"{begin:%Y-%m-%d %H}" if begin.minute == 0 and begin.utcoffset() == end.utcoffset() else ""


DAY = 86_400
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (a workbook knows no zones)


class Day(Kind):
    """A stored day; SQLite gives the text that it holds."""

    schema = {"type": ["string", "null"], "format": "date"}

    def words(self, reader, unknown):
        if reader.on_paper:
            return lambda value: unknown if value is None else day_of(value).strftime(reader.day_pattern)
        return lambda value: unknown if value is None else str(value)

    def cell(self, reader, unknown):
        word = Word(unknown)
        return lambda value: word if value is None else days_of(datetime.combine(day_of(value), time.min))

    def plain(self, value):
        return None if value is None else str(value)


def day_of(stored: date | str) -> date:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


class YesNo(Kind):
    schema = {"type": ["boolean", "null"]}

    def words(self, reader, unknown):
        return {None: unknown, True: reader.say(_("Yes")), False: reader.say(_("No"))}.__getitem__

    def json(self):
        return {None: "null", True: "true", False: "false"}.__getitem__


@dataclass(frozen=True)
class Choice(Kind):
    """One of the product's own states, decisions or kinds."""

    choices: type[TextChoices]

    @property
    def schema(self):
        return {"enum": [*self.choices.values, None]}

    def words(self, reader, unknown):
        said = {value: reader.say(label) for value, label in self.choices.choices}
        return {None: unknown, **said}.__getitem__

    def json(self):
        return Remembered(encode).__getitem__


@dataclass(frozen=True)
class Code(Kind):
    """One code of a vocabulary of the law."""

    name: str

    @property
    def schema(self):
        return {"enum": [*vocabulary.load(self.name).codes, None]}

    def words(self, reader, unknown):
        terms = vocabulary.load(self.name)
        return Remembered(lambda code: unknown if code is None else terms.label(code, reader.language)).__getitem__

    def json(self):
        return Remembered(encode).__getitem__


@dataclass(frozen=True)
class Codes(Kind):
    """A set of codes as the column stores it: ``|code|code|``, ``|`` for none of them, null for unknown."""

    name: str
    between: str = " · "

    @property
    def schema(self):
        return {"type": ["array", "null"], "items": {"enum": list(vocabulary.load(self.name).codes)}}

    def words(self, reader, unknown):
        none = reader.say(_("none"))
        terms = vocabulary.load(self.name)

        def say(stored):
            if stored is None:
                return unknown
            labels = [terms.term(code).label_alone(reader.language) for code in split(stored)]
            return self.between.join(labels) or none

        return Remembered(say).__getitem__

    def plain(self, value):
        return None if value is None else split(value)

    def json(self):
        return Remembered(super().json()).__getitem__


def split(stored: str) -> list[str]:
    """The codes of a stored set."""
    return [code for code in stored.split(SEPARATOR) if code]


@dataclass(frozen=True)
class Many(Kind):
    """Rows that lie under an incident (its filings, its processors...), one text a row, in their order."""

    line: Callable[[Reader], Line]
    properties: dict[str, Kind]
    is_typed = True

    @property
    def schema(self):
        properties = {name: kind.schema for name, kind in self.properties.items()}
        row = {"type": "object", "properties": properties, "additionalProperties": False, "required": list(properties)}
        return {"type": "array", "items": row}

    def words(self, reader, unknown):
        line = self.line(reader)

        def say(rows):
            if not rows:
                return ""
            return line(rows[0]) if len(rows) == 1 else "\n".join(map(line, rows))

        return say

    def plain(self, value):
        return [{name: kind.plain(getattr(row, name)) for name, kind in self.properties.items()} for row in value or ()]

    def json(self):
        said, values_of = [kind.json() for kind in self.properties.values()], attrgetter(*self.properties)
        row_of = "{" + ",".join(f"{encode(name)}:%s" for name in self.properties) + "}"

        def say(rows):
            texts = [row_of % tuple([one(value) for one, value in zip(said, values_of(row), strict=True)]) for row in rows]
            return f"[{','.join(texts)}]"

        return say


def plain(value):
    """A single value for JSON."""
    if isinstance(value, datetime):
        return Instant().plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value
