"""The factors of the guidelines: each speaks for a risk, against it, or is open, and cites its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from . import questions
from .datafile import DATA, LANGUAGES, DataFile
from .facts import Facts
from .picture import ROUTES, Picture, pictures
from .picture import read as read_picture
from .ranges import Range
from .vocabulary import language_of

_TEXTS = tuple(f"{direction}_{language}" for direction in ("for", "against", "unknown") for language in LANGUAGES)
_OPTIONAL = ("quiet", "told_if", "always_told", "only_reach", "needs_reach")
_PLAIN = ("code", "weighs", "weighs_from", "source", "source_fr")
_KEYS = frozenset({*_PLAIN, "routes", "facts", *_OPTIONAL, *_TEXTS})


class Direction(StrEnum):
    FOR = "for"
    AGAINST = "against"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Factor:
    """One factor of the guidelines, as the data file states it."""

    code: str
    weighs: str
    weighs_from: int
    routes: tuple[str, ...]
    facts: tuple[str, ...]
    source: str
    source_fr: str
    texts: Mapping[str, str]
    quiet: str = ""
    told_if: str = ""
    always_told: bool = False
    only_reach: int | None = None
    needs_reach: int = 0

    def weigh(self, span: Range) -> Direction:
        if span.low >= self.weighs_from:
            return Direction.FOR
        return Direction.AGAINST if span.high < self.weighs_from else Direction.UNKNOWN

    def cited(self, language: str) -> str:
        """The text that says so."""
        return self.source_fr if language_of(language) == "fr" else self.source

    def text(self, direction: str, language: str) -> str:
        return self.texts[f"{direction}_{language_of(language)}"]


@dataclass(frozen=True)
class Weighed:
    """A factor beside the facts of one breach. `leans` says where an open factor likely points; `facts` are the questions
    it rests on that are asked here."""

    factor: Factor
    direction: Direction
    leans: Direction
    facts: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.factor.code

    def cited(self, language: str) -> str:
        return self.factor.cited(language)

    def text(self, language: str) -> str:
        return self.factor.text(self.direction, language)


@cache
def load() -> tuple[Factor, ...]:
    """Every factor. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "factors.toml"))


def read(file: DataFile) -> tuple[Factor, ...]:
    """Build and check the factors from their file. Raises BadData."""
    file.require(file.values, ("source", "dated", "factor"))
    return tuple(_read_factor(file, index, row) for index, row in enumerate(file.values["factor"]))


def _read_factor(file: DataFile, index: int, row: dict) -> Factor:
    file.require(row, (*_PLAIN, "routes", "facts", *_TEXTS), "factor", index)
    file.refuse_others(row, _KEYS, "factor", index)
    named = {"routes": row["routes"], "facts": row["facts"], "told_if": [row["told_if"]] if "told_if" in row else []}
    for key, names in named.items():
        for name in names:
            if name not in (ROUTES if key == "routes" else Facts.__dataclass_fields__):
                raise file.complaint(f"{row['code']}: “{name}” in “{key}” is unknown", "factor", index)
    if row["weighs"] not in Picture._fields:
        raise file.complaint(f"{row['code']} weighs “{row['weighs']}”, which does not exist", "factor", index)
    return Factor(
        texts={key: row[key] for key in _TEXTS},
        routes=tuple(row["routes"]),
        facts=tuple(row["facts"]),
        **{key: row[key] for key in (*_PLAIN, *_OPTIONAL) if key in row},
    )


def weigh(facts: Facts) -> tuple[Weighed, ...]:
    """The factors that matter to this breach, each for, against or open, in the order of the file."""
    ranges, gravest = read_picture(facts), pictures(facts)["high"]
    matter = (factor for factor in load() if _matters(factor, gravest, ranges["reach"]))
    return tuple(_weigh(factor, ranges[factor.weighs], facts) for factor in matter)


def _weigh(factor: Factor, span: Range, facts: Facts) -> Weighed:
    leans = Direction.FOR if span.likely >= factor.weighs_from else Direction.AGAINST
    asked = tuple(name for name in factor.facts if questions.load()[name].is_asked(facts))
    return Weighed(factor, factor.weigh(span), leans, asked)


def _matters(factor: Factor, gravest: Picture, reach: Range) -> bool:
    if reach.low < factor.needs_reach:
        return False
    if factor.only_reach is not None and not reach.low <= factor.only_reach <= reach.high:
        return False
    return any(_walked(gravest, route) for route in factor.routes)


def _walked(picture: Picture, route: str) -> bool:
    """Whether the breach touches the route; an intruder always touches the confidentiality of what he reached."""
    return getattr(picture, route) or (route == "confidentiality" and picture.malicious)
