"""Rows as the queue: a due row is claimed for a while by a conditional update, done once, or parked with its reason.

A message broker only wakes a worker up. A worker that dies leaves a lease that runs out, and the next sweep finds
the row again. Two sweeps at once never claim the same row.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8


class LeaseQuerySet(models.QuerySet):
    def due(self, at: datetime) -> "LeaseQuerySet":
        """Rows to be done at this instant: due, not done, not parked, and nobody's at the moment."""
        return self.free(at).filter(due_at__lte=at, done_at__isnull=True, parked_at__isnull=True)

    def free(self, at: datetime) -> "LeaseQuerySet":
        """Rows that nobody is at, or whose lease ran out."""
        return self.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=at))

    def claim(self, at: datetime, *, most: int = 100, lease: timedelta = LEASE) -> Iterator["Lease"]:
        """Claim due rows one by one, so that a long list does not outlive its leases."""
        for pk in self.due(at).order_by("due_at", "pk").values_list("pk", flat=True)[:most]:
            if row := self.claim_one(pk, at, lease=lease):
                yield row

    def claim_one(self, pk: int, at: datetime, *, lease: timedelta = LEASE) -> "Lease | None":
        """Claim this row, or return None when somebody was first."""
        token = uuid.uuid4()
        claimed = self.due(at).filter(pk=pk).update(
            claimed_until=at + lease, claim=token, attempts=F("attempts") + 1
        )
        return self.model._default_manager.get(pk=pk, claim=token) if claimed else None


class Lease(models.Model):
    """The columns of a row that a worker has to do once."""

    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    parked_at = models.DateTimeField(null=True, blank=True, editable=False)
    trouble = models.TextField(blank=True, default="", editable=False)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def finish(self, at: datetime) -> bool:
        """Mark the row as done, if the claim is still ours; False when the lease was lost to somebody else."""
        return bool(self._mine().update(done_at=at, claimed_until=None, trouble=""))

    def extend(self, at: datetime, *, lease: timedelta = LEASE) -> bool:
        """Keep the claim for a while longer during long work; False when it was lost."""
        return bool(self._mine().update(claimed_until=at + lease))

    def give_back(self, at: datetime, *, trouble: str, again_after: timedelta = timedelta(minutes=1)) -> bool:
        """Put the row back for a later try, or park it with its trouble when it was tried too often."""
        parked = at if self.attempts >= MOST_ATTEMPTS else None
        later = at + again_after * 2 ** min(self.attempts, 6)
        return bool(
            self._mine().update(claimed_until=later, claim=None, trouble=trouble, parked_at=parked)
        )

    def wait(self, *, trouble: str, until: datetime) -> bool:
        """Put the row back until then, as if it had not been tried: what is in the way is not the row's doing."""
        return bool(
            self._mine().update(claimed_until=until, claim=None, trouble=trouble, attempts=F("attempts") - 1)
        )

    def give_up(self, at: datetime, *, trouble: str) -> bool:
        """Park the row for good, with the reason; False when the claim was lost."""
        return bool(self._mine().update(parked_at=at, claimed_until=None, trouble=trouble))

    def _mine(self):
        return type(self)._default_manager.filter(pk=self.pk, claim=self.claim, done_at__isnull=True)
