"""Where an indicator was seen: in reported messages, in whatever other rooms of this house observed, in other incidents.

Everything happens in the database, offline. A table of observations takes part by deriving from ``Observable``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.mailboxes.indicators.models import Indicator, Observable, ReportObservable
from breachreg.mailboxes.indicators.values import Value
from breachreg.mailboxes.models import Report
from breachreg.mailboxes.reading.addresses import defanged
from breachreg.register.models import Incident


@dataclass(frozen=True)
class Match:
    """A value, and where it was seen: in words, with the address of the page."""

    kind: str
    value: str
    where: str
    address: str
    is_incident: bool = False

    @property
    def shown(self) -> str:
        """The value, held back so that no programme makes a link of it."""
        return defanged(self.value)


@dataclass(frozen=True)
class Place:
    """A page on which values were seen."""

    where: str
    address: str
    values: list[str]


def by_place(matches: Iterable[Match]) -> list[Place]:
    """The matches of each page together, the pages in the order of their first match."""
    places: dict[tuple[str, str], Place] = {}
    for match in matches:
        places.setdefault((match.address, match.where), Place(match.where, match.address, [])).values.append(match.shown)
    return list(places.values())


def matches_of(incident: Incident, most: int | None = None) -> list[Match]:
    """Where the indicators of an incident were seen in its organisation, other incidents first; at most ``most``."""
    mine = Indicator.objects.filter(incident=incident, kind=OuterRef("kind"), value=OuterRef("value"))
    elsewhere = Indicator.objects.filter(incident__organisation=incident.organisation_id).exclude(incident=incident)
    return list(islice(_matches(incident.organisation_id, Exists(mine), elsewhere), most))


def seen(organisation: Organisation, value: Value, most: int | None = None) -> list[Match]:
    """Where one value was seen in an organisation, incidents first; at most ``most``."""
    same = Q(kind=value.kind, value=value.value)
    elsewhere = Indicator.objects.filter(incident__organisation=organisation)
    return list(islice(_matches(organisation.pk, same, elsewhere), most))


def incidents_of(report: Report) -> list[Match]:
    """The incidents of the organisation whose indicators a reported message shows."""
    mine = ReportObservable.objects.filter(report=report, kind=OuterRef("kind"), value=OuterRef("value"))
    found = Indicator.objects.filter(Exists(mine), incident__organisation=report.organisation_id)
    return [_of_incident(one) for one in found.select_related("incident__organisation").order_by("incident_id", "kind", "value")]


def _matches(organisation_id: int, condition, indicators: QuerySet[Indicator]) -> Iterator[Match]:
    for one in indicators.filter(condition).select_related("incident__organisation").order_by("-incident_id", "kind", "value"):
        yield _of_incident(one)
    for table in tables():
        found = table.objects.filter(condition, organisation=organisation_id).select_related(*table.PLACE).order_by("-pk")
        for one in found.iterator(chunk_size=500):
            where, address = one.place()
            yield Match(one.kind, one.value, where, address)


def tables() -> list[type[Observable]]:
    """Every table of observations."""
    return Observable.__subclasses__()


def _of_incident(one: Indicator) -> Match:
    incident = one.incident
    where = _("Indicator of %(incident)s") % {"incident": incident}
    return Match(one.kind, one.value, where, reverse("indicators", args=[incident.organisation.slug, incident.reference]), True)
