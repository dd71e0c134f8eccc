"""What is due: the clocks of an incident, their reminders, the clocks of an organisation's own contracts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.history import Kept
from breachreg.register.leases import Lease
from breachreg.register.models.constraints import together
from breachreg.register.models.incidents import Incident


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


class Deadline(Kept):
    """One running or stopped clock of an incident under one rule of the law's data, or under one of the organisation's own.

    ``started_from`` is the code of the instant it counts from; ``is_assumed`` when that instant stands in for one that
    nobody recorded.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="deadlines")
    rule = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=60)
    occurrence = models.PositiveSmallIntegerField(default=1)
    is_binding = models.BooleanField(default=True)
    started_from = models.CharField(max_length=40, default="aware")
    is_assumed = models.BooleanField(default=False)
    own_clock = models.ForeignKey("OwnClock", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # null: no hours, "without undue delay"
    met_at = models.DateTimeField(null=True, blank=True)
    met_reference = models.CharField(_("reference of the filing"), max_length=120, null=True, blank=True)
    met_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_met_by_record = models.BooleanField(default=False)  # a fact stopped it, and its correction lets it run again
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = [F("due_at").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "rule", "occurrence"], name="deadline_once"),
            models.CheckConstraint(
                name="deadline_reference_only_when_met",
                condition=Q(met_at__isnull=False) | Q(met_reference__isnull=True, met_by__isnull=True, is_met_by_record=False),
            ),
            models.CheckConstraint(
                name="deadline_after_start", condition=Q(due_at__isnull=True) | Q(started_at__lte=F("due_at"))
            ),
        ]
        indexes = [models.Index(fields=["met_at", "cancelled_at", "due_at"]), models.Index(fields=["due_at"])]

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.cancelled_at is None


class Reminder(Lease):
    """One warning before (or after) a deadline to one person, sent once."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=20)  # the code of the rule's plan: before_48, before_0 (overdue), after_24
    hours_before = models.SmallIntegerField(
        null=True, blank=True
    )  # 48, 24, ... ; 0: overdue; null: counted from the start
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["deadline", "step", "recipient"], name="reminder_once")]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]


class FollowUp(Lease):
    """Open incidents that have to take up the organisation's changed clocks, a part of them at each sweep."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    last = models.PositiveBigIntegerField(default=0)  # the key of the last incident that followed
    followed = models.PositiveIntegerField(default=0)
    to_follow = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"], name="follow_up_due")]
