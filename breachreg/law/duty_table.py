"""The tables of `data/duty.toml`: which combination of factors leads to which duty."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import MappingProxyType

from . import questions
from .datafile import DATA, LANGUAGES, DataFile
from .vocabulary import language_of

SCALES = ("small", "large", "massive")
EXPOSURES = ("none", "trusted", "contained", "open", "hostile")
GRAVITIES = (1, 2, 3, 4, 5)


class Duty(IntEnum):
    """What Articles 33 and 34 GDPR ask for, from the least to the most."""

    REGISTER_ONLY = 0
    NOTIFY = 1
    NOTIFY_AND_TELL = 2

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> "Duty":
        """Raises KeyError on an unknown code."""
        return cls[code.upper()]

    def label(self, language: str) -> str:
        return load().labels[self.code][language_of(language)]


@dataclass(frozen=True)
class Tables:
    labels: Mapping[str, Mapping[str, str]]
    gravity_of_dpc: Mapping[float, int]
    gravity_of_identity: Mapping[str, int]
    scale_limits: tuple[int, ...]
    confidentiality: Mapping[tuple[int, int, int], Duty]  # exposure, gravity, scale
    restoration: tuple[tuple[Duty, ...], ...]  # row: restoration, column: effect
    alteration: tuple[tuple[Duty, ...], ...]
    sources: Mapping[str, str]
    tipping_order: tuple[str, ...]
    tipping_counts: tuple[int, ...]
    far_fetched: Mapping[str, frozenset[str]]  # fact -> the origins beside which another answer is hardly thinkable

    def scale_of(self, people: float) -> int:
        """0 for a small number, 1 for a large one, 2 for a massive one."""
        return sum(people > limit for limit in self.scale_limits)


@cache
def load() -> Tables:
    """Raises BadData, naming file and line."""
    return read(DataFile(DATA / "duty.toml"))


def read(file: DataFile) -> Tables:
    """Build and check the tables from their file. Raises BadData."""
    file.require(file.values, ("source", "dated", "duty", "gravity", "scale", "exposure", "restoration", "alteration"))
    file.require(file.values, ("tipping_order", "tipping_counts", "far_fetched"))
    _check_order(file, "duty", "code", [duty.code for duty in Duty])
    _check_order(file, "gravity", "level", list(GRAVITIES))
    _check_order(file, "scale", "code", list(SCALES))
    _check_order(file, "exposure", "code", list(EXPOSURES))
    for name in ("restoration", "alteration"):
        _check_order(file, name, "code", list(questions.load()[name].codes))
    return Tables(
        labels=_labels(file),
        gravity_of_dpc=_levels(file, "dpc", (1, 2, 3, 4)),
        gravity_of_identity=_levels(file, "identity", questions.load()["identity"].codes),
        scale_limits=_limits(file),
        confidentiality=_confidentiality(file),
        restoration=_rows(file, "restoration"),
        alteration=_rows(file, "alteration"),
        sources=MappingProxyType({row["code"]: row["source"] for row in file.values["exposure"]}),
        tipping_order=_tipping_order(file),
        tipping_counts=tuple(file.values["tipping_counts"]),
        far_fetched=_far_fetched(file),
    )


def _tipping_order(file: DataFile) -> tuple[str, ...]:
    order = tuple(file.values["tipping_order"])
    missing = sorted(set(questions.load()) - {"our_role"} ^ set(order))
    if missing:
        raise file.complaint(f"“tipping_order” and the questions differ on: {', '.join(missing)}")
    return order


def _far_fetched(file: DataFile) -> Mapping[str, frozenset[str]]:
    known = questions.load()
    for fact, origins in file.values["far_fetched"].items():
        if fact not in known:
            raise file.complaint(f"“far_fetched” names “{fact}”, which is no question")
        for code in origins:
            if code not in known["origins"].codes:
                raise file.complaint(f"“far_fetched”, {fact}: “{code}” is no origin")
    return MappingProxyType({fact: frozenset(origins) for fact, origins in file.values["far_fetched"].items()})


def _check_order(file: DataFile, table: str, key: str, expected: list) -> None:
    found = [row.get(key) for row in file.values[table]]
    for index, wanted in enumerate(expected):
        if index >= len(found) or found[index] != wanted:
            raise file.complaint(f"[[{table}]] {index + 1} must be {key} = {wanted!r}", table, index)
    if len(found) > len(expected):
        raise file.complaint(f"there are only {len(expected)} [[{table}]]; take this one out", table, len(expected))


def _labels(file: DataFile) -> Mapping[str, Mapping[str, str]]:
    for table in ("duty", "gravity", "scale", "exposure"):
        for index, row in enumerate(file.values[table]):
            file.require(row, LANGUAGES, table, index)
    return MappingProxyType({row["code"]: row for row in file.values["duty"]})


def _levels(file: DataFile, key: str, answers: tuple) -> Mapping:
    levels = {answer: row["level"] for row in file.values["gravity"] for answer in row[key]}
    if tuple(levels) != answers:
        raise file.complaint(f"the {key} entries of [[gravity]] must be {answers} in this order", "gravity")
    return MappingProxyType(levels)


def _limits(file: DataFile) -> tuple[int, ...]:
    limits: list[int] = []
    for index, row in enumerate(file.values["scale"][:-1]):
        if row.get("up_to", 0) <= max(limits, default=0):
            raise file.complaint("every [[scale]] but the last has an “up_to”, above the one before", "scale", index)
        limits.append(row["up_to"])
    return tuple(limits)


def _confidentiality(file: DataFile) -> Mapping[tuple[int, int, int], Duty]:
    table = {}
    for exposure, row in enumerate(file.values["exposure"]):
        file.require(row, ("source", *(f"gravity_{level}" for level in GRAVITIES)), "exposure", exposure)
        for gravity in GRAVITIES:
            duties = _duties(file, row[f"gravity_{gravity}"], "exposure", exposure)
            for scale, duty in enumerate(duties):
                _refuse_milder(file, table, (exposure, gravity, scale), duty)
                table[exposure, gravity, scale] = duty
    return MappingProxyType(table)


def _refuse_milder(file: DataFile, table: dict, place: tuple[int, int, int], duty: Duty) -> None:
    exposure, gravity, scale = place
    for before in ((exposure - 1, gravity, scale), (exposure, gravity - 1, scale), (exposure, gravity, scale - 1)):
        if table.get(before, duty) > duty:
            message = f"gravity_{gravity}, {SCALES[scale]}: “{duty.code}” is milder than a lesser case; raise it"
            raise file.complaint(message, "exposure", exposure)


def _rows(file: DataFile, table: str) -> tuple[tuple[Duty, ...], ...]:
    rows: list[tuple[Duty, ...]] = []
    for index, row in enumerate(file.values[table]):
        file.require(row, ("source", "duty"), table, index)
        duties = _duties(file, row["duty"], table, index)
        above = rows[-1] if rows else duties
        if any(one < other for one, other in zip(duties, above, strict=True)) or list(duties) != sorted(duties):
            raise file.complaint(
                "a row may not be milder than the one above, nor fall from left to right", table, index
            )
        rows.append(duties)
    return tuple(rows)


def _duties(file: DataFile, codes: list[str], table: str, index: int) -> tuple[Duty, ...]:
    known = {duty.code: duty for duty in Duty}
    for code in codes:
        if code not in known:
            raise file.complaint(f"“{code}” is not a duty; duties: {', '.join(known)}", table, index)
    if len(codes) != len(SCALES):
        raise file.complaint(f"three duties are expected, not {len(codes)}", table, index)
    return tuple(known[code] for code in codes)
