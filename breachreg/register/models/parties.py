"""Who else is in it, and what somebody still owes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.audit.history import Kept
from breachreg.register.models.incidents import Incident


class Party(Kept):
    """Another body involved: a processor or a joint controller, and when it told us."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    contact = models.CharField(_("contact"), max_length=300, null=True, blank=True)
    told_us_at = models.DateTimeField(_("told us"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.name


class Promise(Kept):
    """A line of the ledger of unknowns: which fact is missing, who owes it, for when it is promised."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="promises")
    field = models.CharField(_("missing fact"), max_length=60)
    owed_by = models.CharField(_("who owes it"), max_length=200)
    owed_by_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="promises")
    promised_for = models.DateTimeField(_("promised for"), null=True, blank=True)
    note = models.CharField(max_length=300, null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = [F("promised_for").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["promised_for"])]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "field"], condition=Q(kept_at__isnull=True), name="promise_one_a_field"
            )
        ]
