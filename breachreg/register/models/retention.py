"""What stands in the way of the end of an incident, and what is left of one after it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.register.models.constraints import together
from breachreg.register.models.incidents import Incident, Qualification
from breachreg.register.models.judgements import Duty


class LegalHold(models.Model):
    """Nothing of this incident may go, whatever its age: a dispute, an inquiry. In force until somebody lifts it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="holds")
    reason = models.TextField(_("reason of the legal hold"))
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_reason = models.TextField(_("reason for lifting the legal hold"), null=True, blank=True)

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            together("hold_lifted_together", "lifted_at", "lifted_by", "lifted_reason"),
            models.UniqueConstraint(fields=["incident"], condition=Q(lifted_at__isnull=True), name="hold_one_in_force"),
        ]

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None


class Tombstone(models.Model):
    """What the register keeps of an incident that was purged: no word of anybody, and never changed (0004).

    ``incident_key`` is the key that the row had: the entries of the trail still name it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tombstones")
    incident_key = models.BigIntegerField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    reference = models.CharField(_("reference"), max_length=20)
    qualification = models.CharField(_("qualification"), max_length=20, choices=Qualification.choices, null=True, blank=True)
    duty = models.CharField(_("decision"), max_length=20, choices=Duty.choices, null=True, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    aware_at = models.DateTimeField(_("awareness"), null=True, blank=True)
    filed_at = models.DateTimeField(_("first filing"), null=True, blank=True)
    told_on = models.DateField(_("people told on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"))
    kept_years = models.PositiveSmallIntegerField(_("years kept after closure"))
    purged_at = models.DateTimeField(_("purged"))

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="tombstone_once"),
            models.UniqueConstraint(fields=["incident_key"], name="tombstone_once_an_incident"),
        ]

    def __str__(self):
        return self.reference
