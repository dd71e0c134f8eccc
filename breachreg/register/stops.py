"""Clocks that the record itself stops: the people were told, the processor told us.

A fact that is corrected corrects the stop, one that is taken back lets the clock run again. What a person said to be
done is left alone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from breachreg.accounts.models import User
from breachreg.law.clock import last_minute
from breachreg.register import deadlines
from breachreg.register.models import Deadline, Incident

ARTICLE_34 = "gdpr_34"
TOLD = "informed"
"""The code of the CNIL's answer for people who were told."""


@transaction.atomic
def withdraw(*, incident: Incident, by: User | None, at: datetime) -> list[Deadline]:
    """Let the clocks run again whose fact was taken back; those clocks, as they stand now."""
    undone = [row for row, stopped_at in _read(incident, at) if row.met_at and stopped_at is None]
    for row in undone:
        deadlines.run_again(deadline=row, rule=deadlines.rule_of(row), by=by, at=at)
    return list(incident.deadlines.filter(pk__in=[row.pk for row in undone]))


@transaction.atomic
def follow_record(*, incident: Incident, by: User | None, at: datetime) -> None:
    """Stop the clocks that a fact stops; a corrected fact moves the stop."""
    for row, stopped_at in _read(incident, at):
        if stopped_at:
            _stop(row, stopped_at, row.met_reference, by, at)


@transaction.atomic
def people_told(*, incident: Incident, told_at: datetime, reference: str, by: User, at: datetime) -> None:
    """Stop the clock of Article 34 at the very instant (UTC) of the last letter, which is finer than the day in the record."""
    row = _rows(incident).get(ARTICLE_34)
    if row:
        _stop(row, max(told_at, row.started_at), reference, by, at)


def _stop(row: Deadline, met_at: datetime, reference: str | None, by: User | None, at: datetime) -> None:
    if row.met_at is None:
        deadlines.meet_deadline(deadline=row, met_at=met_at, reference=reference, by=by, at=at, by_record=True)
    elif row.met_at != met_at:
        deadlines.move_stop(deadline=row, met_at=met_at, reference=reference, by=by, at=at)


def _read(incident: Incident, at: datetime) -> Iterator[tuple[Deadline, datetime | None]]:
    for rule, row in _rows(incident).items():
        yield row, _STOPPED_AT[rule](incident, row, at)


def _rows(incident: Incident) -> dict[str, Deadline]:
    """The clocks that a fact may stop, run by themselves or were stopped by that fact, in the order of the law."""
    rows = incident.deadlines.filter(rule__in=_STOPPED_AT, cancelled_at=None).order_by("rule")
    return {row.rule: row for row in rows if row.met_at is None or row.is_met_by_record}


def _people_told_at(incident: Incident, row: Deadline, at: datetime) -> datetime | None:
    """The end of the day on which they were told, the strict reading, and never in the future; a finer instant stands."""
    if incident.told_on is None or incident.communication not in {None, TOLD}:
        return None
    if row.met_at and row.met_at.astimezone(incident.organisation.zone).date() == incident.told_on:
        return row.met_at
    return max(min(last_minute(incident.told_on, incident.organisation.zone), at), row.started_at)


def _processor_told_at(incident: Incident, row: Deadline, at: datetime) -> datetime | None:
    """When the first processor told us, as recorded beside it or on its own."""
    told = [*incident.parties.filter(role="processor").values_list("told_us_at", flat=True), incident.told_by_processor_at]
    first = min((each for each in told if each), default=None)
    return first and max(first, row.started_at)


_STOPPED_AT: dict[str, Callable[[Incident, Deadline, datetime], datetime | None]] = {
    ARTICLE_34: _people_told_at, "processor_tells_us": _processor_told_at,
}
