"""One incident of the register in words: its facts by group, and the names of those that are not known yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from breachreg.exports.columns import GROUPS, SUMMARY, Column, filed_on
from breachreg.exports.kinds import Reader
from breachreg.exports.rows import Row
from breachreg.register.models import DecisionState, Duty

LONG = 90
"""Characters from which a fact takes the whole width of its column."""


@dataclass(frozen=True)
class Fact:
    """One fact of a sheet, in words."""

    name: str
    words: str

    @property
    def is_long(self) -> bool:
        return len(self.words) > LONG


@dataclass(frozen=True)
class Sheet:
    """One incident: the line of the overview, and its facts by group."""

    reference: str
    title: str
    line: list[str]
    groups: list["Group"]


@dataclass(frozen=True)
class Group:
    """Facts that belong together, and the names of those that are not known yet."""

    name: str
    facts: list[Fact]
    missing: list[str]


class Speaker:
    """Puts the rows of one table in the words of one reader."""

    def __init__(self, columns: tuple[Column, ...], reader: Reader):
        self.columns, self.reader = columns, reader
        self.unknown = reader.say(_("not known yet"))
        self.labels = {column.key: reader.say(column.label) for column in columns}
        self.say = {column.key: column.kind.words(reader, self.unknown if column.is_fact else "") for column in columns}
        self.short = {key: say for key, say in SHORT.items() if key in self.say}

    @property
    def headings(self) -> list[str]:
        return [self.labels[key] for key in SUMMARY if key in self.labels]

    def sheet(self, row: Row) -> Sheet:
        values = {column.key: value for column, value in zip(self.columns, row, strict=True)}
        said = {key: str(self.say[key](value)) for key, value in values.items()}
        line = [
            self.short[key](values[key], self.reader) if key in self.short else said[key] for key in SUMMARY if key in said
        ]
        return Sheet(said["reference"], said.get("title", ""), line, list(self._groups(said)))

    def _groups(self, said: dict[str, str]) -> Iterator[Group]:
        for group, name in GROUPS.items():
            here = [column for column in self.columns if column.group == group and column.key not in HEADED]
            known = [Fact(self.labels[column.key], said[column.key]) for column in here if self._is_known(column, said)]
            missing = [self.labels[column.key] for column in here if column.is_fact and not self._is_known(column, said)]
            if known or missing:
                yield Group(self.reader.say(name), known, missing)

    def _is_known(self, column: Column, said: dict[str, str]) -> bool:
        return said[column.key] not in ("", self.unknown)


HEADED = {"reference", "title"}


def _decision(rows, reader: Reader) -> str:
    in_force = [row for row in rows if row.state in (DecisionState.IN_FORCE, DecisionState.PENDING)]
    return reader.say(Duty(in_force[-1].duty).label) if in_force else ""


def _filed(rows, reader: Reader) -> str:
    return "\n".join(f"{filed_on(row, reader)} {row.receipt_number or ''}".strip() for row in rows)


SHORT = {"decisions": _decision, "filings": _filed}
"""What the overview says of columns that are long on the sheet."""
