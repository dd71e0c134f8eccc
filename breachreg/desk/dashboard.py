"""The desk: what is due, sorted by the minute left; what waits for this person; what changed since they last looked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit import catalogue
from breachreg.audit.models import Entry
from breachreg.desk.facts import label_of
from breachreg.notifications.models import Notification
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import (
    Deadline,
    Decision,
    DecisionState,
    Incident,
    InstantStatement,
    Promise,
    StatementState,
    Task,
)
from breachreg.web.clockface import ClockFace

DUE_SHOWN = 15
WAITING_SHOWN = 20
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
        return rule_words(self.deadline.rule)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person: what, on which incident, on which page, until when (None: no date)."""

    what: str
    incident: Incident
    url: str
    due_at: datetime | None = None
    is_overdue: bool = False


def rule_words(rule: str) -> str:
    """What a clock asks for, in words."""
    return _("Notify the authority") if rule == ARTICLE_33 else rule


def running(organisation: Organisation):
    """The clocks that run in this organisation, the next one first."""
    return (
        Deadline.objects.filter(incident__organisation=organisation, met_at=None, cancelled_at=None, due_at__isnull=False)
        .filter(incident__closed_at=None)
        .select_related("incident", "incident__owner")
        .order_by("due_at", "pk")
    )


def due(organisation: Organisation, at: datetime) -> list[Due]:
    """The next clocks to run out, overdue ones first."""
    return [
        Due(deadline, ClockFace(at=at, due_at=deadline.due_at, aware_at=deadline.started_at))
        for deadline in running(organisation)[:DUE_SHOWN]
    ]


def waiting(user: User, organisation: Organisation, abilities: frozenset[str], at: datetime) -> list[Waiting]:
    """What waits for this person here: decisions of theirs to take first, then what they promised, by its date."""
    mine = [
        *(_to_second(user, organisation) if "incident.second" in abilities else []),
        *(_to_review(user, organisation, at) if "notification.review" in abilities else []),
        *(_to_qualify(organisation) if "incident.manage" in abilities else []),
        *_promised(user, organisation, at),
        *_to_do(user, organisation, at),
    ]
    return mine[:WAITING_SHOWN]


def changes(user: User, organisation: Organisation, at: datetime) -> dict:
    """What others changed since this person last looked, newest first, and since when that is (None: never before)."""
    since = last_look(user, organisation, at)
    entries = Entry.objects.of_organisation(organisation).filter(object_type="incident").select_related("content")
    if since:
        entries = entries.filter(number__gt=since.number)
    others = entries.exclude(actor_id=user.pk).order_by("-number")[:ENTRIES_READ]
    shown = [entry for entry in others if not _is_reading(entry)][:CHANGES_SHOWN]
    references = _references(organisation, shown)
    return {
        "since": since.at if since else None,
        "lines": [
            {"entry": entry, "label": catalogue.label(entry.action), "incident": references[entry.object_id]}
            for entry in shown
            if entry.object_id in references
        ],
    }


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


def _to_second(user: User, organisation: Organisation) -> list[Waiting]:
    decisions = Decision.objects.filter(incident__organisation=organisation, state=DecisionState.PENDING)
    statements = InstantStatement.objects.filter(incident__organisation=organisation, state=StatementState.PENDING)
    return [
        Waiting(_("Confirm or refuse the decision not to notify"), one.incident, address("second", one.incident))
        for one in decisions.exclude(decided_by=user).select_related("incident__organisation")[:WAITING_SHOWN]
    ] + [
        Waiting(_("Confirm or refuse a change of the awareness"), one.incident, address("aware", one.incident))
        for one in statements.exclude(recorded_by=user).select_related("incident__organisation")[:WAITING_SHOWN]
    ]


def _to_review(user: User, organisation: Organisation, at: datetime) -> list[Waiting]:
    """Notifications that somebody else submitted; who wrote a text does not approve it."""
    submitted = Notification.objects.filter(incident__organisation=organisation).in_review().exclude(submitted_by=user)
    return [
        Waiting(
            _("Review the notification"), one.incident, address("notification", one.incident), one.review_due_at,
            bool(one.review_due_at and one.review_due_at < at),
        )
        for one in submitted.select_related("incident__organisation").order_by("review_due_at")[:WAITING_SHOWN]
    ]


def _to_qualify(organisation: Organisation) -> list[Waiting]:
    reported = Incident.objects.filter(organisation=organisation, qualification=None, closed_at=None, is_imported=False)
    return [
        Waiting(_("Say whether personal data were breached"), one, address("qualify", one))
        for one in reported.select_related("organisation").order_by("reported_at")[:WAITING_SHOWN]
    ]


def _promised(user: User, organisation: Organisation, at: datetime) -> list[Waiting]:
    promises = Promise.objects.filter(incident__organisation=organisation, owed_by_user=user, kept_at=None)
    return [
        Waiting(
            _("You owe: %(fact)s") % {"fact": label_of(one.field).lower()}, one.incident, address("facts", one.incident),
            one.promised_for, bool(one.promised_for and one.promised_for < at),
        )
        for one in promises.select_related("incident__organisation")[:WAITING_SHOWN]
    ]


def _to_do(user: User, organisation: Organisation, at: datetime) -> list[Waiting]:
    tasks = Task.objects.filter(incident__organisation=organisation, owner=user, done_at=None)
    return [
        Waiting(one.what, one.incident, address("tasks", one.incident), one.due_at, bool(one.due_at and one.due_at < at))
        for one in tasks.select_related("incident__organisation")[:WAITING_SHOWN]
    ]


def address(view: str, incident: Incident) -> str:
    """The page of this incident that has this name, or the incident's own."""
    place = [incident.organisation.slug, incident.reference]
    try:
        return reverse(view, args=place)
    except NoReverseMatch:
        return reverse("incident", args=place)


def _references(organisation: Organisation, entries: list[Entry]) -> dict[str, Incident]:
    wanted = Q(pk__in={entry.object_id for entry in entries})
    return {str(one.pk): one for one in Incident.objects.filter(wanted, organisation=organisation)}


def _is_reading(entry: Entry) -> bool:
    return entry.action.rpartition(".")[2] in READING
