"""What a clock is called, and where it stands, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law import board, clock, phrases, rules
from breachreg.register import deadlines, stops
from breachreg.register.clocks import board_of, runs
from breachreg.register.instants import STARTS_OF_CLOCKS
from breachreg.register.met import BY_RECEIPT, may_be_reopened
from breachreg.register.models import Deadline, Incident, OwnClock, StatementState
from breachreg.web.clockface import ClockFace

ORDER = {board.State.OVERDUE: 0, board.State.RUNNING: 1, board.State.OPEN: 2, board.State.WAITING: 3}
KINDS = {
    board.State.OVERDUE: "late", board.State.RUNNING: "due", board.State.OPEN: "due", board.State.WAITING: "unknown",
    board.State.MET: "done", board.State.MET_LATE: "late",
}  # fmt: skip


def words_of(deadline: Deadline) -> str:
    """What has to be done under the kept version of its rule, in the language in force."""
    rule = deadlines.rule_of(deadline)
    return rule.label(_language()) if rule else deadline.own_clock.name


@dataclass(frozen=True)
class Line:
    """A clock of the board as a page shows it; ``row`` is None for one that is only possible or waits for its start."""

    clock: board.Clock
    at: datetime
    row: Deadline | None
    own: OwnClock | None
    is_day_only: bool = False
    """Whether only the day of the instant that it counts from is known: it counts from 00:00 of that day."""
    stated: frozenset[str] = frozenset()
    """The kinds of instants that somebody stated on this incident."""

    @property
    def label(self) -> str:
        return self.clock.rule.label(_language())

    @property
    def addressee(self) -> str:
        return self.own.addressee if self.own else rules.load().addressees[self.clock.rule.addressee].label(_language())

    @property
    def note(self) -> str:
        return self.clock.rule.note(_language())

    @property
    def source(self) -> str:
        return self.clock.rule.cited(_language())

    @property
    def state(self) -> board.State:
        return self.clock.state(self.at)

    @property
    def kind(self) -> str:
        """The meaning of the state as one of the colours of the pages."""
        return KINDS[self.state] if self.is_certain else "unknown"

    @property
    def is_certain(self) -> bool:
        """Whether the clock runs, ran or will run; False while one of its conditions is not known."""
        return self.row is not None or runs(self.clock) or self.clock.certain

    @property
    def words(self) -> str:
        """The state in words: time left, late by how much, met, met late, open since, waits for its start, or possible."""
        state = self.state
        if state is board.State.MET_LATE:
            return _("Met %(length)s late") % {"length": phrases.duration(self.clock.remaining(self.at), _language())}
        if state is board.State.MET:
            return _("Met")
        if not self.is_certain:
            return _("Possible")
        if state is board.State.WAITING:
            return _("Waits for its start")
        if state is board.State.OPEN:
            return _("Open %(since)s") % {"since": phrases.since(self.clock.started_at, self.at, _language())}
        if state is board.State.OVERDUE:
            return _("Overdue: %(late)s") % {"late": self._countdown}
        return self._countdown[:1].upper() + self._countdown[1:]

    @property
    def face(self) -> ClockFace:
        return ClockFace(at=self.at, due_at=self.clock.due_at, aware_at=self.clock.started_at, stopped_at=self.clock.done_at)

    @property
    def starts_from(self) -> str:
        """The instant it counts from, in words: the one it has, or the first of those that it waits for."""
        name = self.clock.started_from or self.clock.rule.terms[0].instant
        return rules.load().instants[name].label(_language())

    @property
    def stands_in_for(self) -> dict | None:
        """The clock's own instant, while nobody stated it and another one is taken instead; None when it has its own."""
        if not self.clock.assumed:
            return None
        names = [term.instant for term in self.clock.rule.terms if self.clock.started_from in _falls_back_to(term.instant)]
        return self._instant(names[0]) if names else None

    @property
    def wanted(self) -> list[dict]:
        """The instants of its terms that a person can state, so that the clock starts from its own."""
        names = [term.instant for term in self.clock.rule.terms]
        return [self._instant(name) for name in names if name in STARTS_OF_CLOCKS and self.clock.done_at is None]

    @property
    def open_conditions(self) -> list[str]:
        """The conditions of the rule, in words, for a clock that is only possible."""
        rule = self.clock.rule
        return [rules.load().condition_label(rule, name, _language()) for name in rule.conditions]

    @property
    def full_hour_end(self) -> datetime | None:
        """The end by the full hours of Regulation 1182/71, as information; None for another period than hours."""
        hours = [term.hours for term in self.clock.rule.terms if term.instant == self.clock.started_from]
        is_of_the_union = self.clock.rule.regime not in {"own", "insurance", "health"}
        if self.clock.due_at is None or not hours or hours[0] is None or not is_of_the_union:
            return None
        return clock.full_hour_end(self.clock.started_at, hours[0])

    @property
    def may_be_met(self) -> bool:
        """Whether a person says here that it is done; the CNIL's notifications are met by their receipts."""
        return self.row is not None and self.row.is_running and self.row.rule not in BY_RECEIPT

    @property
    def may_be_reopened(self) -> bool:
        """Whether a person may say here that it was not done after all."""
        return self.row is not None and self.row.met_at is not None and may_be_reopened(self.row)

    @property
    def stopped_by(self) -> dict | None:
        """The fact that stopped it, in words, and the page on which it is corrected; None when no fact did."""
        if self.row is None or not self.row.is_met_by_record:
            return None
        organisation, reference = self.row.incident.organisation.slug, self.row.incident.reference
        if self.row.rule == stops.ARTICLE_34:
            where = reverse("facts-section", args=[organisation, reference, "communication"])
            return {"words": _("the day on which the people were told"), "url": where}
        return {"words": _("the instant at which the processor told us"), "url": reverse("parties", args=[organisation, reference])}

    def _instant(self, name: str) -> dict:
        return {
            "code": name, "label": rules.load().instants[name].label(_language()), "may_be_stated": name in STARTS_OF_CLOCKS,
            "is_stated": name in self.stated,
        }

    @property
    def _countdown(self) -> str:
        return phrases.countdown(self.clock.due_at, self.at, _language())


