"""The severity score of ENISA's method: SE = DPC × EI + CB, with unknowns carried as a range.

The score says how grave the consequences could be. It has no part in the recommended duty (see `duty`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from . import questions, readings, vocabulary
from .datafile import DATA, LANGUAGES, DataFile
from .facts import Facts, describe
from .ranges import Range, exactly, lift
from .readings import Presence
from .vocabulary import language_of

NO_POINTS = exactly(0.0)
_BAND_KEYS = ("code", "from", "severity", *LANGUAGES, "meaning_fr", "meaning_en")


@dataclass(frozen=True)
class Band:
    """Low, medium, high or very high; `severity` is the code of the CNIL's word for it."""

    code: str
    starts_at: float
    severity: str
    fr: str
    en: str
    meaning_fr: str
    meaning_en: str

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def meaning(self, language: str) -> str:
        return self.meaning_fr if language_of(language) == "fr" else self.meaning_en

    def word(self, language: str) -> str:
        """The word of the CNIL's form for this band."""
        return vocabulary.load("severities").label(self.severity, language)


@dataclass(frozen=True)
class Line:
    """One line of the sum: which fact, answered how, gives which points by which line of the method (in the language asked for).

    `counts` is False for a category of data that another one outweighs, and for a circumstance that does not apply.
    """

    component: str
    fact: str
    answer: object
    points: Range
    method: Callable[[str], str]
    counts: bool = True

    def sentence(self, language: str) -> str:
        """ "Que révèlent… : Rien de plus… — 1" in the language asked for."""
        question = questions.load()[self.fact].label(language)
        colon = "\u00a0: " if language_of(language) == "fr" else ": "
        return f"{question}{colon}{describe(self.fact, self.answer, language)} — {number_range(self.points, language)}"


@dataclass(frozen=True)
class Score:
    """SE = DPC × EI + CB as ranges, with each line of the sum."""

    dpc: Range
    ei: Range
    cb: Range
    total: Range
    lines: tuple[Line, ...]
    flags: tuple[str, ...]

    @property
    def band(self) -> Band:
        """The band of the likely score."""
        return band_of(self.total.likely)

    @property
    def lowest_band(self) -> Band:
        return band_of(self.total.low)

    @property
    def highest_band(self) -> Band:
        return band_of(self.total.high)

    def flag_labels(self, language: str) -> tuple[str, ...]:
        return tuple(load().flags[code][language_of(language)] for code in self.flags)

    def sentence(self, language: str) -> str:
        """ "between 1.75 and 3.25, likely 2.5: medium, could reach high"."""
        reach = (
            ""
            if self.highest_band == self.band
            else _COULD_REACH[language_of(language)] + self.highest_band.label(language)
        )
        colon = "\u00a0: " if language_of(language) == "fr" else ": "
        return f"{number_range(self.total, language)}{colon}{self.band.label(language)}{reach}"

    def arithmetic(self, language: str) -> str:
        """ "SE = 4 × 1 + 0.25 = 4.25" on the likely values."""
        parts = (self.dpc.likely, self.ei.likely, self.cb.likely, self.total.likely)
        return "SE = {} × {} + {} = {}".format(*(number(part, language) for part in parts))


_COULD_REACH = {"fr": ", pourrait atteindre ", "en": ", could reach "}


@dataclass(frozen=True)
class Method:
    bands: tuple[Band, ...]
    flags: Mapping[str, Mapping[str, str]]
    many_people: int
    components: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, Mapping[str, str]]


