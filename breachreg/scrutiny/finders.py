"""How each rule finds its incidents: one function a rule, one query each, ``since`` says since when it is so.

Incidents that were imported are not held to the steps that they never went through here (qualifying, deciding).
"""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields import DateTimeField
from django.db.models.functions import Cast

from breachreg.accounts.models import Organisation
from breachreg.letters.models import Letter, LetterState
from breachreg.notifications.models import Notification, State
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import (
    Deadline,
    Decision,
    DecisionState,
    Duty,
    Filing,
    FilingKind,
    Incident,
    InstantKind,
    InstantStatement,
    Promise,
    StatementState,
    Task,
)
from breachreg.scrutiny.models import Ticket
from breachreg.scrutiny.rules import finds

CURRENT = (DecisionState.IN_FORCE, DecisionState.PENDING)
TELLING = (Duty.NOTIFY, Duty.NOTIFY_AND_TELL)


def incidents(organisation: Organisation) -> QuerySet:
    return Incident.objects.filter(organisation=organisation)


def with_first(found: QuerySet, rows: QuerySet, instant: str) -> QuerySet:
    """Those incidents that have such a row, with the first one's instant as ``since``."""
    first = rows.filter(incident=OuterRef("pk")).order_by(instant).values(instant)[:1]
    return found.annotate(since=Subquery(first, output_field=DateTimeField())).filter(since__isnull=False)


def having(rows: QuerySet) -> Exists:
    return Exists(rows.filter(incident=OuterRef("pk")))


@finds("not_qualified")
def not_qualified(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    waiting = incidents(organisation).filter(qualification=None, closed_at=None, is_imported=False)
    return waiting.filter(reported_at__lt=before).annotate(since=F("reported_at"))


@finds("no_awareness")
def no_awareness(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    return incidents(organisation).breaches().filter(aware_at=None).annotate(since=F("qualified_at"))


@finds("awareness_pending")
def awareness_pending(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    pending = InstantStatement.objects.filter(kind=InstantKind.AWARE, state=StatementState.PENDING, recorded_at__lt=before)
    return with_first(incidents(organisation), pending, "recorded_at")


@finds("no_decision")
def no_decision(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    undecided = incidents(organisation).breaches().filter(is_imported=False, qualified_at__lt=before)
    return undecided.exclude(having(Decision.objects.filter(state__in=CURRENT))).annotate(since=F("qualified_at"))


@finds("second_missing")
def second_missing(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    alone = Decision.objects.filter(state__in=CURRENT, duty=Duty.REGISTER_ONLY, seconded_at=None, decided_at__lt=before)
    return with_first(incidents(organisation), alone, "decided_at")


@finds("departs_without_reasons")
def departs_without_reasons(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    departing = Decision.objects.filter(state__in=CURRENT).exclude(duty=F("assessment__recommended_duty"))
    silent = departing.filter(Q(departure_reasons=None) | Q(departure_reasons=""), assessment__isnull=False)
    return with_first(incidents(organisation), silent, "decided_at")


@finds("not_filed")
def not_filed(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    over = Deadline.objects.filter(rule=ARTICLE_33, met_at=None, cancelled_at=None, due_at__lt=before)
    bound = incidents(organisation).filter(having(Decision.objects.filter(state__in=CURRENT, duty__in=TELLING)))
    return with_first(bound.exclude(having(Filing.objects.all())), over, "due_at")


@finds("late_without_reasons")
def late_without_reasons(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    silent = incidents(organisation).filter(Q(delay_reasons=None) | Q(delay_reasons=""), having(Filing.objects.all()))
    late = Deadline.objects.filter(rule=ARTICLE_33, cancelled_at=None, met_at__gt=F("due_at"))
    return with_first(silent, late, "due_at")


@finds("no_receipt")
def no_receipt(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    bare = Filing.objects.filter(Q(receipt_number=None) | Q(receipt_number=""), filed_at__lt=before)
    return with_first(incidents(organisation), bare, "filed_at")


@finds("complement_missing")
def complement_missing(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    initial = Filing.objects.filter(kind=FilingKind.INITIAL, filed_at__lt=before)
    ended = Filing.objects.exclude(kind=FilingKind.INITIAL)
    return with_first(incidents(organisation).filter(is_imported=False).exclude(having(ended)), initial, "filed_at")


@finds("approved_not_filed")
def approved_not_filed(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    approved = Notification.objects.filter(state=State.APPROVED, approved_at__lt=before)
    return with_first(incidents(organisation), approved, "approved_at")


@finds("not_reviewed_after")
def not_reviewed_after(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    fast = Notification.objects.filter(state=State.FILED, reviewed_after_at=None, unapproved_at__lt=before)
    return with_first(incidents(organisation), fast, "unapproved_at")


@finds("promised_and_not_told")
def promised_and_not_told(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    today = at.astimezone(organisation.zone).date()
    promised = incidents(organisation).filter(communication="planned", told_on=None, telling_planned_on__lt=today)
    return promised.annotate(since=Cast("telling_planned_on", DateTimeField()))


@finds("high_risk_not_told")
def high_risk_not_told(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    silent = incidents(organisation).filter(told_on=None, telling_planned_on=None, not_telling_reason=None)
    decided = Decision.objects.filter(state=DecisionState.IN_FORCE, duty=Duty.NOTIFY_AND_TELL, decided_at__lt=before)
    return with_first(silent, decided, "decided_at")


@finds("exemption_without_evidence")
def exemption_without_evidence(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    exempt = incidents(organisation).filter(not_telling_reason__isnull=False, told_on=None)
    bare = exempt.filter(Q(not_telling_evidence=None) | Q(not_telling_evidence=""))
    return bare.annotate(since=F("reported_at"))


@finds("letter_not_sent")
def letter_not_sent(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    approved = Letter.objects.filter(state=LetterState.APPROVED, approved_at__lt=before, replaced_by=None)
    return with_first(incidents(organisation).filter(told_on=None), approved, "approved_at")


@finds("promise_overdue")
def promise_overdue(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    owed = Promise.objects.filter(kept_at=None, promised_for__lt=before)
    return with_first(incidents(organisation), owed, "promised_for")


@finds("closed_with_tasks")
def closed_with_tasks(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    closed = incidents(organisation).filter(closed_at__isnull=False)
    return closed.filter(having(Task.objects.filter(done_at=None))).annotate(since=F("closed_at"))


@finds("closed_with_unknowns")
def closed_with_unknowns(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    closed = incidents(organisation).breaches().filter(closed_at__isnull=False, is_imported=False)
    no_number = Q(people_low=None, people_likely=None, people_high=None)
    unknown = Q(natures=None) | Q(data_categories=None) | Q(measures_after=None) | Q(measures_after="") | no_number
    return closed.filter(unknown).annotate(since=F("closed_at"))


@finds("ticket_without_entry")
def ticket_without_entry(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    found = Ticket.objects.filter(organisation=organisation).unmatched()
    return found.annotate(since=Cast("opened_on", DateTimeField()))
