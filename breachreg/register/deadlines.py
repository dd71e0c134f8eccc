"""The clocks of an incident as rows: started, moved by what starts them, met, cancelled; nothing else touches them.

Which clocks there are says ``clocks``. Reminders are rows planned from the rule's own plan when its clock starts;
``breachreg.register.reminders`` sends those that are due.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record
from breachreg.law import board, clock, rules
from breachreg.register.models import Deadline, Incident, InstantKind, Reminder, StatementState

ARTICLE_33 = rules.ARTICLE_33
COMPLEMENTARY = "cnil_complementary"


@transaction.atomic
def start_clock(*, incident: Incident, clock: board.Clock, by: User | None, at: datetime) -> Deadline:
    """Start one clock of the board, or let one run again that had been cancelled, with the reminders that lie ahead."""
    values = _values(clock) | {"cancelled_at": None}
    cancelled = incident.deadlines.filter(rule=clock.rule.code).first()
    if cancelled:
        Deadline.objects.filter(pk=cancelled.pk).update(**values)
    deadline, _new = Deadline.objects.get_or_create(incident=incident, rule=clock.rule.code, defaults=values)
    plan_reminders(deadline=deadline, rule=clock.rule, at=at)
    _record(deadline, "deadline.started", by, at, due_at=[None, _text(deadline.due_at)])
    return deadline


@transaction.atomic
def keep_past_clock(*, incident: Incident, met_at: datetime, by: User, at: datetime) -> Deadline:
    """Keep a clock that ran and was stopped before this register knew the incident; it reminds nobody."""
    judged = board.notification_clock(incident.aware_at, incident.organisation.zone)  # under the rule of that day
    deadline = Deadline.objects.create(
        incident=incident, rule=ARTICLE_33, rule_version=judged.rule.version, started_at=incident.aware_at,
        due_at=judged.due_at, met_at=met_at,
    )
    _record(deadline, "deadline.met", by, at, due_at=[None, deadline.due_at.isoformat()], met_at=[None, met_at.isoformat()])
    return deadline


@transaction.atomic
def move_clock(*, deadline: Deadline, clock: board.Clock, by: User | None, at: datetime) -> None:
    """Let a running clock follow the instant that starts it, with the reminders that are left; nothing when it is the same."""
    before = deadline.due_at
    if (deadline.started_at, deadline.due_at, deadline.started_from) != (clock.started_at, clock.due_at, clock.started_from):
        values = _values(clock)
        Deadline.objects.filter(pk=deadline.pk).update(**values)
        for name, value in values.items():
            setattr(deadline, name, value)
        _record(deadline, "deadline.moved", by, at, due_at=[_text(before), _text(deadline.due_at)])
        plan_reminders(deadline=deadline, rule=clock.rule, at=at)


@transaction.atomic
def meet_deadline(
    *, deadline: Deadline, met_at: datetime, by: User | None, at: datetime, reference: str | None = None, by_record: bool = False
) -> bool:
    """Stop a clock, once; its reminders fall silent. False when it was stopped before, which changes nothing.

    ``by_record``: a fact of the record stops it (``stops``), not a person who says that it is done.
    """
    stopped = Deadline.objects.filter(pk=deadline.pk, met_at=None, cancelled_at=None).update(
        met_at=met_at, met_by=by, met_reference=reference or None, is_met_by_record=by_record
    )
    if stopped:
        silence(deadline, at)
        _record(deadline, "deadline.met", by, at, met_at=[None, met_at.isoformat()], reference=[None, reference or None])
    return bool(stopped)


@transaction.atomic
def move_stop(*, deadline: Deadline, met_at: datetime, by: User | None, at: datetime, reference: str | None = None) -> None:
    """Correct the instant at which a clock stopped, or its reference, because what stopped it was corrected."""
    if Deadline.objects.filter(pk=deadline.pk, met_at=deadline.met_at, cancelled_at=None).update(met_at=met_at, met_reference=reference):
        was = {"met_at": _text(deadline.met_at), "reference": deadline.met_reference}
        _record(deadline, "deadline.met", by, at, **difference(was, {"met_at": met_at.isoformat(), "reference": reference}))


@transaction.atomic
def move_start(*, deadline: Deadline, clock: board.Clock, by: User | None, at: datetime) -> None:
    """Let a clock that was met count from its corrected start; nobody is reminded of it any more."""
    values = _values(clock)
    if Deadline.objects.filter(pk=deadline.pk, started_at=deadline.started_at).exclude(met_at=None).update(**values):
        _record(deadline, "deadline.moved", by, at, due_at=[_text(deadline.due_at), _text(clock.due_at)])


@transaction.atomic
def run_again(*, deadline: Deadline, rule: rules.Rule, by: User | None, at: datetime, reason: str = "") -> bool:
    """Undo a stop that was a mistake: the clock counts on from its own start, and what its plan still has to say is said.

    False when it runs already, which changes nothing.
    """
    was, reference = deadline.met_at, deadline.met_reference
    reopened = Deadline.objects.filter(pk=deadline.pk, met_at__isnull=False, cancelled_at=None).update(
        met_at=None, met_by=None, met_reference=None, is_met_by_record=False
    )
    if reopened:
        plan_reminders(deadline=deadline, rule=rule, at=at)
        _record(
            deadline, "deadline.reopened", by, at, {"reason": reason} if reason else {}, met_at=[_text(was), None],
            reference=[reference, None],
        )
    return bool(reopened)


@transaction.atomic
def cancel_clock(*, deadline: Deadline, by: User | None, at: datetime) -> None:
    """Stop a running clock whose conditions are known not to hold any more; its reminders fall silent."""
    if Deadline.objects.filter(pk=deadline.pk, met_at=None, cancelled_at=None).update(cancelled_at=at):
        silence(deadline, at)
        _record(deadline, "deadline.cancelled", by, at, cancelled_at=[None, at.isoformat()])


def strict_awareness(incident: Incident) -> datetime | None:
    """The earliest awareness that is in force or proposed (UTC): the one that drives the alarms."""
    return incident.statements.filter(
        kind=InstantKind.AWARE, state__in=[StatementState.IN_FORCE, StatementState.PENDING]
    ).aggregate(earliest=Min("at"))["earliest"]


def plan_reminders(*, deadline: Deadline, rule: rules.Rule, at: datetime) -> None:
    """Write the reminders of the rule's plan that lie ahead of ``at``; one already sent stays sent, one not sent moves.

    A reminder at the due instant or after it is written even when its time has passed; so is the last one of a clock
    without a due instant, which would otherwise never remind once all have passed.
    """
    sent = set(deadline.reminders.filter(done_at__isnull=False).values_list("step", "recipient"))
    last = max((step.hours_after for step in rule.steps if step.hours_after is not None), default=None)
    for step in rule.steps:
        due_at = _instant(step, deadline)
        is_last_word = step.hours_after == last if step.hours_before is None else step.hours_before <= 0
        if due_at is None or (due_at < at and not is_last_word):
            continue
        for person in recipients(deadline.incident, step.to):
            if (step.code, person.pk) not in sent:
                Reminder.objects.update_or_create(
                    deadline=deadline, step=step.code, recipient=person,
                    defaults={"due_at": due_at, "hours_before": step.hours_before, "cancelled_at": None},
                )


def recipients(incident: Incident, to: str) -> list[User]:
    """Whom a step of a plan reaches: who owes the action ("owner"), then also the next in line ("next", "all").

    The next in line are the other people who manage incidents or, when there are none, those who confirm what a
    colleague decided; "all" reaches both.
    """
    owners = responsible(incident)
    managers = list(holders("incident.manage", incident.organisation))
    others = [person for person in managers if person not in owners]
    seconds = [person for person in holders("incident.second", incident.organisation) if person not in [*owners, *others]]
    return owners + {"owner": [], "next": others or seconds, "all": others + seconds}[to]


def responsible(incident: Incident) -> list[User]:
    """Who must act on an incident: its owner, or every DPO of the organisation."""
    return [incident.owner] if incident.owner else list(holders("incident.manage", incident.organisation))


def rule_of(deadline: Deadline) -> rules.Rule | None:
    """The version of the law's rule that a row was judged under; None for a clock of the organisation's own."""
    return None if deadline.own_clock_id else rules.load().get(f"{deadline.rule}/{deadline.rule_version}")


def _values(clock: board.Clock) -> dict:
    return {
        "rule_version": clock.rule.version, "is_binding": clock.rule.binding, "started_from": clock.started_from,
        "is_assumed": clock.assumed, "started_at": clock.started_at, "due_at": clock.due_at,
        "own_clock_id": int(clock.rule.version) if clock.rule.regime == "own" else None,
    }


def _instant(step: rules.Step, deadline: Deadline) -> datetime | None:
    """When a step of a plan falls due: one that counts from the start is for a clock without a due instant only."""
    if step.hours_before is not None:
        return deadline.due_at - timedelta(hours=step.hours_before) if deadline.due_at else None
    return None if deadline.due_at else clock.add_hours(deadline.started_at, step.hours_after)


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def silence(deadline: Deadline, at: datetime) -> None:
    """Let the reminders that have not left fall silent."""
    deadline.reminders.filter(done_at=None, cancelled_at=None).update(cancelled_at=at)


def _record(deadline: Deadline, action: str, by: User | None, at: datetime, details: dict | None = None, **changes) -> None:
    record(
        action=action, by=by, at=at, organisation=deadline.incident.organisation, subject=deadline.incident,
        changes=changes, details={"rule": deadline.rule} | (details or {}),
    )
