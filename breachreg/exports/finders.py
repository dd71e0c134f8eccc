"""What the auditor's room asks about the checkpoints, answered by the room that sends them."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from breachreg.accounts.models import Organisation
from breachreg.exports.models import Delivery
from breachreg.scrutiny.rules import finds


@finds("checkpoint_not_delivered")
def checkpoint_not_delivered(organisation: Organisation, at: datetime, before: datetime) -> QuerySet:
    """Checkpoints on their way for too long, or given up, to a destination that still counts."""
    lost = Delivery.objects.missed().filter(Q(due_at__lt=before) | Q(parked_at__isnull=False))
    here = lost.filter(destination__organisation=organisation)
    return here.select_related("destination").annotate(since=F("due_at"))
