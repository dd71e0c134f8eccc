"""The other bodies involved in an incident: processors and joint controllers, and when they told us."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.clocks import follow_facts
from breachreg.register.models import Incident, Party


@transaction.atomic
def name_party(
    *, incident: Incident, role: str, name: str, by: User, at: datetime, contact: str | None = None,
    told_us_at: datetime | None = None,
) -> Party:
    """Name a body that is involved. Raises ValidationError for an empty name or an instant (UTC) to come."""
    if told_us_at and told_us_at > at:
        raise ValidationError({"told_us_at": _("This instant lies ahead. Enter when it happened.")})
    party = Party(incident=incident, role=role, name=name.strip(), contact=contact or None, told_us_at=told_us_at)
    party.full_clean()
    party.save()
    record(
        action="party.named", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=difference({}, snapshot(party)),
    )
    follow_facts(incident=incident, by=by, at=at)
    return party


@transaction.atomic
def remove_party(*, party: Party, by: User, at: datetime) -> None:
    """Take a body off the incident; the trail keeps what stood there."""
    incident, before = party.incident, snapshot(party)
    party.delete()
    record(
        action="party.removed", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=difference(before, {}),
    )
    follow_facts(incident=incident, by=by, at=at)
