"""How grave it is and what was decided on it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.audit.history import Kept
from breachreg.register.models.constraints import in_order, together
from breachreg.register.models.incidents import Incident


class Duty(models.TextChoices):
    REGISTER_ONLY = "register_only", _("Keep in the register only")
    NOTIFY = "notify", _("Notify the authority")
    NOTIFY_AND_TELL = "notify_and_tell", _("Notify the authority and tell the people")


class Assessment(Kept):
    """A version of the score and the recommended duty, with the facts and the rules it was made under; never edited."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    rule_version = models.CharField(max_length=60)
    score_low = models.DecimalField(max_digits=4, decimal_places=2)
    score_likely = models.DecimalField(max_digits=4, decimal_places=2)
    score_high = models.DecimalField(max_digits=4, decimal_places=2)
    recommended_duty = models.CharField(max_length=20, choices=Duty.choices)
    explanation = models.JSONField()
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="assessment_number_once"),
            *in_order("assessment", "score_low", "score_likely", "score_high"),
        ]


class DecisionState(models.TextChoices):
    IN_FORCE = "in_force", _("in force")
    PENDING = "pending", _("waits for a second person")
    REPLACED = "replaced", _("replaced")
    REFUSED = "refused", _("refused by the second person")
    REOPENED = "reopened", _("reopened, because the facts changed")


class Decision(Kept):
    """What a named person decided to do on an assessment, and why."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    duty = models.CharField(_("decision"), max_length=20, choices=Duty.choices)
    reasons = models.TextField(_("reasons"))
    departure_reasons = models.TextField(_("why it departs from the recommendation"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=DecisionState.choices, default=DecisionState.IN_FORCE)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seconded_at = models.DateTimeField(null=True, blank=True)
    seconded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_note = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["decided_at", "pk"]
        indexes = [models.Index(fields=["state"])]
        constraints = [
            together("decision_seconded_together", "seconded_at", "seconded_by"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state__in=["in_force", "pending"]), name="decision_one_current"
            ),
            models.CheckConstraint(
                name="decision_second_is_another",
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=F("decided_by")),
            ),
        ]


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
