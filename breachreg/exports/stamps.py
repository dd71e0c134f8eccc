"""Checkpoints dated by an authority (RFC 3161), where the settings name one: a stranger need not believe our clock.

An authority that is down holds nobody up: the checkpoint leaves without its timestamp, and the next sweep asks again.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import IntegrityError, transaction

from breachreg.accounts.models import Organisation
from breachreg.audit import timestamps
from breachreg.audit.actions import record
from breachreg.audit.models import Checkpoint
from breachreg.exports.models import CheckpointStamp

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)
"""For how long a checkpoint is still offered to the authority: a later date would prove little."""

TOGETHER = 20

TROUBLE = "timestamps.trouble"
"""The key under which what went wrong last is kept for the page, for a day: it is no record, and may be lost."""


def stamp_due(at: datetime) -> int:
    """Have the checkpoints of the last day dated that are not yet; the number of those that were."""
    if not timestamps.is_configured():
        return 0
    bare = Checkpoint.objects.filter(stamp=None, organisation_id__isnull=False, at__gte=at - PATIENCE).order_by("-pk")
    done = 0
    for checkpoint in bare[:TOGETHER]:
        if stamp(checkpoint, at) is None:
            break  # the authority is away: the others would wait for it in vain
        done += 1
    return done


def stamp(checkpoint: Checkpoint, at: datetime) -> CheckpointStamp | None:
    """Have one checkpoint dated, outside any transaction. None without an authority, or when it gave no timestamp."""
    if not timestamps.is_configured():
        return None
    try:
        given = timestamps.obtain(hashlib.sha256(checkpoint.text.encode()).digest())
    except timestamps.NoTimestamp as trouble:
        log.warning("checkpoint %s is not dated: %s", checkpoint.pk, trouble)
        cache.set(TROUBLE, str(trouble), PATIENCE.total_seconds())
        return None
    cache.delete(TROUBLE)
    return _keep(checkpoint, given, at)


def trouble() -> str:
    """Why the authority gave nothing when it was last asked; "" when it did, or was not asked for a day."""
    return cache.get(TROUBLE, "")


def _keep(checkpoint: Checkpoint, given: timestamps.Timestamp, at: datetime) -> CheckpointStamp:
    try:
        with transaction.atomic():
            made = CheckpointStamp.objects.create(
                checkpoint=checkpoint, token=given.token, dated_at=given.at, authority=given.authority[:300],
                is_trusted=given.is_trusted, kept_at=at,
            )
            record(
                action="checkpoint.dated", by=None, at=at,
                organisation=Organisation.objects.get(pk=checkpoint.organisation_id), subject=made,
                details={"entry": checkpoint.organisation_number, "dated_at": given.at, "authority": given.authority},
            )
    except IntegrityError:  # another sweep was first
        return CheckpointStamp.objects.get(checkpoint=checkpoint)
    return made


@dataclass(frozen=True)
class Dated:
    """A checkpoint, its timestamp if it has one, and otherwise until when an authority is still asked, if one is."""

    checkpoint: Checkpoint
    stamp: CheckpointStamp | None
    asked_until: datetime | None


def dated(checkpoints: list[Checkpoint], at: datetime) -> list[Dated]:
    """These checkpoints with what an authority said of them."""
    stamps = {stamp.checkpoint_id: stamp for stamp in CheckpointStamp.objects.filter(checkpoint__in=checkpoints)}
    return [Dated(one, stamps.get(one.pk), None if one.pk in stamps else _asked_until(one, at)) for one in checkpoints]


def concern(organisation: Organisation) -> bool:
    """Whether timestamps are of any concern there: an authority is named now, or once dated a checkpoint."""
    return timestamps.is_configured() or CheckpointStamp.objects.filter(checkpoint__organisation_id=organisation.pk).exists()


def _asked_until(checkpoint: Checkpoint, at: datetime) -> datetime | None:
    until = checkpoint.at + PATIENCE
    return until if timestamps.is_configured() and until >= at else None
