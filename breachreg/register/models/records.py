"""What is kept beside an incident: its timeline, its evidence, its tasks."""

from django.db import models
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import User
from breachreg.audit import catalogue
from breachreg.audit.history import Kept
from breachreg.law.vocabulary import language_of
from breachreg.register.models.constraints import together
from breachreg.register.models.incidents import Incident


class TimelineKind(models.TextChoices):
    NOTE = "note", _("note")
    EVENT = "event", _("event")
    EVIDENCE = "evidence", _("from evidence")


class TimelineEntry(models.Model):
    """What happened, when: written by a person, by an action of the product, or copied from evidence."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="timeline")
    kind = models.CharField(max_length=10, choices=TimelineKind.choices, default=TimelineKind.NOTE)
    event = models.CharField(max_length=60, null=True, blank=True)  # a code of the catalogue of events
    happened_at = models.DateTimeField()
    text = models.TextField()
    in_languages = models.JSONField(null=True, blank=True)  # the product's own words, for the language of each reader
    source = models.CharField(max_length=300, null=True, blank=True)
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [models.Index(fields=["incident", "-happened_at", "-id"])]

    @property
    def what(self) -> str:
        """What it says in one line: the label of an event, or the text that somebody wrote."""
        return str(catalogue.label(self.event)) if self.event else self.text

    @property
    def note(self) -> str:
        """What stands below that line, in the language of the reader where the words are the product's own."""
        if not self.event:
            return self.source or ""
        return (self.in_languages or {}).get(language_of(get_language()), self.text)


class Evidence(Kept):
    """A kept file: its bytes lie outside the served tree and leave only as a download."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=255)
    note = models.CharField(max_length=300, null=True, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=120, unique=True, editable=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["incident", "sha256"], name="evidence_bytes_once")]

    def __str__(self):
        return self.name


class Task(Kept):
    """Something that somebody has to do: a measure with an owner and a date, a promised fact, a review."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    what = models.CharField(_("what"), max_length=300)
    why = models.TextField(_("why"), null=True, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    owner_name = models.CharField(_("owner, when it is nobody here"), max_length=200, null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    origin = models.CharField(max_length=60, null=True, blank=True)  # the playbook's or the rule's code
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = [F("done_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["due_at"])]
        constraints = [together("task_done_together", "done_at", "done_by")]

    def __str__(self):
        return self.what
