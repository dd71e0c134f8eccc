"""The board of clocks of an incident: every regime that concerns the organisation, each from its own instant.

The law's room computes the board from facts, instants and conditions; here they are read from the record, and the
rows follow: a clock whose start is known begins, one whose start was corrected moves, one whose condition is known
not to hold is cancelled. A clock that was met moves only when two people moved the awareness that it counts from.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from breachreg.accounts.models import Organisation, User
from breachreg.law import board, rules
from breachreg.law.duty_table import Duty as LawDuty
from breachreg.register import deadlines, stops
from breachreg.register.models import (
    Deadline,
    DecisionState,
    Duty,
    FilingKind,
    Incident,
    InstantKind,
    OwnClock,
    Qualification,
    StatementState,
)
from breachreg.register.weighing import facts_of

FROM_A_CLOCK = {
    "nis2_notified": "nis2_notification", "telecom_initial_filed": "telecom_first", "dora_initial_filed": "dora_initial",
    "dora_intermediate_filed": "dora_intermediate",
}  # fmt: skip
"""Instant of the board -> the rule whose clock, once met, gives it."""
BY_REGIME = {
    "significant_incident": {"nis2", "trust_services"},
    "major_ict_incident": {"dora"},
    "serious_health_incident": {"health"},
}
"""Condition -> the regimes that, among those the person says this incident triggers, make it hold."""
IN_DOUBT = ("breach", rules.NOTIFIABLE)
"""Conditions whose doubt counts against waiting: while they are unknown the clock runs all the same."""


@transaction.atomic
def follow_facts(*, incident: Incident, by: User | None, at: datetime, starts: bool = False) -> None:
    """Let the rows follow what the record says now; called by every action that could change the board.

    An incident that came from an old register starts no clock until somebody states its awareness here (``starts``).
    """
    incident = Incident.objects.select_related("organisation", "owner").get(pk=incident.pk)
    running = list(incident.deadlines.select_for_update().filter(met_at=None, cancelled_at=None))
    if incident.closed_at or (incident.is_imported and not starts and not running):
        return
    running += stops.withdraw(incident=incident, by=by, at=at)
    clocks = {clock.rule.code: clock for clock in board_of(incident, at)}
    for deadline in running:
        clock = clocks.get(deadline.rule)
        if clock is None or clock.started_at is None:  # what it hung on does not hold, or what started it was undone
            deadlines.cancel_clock(deadline=deadline, by=by, at=at)
        elif runs(clock):
            deadlines.move_clock(deadline=deadline, clock=clock, by=by, at=at)
    met = set(incident.deadlines.filter(met_at__isnull=False).values_list("rule", flat=True))
    for code in clocks.keys() - met - {deadline.rule for deadline in running}:
        if runs(clocks[code]):
            deadlines.start_clock(incident=incident, clock=clocks[code], by=by, at=at)
    stops.follow_record(incident=incident, by=by, at=at)


@transaction.atomic
def follow_awareness(*, incident: Incident, by: User, at: datetime) -> None:
    """Let the clocks that were met count from the awareness that a second person confirmed.

    What was filed may turn out to have been late, or in time: else the register would name a delay that its own two
    instants contradict.
    """
    incident = Incident.objects.select_related("organisation").get(pk=incident.pk)
    met = incident.deadlines.select_for_update().filter(started_from=InstantKind.AWARE, met_at__isnull=False, cancelled_at=None)
    board = {clock.rule.code: clock for clock in board_of(incident, at)}
    for deadline in met:
        clock = board.get(deadline.rule)
        if clock and clock.started_at and clock.started_at != deadline.started_at:
            deadlines.move_start(deadline=deadline, clock=clock, by=by, at=at)


@transaction.atomic
def redirect_reminders(*, incident: Incident, at: datetime) -> None:
    """Let the reminders that have not left go to who owes the action now."""
    incident = Incident.objects.select_related("organisation", "owner").get(pk=incident.pk)
    board = {clock.rule.code: clock for clock in board_of(incident, at)}
    for row in incident.deadlines.filter(met_at=None, cancelled_at=None):
        row.incident = incident
        if row.rule in board:
            deadlines.silence(row, at)
            deadlines.plan_reminders(deadline=row, rule=board[row.rule].rule, at=at)


def board_of(incident: Incident, at: datetime) -> tuple[board.Clock, ...]:
    """Every clock that concerns this incident, running, met, possible or waiting; each row under its kept version."""
    rows = {row.rule: row for row in incident.deadlines.filter(cancelled_at=None)}
    organisation, instants = incident.organisation, instants_of(incident, rows)
    article_33 = version_for(incident, instants["aware"], rows.get(rules.ARTICLE_33), at)
    conditions = conditions_of(incident, article_33)
    done = {code: row.met_at for code, row in rows.items()}
    lengths = {"contract": organisation.contract_hours}
    clocks = board.board(
        regimes=[*(organisation.regimes or ()), "own"], conditions=conditions, instants=instants, at=at,
        zone=organisation.zone, lengths=lengths, done=done, own=own_rules(organisation, rows),
    )  # fmt: skip
    kept = (
        board.clock_of(
            article_33 if clock.rule.code == rules.ARTICLE_33 else _kept(clock.rule, rows), conditions, instants,
            organisation.zone, lengths, done,
        )
        for clock in clocks
    )
    return tuple(clock for clock in kept if clock is not None)


def judged_by(incident: Incident, at: datetime) -> rules.Rule:
    """The version of Article 33(1) that an incident is judged by: the clock takes its hours, the duty its threshold.

    It is the one in force on the day of awareness (the strict one while two stand), or on the day of ``at`` before that.
    A clock that counts from the same awareness as before keeps its version, whatever became of the rules since.
    """
    row = incident.deadlines.filter(rule=rules.ARTICLE_33, cancelled_at=None).first()
    return version_for(incident, deadlines.strict_awareness(incident), row, at)


def version_for(incident: Incident, aware_at: datetime | None, row: Deadline | None, at: datetime) -> rules.Rule:
    """The same for one reading of the awareness (None: not known), beside the row of the clock, if there is one."""
    if row is not None and row.started_at == aware_at:
        return deadlines.rule_of(row)
    return rules.load().notification_rule(aware_at or at, incident.organisation.zone)


def runs(clock: board.Clock) -> bool:
    """Whether a clock has its row: its start is known, and so are its conditions."""
    return clock.started_at is not None and clock.certain


def instants_of(incident: Incident, rows: dict[str, Deadline]) -> dict[str, datetime | None]:
    """When what starts the clocks happened (UTC), as far as it is known; the strict awareness while two stand."""
    states = [StatementState.IN_FORCE, StatementState.PENDING]
    stated: dict[str, datetime] = {}
    for kind, instant in incident.statements.filter(state__in=states).order_by("-at").values_list("kind", "at"):
        stated[kind] = instant
    instants = {code: stated.get(code) for code in rules.load().instants}
    instants["high_risk_known"] = _high_risk_known(incident)
    filings = incident.filings.exclude(kind=FilingKind.WITHDRAWAL).order_by("filed_at")
    instants["initial_filed"] = filings.values_list("filed_at", flat=True).first()
    for code, rule in FROM_A_CLOCK.items():
        met_at = rows[rule].met_at if rule in rows else None
        instants[code] = max((each for each in (met_at, instants[code]) if each), default=None)
    return instants


def conditions_of(incident: Incident, rule: rules.Rule) -> dict[str, bool | None]:
    """What is known of the conditions of the rules; None where the record does not say, but a doubt about the breach or
    its risk counts as a yes: the clocks of notification run meanwhile, until a person decides, whatever the threshold."""
    breach = None if incident.qualification is None else incident.qualification == Qualification.BREACH
    known = board.conditions_of(facts_of(incident), rule, decided=_decided(incident), breach=breach)
    known |= {condition: True for condition in IN_DOUBT if known[condition] is None}
    triggered = None if incident.risk_regimes is None else set(incident.risk_regimes)
    for condition, regimes in BY_REGIME.items():
        known[condition] = None if triggered is None else bool(triggered & regimes)
    known["by_processor"] = _at_a_processor(incident)
    kinds = set(incident.filings.values_list("kind", flat=True))
    known["initial_incomplete"] = (
        None if not kinds else FilingKind.INITIAL in kinds and FilingKind.COMPLETE not in kinds
    )
    return known


def _at_a_processor(incident: Incident) -> bool | None:
    """Yes when a processor is named or told us; possible when somebody outside caused it by accident; otherwise no."""
    if incident.told_by_processor_at or incident.parties.filter(role="processor").exists():
        return True
    if incident.statements.filter(kind=InstantKind.PROCESSOR_AWARE, state=StatementState.IN_FORCE).exists():
        return True
    return None if "external_accidental" in (incident.causes or ()) else False


def own_rules(organisation: Organisation, rows: dict[str, Deadline]) -> list[rules.Rule]:
    """The clocks of the organisation's contracts and policies: those in force, and those that this incident's rows keep."""
    found = {}
    for own in OwnClock.objects.filter(organisation=organisation).order_by("added_at", "pk"):
        kept = own.code in rows
        if (kept and rows[own.code].rule_version == str(own.pk)) or (not kept and own.ended_at is None):
            found[own.code] = as_rule(own)
    return list(found.values())


def as_rule(own: OwnClock) -> rules.Rule:
    """A clock of one's own, as the law's room reads it; its words are the same in both languages."""
    rule = rules.own_rule(
        code=own.code.removeprefix("own_"),
        fr=own.name,
        en=own.name,
        instant=own.instant,
        hours=own.hours,
        source=own.source,
    )
    return replace(rule, version=str(own.pk))


def _kept(rule: rules.Rule, rows: dict[str, Deadline]) -> rules.Rule:
    row = rows.get(rule.code)
    return rule if row is None else deadlines.rule_of(row) or rule


def _high_risk_known(incident: Incident) -> datetime | None:
    """When an assessment, or a person, first said that a high risk is likely."""
    judged = incident.assessments.filter(recommended_duty=Duty.NOTIFY_AND_TELL).order_by("assessed_at")
    decided = incident.decisions.filter(duty=Duty.NOTIFY_AND_TELL).order_by("decided_at")
    found = [judged.values_list("assessed_at", flat=True).first(), decided.values_list("decided_at", flat=True).first()]
    return min((each for each in found if each), default=None)


def _decided(incident: Incident) -> LawDuty | None:
    """The duty that a person decided; a decision that waits for its second person stops no clock yet."""
    duty = incident.decisions.filter(state=DecisionState.IN_FORCE).values_list("duty", flat=True).first()
    return None if duty is None else LawDuty.of(duty)
