"""A run sends sealed letters; a dispatch is the line of one person in its ledger: what, when, by which way, with what result."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import Organisation, User
from breachreg.letters.models import Channel, Letter, Recipient
from breachreg.register.leases import Lease, LeaseQuerySet
from breachreg.register.models import Incident, together


class RunState(models.TextChoices):
    PREPARING = "preparing", _("being prepared")
    STOPPED = "stopped", _("stopped: people can't be written to")
    PREPARED = "prepared", _("prepared")
    CHECKED = "checked", _("checked")
    APPROVED = "approved", pgettext_lazy("run", "approved")
    SENDING = "sending", _("being sent")
    PAUSED = "paused", _("paused")
    DONE = "done", _("ended")
    CANCELLED = "cancelled", pgettext_lazy("run", "cancelled")


ENDED = (RunState.DONE, RunState.CANCELLED)
BEFORE_SENDING = (RunState.PREPARING, RunState.STOPPED, RunState.PREPARED, RunState.CHECKED, RunState.APPROVED)


class Result(models.TextChoices):
    WAITING = "waiting", _("waiting")
    PRODUCED = "produced", _("printed, to be handed over")
    SENT = "sent", _("sent")
    RETURNED = "returned", _("returned")
    FAILED = "failed", pgettext_lazy("one letter", "refused")
    CANCELLED = "cancelled", pgettext_lazy("one letter", "cancelled")


OPEN = (Result.WAITING, Result.PRODUCED)
NOT_REACHED = (Result.RETURNED, Result.FAILED)


class RunQuerySet(LeaseQuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "RunQuerySet":
        """Runs of this organisation's incidents, to those who may see who is written to."""
        if "recipient.read" not in abilities_of(user, organisation):
            return self.none()
        return self.filter(incident__organisation=organisation)


class Run(Lease):
    """One sending of sealed letters; its lease is that of the preparation."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField(editable=False)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.PREPARING)
    letters = models.ManyToManyField(Letter, related_name="runs")
    attaches_pdf = models.BooleanField(_("attach the letter as PDF"), default=False)
    is_merged = models.BooleanField(_("letters on paper in one file"), default=True)  # else a file for each person
    letters_a_file = models.PositiveIntegerField(_("letters in a batch"), default=500)
    is_duplex = models.BooleanField(_("printed on both sides"), default=True)
    seed = models.PositiveIntegerField(editable=False)  # of the letters drawn for the check

    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ledger_sha256 = models.CharField(max_length=64, null=True, blank=True, editable=False)

    # The mail server is away, or the rate of this minute is used up
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    held_reason = models.TextField(blank=True, default="", editable=False)
    held_times = models.PositiveSmallIntegerField(default=0, editable=False)
    minute_at = models.DateTimeField(null=True, blank=True, editable=False)
    minute_count = models.PositiveIntegerField(default=0, editable=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["incident", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="run_number_once"),
            together("run_checked_together", "checked_at", "checked_by"),
            together("run_approved_together", "approved_at", "approved_by"),
            together("run_started_together", "started_at", "started_by"),
            models.CheckConstraint(
                name="run_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("prepared_by")),
            ),
            models.CheckConstraint(
                name="run_sends_what_was_approved",
                condition=~Q(state__in=["approved", "sending", "paused", "done"]) | Q(approved_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state"]), models.Index(fields=["done_at", "parked_at", "due_at"])]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        """Such as HOP-2026-0007-R1."""
        return f"{self.incident.reference}-R{self.number}"

    @property
    def is_before_sending(self) -> bool:
        return self.state in BEFORE_SENDING

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class DispatchQuerySet(LeaseQuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "DispatchQuerySet":
        """Lines of this organisation's ledgers, to those who may see who is written to."""
        if "recipient.read" not in abilities_of(user, organisation):
            return self.none()
        return self.filter(run__incident__organisation=organisation)

    def to_be_sent(self, way: str) -> "DispatchQuerySet":
        """What waits in runs that are being sent; ``due(at)`` narrows it to what nobody is at."""
        return self.filter(way=way, result=Result.WAITING, run__state=RunState.SENDING)


class Dispatch(Lease):
    """One person, one letter, one way. The row is the queue before it is sent, and the proof afterwards."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="dispatches")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="dispatches")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="dispatches")
    way = models.CharField(_("way"), max_length=5, choices=Channel.choices)
    place = models.PositiveIntegerField(editable=False)  # 1, 2, 3… in the run
    text_sha256 = models.CharField(max_length=64, editable=False)  # of the sealed text that was sent
    message_id = models.CharField(max_length=64, null=True, blank=True, editable=False)
    name_length = models.PositiveSmallIntegerField(editable=False)  # to find the longest lines without opening all
    missing = models.TextField(blank=True, default="", editable=False)  # why this person can't be written to, if so
    instead_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="second_way")

    batch = models.ForeignKey("Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="dispatches")  # on paper
    result = models.CharField(_("result"), max_length=9, choices=Result.choices, default=Result.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    explanation = models.TextField(blank=True, default="")

    objects = DispatchQuerySet.as_manager()

    class Meta:
        ordering = ["run", "place"]
        constraints = [
            models.UniqueConstraint(fields=["run", "recipient", "way"], name="dispatch_once_a_way"),
            models.UniqueConstraint(fields=["run", "place"], name="dispatch_place_once"),
            models.UniqueConstraint(fields=["message_id"], name="dispatch_message_id_once"),
            models.CheckConstraint(
                name="dispatch_sent_has_its_instant",
                condition=~Q(result="sent") | Q(sent_at__isnull=False, done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dispatch_returned_has_its_instant",
                condition=Q(result="returned", returned_at__isnull=False) | ~Q(result="returned") & Q(returned_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["run", "letter", "way", "result"]),
            models.Index(fields=["way", "result", "due_at"]),
            models.Index(fields=["recipient"]),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        """The reference that stands in the person's letter."""
        return f"{self.letter.reference}-{self.recipient.number:06d}"

    @property
    def offers_second_way(self) -> bool:
        """Whether the person was not reached and the other way was not tried."""
        return self.result in NOT_REACHED and self.instead_of_id is None and not hasattr(self, "second_way")
