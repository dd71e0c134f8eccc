"""Measures of prevention that an incident cites: in place before, or decided after with an owner and a date."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.register.actions import amend_facts
from breachreg.register.models import Incident
from breachreg.register.playbooks import book
from breachreg.register.playbooks.models import PreventionMeasure, Standing
from breachreg.register.work import give_task

COLUMNS = {Standing.BEFORE: "measures_before", Standing.AFTER: "measures_after"}


class CitedAlready(Exception):
    """The incident cites this measure already."""


@transaction.atomic
def cite_measure(
    *, incident: Incident, standing: Standing, by: User, at: datetime, code: str | None = None, text: str = "",
    owner: User | None = None, owner_name: str | None = None, due_at: datetime | None = None,
) -> PreventionMeasure:
    """Cite a measure of the catalogue (``code``) or in one's own words; what is decided after becomes a task.

    Raises CitedAlready, or ValidationError: something decided needs an owner and a date.
    """
    words = book.measures()[code].title.text(incident.organisation.language) if code else text.strip()
    if not words:
        raise ValidationError({"text": _("Choose a measure, or write one.")})
    measure = PreventionMeasure(
        incident=incident, code=code, text=words, standing=standing, recorded_at=at, recorded_by=by
    )
    if standing == Standing.AFTER:
        _require_owner_and_date(owner, owner_name, due_at)
        measure.task = give_task(
            incident=incident, what=words, by=by, at=at, owner=owner, owner_name=owner_name, due_at=due_at,
            origin=f"measure:{code}" if code else None,
        )
    try:
        with transaction.atomic():
            measure.save(force_insert=True)
    except IntegrityError as error:
        raise CitedAlready(_("This incident cites that measure already.")) from error
    record(
        action="measure.cited", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes={"measure": [None, words]}, details={"standing": str(standing)},
    )
    return measure


def _require_owner_and_date(owner, owner_name, due_at) -> None:
    if not (owner or owner_name):
        raise ValidationError({"owner": _("Say who does it: choose a person, or write a name below.")})
    if due_at is None:
        raise ValidationError({"due_at": _("Say for when.")})


@transaction.atomic
def write_into_record(*, incident: Incident, by: User, at: datetime) -> Incident:
    """Add the measures that the record does not say yet to its two fields, one a line. Raises Stale or AlreadyClosed."""
    facts = {column: added for standing, column in COLUMNS.items() if (added := _added(incident, standing, column))}
    return amend_facts(incident=incident, by=by, at=at, **facts) if facts else incident


def unwritten(incident: Incident) -> list[PreventionMeasure]:
    """The cited measures that the fields of the record do not say yet."""
    return [one for one in incident.prevention_measures.all() if one.text not in (getattr(incident, COLUMNS[one.standing]) or "")]


def _added(incident: Incident, standing: Standing, column: str) -> str | None:
    said = getattr(incident, column) or ""
    new = [one.text for one in incident.prevention_measures.filter(standing=standing) if one.text not in said]
    return "\n".join(filter(None, [said.rstrip(), *new])) if new else None
