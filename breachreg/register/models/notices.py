"""Messages that a change of facts plans."""

from django.db import models

from breachreg.accounts.models import User
from breachreg.register.leases import Lease
from breachreg.register.models.judgements import Decision


class Notice(Lease):
    """A message to one person: a decision not to notify was reopened, because the facts changed. Sent once."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "recipient"], name="notice_once")]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="notice_due")]
