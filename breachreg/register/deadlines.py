"""The clocks of an incident: started by its awareness, stopped by a filing, never moved by anything else.

Reminders are rows planned when the clock starts; ``breachreg.register.reminders`` sends those that are due.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.law import clock
from breachreg.register.models import Deadline, Incident, InstantKind, Reminder, StatementState

ARTICLE_33 = "gdpr_33"
RULE_VERSION = "2018-05-25"
HOURS = 72
REMIND_BEFORE = (48, 24, 12, 6, 2, 0)


@transaction.atomic
def start_clocks(*, incident: Incident, by: User, at: datetime) -> Deadline:
    """Start the 72 hours of Art. 33(1) from the awareness, with the reminders that lie ahead."""
    deadline = Deadline.objects.create(
        incident=incident, rule=ARTICLE_33, rule_version=RULE_VERSION, started_at=incident.aware_at,
        due_at=clock.add_hours(incident.aware_at, HOURS),
    )
    plan_reminders(deadline=deadline, at=at)
    _record(deadline, "deadline.started", by, at, due_at=[None, deadline.due_at.isoformat()])
    return deadline


@transaction.atomic
def keep_past_clock(*, incident: Incident, met_at: datetime, by: User, at: datetime) -> Deadline:
    """Keep a clock that ran and was stopped before this register knew the incident; it reminds nobody."""
    deadline = Deadline.objects.create(
        incident=incident, rule=ARTICLE_33, rule_version=RULE_VERSION, started_at=incident.aware_at,
        due_at=clock.add_hours(incident.aware_at, HOURS), met_at=met_at,
    )
    _record(deadline, "deadline.met", by, at, due_at=[None, deadline.due_at.isoformat()], met_at=[None, met_at.isoformat()])
    return deadline


@transaction.atomic
def follow_awareness(*, incident: Incident, by: User, at: datetime) -> None:
    """Let the running clocks follow the strict awareness, after a change was proposed, confirmed or refused."""
    started_at = strict_awareness(incident)
    for deadline in incident.deadlines.select_for_update().filter(met_at=None, cancelled_at=None, rule=ARTICLE_33):
        before, deadline.started_at = deadline.due_at, started_at
        deadline.due_at = clock.add_hours(started_at, HOURS)
        deadline.save(update_fields=["started_at", "due_at"])
        plan_reminders(deadline=deadline, at=at)
        _record(deadline, "deadline.moved", by, at, due_at=[before.isoformat(), deadline.due_at.isoformat()])


@transaction.atomic
def meet_deadline(*, deadline: Deadline, met_at: datetime, by: User, at: datetime) -> bool:
    """Stop a clock, once; its reminders fall silent. False when it was stopped before, which changes nothing."""
    stopped = Deadline.objects.filter(pk=deadline.pk, met_at=None, cancelled_at=None).update(met_at=met_at)
    if stopped:
        _silence(deadline, at)
        _record(deadline, "deadline.met", by, at, met_at=[None, met_at.isoformat()])
    return bool(stopped)


@transaction.atomic
def cancel_clocks(*, incident: Incident, reason: str, by: User, at: datetime) -> None:
    """Stop the running clocks of an incident that turned out not to need them, with the reason."""
    for deadline in incident.deadlines.filter(met_at=None, cancelled_at=None):
        Deadline.objects.filter(pk=deadline.pk).update(cancelled_at=at)
        _silence(deadline, at)
        _record(deadline, "deadline.cancelled", by, at, cancelled_at=[None, at.isoformat()], reason=[None, reason])


def strict_awareness(incident: Incident) -> datetime | None:
    """The earliest awareness that is in force or proposed (UTC): the one that drives the alarms."""
    return incident.statements.filter(
        kind=InstantKind.AWARE, state__in=[StatementState.IN_FORCE, StatementState.PENDING]
    ).aggregate(earliest=Min("at"))["earliest"]


def plan_reminders(*, deadline: Deadline, at: datetime) -> None:
    """Write the reminders that lie ahead of ``at``; one already sent stays sent, one not sent follows the new due instant.

    The overdue reminder is written even when the clock is overdue already.
    """
    for person in responsible(deadline.incident):
        for hours in REMIND_BEFORE:
            due_at = deadline.due_at - timedelta(hours=hours)
            if (due_at >= at or hours == 0) and not _sent(deadline, hours, person):
                Reminder.objects.update_or_create(
                    deadline=deadline, hours_before=hours, recipient=person,
                    defaults={"due_at": due_at, "cancelled_at": None},
                )


def responsible(incident: Incident) -> list[User]:
    """Who must act on an incident: its owner, or every DPO of the organisation."""
    return [incident.owner] if incident.owner else list(holders("incident.manage", incident.organisation))


def _sent(deadline: Deadline, hours: int, person: User) -> bool:
    return deadline.reminders.filter(hours_before=hours, recipient=person, done_at__isnull=False).exists()


def _silence(deadline: Deadline, at: datetime) -> None:
    deadline.reminders.filter(done_at=None, cancelled_at=None).update(cancelled_at=at)


def _record(deadline: Deadline, action: str, by: User | None, at: datetime, **changes) -> None:
    record(
        action=action, by=by, at=at, organisation=deadline.incident.organisation, subject=deadline.incident,
        changes=changes, details={"rule": deadline.rule},
    )
