"""What the register says of each breach: one list of columns for every format.

The union of what Art. 33(5) GDPR, the CNIL's form and the EDPB's Guidelines 9/2022 ask: facts, effects, remedial
action, and the reasons for every decision.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from breachreg.desk.facts import label_of
from breachreg.exports.kinds import (
    Choice,
    Code,
    Codes,
    Day,
    Decimal,
    Instant,
    Kind,
    Line,
    Many,
    Number,
    Reader,
    Remembered,
    Text,
    YesNo,
    instant_of,
)  # fmt: skip
from breachreg.law import vocabulary
from breachreg.register.models import DecisionState, Duty, FilingKind, Precision, Qualification

GROUPS = {
    "identity": _("What it is"),
    "dates": _("Dates"),
    "breach": _("The breach"),
    "people": _("Data and people"),
    "effects": _("Effects"),
    "decision": _("Risk and decision"),
    "remedy": _("Measures"),
    "authority": _("Notification to the authority"),
    "communication": _("Communication to the people"),
    "others": _("Others involved"),
    "closure": _("Closure and evidence"),
}


@dataclass(frozen=True)
class Column:
    """One column: its stable name, its heading, where its value comes from, and what null means there.

    ``is_fact``: null is "not known yet". Otherwise null is "has not happened" or "does not apply", and stays empty.
    ``is_personal``: may hold names or free text about people; left out of a redacted copy.
    """

    key: str
    group: str
    label: object
    kind: Kind
    is_fact: bool = True
    is_personal: bool = False
    source: str = ""

    @property
    def path(self) -> str:
        return self.source or self.key

    @property
    def is_related(self) -> bool:
        return isinstance(self.kind, Many)


def fact(key: str, group: str, label: object, kind: Kind, **options) -> Column:
    return Column(key, group, label, kind, **options)


def event(key: str, group: str, label: object, kind: Kind, **options) -> Column:
    return Column(key, group, label, kind, is_fact=False, **options)


@lru_cache(maxsize=8)
def _phrases(language: str) -> dict[str, str]:
    """The words around the values of a line, looked up once and not for each of a million lines."""
    with override(language):
        return {
            "unknown": _t("not known yet"), "receipt": _t("receipt %(number)s"), "no_receipt": _t("no receipt"),
            "told_us": _t("told us %(at)s"), "recommended": _t("recommended: %(duty)s"),
            "second": _t("second person: %(name)s"), "due": _t("due %(at)s"), "done": _t("done %(at)s"),
            "promised": _t("promised for %(at)s"), "departs": _t("departs from the recommendation: %(reasons)s"),
        }  # fmt: skip


INSTANT, DAY, DECIMAL = Instant(), Day(), Decimal()
DUTY, STATE, FILING = Choice(Duty), Choice(DecisionState), Choice(FilingKind)


def _dated(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))


class _Words:
    """What the lines under an incident are made of, for one reader: made once, and used a million times."""

    def __init__(self, reader: Reader):
        self.reader = reader
        self.phrases = _phrases(reader.language)
        self.instant = INSTANT.words(reader, self.phrases["unknown"])
        self.duty, self.state, self.filing = (kind.words(reader, "") for kind in (DUTY, STATE, FILING))
        self.score = DECIMAL.words(reader, "")
        self.day = DAY.words(reader, "")
        self.fact = Remembered(self._fact)

    def at(self, name: str, value) -> str:
        """A phrase about an instant, or nothing where there is none."""
        return self.phrases[name] % {"at": self.instant(value)} if value else ""

    def _fact(self, name: str) -> str:
        with override(self.reader.language):
            return label_of(name)

    def filed_on(self, row: tuple) -> str:
        """When a filing was received, as precisely as it is known."""
        if row.precision not in (Precision.MONTH, Precision.DAY):
            return self.instant(row.filed_at)
        at = instant_of(row.filed_at).astimezone(self.reader.zone)
        if row.precision == Precision.MONTH:
            return at.strftime("%m/%Y" if self.reader.on_paper else "%Y-%m")
        return self.day(at.date())


_words = lru_cache(maxsize=16)(_Words)


def filed_on(row: tuple, reader: Reader) -> str:
    """When a filing was received, as precisely as it is known."""
    return _words(reader).filed_on(row)


def _filing(words: _Words) -> Line:
    receipt, none = words.phrases["receipt"], words.phrases["no_receipt"]

    def say(row: tuple) -> str:
        number = row.receipt_number
        return _dated(words.filing(row.kind), words.filed_on(row), receipt % {"number": number} if number else none)

    return say


def _party(words: _Words) -> Line:
    roles, language = vocabulary.load("party_roles"), words.reader.language
    return lambda row: _dated(row.name, roles.label(row.role, language), row.contact, words.at("told_us", row.told_us_at))


def _assessment(words: _Words) -> Line:
    score, recommended = words.score, words.phrases["recommended"]

    def say(row: tuple) -> str:
        scores = f"{score(row.score_likely)} ({score(row.score_low)}–{score(row.score_high)})"
        duty = recommended % {"duty": words.duty(row.recommended_duty)}
        return _dated(scores, duty, row.rule_version, words.instant(row.assessed_at), row.assessed_by)

    return say


def _decision(words: _Words) -> Line:
    duty, state, instant, seconded, departs = (
        words.duty, words.state, words.instant, words.phrases["second"], words.phrases["departs"]
    )

    def say(row: tuple) -> str:
        second = row.seconded_by and seconded % {"name": row.seconded_by}
        departure = row.departure_reasons and departs % {"reasons": row.departure_reasons}
        return _dated(
            duty(row.duty), state(row.state), row.reasons, departure, instant(row.decided_at),
            row.decided_by, second,
        )

    return say


def _statement(words: _Words) -> Line:
    instant = words.instant
    return lambda row: _dated(instant(row.at), row.stated_by, row.evidence, row.reason, row.recorded_by)


def _measure(words: _Words) -> Line:
    return lambda row: _dated(row.what, row.owner, words.at("done", row.done_at) or words.at("due", row.due_at))


def _missing(words: _Words) -> Line:
    return lambda row: _dated(words.fact[row.field], row.owed_by, words.at("promised", row.promised_for))


def _evidence(words: _Words) -> Line:
    return lambda row: _dated(row.name, f"SHA-256 {row.sha256}")


def _many(line: Callable[[_Words], Line], **properties: Kind) -> Many:
    return Many(lambda reader: line(_words(reader)), properties)


MANY = {
    "statements": _many(
        _statement, at=Instant(), stated_by=Text(), evidence=Text(), reason=Text(), state=Text(), recorded_by=Text()
    ),
    "assessments": _many(
        _assessment, score_low=Decimal(), score_likely=Decimal(), score_high=Decimal(), recommended_duty=Choice(Duty),
        rule_version=Text(), assessed_at=Instant(), assessed_by=Text(),
    ),
    "decisions": _many(
        _decision, duty=Choice(Duty), state=Choice(DecisionState), reasons=Text(), departure_reasons=Text(),
        decided_at=Instant(), decided_by=Text(), seconded_by=Text(),
    ),
    "filings": _many(_filing, kind=Choice(FilingKind), filed_at=Instant(), precision=Text(), receipt_number=Text()),
    "parties": _many(_party, name=Text(), role=Text(), contact=Text(), told_us_at=Instant()),
    "tasks": _many(_measure, what=Text(), owner=Text(), due_at=Instant(), done_at=Instant()),
    "promises": _many(_missing, field=Text(), owed_by=Text(), promised_for=Instant()),
    "evidence": _many(_evidence, name=Text(), sha256=Text()),
}
"""What lies under an incident; ``related.py`` reads it."""

COLUMNS = (
    event("reference", "identity", _("Reference"), Text()),
    event("former_reference", "identity", _("Reference in the register it came from"), Text()),
    event("title", "identity", _("Title"), Text(), is_personal=True),
    event("controller", "identity", _("Controller"), Text()),
    fact("controller_sector", "identity", _("Sector of the controller"), Code("sectors")),
    fact("processing_activities", "identity", _("Processing activities concerned"), Text(), is_personal=True),
    event("qualification", "identity", _("Qualification"), Choice(Qualification)),
    event("qualification_reasons", "identity", _("Reasons for the qualification"), Text(), is_personal=True),
    event("qualified_at", "identity", _("Qualified"), Instant()),
    event("qualified_by", "identity", _("Qualified by"), Text(), is_personal=True, source="qualified_by__full_name"),
    event("reported_at", "identity", _("Reported"), Instant()),
    event("reported_by", "identity", _("Reported by"), Text(), is_personal=True, source="reported_by__full_name"),
    event("report", "identity", _("What was reported"), Text(), is_personal=True),
    fact("occurred_from", "dates", _("Start of the breach"), Instant()),
    fact("occurred_to", "dates", _("End of the breach"), Instant()),
    fact("is_ongoing", "dates", _("Still ongoing"), YesNo()),
    fact("is_period_established", "dates", _("Period established"), YesNo()),
    fact("first_signal_at", "dates", _("First signal"), Instant()),
    fact("aware_at", "dates", _("Awareness"), Instant()),
    event("is_aware_day_only", "dates", _("Only the day of the awareness is known: counted from 00:00"), YesNo()),
    event("awareness_statements", "dates", _("Who says so, on what evidence"), MANY["statements"], is_personal=True, source="statements"),
    event("told_by_processor_at", "dates", _("Told by the processor"), Instant()),
    event("dates_comment", "dates", _("Comments on the dates"), Text(), is_personal=True),
    fact("discovery", "dates", _("How it was discovered"), Text(), is_personal=True),
    fact("natures", "breach", _("Nature"), Codes("natures")),
    fact("origins", "breach", _("Origin"), Codes("origins")),
    event("origin_other", "breach", _("Other origin"), Text(), is_personal=True),
    fact("causes", "breach", _("Cause"), Codes("causes")),
    event("cause_other", "breach", _("Other cause"), Text(), is_personal=True),
    fact("media", "breach", _("What held the data"), Codes("media")),
    fact("narrative", "breach", _("Description"), Text(), is_personal=True),
    fact("data_categories", "people", _("Categories of data"), Codes("data_categories")),
    event("data_other", "people", _("Other data"), Text(), is_personal=True),
    fact("has_sensitive_data", "people", _("Sensitive data among them"), YesNo()),
    fact("sensitive_categories", "people", _("Sensitive data"), Codes("sensitive_categories")),
    fact("records_low", "people", _("Records, at least"), Number()),
    fact("records_likely", "people", _("Records, most likely"), Number()),
    fact("records_high", "people", _("Records, at most"), Number()),
    fact("people_categories", "people", _("Categories of people"), Codes("people_categories")),
    event("people_other", "people", _("Other people"), Text(), is_personal=True),
    fact("people_low", "people", _("People, at least"), Number()),
    fact("people_likely", "people", _("People, most likely"), Number()),
    fact("people_high", "people", _("People, at most"), Number()),
    fact("are_people_identifiable", "people", _("People directly identifiable"), YesNo()),
    fact("consequences", "effects", _("Likely consequences"), Codes("consequences")),
    event("consequences_other", "effects", _("Other consequences"), Text(), is_personal=True),
    fact("harms", "effects", _("Potential harm"), Codes("harms")),
    event("harms_other", "effects", _("Other harm"), Text(), is_personal=True),
    fact("severity", "effects", _("Severity"), Code("severities")),
    event("assessments", "decision", _("Assessments: score, range, recommendation, rules"), MANY["assessments"], is_personal=True),
    event("decisions", "decision", _("Decisions, their reasons and authors"), MANY["decisions"], is_personal=True),
    fact("measures_before", "remedy", _("Measures in place before"), Text(), is_personal=True),
    fact("measures_after", "remedy", _("Measures taken or planned"), Text(), is_personal=True),
    event("measures_followed", "remedy", _("Tasks and their owners"), MANY["tasks"], is_personal=True, source="tasks"),
    event("due_at", "authority", _("Deadline of the notification"), Instant(), source="clock_due_at"),
    event("filings", "authority", _("Filings and receipts"), MANY["filings"]),
    event("delay_reasons", "authority", _("Reasons for the delay"), Text(), is_personal=True),
    fact("communication", "communication", _("People told"), Code("communication")),
    event("told_on", "communication", _("Told on"), Day()),
    event("telling_planned_on", "communication", _("Telling planned for"), Day()),
    event("told_count", "communication", _("Number of people told"), Number()),
    event("telling_channels", "communication", _("Way of telling"), Text(), is_personal=True),
    event("not_telling_reason", "communication", _("Ground for not telling (Art. 34(3))"), Code("non_communication_reasons")),
    event("not_telling_evidence", "communication", _("Evidence of that ground"), Text(), is_personal=True),
    event("parties", "others", _("Processors and joint controllers"), MANY["parties"], is_personal=True),
    fact("is_cross_border", "others", _("Cross-border processing"), YesNo()),
    event("cross_border_countries", "others", _("Countries and numbers"), Text(), is_personal=True),
    fact("notifies_other_dpa", "others", _("Other data-protection authority notified"), YesNo()),
    event("other_data_protection_authorities", "others", _("Which ones"), Text(), is_personal=True),
    fact("other_authorities", "others", _("Other authorities told"), Codes("other_authorities")),
    event("other_authorities_detail", "others", _("Details on other authorities"), Text(), is_personal=True),
    event("promises", "closure", _("Facts still missing"), MANY["promises"], is_personal=True),
    event("evidence", "closure", _("Files kept"), MANY["evidence"], is_personal=True),
    event("closed_at", "closure", _("Closed"), Instant()),
    event("closed_by", "closure", _("Closed by"), Text(), is_personal=True, source="closed_by__full_name"),
    event("lessons", "closure", _("Lessons"), Text(), is_personal=True),
    event("trail_entries", "closure", _("Entries in the trail"), Number(), source="trail_count"),
)
BY_KEY = {column.key: column for column in COLUMNS}

SUMMARY = (
    "reference", "title", "aware_at", "natures", "origins", "people_likely", "severity", "decisions", "filings",
    "communication", "closed_at",
)  # fmt: skip
"""The columns of a line in an overview; the whole row follows on its own sheet."""


def without_personal(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns that a redacted copy keeps."""
    return tuple(column for column in columns if not column.is_personal)
