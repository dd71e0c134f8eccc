"""Tables beside the clocks: those of an organisation's own contracts and policies, and the worksheet of Art. 34(3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.history import Kept
from breachreg.register.models import Incident, together


class OwnClock(models.Model):
    """A clock of a contract or a policy. A change ends this row and adds another of the same ``first``, so that a
    record keeps the version under which its clock started."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="own_clocks")
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    name = models.CharField(_("what has to be done"), max_length=200)
    addressee = models.CharField(_("who is told"), max_length=200)
    instant = models.CharField(_("counted from"), max_length=40)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)  # null: without undue delay
    source = models.CharField(_("the contract or policy"), max_length=300)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            together("own_clock_ended_together", "ended_at", "ended_by"),
            models.CheckConstraint(name="own_clock_has_hours", condition=Q(hours__isnull=True) | Q(hours__gt=0)),
        ]

    def __str__(self):
        return self.name

    @property
    def code(self) -> str:
        """What every version of this clock is called on a record."""
        return f"own_{self.first_id or self.pk}"


class ExemptionSheet(Kept):
    """A version of the worksheet of Art. 34(3): what was shown for one exemption, and what the review said of it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="exemption_sheets")
    number = models.PositiveSmallIntegerField()
    exemption = models.CharField(max_length=40)
    shown = models.JSONField()  # claim -> {"holds": true, false or null, "evidence": text}
    holds = models.BooleanField()
    missing = models.JSONField()
    contradicted_by = models.JSONField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["incident", "number"], name="exemption_sheet_once")]
