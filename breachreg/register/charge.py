"""Who is in charge of an incident: the person whom the reminders ask first."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.register.actions import AlreadyClosed
from breachreg.register.changes import change, note_event
from breachreg.register.clocks import redirect_reminders
from breachreg.register.models import Incident


@transaction.atomic
def put_in_charge(*, incident: Incident, owner: User | None, by: User, at: datetime) -> Incident:
    """Say who acts on an incident, or that every DPO does; reminders that have not left go to them first.

    Raises ValidationError for somebody who does not manage incidents here, AlreadyClosed or Stale.
    """
    if incident.closed_at:
        raise AlreadyClosed(_("This incident is closed. Reopen it before you say who is in charge."))
    if owner and not holders("incident.manage", incident.organisation).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": _("Choose somebody who manages incidents in this organisation.")})
    if owner == incident.owner:
        return incident
    changed = change(incident=incident, action="incident.charged", by=by, at=at, owner=owner)
    note_event(incident=changed, event="incident.charged", by=by, at=at, text=owner.full_name if owner else "")
    redirect_reminders(incident=changed, at=at)
    return changed