def lines_of(incident: Incident, at: datetime) -> list[Line]:
    """The whole board of an incident: what runs by the minute left, then what is open, waits or may come, then what is met."""
    rows = {row.rule: row for row in incident.deadlines.filter(cancelled_at=None)}
    for row in rows.values():
        row.incident = incident
    own = {str(one.pk): one for one in OwnClock.objects.filter(organisation=incident.organisation)}
    states = [StatementState.IN_FORCE, StatementState.PENDING]
    stated = list(incident.statements.filter(state__in=states).values_list("kind", "at", "is_date_only"))
    days = {(kind, instant) for kind, instant, is_day in stated if is_day}
    kinds = frozenset(kind for kind, _instant, _is_day in stated)
    lines = [
        Line(
            one, at, rows.get(one.rule.code), own.get(one.rule.version) if one.rule.regime == "own" else None,
            (one.started_from, one.started_at) in days, kinds,
        )
        for one in board_of(incident, at)
    ]
    return sorted(lines, key=_place)


def wanted_of(lines: list[Line]) -> list[dict]:
    """The instants that nobody stated yet and that a running clock asks for, each once with the clocks that wait for it."""
    found: dict[str, dict] = {}
    for line in lines:
        own = line.stands_in_for if line.row and line.row.is_running else None
        if own and own["may_be_stated"]:
            found.setdefault(own["code"], own | {"meanwhile": line.starts_from, "clocks": []})["clocks"].append(line.label)
    return list(found.values())


def _falls_back_to(name: str) -> list[str]:
    """The instants that are taken in the place of this one, in order."""
    instants, taken = rules.load().instants, []
    while name := instants[name].falls_back_to:
        taken.append(name)
    return taken


def _place(line: Line) -> tuple:
    due = line.clock.due_at or line.clock.started_at or line.at
    return (line.clock.done_at is not None, not line.is_certain, ORDER.get(line.state, 9), due)


def _language() -> str:
    return get_language() or "fr"
