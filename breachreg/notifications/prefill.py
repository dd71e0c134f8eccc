"""Record in, answers out: each question of the CNIL's form filled from what the record holds, with its source.

What the record does not know stays None. Where the form wants a text and the record has only facts, the text is
composed from them (sentences.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from breachreg.law.vocabulary import load as vocabulary
from breachreg.notifications import delay, sentences
from breachreg.notifications.answers import Answer, Source, form, written
from breachreg.notifications.record import Record, is_day_only
from breachreg.register.models import FilingKind, InstantKind

FORM_TYPE = {
    FilingKind.INITIAL: "initial",
    FilingKind.COMPLEMENTARY: "supplementary",
    FilingKind.COMPLETE: "complete",
    FilingKind.WITHDRAWAL: "supplementary",  # the form has no withdrawal: it goes as a complement that says so
}


@dataclass(frozen=True)
class Filled:
    """An answer, where it comes from, and, for a composed text, the same in English for the reading version."""

    value: Answer
    source: str
    english: str = ""


def fill(record: Record) -> dict[str, Filled]:
    """Every question of the form answered from the record, in the form's order."""
    return {field.code: _FILLERS[field.code](record) for field in form().fields}


def _of_record(name: str) -> Callable[[Record], Filled]:
    return lambda record: Filled(_plain(getattr(record.incident, name)), Source.RECORD)


def _of_organisation(name: str) -> Callable[[Record], Filled]:
    return lambda record: Filled(_plain(getattr(record.organisation, name)), Source.ORGANISATION)


def _plain(value) -> Answer:
    """A column's value as JSON holds it; an empty text is unknown."""
    if isinstance(value, tuple):
        return list(value)
    return None if value == "" else value


def _instant(name: str, kind: InstantKind) -> Callable[[Record], Filled]:
    def filler(record: Record) -> Filled:
        instant = getattr(record.incident, name)
        if instant is not None and is_day_only(record, kind):
            return Filled(instant.astimezone(record.zone).date().isoformat(), Source.RECORD)
        return Filled(written(instant), Source.RECORD)

    return filler


def _day(name: str) -> Callable[[Record], Filled]:
    def filler(record: Record) -> Filled:
        day: date | None = getattr(record.incident, name)
        return Filled(day.isoformat() if day else None, Source.RECORD)

    return filler


def _count(name: str) -> Callable[[Record], Filled]:
    def filler(record: Record) -> Filled:
        parts = {part: getattr(record.incident, f"{name}_{part}") for part in ("low", "likely", "high")}
        known = any(value is not None for value in parts.values())
        return Filled(parts if known else None, Source.RECORD)

    return filler


def _composed(name: str | None, compose: Callable[[Record, str], str]) -> Callable[[Record], Filled]:
    """The record's own text when there is one, otherwise a text composed from the facts; None when there are none."""

    def filler(record: Record) -> Filled:
        own = getattr(record.incident, name) if name else None
        if own:
            return Filled(own, Source.RECORD)
        return Filled(compose(record, "fr") or None, Source.COMPOSED, english=compose(record, "en"))

    return filler


def _description(record: Record) -> Filled:
    """What happened; in a withdrawal, why there was no breach after all."""
    if record.kind == FilingKind.WITHDRAWAL:
        return _composed(None, sentences.withdrawal)(record)
    return _composed("narrative", sentences.description)(record)


def _notification_type(record: Record) -> Filled:
    return Filled(FORM_TYPE[FilingKind(record.kind)], Source.FILINGS)


def _initial_number(record: Record) -> Filled:
    first = next((filing for filing in record.filings if filing.receipt_number), None)
    return Filled(first.receipt_number if first else None, Source.FILINGS)


def _legal_name(record: Record) -> Filled:
    if record.incident.controller_name:
        return Filled(record.incident.controller_name, Source.RECORD)
    return Filled(record.organisation.name, Source.ORGANISATION)


def _sector(record: Record) -> Filled:
    if record.incident.controller_sector:
        return Filled(record.incident.controller_sector, Source.RECORD)
    return Filled(record.organisation.sector or None, Source.ORGANISATION)


def _parties(record: Record) -> Filled:
    bodies = [
        {"role": party.role, "name": party.name, "contact": party.contact, "told_at": written(party.told_us_at)}
        for party in record.parties
    ]
    return Filled(bodies or None, Source.RECORD)


def _processor_told_at(record: Record) -> Filled:
    told = record.incident.told_by_processor_at or min(
        (party.told_us_at for party in record.parties if party.told_us_at), default=None
    )
    return Filled(written(told), Source.RECORD)


def _period_known(record: Record) -> Filled:
    incident = record.incident
    if incident.is_period_established is None and incident.occurred_from and (incident.occurred_to or incident.is_ongoing):
        return Filled(True, Source.RECORD)
    return Filled(incident.is_period_established, Source.RECORD)


def _ongoing(record: Record) -> Filled:
    incident = record.incident
    ended = incident.is_ongoing is None and incident.occurred_to is not None
    return Filled(False if ended else incident.is_ongoing, Source.RECORD)


