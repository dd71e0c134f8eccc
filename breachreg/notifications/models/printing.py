"""Letters to controllers that go by post: ordered together, drawn in parts by the background, posted together."""

from django.db import models
from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import LANGUAGES, User
from breachreg.notifications.models.controller import ControllerNotice
from breachreg.register.leases import Lease
from breachreg.register.models import Incident, together

__all__ = ["LetterPrint", "PrintPart", "PrintedLetter"]


class LetterPrintQuerySet(models.QuerySet):
    def with_progress(self) -> "LetterPrintQuerySet":
        """Each order with how far it is: its files, those that are drawn, their pages, and what went wrong."""
        return self.annotate(
            files=Count("parts"), drawn=Count("parts", filter=Q(parts__done_at__isnull=False)), pages=Sum("parts__pages"),
            trouble=Max("parts__trouble", filter=Q(parts__parked_at__isnull=False)),
        )


class LetterPrint(models.Model):
    """One order to print letters to controllers; once it was posted, each of them counts as told."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="letter_prints")
    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField()  # of letters
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = LetterPrintQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="letter_print_number_once"),
            together("letter_print_posted_together", "posted_at", "posted_by"),
        ]

    def __str__(self):
        return f"{self.incident.reference} · {self.number}"


class PrintPart(Lease):
    """Some letters of an order, in one language and one file, drawn once by whichever worker claims them."""

    order = models.ForeignKey(LetterPrint, on_delete=models.PROTECT, related_name="parts")
    place = models.PositiveIntegerField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    content = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="print_part_place_once"),
            together("print_part_drawn_together", "content", "sha256", "pages"),
        ]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="print_part_due")]


class PrintedLetter(models.Model):
    """The letter to one controller as it stands on paper; null until it is drawn."""

    part = models.ForeignKey(PrintPart, on_delete=models.PROTECT, related_name="letters")
    notice = models.ForeignKey(ControllerNotice, on_delete=models.PROTECT, related_name="printed")
    text = models.TextField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)  # of the text

    class Meta:
        ordering = ["notice__number"]
        constraints = [
            models.UniqueConstraint(fields=["part", "notice"], name="printed_letter_once"),
            together("printed_letter_drawn_together", "text", "sha256"),
        ]
