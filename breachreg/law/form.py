"""The CNIL's form as data: its sections and fields in order, with the element of Article 33 each one answers."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .datafile import DATA, LANGUAGES, DataFile
from .vocabulary import NAMES, Vocabulary, language_of
from .vocabulary import load as load_vocabulary

TYPES = frozenset(
    [
        "text",
        "long_text",
        "email",
        "phone",
        "siren",
        "country",
        "countries",
        "integer",
        "count",
        "boolean",
        "date",
        "instant",
        "choice",
        "choices",
        "parties",
        "files",
    ]
)
NEEDED = ("initial", "complete", "optional")
CIRCUMSTANCES = frozenset({"supplementary", "has_siren", "processor_involved", "ended", "late"})
_SECTION_KEYS = frozenset({"code", "fr", "en", "provisional", "field"})
_FIELD_KEYS = frozenset({"code", "type", "fr", "en", "needed", "answers", "vocabulary", "shown_when", "provisional"})


@dataclass(frozen=True)
class Field:
    """One question of the form.

    `needed` says from which notification on the authority expects an answer: "initial", "complete" or "optional".
    `shown_when` is a circumstance ("late"), a yes to another field ("cross_border") or a choice made in another
    field ("origins:other"); empty means always.
    """

    code: str
    type: str
    fr: str
    en: str
    needed: str
    answers: str = ""
    vocabulary: str = ""
    shown_when: str = ""
    provisional: bool = False

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def required(self, notification_type: str) -> bool:
        """Whether a notification of that type ("initial", "supplementary", "complete") should answer this field."""
        return self.needed == "initial" or (self.needed == "complete" and notification_type != "initial")

    @property
    def may_wait(self) -> bool:
        """Article 33(4): the initial notification can go without it."""
        return self.needed != "initial"

    @property
    def choices_from(self) -> Vocabulary | None:
        return load_vocabulary(self.vocabulary) if self.vocabulary else None


@dataclass(frozen=True)
class Section:
    number: int
    code: str
    fr: str
    en: str
    fields: tuple[Field, ...]
    provisional: bool = False

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en


@dataclass(frozen=True)
class Form:
    source: str
    address: str
    sections: tuple[Section, ...]
    by_code: Mapping[str, Field]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, code: str) -> Field:
        """Raises KeyError when the form has no such field."""
        return self.by_code[code]

    def section_of(self, code: str) -> Section:
        """The section in which a field stands. Raises KeyError."""
        for section in self.sections:
            if any(field.code == code for field in section.fields):
                return section
        raise KeyError(code)


@cache
def load() -> Form:
    """The form as the CNIL shows it today. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "form.toml", own_words=False))


def read(file: DataFile) -> Form:
    """Build and check the form from its file. Raises BadData."""
    file.require(file.values, ("source", "dated", "address", "section"))
    positions = itertools.count()
    sections = tuple(_read_section(file, index, row, positions) for index, row in enumerate(file.values["section"]))
    fields = [field for section in sections for field in section.fields]
    by_code = {field.code: field for field in fields}
    for position, field in enumerate(fields):
        _check_field(file, position, field, by_code, fields)
    return Form(file.values["source"], file.values["address"], sections, MappingProxyType(by_code))


def _read_section(file, index, row, positions) -> Section:
    file.require(row, ("code", *LANGUAGES, "field"), "section", index)
    file.refuse_others(row, _SECTION_KEYS, "section", index)
    fields = tuple(_read_field(file, next(positions), field) for field in row["field"])
    return Section(index + 1, row["code"], row["fr"], row["en"], fields, row.get("provisional", False))


def _read_field(file, position, row) -> Field:
    file.require(row, ("code", "type", *LANGUAGES, "needed"), "section.field", position)
    file.refuse_others(row, _FIELD_KEYS, "section.field", position)
    return Field(**row)


def _check_field(file, position, field, by_code, fields) -> None:
    def complain(message):
        return file.complaint(f"{field.code}: {message}", "section.field", position)

    if by_code[field.code] is not fields[position]:
        raise complain("this code is used twice; keep one")
    if field.type not in TYPES:
        raise complain(f"unknown type “{field.type}”; known: {', '.join(sorted(TYPES))}")
    if field.needed not in NEEDED:
        raise complain(f"“needed” is one of {', '.join(NEEDED)}, not “{field.needed}”")
    if field.vocabulary and field.vocabulary not in NAMES:
        raise complain(f"unknown vocabulary “{field.vocabulary}”")
    if not _is_known_condition(field.shown_when, by_code):
        raise complain(f"“shown_when” names nothing that is known: “{field.shown_when}”")


def _is_known_condition(condition: str, by_code: Mapping[str, Field]) -> bool:
    name, _, choice = condition.partition(":")
    if not choice:
        return not name or name in CIRCUMSTANCES or name in by_code
    return name in by_code and choice in load_vocabulary(by_code[name].vocabulary).codes
