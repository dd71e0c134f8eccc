"""When it happened, as far as somebody says so: start, end, first signal, told by the processor.

Each instant is a statement with its source; a new one replaces the one in force and the old one stays readable.
The awareness has its own rules: see ``awareness``.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.register.actions import AlreadyClosed
from breachreg.register.awareness import began_after
from breachreg.register.changes import change, in_every_language, note_event
from breachreg.register.clocks import follow_facts
from breachreg.register.models import Incident, InstantKind, InstantStatement, StatementState

COLUMNS = {
    InstantKind.OCCURRED_FROM: "occurred_from",
    InstantKind.OCCURRED_TO: "occurred_to",
    InstantKind.FIRST_SIGNAL: "first_signal_at",
    InstantKind.TOLD_BY_PROCESSOR: "told_by_processor_at",
}
STARTS_OF_CLOCKS = (
    InstantKind.PROCESSOR_AWARE, InstantKind.DETECTED, InstantKind.SIGNIFICANT_INCIDENT_KNOWN, InstantKind.ICT_INCIDENT_KNOWN,
    InstantKind.CLASSIFIED_MAJOR, InstantKind.DORA_INTERMEDIATE_FILED, InstantKind.ATTACK_KNOWN,
    InstantKind.HEALTH_INCIDENT_KNOWN,
)  # fmt: skip
"""Instants that only a clock of the board asks for; their statement alone holds them."""


@transaction.atomic
def state_instant(
    *, incident: Incident, kind: InstantKind, instant: datetime, by: User, at: datetime, stated_by: str | None = None,
    evidence: str | None = None, is_date_only: bool = False, is_estimated: bool = False,
) -> Incident:
    """State when something happened (UTC), and who says so on what evidence; replaces the statement in force.

    Raises ValidationError (lies ahead, end before start, start after awareness), AlreadyClosed or Stale.
    """
    if incident.closed_at:
        raise AlreadyClosed(_("This incident is closed. Reopen it before you change its facts."))
    check_instant(incident, kind, instant, at)
    incident.statements.filter(kind=kind, state=StatementState.IN_FORCE).update(state=StatementState.REPLACED)
    InstantStatement.objects.create(
        incident=incident, kind=kind, at=instant, is_date_only=is_date_only, is_estimated=is_estimated,
        zone=incident.organisation.time_zone, stated_by=stated_by or None, evidence=evidence or None, recorded_at=at,
        recorded_by=by,
    )
    details = {"kind": str(kind), "stated_by": stated_by, "evidence": evidence, "date_only": is_date_only}
    if kind in STARTS_OF_CLOCKS:
        changed = incident
        record(
            action="instant.stated", by=by, at=at, organisation=incident.organisation, subject=incident, details=details,
            changes={str(kind): [None, instant.isoformat()]},
        )
    else:
        facts = {COLUMNS[kind]: instant} | ({"is_ongoing": False} if kind == InstantKind.OCCURRED_TO else {})
        changed = change(incident=incident, action="instant.stated", by=by, at=at, details=details, **facts)
    note_event(incident=changed, event="instant.stated", by=by, at=at, text=in_every_language(InstantKind(kind).label))
    follow_facts(incident=changed, by=by, at=at)
    return changed


def in_force(incident: Incident, kind: str) -> datetime | None:
    """The instant of this kind as it stands (UTC); None when nobody stated it."""
    if kind in COLUMNS:
        return getattr(incident, COLUMNS[kind])
    return incident.statements.filter(kind=kind, state=StatementState.IN_FORCE).values_list("at", flat=True).first()


def check_instant(incident: Incident, kind: InstantKind, instant: datetime, at: datetime) -> None:
    """Raise ValidationError when this instant can't stand beside the others."""
    if instant > at:
        raise ValidationError({"instant": _("This instant lies ahead. Enter when it happened.")})
    start = instant if kind == InstantKind.OCCURRED_FROM else incident.occurred_from
    end = instant if kind == InstantKind.OCCURRED_TO else incident.occurred_to
    if start and end and end < start:
        raise ValidationError({"instant": _("The end would come before the start. Correct one of the two.")})
    if kind == InstantKind.OCCURRED_FROM and incident.aware_at and began_after(
        incident.aware_at, instant, incident.is_aware_day_only, incident.organisation.zone
    ):
        message = _("The breach would begin after the organisation became aware of it. Correct one of the two.")
        raise ValidationError({"instant": message})