def _consequence_other(nature: str) -> Callable[[Record], Filled]:
    """The record holds one text for all the blocks of the form; it stands in the block whose "other" is ticked."""

    def filler(record: Record) -> Filled:
        ticked = f"{nature}_other" in (record.incident.consequences or ())
        return Filled((record.incident.consequences_other or None) if ticked else None, Source.RECORD)

    return filler


def _severity(record: Record) -> Filled:
    return Filled(record.incident.severity or None, Source.ASSESSMENT)


def _when_told(name: str) -> Callable[[Record], Filled]:
    """A fact of the telling: the record has one column for "told by" and "to be told by"."""
    told = name == "informed_by"

    def filler(record: Record) -> Filled:
        state = record.incident.communication
        fits = state == "informed" if told else state == "planned"
        return Filled((record.incident.telling_channels or None) if fits else None, Source.RECORD)

    return filler


def _other_authorities(record: Record) -> tuple[str, ...] | None:
    """The authorities without the data-protection ones, which the form asks for in their own question."""
    codes = record.incident.other_authorities
    if codes is None:
        return None
    terms = vocabulary("other_authorities")
    return tuple(code for code in codes if not terms.term(code).get("data_protection"))


def _has_other_authority(record: Record) -> Filled:
    codes = _other_authorities(record)
    return Filled(None if codes is None else bool(codes), Source.RECORD)


def _which_authorities(record: Record) -> Filled:
    codes = _other_authorities(record)
    return Filled(None if codes is None else list(codes), Source.RECORD)


def _nothing_yet(record: Record) -> Filled:
    return Filled(None, Source.TYPED)


_FILLERS: dict[str, Callable[[Record], Filled]] = {
    "notification_type": _notification_type,
    "initial_notification_number": _initial_number,
    "siren": _of_organisation("siren"),
    "no_siren": _of_organisation("has_no_siren"),
    "legal_name": _legal_name,
    "vat_number": _of_organisation("vat_number"),
    "sector": _sector,
    "headcount": _of_organisation("headcount"),
    "address": _of_organisation("address"),
    "postcode": _of_organisation("postal_code"),
    "city": _of_organisation("city"),
    "country": _of_organisation("country"),
    "legal_representative_civility": _of_organisation("legal_representative_civility"),
    "legal_representative_last_name": _of_organisation("legal_representative_last_name"),
    "legal_representative_first_name": _of_organisation("legal_representative_first_name"),
    "legal_representative_email": _of_organisation("legal_representative_email"),
    "contact_person_civility": _of_organisation("contact_civility"),
    "contact_person_last_name": _of_organisation("contact_last_name"),
    "contact_person_first_name": _of_organisation("contact_first_name"),
    "contact_person_position": _of_organisation("contact_function"),
    "contact_person_email": _of_organisation("contact_email"),
    "contact_person_phone": _of_organisation("contact_phone"),
    "parties": _parties,
    "processor_told_at": _processor_told_at,
    "period_known": _period_known,
    "started_at": _instant("occurred_from", InstantKind.OCCURRED_FROM),
    "ended_at": _instant("occurred_to", InstantKind.OCCURRED_TO),
    "ongoing": _ongoing,
    "aware_at": _instant("aware_at", InstantKind.AWARE),
    "date_comments": _composed("dates_comment", sentences.comments_on_the_dates),
    "discovery": _composed("discovery", sentences.discovery),
    "delay_reasons": _composed("delay_reasons", delay.reasons),
    "natures": _of_record("natures"),
    "origins": _of_record("origins"),
    "origin_other": _of_record("origin_other"),
    "causes": _of_record("causes"),
    "cause_other": _of_record("cause_other"),
    "description": _description,
    "data_categories": _of_record("data_categories"),
    "data_other": _of_record("data_other"),
    "sensitive_categories": _of_record("sensitive_categories"),
    "records_count": _count("records"),
    "people_categories": _of_record("people_categories"),
    "people_other": _of_record("people_other"),
    "people_count": _count("people"),
    "media": _of_record("media"),
    "directly_identifiable": _of_record("are_people_identifiable"),
    "measures_before": _of_record("measures_before"),
    "consequences": _of_record("consequences"),
    "consequence_other_confidentiality": _consequence_other("confidentiality"),
    "consequence_other_integrity": _consequence_other("integrity"),
    "consequence_other_availability": _consequence_other("availability"),
    "harms": _of_record("harms"),
    "harm_other": _of_record("harms_other"),
    "severity": _severity,
    "measures_after": _of_record("measures_after"),
    "communication": _of_record("communication"),
    "informed_on": _day("told_on"),
    "informed_count": _of_record("told_count"),
    "informed_by": _when_told("informed_by"),
    "informed_content": _nothing_yet,
    "to_inform_on": _day("telling_planned_on"),
    "to_inform_by": _when_told("to_inform_by"),
    "non_communication_reason": _of_record("not_telling_reason"),
    "non_communication_details": _of_record("not_telling_evidence"),
    "cross_border": _of_record("is_cross_border"),
    "cross_border_countries": _of_record("cross_border_countries"),
    "other_data_protection_authority": _of_record("notifies_other_dpa"),
    "which_data_protection_authorities": _of_record("other_data_protection_authorities"),
    "other_authority": _has_other_authority,
    "other_authorities": _which_authorities,
    "attachments": _nothing_yet,
}