@cache
def load() -> Method:
    """The bands and flags of the method. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "severity.toml"))


def read(file: DataFile) -> Method:
    """Build and check the method from its file. Raises BadData."""
    file.require(file.values, ("source", "dated", "band", "flag", "component", "line"))
    bands = tuple(_read_band(file, index, row) for index, row in enumerate(file.values["band"]))
    for table in ("flag", "component", "line"):
        for index, row in enumerate(file.values[table]):
            file.require(row, ("code", *LANGUAGES), table, index)
    flags = {row["code"]: row for row in file.values["flag"]}
    for code in {"many_people", "unintelligible"} - set(flags):
        raise file.complaint(f"there is no [[flag]] “{code}”; add it", "flag")
    for index, band in enumerate(bands):
        if band.starts_at <= bands[index - 1].starts_at if index else band.starts_at != 0:
            raise file.complaint("the bands begin at 0 and each begins above the one before", "band", index)
    components, lines = ({row["code"]: row for row in file.values[table]} for table in ("component", "line"))
    if "safe_key" not in lines:
        raise file.complaint("there is no [[line]] “safe_key”; add it", "line")
    return Method(
        bands, MappingProxyType(flags), flags["many_people"]["above"], MappingProxyType(components), MappingProxyType(lines)
    )


def _read_band(file: DataFile, index: int, row: dict) -> Band:
    file.require(row, _BAND_KEYS, "band", index)
    file.refuse_others(row, frozenset(_BAND_KEYS), "band", index)
    if row["severity"] not in vocabulary.load("severities").codes:
        raise file.complaint(f"“{row['severity']}” is no word of the CNIL’s severity", "band", index)
    return Band(row["code"], row["from"], *(row[key] for key in _BAND_KEYS[2:]))


def band_of(score: float) -> Band:
    """The band of a score; at exactly 2, 3 or 4 the higher one."""
    return [band for band in load().bands if band.starts_at <= score][-1]


def assess(facts: Facts) -> Score:
    """ENISA's score of a breach; every fact not known yet widens the range and never narrows it."""
    dpc, ei = readings.dpc(facts), readings.identification(facts)
    circumstances = _circumstance_lines(facts)
    cb = lift(lambda *points: sum(points), *(line.points for line in circumstances))
    lines = (*_context_lines(facts, dpc), _identification_line(facts, ei), *circumstances)
    return Score(dpc, ei, cb, lift(_severity, dpc, ei, cb), lines, _flags(facts))


def _severity(dpc: float, ei: float, cb: float) -> float:
    return dpc * ei + cb


def _context_lines(facts: Facts, kept: Range) -> tuple[Line, ...]:
    categories = [name for name in readings.DPC_CATEGORIES if readings.presence(facts, name) is not Presence.NO]
    return tuple(_context_line(facts, name, kept) for name in categories)


def _context_line(facts: Facts, category: str, kept: Range) -> Line:
    name = f"{category}_context"
    scored = readings.context_points(facts, category)
    counts = scored.likely == kept.likely or scored.high == kept.high
    return Line("dpc", name, getattr(facts, name), scored, questions.load()[name].method, counts)


def _identification_line(facts: Facts, ei: Range) -> Line:
    answered = readings.points(facts, "identifiability")
    if ei == answered:
        return Line("ei", "identifiability", facts.identifiability, ei, questions.load()["identifiability"].method)
    fact = "protection" if ei.is_known else "identifiability"
    return Line("ei", fact, getattr(facts, fact), ei, _safe_key)


def _safe_key(language: str) -> str:
    return load().lines["safe_key"][language_of(language)]


def _circumstance_lines(facts: Facts) -> tuple[Line, ...]:
    return (
        _circumstance(facts, "confidentiality", "recipients"),
        _circumstance(facts, "integrity", "alteration"),
        _circumstance(facts, "availability", "restoration"),
        _intent_line(facts),
    )


def _intent_line(facts: Facts) -> Line:
    question = questions.load()["causes"]
    points = lift(lambda acted: question.points["malicious" if acted else "accidental"], readings.malicious(facts))
    return Line("cb", "causes", facts.causes, points, question.method)


def _circumstance(facts: Facts, nature: str, fact: str) -> Line:
    applies = readings.nature(facts, nature)
    points = lift(lambda there, points: points if there else 0.0, applies, readings.points(facts, fact))
    return Line("cb", fact, getattr(facts, fact), points, questions.load()[fact].method, applies.high)


def _flags(facts: Facts) -> tuple[str, ...]:
    found = []
    if readings.people(facts).likely > load().many_people:
        found.append("many_people")
    if not readings.readable(facts).high:
        found.append("unintelligible")
    return tuple(found)


def number(value: float, language: str) -> str:
    """ "1,75" in French, "1.75" in English; whole numbers without decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language_of(language) == "fr" else text


def number_range(points: Range, language: str) -> str:
    """ "2,5" when known, otherwise "entre 1,75 et 3,25, probablement 2,5"."""
    if points.is_known:
        return number(points.low, language)
    low, likely, high = (number(each, language) for each in (points.low, points.likely, points.high))
    if language_of(language) == "fr":
        return f"entre {low} et {high}, probablement {likely}"
    return f"between {low} and {high}, likely {likely}"
