"""The rules that the register is read by: from data/findings.toml to their words, their source and their days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation
from breachreg.law.datafile import DataFile
from breachreg.law.vocabulary import language_of

DATA = Path(__file__).parent / "data" / "findings.toml"
KEYS = ("code", "severity", "days", "page", "article", "fr", "en", "why_fr", "why_en")
SEVERITIES = {"high": _("a duty looks unmet"), "medium": _("the proof is missing"), "low": _("worth a question")}
COLOURS = {"high": "late", "medium": "due", "low": "plain"}

Find = Callable[[Organisation, datetime, datetime], QuerySet]
"""From an organisation, now, and the instant before which something has lain too long, to rows with ``since``."""


@dataclass(frozen=True)
class Rule:
    """One thing that the register is checked for."""

    code: str
    severity: str
    days: int
    page: str
    article: str
    fr: str
    en: str
    why_fr: str
    why_en: str
    seen: str | None = None  # null: whoever may only read sees it on the same page

    @property
    def sentence(self) -> str:
        """What is wrong, in the reader's language."""
        return (self.fr if _reads_french() else self.en).format(days=self.days)

    @property
    def why(self) -> str:
        return self.why_fr if _reads_french() else self.why_en

    @property
    def source(self) -> str:
        """The article, in the reader's language."""
        return self.article.replace("GDPR", "RGPD, art.") if _reads_french() else self.article

    def page_for(self, *, mends: bool) -> str:
        """The name of the page on which somebody who mends it, or may only read, finds it."""
        return self.page if mends else self.seen or self.page

    @property
    def severity_label(self) -> object:
        return SEVERITIES[self.severity]

    @property
    def colour(self) -> str:
        return COLOURS[self.severity]

    def found(self, organisation: Organisation, at: datetime) -> QuerySet:
        """The rows that this rule finds, with ``since``; one query however many."""
        return _finders[self.code](organisation, at, at - timedelta(days=self.days))


_finders: dict[str, Find] = {}


def finds(code: str) -> Callable[[Find], Find]:
    """Name the function that finds what a rule of the data file speaks of; any room may bring one."""

    def keep(find: Find) -> Find:
        _finders[code] = find
        return find

    return keep


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code, the gravest first. Raises BadData, naming file and line."""
    return read(DataFile(DATA))


def read(file: DataFile) -> dict[str, Rule]:
    """Build and check the rules from their file. Raises BadData."""
    file.require(file.values, ("source", "source_fr", "dated", "rule"))
    for index, row in enumerate(file.values["rule"]):
        file.require(row, KEYS, "rule", index)
        file.refuse_others(row, frozenset({*KEYS, "seen"}), "rule", index)
        if row["severity"] not in SEVERITIES:
            raise file.complaint(f"{row['code']}: severity is one of {', '.join(SEVERITIES)}", "rule", index)
    order = list(SEVERITIES)
    every = sorted((Rule(**row) for row in file.values["rule"]), key=lambda rule: order.index(rule.severity))
    return {rule.code: rule for rule in every}


def source() -> tuple[str, object]:
    """Where the rules come from, in the reader's language, and of when."""
    values = DataFile(DATA).values
    return values["source_fr" if _reads_french() else "source"], values["dated"]


def without_finder() -> list[str]:
    """Rules of the file that nothing looks for, and finders of no rule; for the tests."""
    return sorted(set(rules()) ^ set(_finders))


def _reads_french() -> bool:
    return language_of(get_language()) == "fr"
