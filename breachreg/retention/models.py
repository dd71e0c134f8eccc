"""A purge as two people decide on it, and the incidents in it on their way out."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.register.leases import Lease, LeaseQuerySet
from breachreg.register.models import together
from breachreg.retention import events  # noqa: F401  (declares what happens here)

__all__ = ["Going", "PurgeProposal"]


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("waits for a second person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn by its author")


class PurgeProposal(models.Model):
    """The incidents that one person wants to see purged; a second one approves or refuses the whole."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="purge_proposals")
    number = models.PositiveIntegerField()
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept_years = models.PositiveSmallIntegerField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer_reason = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="purge_number_once"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(state="proposed"), name="purge_one_waits"),
            together("purge_answered_together", "answered_at", "answered_by"),
            models.CheckConstraint(
                name="purge_waits_or_is_answered",
                condition=Q(state="proposed", answered_at__isnull=True) | (~Q(state="proposed") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="purge_second_is_another", condition=~Q(state="approved") | ~Q(answered_by=F("proposed_by"))
            ),
        ]

    def __str__(self):
        return _("Purge %(number)s") % {"number": self.number}

    @property
    def is_waiting(self) -> bool:
        return self.state == ProposalState.PROPOSED


class Spared(models.TextChoices):
    """Why an incident that two people wanted to go stays all the same."""

    OPEN = "open", _("it is open again")
    HELD = "held", _("a legal hold is in force")
    TOO_EARLY = "too_early", _("its time is not over")
    GONE = "gone", _("it was gone already")


class GoingQuerySet(LeaseQuerySet):
    def due(self, at) -> "GoingQuerySet":
        """Nothing goes before a second person approved it."""
        return super().due(at).filter(proposal__state=ProposalState.APPROVED)


class Going(Lease):
    """One incident of a proposal: its rows go in one transaction (``purged_at``), then its files, then it is done.

    No foreign key leads to the incident, for the row outlives it. ``files`` are those still to be removed, as
    [storage, place].
    """

    proposal = models.ForeignKey(PurgeProposal, on_delete=models.PROTECT, related_name="goings")
    incident_key = models.BigIntegerField()
    reference = models.CharField(_("reference"), max_length=20)
    closed_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True, blank=True)
    spared = models.CharField(max_length=10, choices=Spared.choices, null=True, blank=True)
    files = models.JSONField(default=list, blank=True)
    file_count = models.PositiveIntegerField(null=True, blank=True)
    row_count = models.PositiveIntegerField(null=True, blank=True)
    word_count = models.PositiveIntegerField(null=True, blank=True)

    objects = GoingQuerySet.as_manager()

    class Meta:
        ordering = ["closed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "incident_key"], name="going_once_in_a_purge"),
            together("going_purged_together", "purged_at", "file_count", "row_count", "word_count"),
            models.CheckConstraint(name="going_purged_or_spared", condition=Q(purged_at__isnull=True) | Q(spared__isnull=True)),
        ]
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]

    def __str__(self):
        return self.reference
