"""The examination of a mailbox: its files, what was read in them, and rules declared known."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.mailboxes.indicators.models import Observable
from breachreg.register.leases import Lease, LeaseQuerySet
from breachreg.register.models import Evidence, Incident, together


class Examination(models.Model):
    """One mailbox that is examined for an incident; what its logs say together is its analysis."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="examinations")
    mailbox = models.CharField(_("mailbox"), max_length=320)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    analysis = models.JSONField(null=True, blank=True)  # proposed window, evidence, addresses: examinations/analysis.py
    access_from = models.DateTimeField(_("access from"), null=True, blank=True)
    access_to = models.DateTimeField(_("access to"), null=True, blank=True)
    access_set_at = models.DateTimeField(null=True, blank=True)
    access_set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "mailbox"], name="examination_once_a_mailbox"),
            together("examination_access_together", "access_from", "access_to", "access_set_at", "access_set_by"),
            models.CheckConstraint(
                name="examination_access_in_order",
                condition=Q(access_from__isnull=True) | Q(access_to__gte=models.F("access_from")),
            ),
        ]

    def __str__(self):
        return self.mailbox


class Kind(models.TextChoices):
    RULES = "rules", _("Rules of a mailbox")
    LOG = "log", _("Audit log or sign-in log")
    STORE = "store", _("Messages of a mailbox")


class ExaminedFileQuerySet(LeaseQuerySet):
    def ready(self) -> "ExaminedFileQuerySet":
        """Files whose kind a person confirmed and that nobody stopped."""
        return self.filter(kind__isnull=False, stopped_at__isnull=True)


class ExaminedFile(Lease):
    """A file of an examination, kept as evidence; done when it was read to its end, parked when it can't be read."""

    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="files")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    guessed_kind = models.CharField(max_length=10, choices=Kind.choices, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, null=True, blank=True)
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_units = models.PositiveBigIntegerField(default=0)  # records of a log, messages of a store
    done_bytes = models.PositiveBigIntegerField(default=0)
    total_bytes = models.PositiveBigIntegerField(null=True, blank=True)  # known once a store is made ready
    result = models.JSONField(null=True, blank=True)

    objects = ExaminedFileQuerySet.as_manager()

    class Meta:
        ordering = ["brought_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["examination", "evidence"], name="examined_file_once"),
            together("examined_file_confirmed_together", "kind", "confirmed_at", "confirmed_by"),
            together("examined_file_stopped_together", "stopped_at", "stopped_by"),
        ]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]

    def __str__(self):
        return self.evidence.name

    @property
    def state(self) -> str:
        """Where the file stands: unconfirmed, stopped, unreadable, done or reading."""
        if self.kind is None:
            return "unconfirmed"
        if self.parked_at:
            return "unreadable"
        if self.done_at:
            return "done"
        return "stopped" if self.stopped_at else "reading"


class LogLine(models.Model):
    """A record of a log, once in an examination, however many exports it stands in."""

    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="lines")
    file = models.ForeignKey(ExaminedFile, on_delete=models.PROTECT, related_name="lines")
    fingerprint = models.CharField(max_length=64)
    row = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=45, null=True, blank=True)
    user = models.CharField(max_length=320, null=True, blank=True)
    content = models.JSONField(default=dict)
    copied_at = models.DateTimeField(null=True, blank=True)  # into the incident's timeline

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["examination", "fingerprint"], name="log_line_once")]
        indexes = [models.Index(fields=["examination", "at", "id"]), models.Index(fields=["examination", "kind", "at"])]


class LogObservable(Observable):
    """A client address of an examined log, to be compared with indicators."""

    file = models.ForeignKey(ExaminedFile, on_delete=models.CASCADE, related_name="observables")

    PLACE = ("file__evidence", "file__examination__incident__organisation")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "kind", "value"], name="log_observable_once")]
        indexes = [models.Index(fields=["organisation", "kind", "value"])]

    def place(self) -> tuple[str, str]:
        """The log in which it stands."""
        examination = self.file.examination
        words = _t("Log of %(mailbox)s: %(file)s") % {"mailbox": examination.mailbox, "file": self.file.evidence.name}
        incident = examination.incident
        return words, reverse("examination-log", args=[incident.organisation.slug, incident.reference, examination.pk])


class KnownRule(models.Model):
    """A rule that the organisation's own systems made: what it does, whoever's mailbox it stands in."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="known_rules")
    shape = models.CharField(max_length=64)
    rule = models.JSONField()
    reason = models.CharField(_("reason"), max_length=300)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "shape"], condition=Q(undone_at__isnull=True), name="known_rule_once"),
            together("known_rule_undone_together", "undone_at", "undone_by"),
        ]
