"""Who says when: the instants of an incident, each with its source."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.audit.history import Kept
from breachreg.register.models.constraints import together
from breachreg.register.models.incidents import Incident


class Precision(models.TextChoices):
    INSTANT = "instant", _("to the minute")
    DAY = "day", _("the day only")
    MONTH = "month", _("the month only")


class InstantKind(models.TextChoices):
    OCCURRED_FROM = "occurred_from", _("start of the breach")
    OCCURRED_TO = "occurred_to", _("end of the breach")
    FIRST_SIGNAL = "first_signal", _("first signal")
    AWARE = "aware", _("awareness")
    TOLD_BY_PROCESSOR = "told_by_processor", _("told by the processor")
    # Where the clocks of other regimes start: codes of law/data/rules.toml.
    PROCESSOR_AWARE = "processor_aware", _("awareness of the processor")
    DETECTED = "detected", _("detection by the provider of communications")
    SIGNIFICANT_INCIDENT_KNOWN = "significant_incident_known", _("awareness of the significant incident (NIS 2)")
    ICT_INCIDENT_KNOWN = "ict_incident_known", _("awareness of the ICT incident (DORA)")
    CLASSIFIED_MAJOR = "classified_major", _("classification as major (DORA)")
    DORA_INTERMEDIATE_FILED = "dora_intermediate_filed", _("latest intermediate DORA report")
    ATTACK_KNOWN = "attack_known", _("knowledge of the attack")
    HEALTH_INCIDENT_KNOWN = "health_incident_known", _("awareness of the serious security incident (health)")


class StatementState(models.TextChoices):
    IN_FORCE = "in_force", _("in force")
    PENDING = "pending", _("waits for a second person")
    REPLACED = "replaced", _("replaced")
    REFUSED = "refused", _("refused")


class InstantStatement(Kept):
    """Who says when, and on what evidence. Never edited: a new statement replaces the one in force."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=40, choices=InstantKind.choices)
    at = models.DateTimeField(_("instant"))
    is_date_only = models.BooleanField(_("only the day is known"), default=False)
    is_estimated = models.BooleanField(_("estimated"), default=False)
    zone = models.CharField(_("time zone"), max_length=64)
    stated_by = models.CharField(_("who says so"), max_length=200, null=True, blank=True)
    evidence = models.TextField(_("on what evidence"), null=True, blank=True)
    reason = models.TextField(_("reason for the change"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=StatementState.choices, default=StatementState.IN_FORCE)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["recorded_at", "pk"]
        indexes = [models.Index(fields=["state"])]
        constraints = [
            together("statement_confirmed_together", "confirmed_at", "confirmed_by"),
            models.UniqueConstraint(
                fields=["incident", "kind"], condition=Q(state="in_force"), name="statement_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["incident", "kind"], condition=Q(state="pending"), name="statement_one_pending"
            ),
            models.CheckConstraint(
                name="statement_second_is_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
            ),
        ]
