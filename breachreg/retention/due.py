"""Which incidents have reached the end of their retention, counted in years on the organisation's calendar."""

from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, QuerySet

from breachreg.accounts.models import Organisation
from breachreg.register.models import Incident, LegalHold
from breachreg.retention.models import Spared

IN_FORCE = Exists(LegalHold.objects.filter(incident=OuterRef("pk"), lifted_at=None))


def shifted(at: datetime, years: int, organisation: Organisation) -> datetime:
    """The same reading of the organisation's clock so many years later; 29 February becomes 28 February. UTC."""
    local = at.astimezone(organisation.zone)
    day = min(local.day, 28) if local.month == 2 else local.day
    return local.replace(year=local.year + years, day=day).astimezone(UTC)


def due_from(closed_at: datetime, organisation: Organisation) -> datetime:
    """When an incident that was closed then may go."""
    return shifted(closed_at, organisation.kept_years, organisation)


def over(organisation: Organisation, at: datetime) -> QuerySet[Incident]:
    """Closed incidents whose time is over, the longest closed first, whether a hold keeps them or not."""
    closed_before = shifted(at, -organisation.kept_years, organisation)
    return organisation.incidents.filter(closed_at__lte=closed_before).order_by("closed_at", "pk")


def due(organisation: Organisation, at: datetime) -> QuerySet[Incident]:
    """What a purge may take now: never what is open, on hold, or still in its time."""
    return over(organisation, at).exclude(IN_FORCE)


def held(organisation: Organisation) -> QuerySet[LegalHold]:
    """The legal holds in force, the oldest first."""
    holds = LegalHold.objects.filter(incident__organisation=organisation, lifted_at=None)
    return holds.select_related("incident", "set_by").order_by("set_at", "pk")


def why_spared(incident: Incident, at: datetime) -> Spared | None:
    """Why this incident may not go at this moment, or None."""
    if incident.is_open:
        return Spared.OPEN
    if incident.holds.filter(lifted_at=None).exists():
        return Spared.HELD
    if due_from(incident.closed_at, incident.organisation) > at:
        return Spared.TOO_EARLY
    return None
