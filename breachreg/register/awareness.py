"""When we became aware: who says so, on what evidence; the first statement starts the clock of Art. 33.

A later change never moves the clock silently: it waits for a second person, and until then the earlier of the two
instants drives the alarms.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.register import assessments, clocks
from breachreg.register.changes import NotTheSecondPerson, change, note_event
from breachreg.register.models import Incident, InstantKind, InstantStatement, StatementState


class AlreadyAware(Exception):
    """The awareness is stated already; propose a change with a reason instead."""


@transaction.atomic
def become_aware(
    *, incident: Incident, aware_at: datetime, stated_by: str, evidence: str, by: User, at: datetime,
    is_date_only: bool = False, is_estimated: bool = False,
) -> Incident:
    """Start the clock of an incident, once. Raises AlreadyAware, ValidationError (future, before the start) or Stale.

    ``aware_at`` is the instant (UTC); for a day only, 00:00 of that day in the organisation's zone.
    """
    if incident.statements.filter(kind=InstantKind.AWARE, state=StatementState.IN_FORCE).exists():
        raise AlreadyAware(_("The awareness of this incident is recorded already. Propose a change with its reason."))
    check_awareness(incident, aware_at, at, is_date_only=is_date_only)
    InstantStatement.objects.create(
        incident=incident, kind=InstantKind.AWARE, at=aware_at, is_date_only=is_date_only, is_estimated=is_estimated,
        zone=incident.organisation.time_zone, stated_by=stated_by, evidence=evidence, recorded_at=at, recorded_by=by,
    )
    changed = change(
        incident=incident, action="instant.stated", by=by, at=at, aware_at=aware_at, is_aware_day_only=is_date_only,
        details={"kind": "aware", "stated_by": stated_by, "evidence": evidence, "date_only": is_date_only},
    )
    note_event(incident=changed, event="instant.stated", by=by, at=at, text=f"{stated_by} — {evidence}")
    assessments.reconsider(incident=changed, by=by, at=at)  # another version of the rule may judge it now
    clocks.follow_facts(incident=changed, by=by, at=at, starts=True)
    return changed


@transaction.atomic
def propose_awareness(
    *, incident: Incident, aware_at: datetime, stated_by: str, evidence: str, reason: str, by: User, at: datetime,
    is_date_only: bool = False, is_estimated: bool = False,
) -> InstantStatement:
    """Ask a second person to move the awareness; both clocks stay visible until then, and the earlier one alarms."""
    check_awareness(incident, aware_at, at, is_date_only=is_date_only)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the awareness should move: an auditor will ask.")})
    incident.statements.filter(kind=InstantKind.AWARE, state=StatementState.PENDING).update(
        state=StatementState.REPLACED
    )
    statement = InstantStatement.objects.create(
        incident=incident, kind=InstantKind.AWARE, at=aware_at, is_date_only=is_date_only, is_estimated=is_estimated,
        zone=incident.organisation.time_zone, stated_by=stated_by, evidence=evidence, reason=reason,
        state=StatementState.PENDING, recorded_at=at, recorded_by=by,
    )
    note_event(incident=incident, event="instant.proposed", by=by, at=at, text=reason)
    record(
        action="instant.proposed", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes={"aware_at": [incident.aware_at.isoformat(), aware_at.isoformat()]}, details={"reason": reason},
    )
    assessments.reconsider(incident=incident, by=by, at=at)
    clocks.follow_facts(incident=incident, by=by, at=at)
    return statement


@transaction.atomic
def settle_awareness(*, statement: InstantStatement, accept: bool, note: str, by: User, at: datetime) -> Incident:
    """Confirm or refuse, as a second person, a proposed change of the awareness. Raises NotTheSecondPerson or Stale."""
    if statement.recorded_by_id == by.pk:
        raise NotTheSecondPerson(_("You proposed this change: somebody else has to confirm it."))
    incident = statement.incident
    if accept:
        incident.statements.filter(kind=InstantKind.AWARE, state=StatementState.IN_FORCE).update(
            state=StatementState.REPLACED
        )
    settled = InstantStatement.objects.filter(pk=statement.pk, state=StatementState.PENDING).update(
        state=StatementState.IN_FORCE if accept else StatementState.REFUSED, confirmed_at=at, confirmed_by=by
    )
    if not settled:
        raise AlreadyAware(_("Somebody settled this change before you."))
    event = "instant.confirmed" if accept else "instant.refused"
    if accept:
        incident = change(
            incident=incident, action=event, by=by, at=at, aware_at=statement.at, is_aware_day_only=statement.is_date_only,
            details={"note": note},
        )
    else:
        record(
            action=event, by=by, at=at, organisation=incident.organisation, subject=incident, details={"note": note}
        )
    note_event(incident=incident, event=event, by=by, at=at, text=note)
    assessments.reconsider(incident=incident, by=by, at=at)
    if accept:
        clocks.follow_awareness(incident=incident, by=by, at=at)
    clocks.follow_facts(incident=incident, by=by, at=at)
    return incident


def check_awareness(incident: Incident, aware_at: datetime, at: datetime, *, is_date_only: bool = False) -> None:
    """Raise ValidationError when the awareness lies ahead, or before the breach began.

    A day without a time counts from 00:00, the strict reading, also when the breach began later on that day.
    """
    if aware_at > at:
        raise ValidationError({"instant": _("This instant lies ahead. Enter when the organisation became aware.")})
    if incident.occurred_from and began_after(aware_at, incident.occurred_from, is_date_only, incident.organisation.zone):
        raise ValidationError(
            {"instant": _("This is before the breach began. Correct this instant, or the start of the breach.")}
        )


def began_after(aware_at: datetime, began_at: datetime, is_day_only: bool, zone: ZoneInfo) -> bool:
    """Whether a breach began after an awareness: after its day has ended, when only the day of the awareness is known."""
    if is_day_only:
        return began_at.astimezone(zone).date() > aware_at.astimezone(zone).date()
    return began_at > aware_at
