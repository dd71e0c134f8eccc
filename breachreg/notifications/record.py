"""The record as a notification reads it: one incident with its bodies, promises, filings and clock, loaded at once."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from breachreg.accounts.models import Organisation
from breachreg.law import rules
from breachreg.notifications.answers import Circumstances
from breachreg.register.deadlines import ARTICLE_33, COMPLEMENTARY, rule_of
from breachreg.register.models import (
    Deadline,
    Filing,
    FilingKind,
    Incident,
    InstantKind,
    InstantStatement,
    Party,
    Promise,
    StatementState,
    TimelineEntry,
)

PROCESSORS = frozenset({"processor", "sub_processor"})


@dataclass(frozen=True)
class Record:
    """What a notification is filled from. `at` is the instant of reading; everything else is the database's."""

    incident: Incident
    organisation: Organisation
    at: datetime
    kind: str = FilingKind.INITIAL
    parties: tuple[Party, ...] = ()
    promises: tuple[Promise, ...] = ()
    filings: tuple[Filing, ...] = ()
    statements: tuple[InstantStatement, ...] = ()
    deadline: Deadline | None = None  # of Art. 33
    complement: Deadline | None = None  # of the complementary notification
    timeline: tuple[TimelineEntry, ...] = ()  # only of a late one, whose delay it tells
    every_promise: tuple[Promise, ...] = ()  # the kept ones as well
    by_kind: dict[str, InstantStatement] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return self.organisation.zone

    @property
    def due_at(self) -> datetime | None:
        return self.deadline.due_at if self.deadline else None

    @property
    def limit_hours(self) -> int:
        """The hours of Art. 33 under the version of the rule that this record is judged by, or that would judge it now."""
        kept = rule_of(self.deadline) if self.deadline else None
        rule = kept or rules.load().notification_rule(self.incident.aware_at or self.at, self.zone)
        return rule.terms[0].hours

    @property
    def running_due_at(self) -> datetime | None:
        """When the clock that a notification of this kind stops is due; None when it stops none, or it was stopped."""
        kinds = {FilingKind.COMPLEMENTARY: self.complement, FilingKind.WITHDRAWAL: None}
        clock = kinds.get(FilingKind(self.kind), self.deadline)
        return clock.due_at if clock and clock.met_at is None else None

    @property
    def has_processor(self) -> bool:
        told = self.incident.told_by_processor_at is not None
        return told or any(party.role in PROCESSORS for party in self.parties)

    @property
    def is_late(self) -> bool:
        """Whether the 72 hours were over when it was filed, or are over now while nothing was filed."""
        if self.due_at is None:
            return False
        stopped_at = self.deadline.met_at
        return (stopped_at or self.at) > self.due_at

    @property
    def circumstances(self) -> Circumstances:
        return Circumstances(kind=self.kind, is_late=self.is_late, has_processor=self.has_processor)

    def promise_of(self, *names: str) -> Promise | None:
        """The open promise of one of these facts."""
        return next((promise for promise in self.promises if promise.field in names), None)


def read(incident: Incident, *, at: datetime, kind: str = FilingKind.INITIAL) -> Record:
    """Load everything that a notification of this incident is filled from (five queries, six for a late one)."""
    statements = tuple(incident.statements.filter(state=StatementState.IN_FORCE))
    promises = tuple(incident.promises.all())
    clocks = incident.deadlines.filter(rule__in=(ARTICLE_33, COMPLEMENTARY), cancelled_at=None).order_by("-occurrence")
    by_rule = {clock.rule: clock for clock in clocks}
    record = Record(
        incident=incident,
        organisation=incident.organisation,
        at=at,
        kind=kind,
        parties=tuple(incident.parties.all()),
        promises=tuple(promise for promise in promises if promise.kept_at is None),
        every_promise=promises,
        filings=tuple(incident.filings.all()),
        statements=statements,
        deadline=by_rule.get(ARTICLE_33),
        complement=by_rule.get(COMPLEMENTARY),
        by_kind={statement.kind: statement for statement in statements},
    )
    return replace(record, timeline=tuple(incident.timeline.all())) if record.is_late else record


def is_day_only(record: Record, kind: InstantKind) -> bool:
    """Whether only the day of this instant is known."""
    statement = record.by_kind.get(kind)
    return bool(statement and statement.is_date_only)
