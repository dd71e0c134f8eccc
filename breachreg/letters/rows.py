"""One row of a table of recipients: who it is, how they are told, which segment they belong to, and what is wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.letters.columns import COLUMNS, plain
from breachreg.letters.content import DATA
from breachreg.letters.models import Channel
from breachreg.letters.people import BadRecipient, Person
from breachreg.letters.segments import Segment
from breachreg.register import tables

Problem = tuple[str, str]
_BETWEEN = re.compile(r"[;|+\n]|,(?![^(]*\))")  # a comma in brackets belongs to an official label


@dataclass(frozen=True)
class Read:
    """What a row says; ``problems`` are pairs (column, message with the remedy)."""

    person: Person
    channel: str
    segment: Segment
    problems: tuple[Problem, ...] = ()


class _NotUnderstood(ValueError):
    """A cell whose words mean nothing here; the message names the remedy."""


def read_row(row: tables.Row, columns: Mapping[str, int], own: Segment) -> Read:
    """The row's person, way and segment; ``own`` is the segment of a row that says nothing else."""
    if row.problem:
        return Read(Person(""), Channel.POST, own, (("", row.problem),))
    values = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
    problems: list[Problem] = []
    channel = _understood(problems, "channel", _channel, values) or Channel.POST
    values["civility"] = _understood(problems, "civility", _civility, values.get("civility", "")) or ""
    segment = replace(own, **_segment(problems, values))
    person = Person.of(values)
    try:
        person.check(channel)
    except BadRecipient as error:
        problems = [*error.problems, *problems]
    return Read(person, channel, segment, tuple(problems))


def _segment(problems: list[Problem], values: Mapping[str, str]) -> dict[str, object]:
    """What the row says of its segment; an empty cell says nothing."""
    said: dict[str, object] = {}
    for column in ("language", "capacity"):
        cell = values.get(column, "").strip()
        if cell and (code := _understood(problems, column, _word, (column, cell))):
            said[column] = code
    if cell := values.get("data", "").strip():
        said |= _understood(problems, "data", _data, cell) or {}
    return said


def _understood(problems: list[Problem], column: str, read, cell):
    try:
        return read(cell)
    except _NotUnderstood as error:
        problems.append((column, str(error)))
        return None


def _channel(values: Mapping[str, str]) -> str:
    wanted = values.get("channel", "").strip().casefold()
    if wanted in COLUMNS.post_words:
        return Channel.POST
    if wanted in COLUMNS.email_words:
        return Channel.EMAIL
    if wanted:
        raise _NotUnderstood(_("“%(way)s” is no way of sending: write “post” or “e-mail”.") % {"way": wanted})
    has_address = values.get("city", "").strip() and (values.get("line4", "") + values.get("line5", "")).strip()
    return Channel.POST if has_address or not values.get("email", "").strip() else Channel.EMAIL


def _civility(text: str) -> str:
    text = text.strip().rstrip(".")
    code = COLUMNS.civilities.get(text.casefold()) or (text if text in vocabulary.load("civilities").codes else "")
    if text and not code:
        raise _NotUnderstood(_("“%(civility)s” is no civility: write “Mme” or “M.”, or leave it empty.") % {"civility": text})
    return code


def _word(asked: tuple[str, str]) -> str:
    column, cell = asked
    if code := _words()[column].get(plain(cell)):
        return code
    remedies = {
        "language": _("“%(word)s” is no language of a letter: write “fr” or “en”, or leave it empty."),
        "capacity": _("“%(word)s” is no capacity: write “person”, “guardian” or “heir”, or leave it empty."),
    }
    raise _NotUnderstood(remedies[column] % {"word": cell})


@lru_cache(maxsize=2_000)
def _data(cell: str) -> dict[str, tuple[str, ...]]:
    """The categories of a cell, such as “santé, IBAN”; a table says the same few things over and over."""
    known = _words()["data"]
    parts = [cell] if plain(cell) in known else [part for part in _BETWEEN.split(cell) if part.strip()]
    found: dict[str, set[str]] = {"data_categories": set(), "sensitive_categories": set(), "details": set()}
    for part in parts:
        if plain(part) not in known:
            raise _NotUnderstood(
                _("“%(word)s” is no category of data that we know. Write one of the incident's form, such as “santé” or “IBAN”, with commas between several.")
                % {"word": part.strip()}
            )
        for name, codes in known[plain(part)].items():
            found[name].update(codes)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


@cache
def _words() -> dict[str, dict]:
    """By column: each word that is understood, and what it means."""
    said = tomllib.loads((DATA / "table_words.toml").read_text(encoding="utf-8"))
    words = {
        column: {plain(word): code for code, words in said[column].items() for word in (code, *words)}
        for column in ("language", "capacity")
    }
    data = dict(_official())
    for entry in said["data"]:
        meaning = {"data_categories": entry.get("data", []), "sensitive_categories": entry.get("sensitive", []), "details": entry.get("details", [])}
        data |= {plain(word): meaning for word in entry["words"]}
    return {**words, "data": data}


def _official() -> Iterator[tuple[str, dict[str, list[str]]]]:
    for name in ("data_categories", "sensitive_categories"):
        for code in vocabulary.load(name).codes:
            for word in (code, *vocabulary.load(name).term(code).wordings):
                yield plain(word), {name: [code]}
