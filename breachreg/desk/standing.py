"""Where an incident stands: its clock, its decision, what is filed, what is missing and who owes it.

One look at the database per kind of thing, however long the story is.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import get_language

from breachreg.desk import facts
from breachreg.desk.facts import Fact
from breachreg.notifications.models import Notification, State
from breachreg.notifications.unknowns import may_wait, offers_unknown
from breachreg.register.clock_words import Line, lines_of
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import (
    Assessment,
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
from breachreg.register.two_clocks import Reading, both_clocks
from breachreg.register.weighing import FROM_THE_RECORD, PEOPLE_COUNT, facts_of
from breachreg.web.clockface import ClockFace

COMPLETING = {FilingKind.COMPLEMENTARY, FilingKind.COMPLETE}


@dataclass(frozen=True)
class Gap:
    """A fact that is missing, and the promise to bring it, if somebody made one."""

    fact: Fact
    promise: Promise | None

    @property
    def may_wait(self) -> bool:
        """Whether the initial notification can go without it (Art. 33(4))."""
        return may_wait(self.fact.name)

    @property
    def offers_unknown(self) -> bool:
        """Whether the authority's form takes “not determined for the moment” for an answer."""
        return offers_unknown(self.fact.name)


@dataclass(frozen=True)
class Standing:
    """An incident seen at an instant (aware UTC)."""

    incident: Incident
    at: datetime

    @cached_property
    def deadlines(self) -> list[Deadline]:
        return list(self.incident.deadlines.filter(cancelled_at=None).select_related("own_clock"))

    @cached_property
    def deadline(self) -> Deadline | None:
        """The clock of Article 33."""
        return next((deadline for deadline in self.deadlines if deadline.rule == ARTICLE_33), None)

    @cached_property
    def clock(self) -> ClockFace:
        if self.deadline is None:
            return ClockFace(at=self.at)
        return ClockFace(
            at=self.at, due_at=self.deadline.due_at, aware_at=self.deadline.started_at, stopped_at=self.deadline.met_at
        )

    @cached_property
    def other_clocks(self) -> list[Line]:
        """The clocks beside that of Article 33 that have a row: running, open or met."""
        return [line for line in lines_of(self.incident, self.at) if line.row and line.row.rule != ARTICLE_33]

    @cached_property
    def assessment(self) -> Assessment | None:
        return self.incident.assessments.select_related("assessed_by").last()

    @cached_property
    def _last_decision(self) -> Decision | None:
        """The decision in force, waiting for its second person, or reopened since: a new one replaces all three."""
        standing = [DecisionState.IN_FORCE, DecisionState.PENDING, DecisionState.REOPENED]
        return self.incident.decisions.filter(state__in=standing).select_related("decided_by", "seconded_by").last()

    @property
    def decision(self) -> Decision | None:
        """The decision in force or waiting for its second person."""
        return None if self.reopened else self._last_decision

    @property
    def reopened(self) -> Decision | None:
        """The decision that reopened by itself, because the facts changed, and that nobody has taken again."""
        last = self._last_decision
        return last if last is not None and last.state == DecisionState.REOPENED else None

    @property
    def decision_waits(self) -> bool:
        return self.decision is not None and self.decision.state == DecisionState.PENDING

    @property
    def must_notify(self) -> bool:
        return self.decision is not None and self.decision.duty in {Duty.NOTIFY, Duty.NOTIFY_AND_TELL}

    @property
    def must_tell(self) -> bool:
        return self.decision is not None and self.decision.duty == Duty.NOTIFY_AND_TELL

    @cached_property
    def filings(self) -> list[Filing]:
        return list(self.incident.filings.select_related("recorded_by"))

    @property
    def is_completed(self) -> bool:
        """Whether the authority holds a complete or a complementary notification."""
        return any(filing.kind in COMPLETING for filing in self.filings)

    @cached_property
    def statements(self) -> list[InstantStatement]:
        states = [StatementState.IN_FORCE, StatementState.PENDING]
        return list(self.incident.statements.filter(state__in=states).select_related("recorded_by"))

    @cached_property
    def both_clocks(self) -> list[Reading]:
        """Both readings of the awareness, with their clocks, while a change waits for its second person."""
        return both_clocks(self.incident, self.at)

    @property
    def pending_awareness(self) -> InstantStatement | None:
        return self._awareness(StatementState.PENDING)

    @property
    def awareness(self) -> InstantStatement | None:
        return self._awareness(StatementState.IN_FORCE)

    @cached_property
    def gaps(self) -> list[Gap]:
        """What is missing and who owes it."""
        promises = {promise.field: promise for promise in self.promises}
        return [Gap(fact, promises.get(fact.name)) for fact in facts.missing(self.incident)]

    @cached_property
    def open_questions(self) -> list[Gap]:
        """The questions of the assessment that have no answer yet; none of them holds the initial notification back."""
        promises = {promise.field: promise for promise in self.promises}
        asked_elsewhere = {*FROM_THE_RECORD, PEOPLE_COUNT}
        unknown = [one for one in facts_of(self.incident).unknown() if one.code not in asked_elsewhere]
        return [
            Gap(Fact(one.code, one.label(get_language() or "fr"), None, "words"), promises.get(one.code)) for one in unknown
        ]

    @property
    def ledger(self) -> list[Gap]:
        """Every unknown: first what the initial notification needs, then what may follow, then what the assessment asks."""
        return sorted(self.gaps, key=lambda gap: gap.may_wait) + self.open_questions

    @cached_property
    def promises(self) -> list[Promise]:
        return list(self.incident.promises.filter(kept_at=None).select_related("owed_by_user"))

    @property
    def owed(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.promise]

    @property
    def nobody_owes(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.promise is None]

    @property
    def needed_and_not_owed(self) -> list[Gap]:
        return [gap for gap in self.nobody_owes if not gap.may_wait]

    @property
    def not_owed_and_may_wait(self) -> list[Gap]:
        return [gap for gap in self.nobody_owes if gap.may_wait]

    @cached_property
    def tasks(self) -> list[Task]:
        return list(self.incident.tasks.filter(done_at=None).select_related("owner"))

    @cached_property
    def notification(self) -> Notification | None:
        """The notification that is being written, or the last one that was; None when there is none."""
        return self.incident.notifications.exclude(state=State.ABANDONED).order_by("-number").first()

    def _awareness(self, state: StatementState) -> InstantStatement | None:
        return next((one for one in self.statements if one.kind == InstantKind.AWARE and one.state == state), None)
