"""What is done to an incident: reported, qualified, described, closed.

Each verb is one transaction with one entry in the trail. Where two people could meet, the incident's version decides:
the second one gets ``changes.Stale`` and keeps what was typed.
"""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.assessments import reconsider
from breachreg.register.changes import change, note_event
from breachreg.register.clocks import follow_facts
from breachreg.register.models import Incident, Qualification, ReferenceCounter, TimelineEntry, TimelineKind


class AlreadyQualified(Exception):
    """The incident was qualified before; changing that takes its own action."""


class AlreadyClosed(Exception):
    """The incident is closed; reopen it first."""


@transaction.atomic
def report_incident(
    *, organisation: Organisation, title: str, by: User, at: datetime, submission: uuid.UUID | None = None,
    is_imported: bool = False, reported_at: datetime | None = None, **facts
) -> Incident:
    """Enter an incident in the register with the facts known so far, and give it the year's next reference.

    The same ``submission`` twice (a double click) returns the incident of the first time. ``at`` is UTC, and so is
    ``reported_at`` (when it was said, if that was before); its year on the organisation's calendar is that of the
    reference. Raises ValidationError naming each wrong field.
    """
    reported_at = reported_at or at
    counter = _lock_counter(organisation, reported_at.astimezone(organisation.zone).year)
    if submission and (known := Incident.objects.filter(organisation=organisation, submission=submission).first()):
        return known
    incident = Incident(
        organisation=organisation, year=counter.year, number=counter.last + 1, title=title, reported_at=reported_at,
        reported_by=by, submission=submission or uuid.uuid4(), is_imported=is_imported, **facts,
    )
    incident.reference = f"{organisation.reference_prefix}-{incident.year}-{incident.number:04d}"
    incident.full_clean()
    incident.save()
    ReferenceCounter.objects.filter(pk=counter.pk).update(last=incident.number)
    action = "incident.imported" if is_imported else "incident.reported"
    note_event(incident=incident, event=action, by=by, at=at)
    record(
        action=action, by=by, at=at, organisation=organisation, subject=incident,
        changes=difference({}, snapshot(incident)),
    )
    return incident


@transaction.atomic
def qualify_as_breach(*, incident: Incident, reasons: str, by: User, at: datetime) -> Incident:
    """Conclude that personal data were breached. Raises AlreadyQualified or Stale."""
    return _qualify(incident, Qualification.BREACH, reasons, by, at, "incident.qualified")


@transaction.atomic
def conclude_not_a_breach(*, incident: Incident, reasons: str, by: User, at: datetime) -> Incident:
    """Keep the reasoned conclusion that no personal data were breached. Raises AlreadyQualified or Stale."""
    return _qualify(incident, Qualification.NOT_A_BREACH, reasons, by, at, "incident.not_a_breach")


@transaction.atomic
def amend_facts(*, incident: Incident, by: User, at: datetime, **facts) -> Incident:
    """Write the facts that changed; ``None`` makes one unknown again.

    ``incident.version`` is the one that the person saw. Raises Stale, AlreadyClosed, or ValidationError naming each
    wrong field. Nothing is written, and no entry made, when no fact changed.
    """
    if incident.closed_at:
        raise AlreadyClosed(_("This incident is closed. Reopen it before you change its facts."))
    changed = change(incident=incident, action="incident.amended", by=by, at=at, **facts)
    reconsider(incident=changed, by=by, at=at)
    follow_facts(incident=changed, by=by, at=at)
    return changed


@transaction.atomic
def close_incident(*, incident: Incident, lessons: str | None, by: User, at: datetime) -> Incident:
    """Close an incident with what was learnt. Raises AlreadyClosed, ValidationError (what is left to do) or Stale."""
    if incident.closed_at:
        raise AlreadyClosed(_("This incident is closed already."))
    if incident.qualification is None:
        raise ValidationError(_("Say first whether this is a personal-data breach."))
    changed = change(
        incident=incident, action="incident.closed", by=by, at=at, closed_at=at, closed_by=by, lessons=lessons or None
    )
    note_event(incident=changed, event="incident.closed", by=by, at=at)
    return changed


@transaction.atomic
def reopen_incident(*, incident: Incident, reason: str, by: User | None, at: datetime) -> Incident:
    """Open a closed incident again; the clocks are not moved by that. Raises Stale."""
    changed = change(
        incident=incident, action="incident.reopened", by=by, at=at, details={"reason": reason}, closed_at=None,
        closed_by=None,
    )
    note_event(incident=changed, event="incident.reopened", by=by, at=at, text=reason)
    return changed


@transaction.atomic
def add_timeline_note(
    *, incident: Incident, happened_at: datetime, text: str, by: User, at: datetime, source: str | None = None,
    submission: uuid.UUID | None = None,
) -> TimelineEntry:
    """Write on the timeline what happened when; the same ``submission`` twice is one note.

    Raises ValidationError for an empty note or an instant to come.
    """
    if submission and (known := incident.timeline.filter(submission=submission).first()):
        return known
    entry = TimelineEntry(
        incident=incident, kind=TimelineKind.NOTE, happened_at=happened_at, text=text.strip(), source=source,
        recorded_at=at, recorded_by=by, submission=submission,
    )
    if happened_at > at:
        raise ValidationError({"happened_at": _("This instant lies ahead. Enter when it happened.")})
    entry.full_clean()
    entry.save()
    record(
        action="timeline.noted", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes={"timeline": [None, entry.text]},
    )
    return entry


@transaction.atomic
def note_reading(*, incident: Incident, by: User, at: datetime) -> None:
    """Record that a person read this incident."""
    record(action="incident.opened", by=by, at=at, organisation=incident.organisation, subject=incident)


def _lock_counter(organisation: Organisation, year: int) -> ReferenceCounter:
    ReferenceCounter.objects.get_or_create(organisation=organisation, year=year)
    return ReferenceCounter.objects.select_for_update().get(organisation=organisation, year=year)


def _qualify(incident, qualification, reasons, by, at, event) -> Incident:
    if incident.qualification == qualification:
        raise AlreadyQualified(_("This was concluded before, on the same side."))
    if not reasons.strip():
        raise ValidationError({"qualification_reasons": _("Write the reasons: the register keeps them.")})
    changed = change(
        incident=incident, action=event, by=by, at=at, qualification=qualification, qualified_at=at, qualified_by=by,
        qualification_reasons=reasons.strip(),
    )
    note_event(incident=changed, event=event, by=by, at=at, text=reasons.strip())
    follow_facts(incident=changed, by=by, at=at)
    return changed
