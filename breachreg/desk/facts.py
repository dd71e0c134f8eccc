"""The facts of an incident as rows to read: label, value in words, and None for what is not known yet.

The groups follow the sections of the CNIL's form; the labels are those of the columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from breachreg.accounts.fields import CodesField
from breachreg.law import questions, vocabulary
from breachreg.register.models import Incident
from breachreg.web.fields import Amount

SINGLE_CODES = {
    "severity": "severities",
    "communication": "communication",
    "not_telling_reason": "non_communication_reasons",
    "controller_sector": "sectors",
}

AMOUNTS = {"people": gettext_lazy("number of people"), "records": gettext_lazy("number of records")}


@dataclass(frozen=True)
class Fact:
    """One row: `kind` says how templates/desk/fact.html shows the value."""

    name: str
    label: str
    value: object
    kind: str

    @property
    def is_known(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Group:
    code: str
    label: object
    names: tuple[str, ...]
    asked: frozenset[str]  # those whose absence is a gap; the rest are only shown when they are known


def _group(code: str, label, asked: str, besides: str = "") -> Group:
    names = tuple(asked.split()) + tuple(besides.split())
    return Group(code, label, names, frozenset(asked.split()))


GROUPS = (
    _group("report", gettext_lazy("What was reported"), "report", "controller_name controller_sector processing_activities"),
    _group(
        "dates", gettext_lazy("When"), "occurred_from is_ongoing aware_at discovery",
        "occurred_to first_signal_at told_by_processor_at dates_comment delay_reasons",
    ),
    _group("breach", gettext_lazy("What happened"), "natures origins causes narrative", "origin_other cause_other media"),
    _group(
        "data", gettext_lazy("Data and people"),
        "data_categories sensitive_categories records people_categories people", "data_other people_other are_people_identifiable",
    ),
    _group(
        "harm", gettext_lazy("Consequences and harm"), "consequences harms severity", "consequences_other harms_other"
    ),
    _group("measures", gettext_lazy("Measures"), "measures_before measures_after"),
    _group(
        "communication", gettext_lazy("Telling the people"), "communication",
        "told_on told_count telling_planned_on telling_channels not_telling_reason not_telling_evidence",
    ),
    _group(
        "elsewhere", gettext_lazy("Other countries and authorities"), "is_cross_border notifies_other_dpa",
        "cross_border_countries other_data_protection_authorities other_authorities other_authorities_detail",
    ),
)


def groups_of(incident: Incident) -> list[dict]:
    """Every group with its rows and how many of its questions have an answer."""
    return [_filled(group, incident) for group in GROUPS]


def missing(incident: Incident) -> list[Fact]:
    """The facts that are asked for and not known yet, in the order of the form."""
    return [fact for group in GROUPS for fact in facts(incident, group.names) if fact.name in group.asked and not fact.is_known]


def label_of(name: str) -> str:
    """The words for a fact, by the name of its column, of its amount, or of a question of the assessment."""
    if name in AMOUNTS:
        return _capital(str(AMOUNTS[name]))
    known = {field.name: field for field in Incident._meta.get_fields() if isinstance(field, models.Field)}
    if name not in known and name in questions.load():
        return questions.load()[name].label(_language())
    return _capital(str(known[name].verbose_name)) if name in known else name


def facts(incident: Incident, names: Iterable[str]) -> Iterator[Fact]:
    """These facts as rows."""
    for name in names:
        value, kind = _amount(incident, name) if name in AMOUNTS else _column(incident, name)
        yield Fact(name, label_of(name), value, kind)


def _filled(group: Group, incident: Incident) -> dict:
    rows = [fact for fact in facts(incident, group.names) if fact.name in group.asked or fact.is_known]
    unknown = [fact for fact in rows if not fact.is_known]
    return {
        "code": group.code, "label": group.label, "known": [fact for fact in rows if fact.is_known], "unknown": unknown,
        "answered": len(group.asked) - len(unknown), "asked": len(group.asked),
    }


def _amount(incident: Incident, name: str) -> tuple[Amount | None, str]:
    parts = Amount(*(getattr(incident, f"{name}_{part}") for part in ("low", "likely", "high")))
    return (None if parts == (None, None, None) else parts), "amount"


def _column(incident: Incident, name: str) -> tuple[object, str]:
    value = getattr(incident, name)
    if value is None or value == "":
        return None, "words"
    if isinstance(Incident._meta.get_field(name), CodesField):
        return _labels(Incident._meta.get_field(name).vocabulary, value), "words"
    if name in SINGLE_CODES:
        return vocabulary.load(SINGLE_CODES[name]).label(value, _language()), "words"
    return _plain(value)


def _plain(value) -> tuple[object, str]:
    if isinstance(value, bool):
        return _("Yes") if value else _("No"), "words"
    if isinstance(value, datetime):
        return value, "instant"
    return value, "day" if isinstance(value, date) else "number" if isinstance(value, int) else "words"


def _labels(name: str, codes: tuple[str, ...]) -> list[str]:
    words = vocabulary.load(name)
    return [words.label(code, _language()) for code in codes]


def _language() -> str:
    return get_language() or "fr"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
