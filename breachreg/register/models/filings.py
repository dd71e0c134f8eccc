"""What the authority received."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.audit.history import Kept
from breachreg.register.models.incidents import Incident
from breachreg.register.models.instants import Precision


class FilingKind(models.TextChoices):
    INITIAL = "initial", _("Initial notification")
    COMPLEMENTARY = "complementary", _("Complementary notification")
    COMPLETE = "complete", _("Complete notification")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class Filing(Kept):
    """A notification that the authority received: its kind, its instant, its receipt."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="filings")
    kind = models.CharField(max_length=20, choices=FilingKind.choices)
    filed_at = models.DateTimeField()
    precision = models.CharField(max_length=10, choices=Precision.choices, default=Precision.INSTANT)
    receipt_number = models.CharField(_("receipt number"), max_length=60, null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey("Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["filed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "receipt_number"],
                condition=Q(receipt_number__isnull=False),
                name="filing_receipt_once",
            )
        ]
