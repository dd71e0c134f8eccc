"""What the register says of each breach: one list of columns for every format.

The union of what Art. 33(5) GDPR, the CNIL's form and the EDPB's Guidelines 9/2022 ask: facts, effects, remedial
action, and the reasons for every decision.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from breachreg.exports.kinds import (
    Choice,
    Code,
    Codes,
    Day,
    Decimal,
    Instant,
    Kind,
    Many,
    Number,
    Reader,
    Text,
    YesNo,
    instant_of,
    speaker,
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


def _dated(*parts: object) -> str:
    return " · ".join([str(part) for part in parts if part])


@lru_cache(maxsize=8)
def _phrases(language: str) -> dict[str, str]:
    """The words around the values of a line, looked up once and not for each of a million lines."""
    with override(language):
        return {
            "unknown": _t("not known yet"), "receipt": _t("receipt %(number)s"), "no_receipt": _t("no receipt"),
            "told_us": _t("told us %(at)s"), "recommended": _t("recommended: %(duty)s"),
            "second": _t("second person: %(name)s"), "due": _t("due %(at)s"), "done": _t("done %(at)s"),
            "promised": _t("promised for %(at)s"),
        }  # fmt: skip


INSTANT, DAY, DECIMAL = Instant(), Day(), Decimal()
DUTY, STATE, FILING = Choice(Duty), Choice(DecisionState), Choice(FilingKind)


def _instant(value, reader: Reader) -> str:
    return speaker(INSTANT, reader, _phrases(reader.language)["unknown"])(value)


def _at(name: str, value, reader: Reader) -> str:
    """A phrase about an instant, or nothing where there is none."""
    return _phrases(reader.language)[name] % {"at": _instant(value, reader)} if value else ""


def filed_on(row: dict, reader: Reader) -> str:
    """When a filing was received, as precisely as it is known."""
    at = instant_of(row["filed_at"]).astimezone(reader.zone)
    if row["precision"] == Precision.MONTH:
        return at.strftime("%m/%Y" if reader.on_paper else "%Y-%m")
    day = speaker(DAY, reader)(at.date())
    return day if row["precision"] == Precision.DAY else f"{day} {at.hour:02}:{at.minute:02}"


def _filing(row: dict, reader: Reader) -> str:
    phrases = _phrases(reader.language)
    number = phrases["receipt"] % {"number": row["receipt_number"]} if row["receipt_number"] else phrases["no_receipt"]
    return _dated(speaker(FILING, reader)(row["kind"]), filed_on(row, reader), number)


def _party(row: dict, reader: Reader) -> str:
    role = vocabulary.load("party_roles").label(row["role"], reader.language)
    return _dated(row["name"], role, row["contact"], _at("told_us", row["told_us_at"], reader))


def _assessment(row: dict, reader: Reader) -> str:
    score = speaker(DECIMAL, reader)
    recommended = _phrases(reader.language)["recommended"] % {"duty": speaker(DUTY, reader)(row["recommended_duty"])}
    return _dated(
        f"{score(row['score_likely'])} ({score(row['score_low'])}–{score(row['score_high'])})", recommended,
        row["rule_version"], _instant(row["assessed_at"], reader), row["assessed_by"],
    )


def _decision(row: dict, reader: Reader) -> str:
    second = row["seconded_by"] and _phrases(reader.language)["second"] % {"name": row["seconded_by"]}
    return _dated(
        speaker(DUTY, reader)(row["duty"]), speaker(STATE, reader)(row["state"]), row["reasons"], row["departure_reasons"],
        _instant(row["decided_at"], reader), row["decided_by"], second,
    )


def _statement(row: dict, reader: Reader) -> str:
    return _dated(_instant(row["at"], reader), row["stated_by"], row["evidence"], row["reason"], row["recorded_by"])


def _measure(row: dict, reader: Reader) -> str:
    when = _at("done", row["done_at"], reader) or _at("due", row["due_at"], reader)
    return _dated(row["what"], row["owner"], when)


def _missing(row: dict, reader: Reader) -> str:
    return _dated(row["field"], row["owed_by"], _at("promised", row["promised_for"], reader))


def _evidence(row: dict, reader: Reader) -> str:
    return _dated(row["name"], f"SHA-256 {row['sha256']}")


def _object(**properties: Kind) -> dict:
    return {name: kind.schema for name, kind in properties.items()}


MANY = {
    "statements": Many(_statement, _object(at=Instant(), stated_by=Text(), evidence=Text(), reason=Text(), state=Text(), recorded_by=Text())),
    "assessments": Many(_assessment, _object(
        score_low=Decimal(), score_likely=Decimal(), score_high=Decimal(), recommended_duty=Choice(Duty), rule_version=Text(),
        assessed_at=Instant(), assessed_by=Text(),
    )),
    "decisions": Many(_decision, _object(
        duty=Choice(Duty), state=Choice(DecisionState), reasons=Text(), departure_reasons=Text(), decided_at=Instant(),
        decided_by=Text(), seconded_by=Text(),
    )),
    "filings": Many(_filing, _object(kind=Choice(FilingKind), filed_at=Instant(), precision=Text(), receipt_number=Text())),
    "parties": Many(_party, _object(name=Text(), role=Text(), contact=Text(), told_us_at=Instant())),
    "tasks": Many(_measure, _object(what=Text(), owner=Text(), due_at=Instant(), done_at=Instant())),
    "promises": Many(_missing, _object(field=Text(), owed_by=Text(), promised_for=Instant())),
    "evidence": Many(_evidence, _object(name=Text(), sha256=Text())),
}  # fmt: skip
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
    event("due_at", "authority", _("72 hours end"), Instant(), source="clock_due_at"),
    event("filings", "authority", _("Filings and receipts"), MANY["filings"]),
    event("delay_reasons", "authority", _("Reasons for the delay"), Text(), is_personal=True),
    fact("communication", "communication", _("People told"), Code("communication")),
    event("told_on", "communication", _("Told on"), Day()),
    event("telling_planned_on", "communication", _("Telling planned for"), Day()),
    event("told_count", "communication", _("Number of people told"), Number()),
    event("telling_channels", "communication", _("Way of telling"), Text()),
    event("not_telling_reason", "communication", _("Ground for not telling (Art. 34(3))"), Code("non_communication_reasons")),
    event("not_telling_evidence", "communication", _("Evidence of that ground"), Text(), is_personal=True),
    event("parties", "others", _("Processors and joint controllers"), MANY["parties"], is_personal=True),
    fact("is_cross_border", "others", _("Cross-border processing"), YesNo()),
    event("cross_border_countries", "others", _("Countries and numbers"), Text()),
    fact("notifies_other_dpa", "others", _("Other data-protection authority notified"), YesNo()),
    event("other_data_protection_authorities", "others", _("Which ones"), Text()),
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
