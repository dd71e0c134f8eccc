"""The board of clocks of one incident: which rules its facts start, from which instant, due when, told to whom.

Everything is computed from instants given in; nothing is stored and no time is taken here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from . import readings, rules
from .clock import add_days, add_hours, add_months, remaining, to_utc
from .duty import recommend_span
from .duty_table import Duty
from .facts import Facts
from .rules import Rule, RuleBook, Step, Term

Instants = Mapping[str, datetime | None]


class State(StrEnum):
    """Where a clock is. `OPEN` runs without a fixed length; `WAITING` does not know its start yet."""

    WAITING = "waiting"
    OPEN = "open"
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"


@dataclass(frozen=True)
class Reminder:
    """One reminder: due at an instant (UTC), for the owner, the next in line, or all in charge."""

    code: str
    at: datetime
    to: str


@dataclass(frozen=True)
class Clock:
    """One rule on one incident; instants in UTC.

    `certain` is False while a condition of the rule is not known. `assumed` is True when the start was taken from
    another instant because its own is not recorded.
    """

    rule: Rule
    certain: bool
    started_from: str | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    assumed: bool = False
    done_at: datetime | None = None

    def state(self, at: datetime) -> State:
        """Raises NaiveInstant."""
        if self.done_at is not None:
            late = self.due_at is not None and self.done_at > self.due_at
            return State.MET_LATE if late else State.MET
        if self.started_at is None:
            return State.WAITING
        if self.due_at is None:
            return State.OPEN
        return State.OVERDUE if to_utc(at) > self.due_at else State.RUNNING

    def remaining(self, at: datetime) -> timedelta | None:
        """Time left until due, from the moment it was met or from `at`; negative when late; None without a due time."""
        return None if self.due_at is None else remaining(self.due_at, self.done_at or at)

    def elapsed(self, at: datetime) -> timedelta | None:
        """Time since the start, until it was met or until `at`; None before the start is known."""
        return None if self.started_at is None else remaining(self.done_at or at, self.started_at)

    def reminders(self) -> tuple[Reminder, ...]:
        """Every reminder of this clock in the order of time; none once it is met, none before its start."""
        if self.done_at is not None or self.started_at is None:
            return ()
        every = (self._reminder(step) for step in self.rule.steps)
        return tuple(sorted((each for each in every if each and each.at > self.started_at), key=lambda each: each.at))

    def _reminder(self, step: Step) -> Reminder | None:
        if step.hours_before is not None:
            return Reminder(step.code, add_hours(self.due_at, -step.hours_before), step.to) if self.due_at else None
        return None if self.due_at else Reminder(step.code, add_hours(self.started_at, step.hours_after), step.to)


def to_send(clock: Clock, at: datetime, sent: Iterable[str]) -> tuple[Reminder, ...]:
    """The reminders that are due at `at` and not among the codes already sent, however late the job runs."""
    already = set(sent)
    return tuple(each for each in clock.reminders() if each.at <= to_utc(at) and each.code not in already)


def board(
    *,
    regimes: Iterable[str],
    conditions: Mapping[str, bool | None],
    instants: Instants,
    at: datetime,
    zone: ZoneInfo,
    lengths: Mapping[str, int | None] | None = None,
    done: Mapping[str, datetime | None] | None = None,
    own: Iterable[Rule] = (),
    book: RuleBook | None = None,
) -> tuple[Clock, ...]:
    """The clocks of one incident, in the order of the rules.

    regimes: those that concern the organisation (those that concern everybody are added). conditions: what is known
    of the incident, by code, None or absent when unknown. instants: when things happened, by code, aware. lengths:
    hours the organisation set itself, by name ("contract"). done: when the action of a rule was carried out, by rule
    code. The version of each rule is the one in force on the day of awareness in `zone`, or on the day of `at` as
    long as awareness is not recorded. Raises KeyError on an unknown regime, condition or instant; NaiveInstant.
    """
    book = book or rules.load()
    _refuse_unknown("regimes", regimes, book.regimes.codes)
    _refuse_unknown("conditions", conditions, book.conditions)
    _refuse_unknown("instants", instants, book.instants)
    concerned = set(regimes) | {regime.code for regime in book.regimes.terms if regime.get("always")}
    judged_on = instants.get("aware") or at
    every = [rule for rule in book.in_force(judged_on, zone) if rule.regime in concerned] + list(own)
    clocks = (clock_of(rule, conditions, instants, zone, lengths or {}, done or {}, book) for rule in every)
    return tuple(clock for clock in clocks if clock is not None)


def notification_clock(
    aware_at: datetime, zone: ZoneInfo, *, rule_key: str | None = None, filed_at: datetime | None = None
) -> Clock:
    """The clock of Article 33(1) alone: under the rule kept on the record, or the one in force on the day of awareness.

    Raises KeyError when `rule_key` is unknown, NaiveInstant.
    """
    book = rules.load()
    rule = book.get(rule_key) if rule_key else book.notification_rule(aware_at, zone)
    return clock_of(rule, dict.fromkeys(rule.conditions, True), {"aware": aware_at}, zone, {}, {rule.code: filed_at})


def clock_of(
    rule: Rule,
    conditions: Mapping[str, bool | None],
    instants: Instants,
    zone: ZoneInfo,
    lengths: Mapping[str, int | None],
    done: Mapping[str, datetime | None],
    book: RuleBook | None = None,
) -> Clock | None:
    """The clock of one rule, also of a version kept on a record; None when a condition is known not to hold."""
    known = [conditions.get(name) for name in rule.conditions]
    if False in known:
        return None
    done_at = done.get(rule.code)
    fields = _earliest(rule, instants, zone, lengths, book or rules.load())
    return Clock(rule, all(known), **fields, done_at=to_utc(done_at) if done_at else None)


def _refuse_unknown(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise KeyError(f"“{name}” is not among the {what}: {', '.join(known)}")


def _earliest(rule: Rule, instants: Instants, zone: ZoneInfo, lengths: Mapping, book: RuleBook) -> dict:
    """The term that ends first among those whose start is known; one without a length only when there is no other."""
    started = [(term, *_start(term, instants, book)) for term in rule.terms]
    running = [
        {
            "started_from": name,
            "started_at": at,
            "due_at": _due(term, at, zone, lengths),
            "assumed": name != term.instant,
        }
        for term, name, at in started
        if at is not None
    ]
    limited = [each for each in running if each["due_at"] is not None]
    return min(limited, key=lambda each: each["due_at"]) if limited else next(iter(running), {})


def _start(term: Term, instants: Instants, book: RuleBook) -> tuple[str, datetime | None]:
    name = term.instant
    while instants.get(name) is None and book.instants[name].falls_back_to:
        name = book.instants[name].falls_back_to
    at = instants.get(name)
    return name, to_utc(at) if at else None


def _due(term: Term, start: datetime, zone: ZoneInfo, lengths: Mapping[str, int | None]) -> datetime | None:
    hours = lengths.get(term.hours_from) if term.hours_from else term.hours
    if hours is not None:
        return add_hours(start, hours)
    if term.days is not None:
        return add_days(start, term.days, zone)
    return add_months(start, term.months, zone) if term.months is not None else None


def conditions_of(
    facts: Facts, rule: Rule, *, decided: Duty | None = None, breach: bool | None = True
) -> dict[str, bool | None]:
    """The conditions that the facts of an incident settle; None where they do not.

    rule: the version of Article 33(1) that the incident is judged by; its threshold says which risk is notified.
    decided: the duty that a person has decided. Without a decision the clock of Article 33 keeps running, also when
    the facts recommend the register only. breach: whether the incident was qualified as a personal-data breach.
    """
    duty, span = recommend_span(facts, rule)
    attack = readings.attack(facts)
    role = facts.our_role
    return {
        "breach": breach,
        rules.NOTIFIABLE: decided >= Duty.NOTIFY if decided is not None else (span.low >= Duty.NOTIFY or None),
        "high_risk": decided is Duty.NOTIFY_AND_TELL if decided is not None else (duty is Duty.NOTIFY_AND_TELL or None),
        "attack": attack.low if attack.is_known else None,
        "we_are_processor": None if role is None else role == "processor",
    }
