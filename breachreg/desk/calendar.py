"""A month of deadlines: days of the organisation's calendar, each with what falls on it."""

import calendar as weeks
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.desk.dashboard import rule_words
from breachreg.desk.facts import label_of
from breachreg.law.clock import start_of_day
from breachreg.register.models import Deadline, Incident, Promise, Task

SHOWN = 400  # of one kind in one month; more is said on the page
SHOWN_A_DAY = 4  # in the grid; the rest of a day stands below it when it is asked for


@dataclass(frozen=True)
class Appointment:
    """Something that falls on a day: at an instant, or on the day as a whole (at is None)."""

    what: str
    incident: Incident
    at: datetime | None
    kind: str


@dataclass
class Day:
    day: date
    is_in_month: bool
    is_today: bool
    appointments: list[Appointment] = field(default_factory=list)

    @property
    def shown(self) -> list[Appointment]:
        """What the grid has room for."""
        return self.appointments[:SHOWN_A_DAY]

    @property
    def more(self) -> int:
        return max(0, len(self.appointments) - SHOWN_A_DAY)


@dataclass(frozen=True)
class Month:
    """Whole weeks; `is_cut` when so much falls in them that some of it was left out."""

    first: date
    weeks: list[list[Day]]
    is_cut: bool = False

    def day(self, words: str | None) -> Day | None:
        """The day of this month that an address names (“2026-11-25”), if it does."""
        return next((day for week in self.weeks for day in week if day.day.isoformat() == words), None)

    @property
    def previous(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def following(self) -> str:
        return f"{self.first + timedelta(days=32):%Y-%m}"

    @property
    def is_empty(self) -> bool:
        return not any(day.appointments for week in self.weeks for day in week if day.is_in_month)


def month_of(words: str | None, today: date) -> date:
    """The first day of the month that an address names (“2026-11”); this month when it names none."""
    try:
        year, month = (words or "").split("-")
        first = date(int(year), int(month), 1)
    except ValueError:
        return today.replace(day=1)
    return first if 1990 <= first.year <= 2200 else today.replace(day=1)


def fill(organisation: Organisation, first: date, at: datetime) -> Month:
    """The month that begins with `first`, in whole weeks from Monday on, as the organisation's calendar has it."""
    zone = organisation.zone
    today = at.astimezone(zone).date()
    grid = [
        [Day(day, day.month == first.month, day == today) for day in week]
        for week in weeks.Calendar().monthdatescalendar(first.year, first.month)
    ]
    days = {day.day: day for week in grid for day in week}
    start, end = start_of_day(min(days), zone), start_of_day(max(days) + timedelta(days=1), zone)
    kinds = [list(kind(organisation, start, end, at)) for kind in (_deadlines, _promises, _tasks)]
    for day, appointments in _by_day(kinds, organisation, start, end).items():
        if day in days:
            days[day].appointments = sorted(appointments, key=lambda one: (one.at is not None, one.at))
    return Month(first, grid, is_cut=any(len(kind) == SHOWN for kind in kinds))


def _by_day(kinds: list[list[Appointment]], organisation, start: datetime, end: datetime) -> dict[date, list[Appointment]]:
    found: dict[date, list[Appointment]] = defaultdict(list)
    zone = organisation.zone
    for kind in kinds:
        for one in kind:
            found[one.at.astimezone(zone).date()].append(one)
    for incident in _planned(organisation, start.astimezone(zone).date(), end.astimezone(zone).date()):
        found[incident.telling_planned_on].append(Appointment(_("Tell the people"), incident, None, "due"))
    return found


def _deadlines(organisation, start, end, at):
    due = Deadline.objects.filter(incident__organisation=organisation, cancelled_at=None, due_at__gte=start, due_at__lt=end)
    read = due.select_related("incident", "own_clock").only(
        "rule", "rule_version", "due_at", "met_at", "own_clock__name", "incident__reference"
    )
    for one in read[:SHOWN]:
        yield Appointment(rule_words(one), one.incident, one.due_at, _kind(one.met_at is not None, one.met_at or at, one.due_at))


def _promises(organisation, start, end, at):
    open_ones = Promise.objects.filter(incident__organisation=organisation, kept_at=None)
    for one in open_ones.filter(promised_for__gte=start, promised_for__lt=end).select_related("incident")[:SHOWN]:
        words = _("%(who)s owes: %(fact)s") % {"who": one.owed_by, "fact": label_of(one.field).lower()}
        yield Appointment(words, one.incident, one.promised_for, _kind(False, at, one.promised_for))


def _tasks(organisation, start, end, at):
    open_ones = Task.objects.filter(incident__organisation=organisation, due_at__gte=start, due_at__lt=end)
    for one in open_ones.select_related("incident")[:SHOWN]:
        yield Appointment(one.what, one.incident, one.due_at, _kind(one.done_at is not None, one.done_at or at, one.due_at))


def _planned(organisation, first: date, last: date):
    return Incident.objects.filter(organisation=organisation, telling_planned_on__gte=first, telling_planned_on__lt=last).only(
        "reference", "telling_planned_on"
    )[:SHOWN]


def _kind(is_done: bool, at: datetime, due_at: datetime) -> str:
    """The colour: late when it came or stands after its time, done, or due."""
    return "late" if at > due_at else "done" if is_done else "due"
