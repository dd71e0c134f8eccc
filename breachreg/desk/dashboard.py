"""The desk: what is due, sorted by the minute left; what waits for this person; what changed since they last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit import catalogue
from breachreg.audit.models import Entry
from breachreg.register.clock_words import words_of
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Deadline, Incident
from breachreg.web.clockface import ClockFace

DUE_SHOWN = 15
CHANGES_SHOWN = 12
ENTRIES_READ = 120
A_SITTING = timedelta(minutes=30)
LOOKED = "desk.opened"
READING = ("opened", "listed", "downloaded", "exported", "read", "viewed", "copied")


@dataclass(frozen=True)
class Due:
    """A running clock of an incident."""

    deadline: Deadline
    clock: ClockFace

    @property
    def incident(self) -> Incident:
        return self.deadline.incident

    @property
    def what(self) -> str:
        return rule_words(self.deadline)


def rule_words(deadline: Deadline) -> str:
    """What a clock asks for, in words."""
    return _("Notify the authority") if deadline.rule == ARTICLE_33 else words_of(deadline)


def running(organisation: Organisation):
    """The clocks that run in this organisation, the next one first."""
    return (
        Deadline.objects.filter(incident__organisation=organisation, met_at=None, cancelled_at=None, due_at__isnull=False)
        .filter(incident__closed_at=None)
        .select_related("incident", "incident__owner", "own_clock")
        .order_by("due_at", "pk")
    )


def due(organisation: Organisation, at: datetime) -> list[Due]:
    """The next clocks to run out, overdue ones first."""
    return [
        Due(deadline, ClockFace(at=at, due_at=deadline.due_at, aware_at=deadline.started_at))
        for deadline in running(organisation)[:DUE_SHOWN]
    ]


def changes(user: User, organisation: Organisation, at: datetime) -> dict:
    """What others changed since this person last looked, newest first, and since when that is (None: never before)."""
    since = last_look(user, organisation, at)
    entries = Entry.objects.of_organisation(organisation).filter(object_type="incident").select_related("content")
    if since:
        entries = entries.filter(number__gt=since.number)
    others = entries.exclude(actor_id=user.pk).order_by("-number")[:ENTRIES_READ]
    alike = _alike(entry for entry in others if not _is_reading(entry))[:CHANGES_SHOWN]
    references = _references(organisation, [entry for entry, _times in alike])
    return {
        "since": since.at if since else None,
        "lines": [
            {"entry": entry, "label": catalogue.label(entry.action), "incident": references[entry.object_id], "times": times}
            for entry, times in alike
            if entry.object_id in references
        ],
    }


def _alike(entries: Iterable[Entry]) -> list[tuple[Entry, int]]:
    """The latest of the entries in which one person did the same thing to one incident, and how many there are."""
    found: dict[tuple, list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.action, entry.object_id, entry.actor_id), []).append(entry)
    return [(same[0], len(same)) for same in found.values()]


def last_look(user: User, organisation: Organisation, at: datetime) -> Entry | None:
    """The entry of the look before this sitting, so that reloading the page doesn't make the news disappear."""
    return looks(user, organisation).filter(at__lt=at - A_SITTING).first()


def looks(user: User, organisation: Organisation):
    """When this person opened the desk, the latest first."""
    return Entry.objects.of_organisation(organisation).filter(action=LOOKED, actor_id=user.pk).order_by("-number")


def sits_already(user: User, organisation: Organisation, at: datetime) -> bool:
    """Whether this look belongs to a sitting that is recorded."""
    return looks(user, organisation).filter(at__gte=at - A_SITTING).exists()


def counts(organisation: Organisation, at: datetime) -> dict[str, int]:
    """How many clocks run, and how many of them are over."""
    clocks = running(organisation)
    return {"running": clocks.count(), "late": clocks.filter(due_at__lt=at).count()}


def _references(organisation: Organisation, entries: list[Entry]) -> dict[str, Incident]:
    wanted = Q(pk__in={entry.object_id for entry in entries})
    return {str(one.pk): one for one in Incident.objects.filter(wanted, organisation=organisation)}


def _is_reading(entry: Entry) -> bool:
    return entry.action.rpartition(".")[2] in READING
