"""Letters on paper: a batch is a file that was produced for the printer, with what it holds and to whom it was handed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.letters.models import Letter
from breachreg.letters.run_models import Run
from breachreg.register.models import together


class BatchState(models.TextChoices):
    PRODUCED = "produced", _("to be handed over")
    HANDED_OVER = "handed_over", _("handed over")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Batch(models.Model):
    """Letters of one segment in one ZIP, encrypted on disc until it was handed over; its hashes stay for ever."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="batches")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveIntegerField(editable=False)  # place of its first letter in the run
    state = models.CharField(max_length=11, choices=BatchState.choices, default=BatchState.PRODUCED)
    is_merged = models.BooleanField(default=True)
    is_duplex = models.BooleanField(default=True)
    letters = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    sheets = models.PositiveIntegerField()
    envelopes = models.JSONField(default=dict)  # sheets in an envelope -> how many such envelopes
    laid_out = models.JSONField(default=list)  # references of letters that could not be stamped
    sha256 = models.CharField(max_length=64)  # of the ZIP
    manifest_sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    location = models.CharField(max_length=120, null=True, blank=True, editable=False)
    produced_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_to = models.CharField(max_length=200, null=True, blank=True)
    handed_over_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # the file; the line stays

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="batch_number_once"),
            together("batch_handed_over_together", "handed_over_at", "handed_over_to", "handed_over_by"),
            models.CheckConstraint(
                name="batch_file_or_removed",
                condition=Q(location__isnull=False, removed_at__isnull=True) | Q(location__isnull=True, removed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        """Such as HOP-2026-0007-R1-B000501, by the place of its first letter."""
        return f"{self.run.reference}-B{self.number:06d}"
