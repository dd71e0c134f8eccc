"""The worksheet of Article 34(3) GDPR: which exemption from telling the people holds, on what evidence, within which limits."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from . import readings
from .datafile import DATA, LANGUAGES, DataFile
from .duty_table import Duty
from .facts import Facts
from .picture import duty_by_route, pictures
from .vocabulary import language_of
from .vocabulary import load as load_vocabulary

_KEYS = ("code", "article", *LANGUAGES, "limits_fr", "limits_en")


@dataclass(frozen=True)
class Claim:
    """One thing that must be shown."""

    code: str
    fr: str
    en: str

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en


@dataclass(frozen=True)
class Exemption:
    """One of the three exemptions. `still_due` is what it leaves owing; empty for none."""

    code: str
    article: str
    fr: str
    en: str
    limits_fr: str
    limits_en: str
    claims: tuple[Claim, ...]
    still_due_fr: str = ""
    still_due_en: str = ""

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def limits(self, language: str) -> str:
        return self.limits_fr if language_of(language) == "fr" else self.limits_en

    def still_due(self, language: str) -> str:
        return self.still_due_fr if language_of(language) == "fr" else self.still_due_en


@dataclass(frozen=True)
class Shown:
    """A person's answer to a claim. None means not known yet; a yes without evidence does not count."""

    holds: bool | None = None
    evidence: str = ""

    @property
    def is_shown(self) -> bool:
        return self.holds is True and bool(self.evidence.strip())


@dataclass(frozen=True)
class Finding:
    """Whether an exemption holds. `missing` are the claims not shown; `contradicted_by` the facts that exclude it."""

    exemption: Exemption
    missing: tuple[Claim, ...]
    contradicted_by: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.missing and not self.contradicted_by


@cache
def load() -> tuple[Exemption, ...]:
    """The three exemptions. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "exemptions.toml"))


def read(file: DataFile) -> tuple[Exemption, ...]:
    """Build and check the exemptions from their file. Raises BadData."""
    file.require(file.values, ("source", "dated", "exemption"))
    positions = itertools.count()
    return tuple(_read(file, index, row, positions) for index, row in enumerate(file.values["exemption"]))


def _read(file: DataFile, index: int, row: dict, positions) -> Exemption:
    file.require(row, (*_KEYS, "claim"), "exemption", index)
    file.refuse_others(row, frozenset({*_KEYS, "claim", "still_due_fr", "still_due_en"}), "exemption", index)
    if row["code"] not in load_vocabulary("non_communication_reasons").codes:
        raise file.complaint(f"“{row['code']}” is not among non_communication_reasons", "exemption", index)
    if bool(row.get("still_due_fr")) != bool(row.get("still_due_en")):
        raise file.complaint("still_due is missing in one language; add it", "exemption", index)
    claims = tuple(_read_claim(file, next(positions), claim) for claim in row["claim"])
    return Exemption(**{key: value for key, value in row.items() if key != "claim"}, claims=claims)


def _read_claim(file: DataFile, position: int, row: dict) -> Claim:
    file.require(row, ("code", *LANGUAGES), "exemption.claim", position)
    return Claim(**row)


def review(code: str, facts: Facts, shown: Mapping[str, Shown]) -> Finding:
    """Whether the exemption holds on what was shown, by claim code (Article 34(3)). Raises KeyError on a wrong code."""
    exemption = {each.code: each for each in load()}[code]
    missing = tuple(claim for claim in exemption.claims if not shown.get(claim.code, Shown()).is_shown)
    excluded = _CONTRADICTIONS[code](facts)
    return Finding(exemption, missing, excluded)


def review_all(facts: Facts, shown: Mapping[str, Mapping[str, Shown]]) -> tuple[Finding, ...]:
    """The three exemptions beside the facts; `shown` by exemption code, then by claim code."""
    return tuple(review(each.code, facts, shown.get(each.code, {})) for each in load())


def _against_protection(facts: Facts) -> tuple[str, ...]:
    """Readable data, or a high risk that comes from data missing or altered, which no encryption cures."""
    found = []
    if readings.readable(facts).low:
        found.append("key_safe" if facts.protection == "strong" else "protection")
    routes = duty_by_route(pictures(facts)["likely"])
    found += [fact for route, fact in _OTHER_ROUTES.items() if routes[route] is Duty.NOTIFY_AND_TELL]
    return tuple(found)


_OTHER_ROUTES = {"availability": "restoration", "integrity": "alteration"}


def _against_later_measures(facts: Facts) -> tuple[str, ...]:
    return ("continuing",) if facts.continuing else ()


def _against_effort(facts: Facts) -> tuple[str, ...]:
    return ()


_CONTRADICTIONS = {
    "protection_before": _against_protection,
    "measures_after": _against_later_measures,
    "disproportionate_effort": _against_effort,
}
