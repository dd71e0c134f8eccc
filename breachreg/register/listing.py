"""The list of incidents: what it is narrowed to, how it is sorted, and the clock of each line, in a constant number
of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Deadline, Incident, Qualification, ReferenceCounter
from breachreg.web.clockface import ClockFace

SORTS = {
    "reference": ("year", "number"),
    "title": ("title", "pk"),
    "reported": ("reported_at", "pk"),
    "aware": ("aware_at", "pk"),
    "due": ("clock_due_at", "pk"),
    "people": ("people_likely", "people_low", "pk"),
}
FIRST = "-reference"


def with_clock(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """The incidents with `clock_due_at` and `clock_met_at`: the clock of Art. 33, None when it never started."""
    clock = Deadline.objects.filter(incident=OuterRef("pk"), rule=ARTICLE_33, cancelled_at=None).order_by("occurrence")
    return incidents.annotate(
        clock_due_at=Subquery(clock.values("due_at")[:1]), clock_met_at=Subquery(clock.values("met_at")[:1])
    )


def years_of(organisation: Organisation) -> list[int]:
    """The years that the register has incidents of, the latest first; read from the counters, of which there are few."""
    counters = ReferenceCounter.objects.filter(organisation=organisation)
    return list(counters.order_by("-year").values_list("year", flat=True))


def narrowed(incidents: QuerySet[Incident], answers: dict, at: datetime) -> QuerySet[Incident]:
    """The incidents that the answers of the filter leave; they need their clocks (``with_clock``)."""
    if answers.get("q"):
        incidents = incidents.filter(_has_words(answers["q"]))
    if answers.get("state"):
        incidents = incidents.filter(_in_state(answers["state"], at))
    if answers.get("nature"):
        incidents = incidents.filter(natures__has=answers["nature"])
    if answers.get("origin"):
        incidents = incidents.filter(origins__has=answers["origin"])
    return incidents.filter(year=answers["year"]) if answers.get("year") else incidents


def in_order(incidents: QuerySet[Incident], sort: str) -> QuerySet[Incident]:
    """The incidents sorted by a key of SORTS ("-key" descending); unknown values last, either way."""
    columns = SORTS.get(sort.lstrip("-"), SORTS[FIRST.lstrip("-")])
    direction = F.desc if sort.startswith("-") else F.asc
    return incidents.order_by(*(direction(F(column), nulls_last=_may_be_unknown(column)) for column in columns))


def _may_be_unknown(column: str) -> bool | None:
    """True for what has to be told where unknown values go; a column that has none is sorted by its index, as it stands."""
    always_known = {"pk", *(field.name for field in Incident._meta.fields if not field.null)}
    return None if column in always_known else True


def sort_in_force(asked: str) -> str:
    """The sort that an address asks for, or the usual one."""
    return asked if asked.lstrip("-") in SORTS else FIRST


@dataclass(frozen=True)
class Standing:
    """Where an incident stands, as a word and its colour."""

    kind: str
    label: str


def standing_of(incident: Incident, clock: ClockFace) -> Standing:
    """One word for the list: a running or overdue clock counts more than the rest."""
    if incident.closed_at:
        return Standing("done", _("Closed"))
    if incident.qualification is None:
        return Standing("unknown", _("To qualify"))
    if incident.qualification == Qualification.NOT_A_BREACH:
        return Standing("plain", _("Not a breach"))
    if clock.state == "unknown":
        return Standing("unknown", _("Awareness missing"))
    return Standing(clock.kind, clock.words)


def clock_of(incident: Incident, at: datetime) -> ClockFace:
    """The clock of an incident that was read ``with_clock``, as it shows at this instant."""
    return ClockFace(
        at=at, due_at=incident.clock_due_at, aware_at=incident.aware_at, stopped_at=incident.clock_met_at
    )


def _has_words(text: str) -> Q:
    words = Q()
    for word in text.split():
        words &= Q(reference__icontains=word) | Q(title__icontains=word) | Q(report__icontains=word)
    return words


def _in_state(state: str, at: datetime) -> Q:
    running = Q(clock_due_at__isnull=False, clock_met_at=None)
    return {
        "open": Q(closed_at=None),
        "closed": Q(closed_at__isnull=False),
        "unqualified": Q(qualification=None),
        "breach": Q(qualification=Qualification.BREACH),
        "not_a_breach": Q(qualification=Qualification.NOT_A_BREACH),
        "to_notify": running,
        "overdue": running & Q(clock_due_at__lt=at),
    }[state]
