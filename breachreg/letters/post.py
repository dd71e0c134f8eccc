"""By post: waiting lines of a run become batches for the printer, and a person says when a batch was handed over.

A batch is one transaction: its file is written first, then its row and the notes of its lines. A worker that dies
before that leaves a file that no row names (removed by the next sweep) and lines whose claim runs out: each letter is
produced exactly once.
"""

import time
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters import ledger, packages, sealedfiles
from breachreg.letters.events import EVENTS
from breachreg.letters.models import Channel, Letter
from breachreg.letters.post_models import Batch, BatchState
from breachreg.letters.production import Press
from breachreg.letters.recipients import rows
from breachreg.letters.run_models import Dispatch, Result, Run
from breachreg.letters.vault import box_for_reading

LEASE = timedelta(minutes=15)
SLICE = 45.0
"""Seconds of printing before the others have their turn; the next sweep goes on."""
KEPT = timedelta(days=30)
"""How long the file of a batch stays after it was handed over, in case the printer asks for it again."""


class NotThisBatch(Exception):
    """The batch is in another state than this step needs; says which."""


class _Lost(Exception):
    """Somebody else has these lines by now."""


def produce_due(at: datetime) -> None:
    """Print what waits for the post, batch by batch."""
    end = time.monotonic() + SLICE
    for run, letter in ledger.open_segments(Channel.POST):
        press = None
        while time.monotonic() < end:
            lines = ledger.claim(way=Channel.POST, at=at, run=run, letter=letter, most=run.letters_a_file, lease=LEASE)
            if not lines:
                break
            press = press or Press(letter, at, is_duplex=run.is_duplex)
            with translation.override(run.incident.organisation.language):
                produce(run, letter, press, lines, at)


def produce(run: Run, letter: Letter, press: Press, lines: list[Dispatch], at: datetime) -> Batch | None:
    """Print claimed lines into one batch; None when none of them could be printed, or they were lost to somebody else."""
    file = sealedfiles.Writer(box_for_reading(run.incident))
    batch = Batch(
        run=run, letter=letter, number=lines[0].place, is_merged=run.is_merged, is_duplex=run.is_duplex, produced_at=at,
        location=file.name,
    )  # fmt: skip
    kept = None
    try:
        packed = packages.pack(press, _people(lines), file, _said(batch))
        file.close()
        kept = _keep(batch, packed, lines, at)
    except _Lost:
        pass
    finally:
        file.close()
        if kept is None:
            sealedfiles.drop(file.name)
    return kept


def _people(lines: list[Dispatch]):
    for line, row in zip(lines, rows([line.recipient for line in lines]), strict=True):
        if row.person:
            yield packages.Addressed(row.person, line.reference)


def _said(batch: Batch) -> packages.Said:
    organisation = batch.run.incident.organisation
    return packages.Said(
        batch=batch.reference, run=batch.run.reference, letter=batch.letter.reference, organisation=organisation.name,
        language=organisation.language, made_at=batch.produced_at, is_merged=batch.is_merged, is_duplex=batch.is_duplex,
    )  # fmt: skip


@transaction.atomic
def _keep(batch: Batch, packed: packages.Packed, lines: list[Dispatch], at: datetime) -> Batch | None:
    """Note what was printed and what could not be, all or nothing. Raises _Lost."""
    printed = [line for line in lines if line.reference not in packed.refused and line.recipient.sealed]
    for line in lines:
        if line not in printed:
            ledger.note_failed(line, packed.refused.get(line.reference) or _("The addresses of this incident's recipients were purged."), at=at)
    if not printed:
        return None
    for name in ("letters", "pages", "sheets", "laid_out", "sha256", "manifest_sha256", "size"):
        setattr(batch, name, getattr(packed, name))
    batch.envelopes = {str(sheets): count for sheets, count in sorted(packed.envelopes.items())}
    if ledger.note_produced(printed, at=at) != len(printed):
        raise _Lost
    batch.save(force_insert=True)
    Dispatch.objects.filter(pk__in=[line.pk for line in printed]).update(batch=batch)
    _record(batch, "batch.produced", None, at, {"letters": batch.letters, "sha256": batch.sha256, "laid out one by one": len(batch.laid_out)})
    return batch


@transaction.atomic
def hand_over(*, batch: Batch, to: str, handed_over_at: datetime, by: User, at: datetime) -> int:
    """Say that a batch was given to the printer or the post: from then on its people count as told. Raises NotThisBatch."""
    won = Batch.objects.filter(pk=batch.pk, state=BatchState.PRODUCED).update(
        state=BatchState.HANDED_OVER, handed_over_at=handed_over_at, handed_over_to=to, handed_over_by=by
    )
    if not won:
        raise NotThisBatch(_("This batch was handed over or withdrawn already."))
    told = ledger.note_handed_over(Dispatch.objects.filter(batch=batch), at=at, sent_at=handed_over_at)
    _record(batch, "batch.handed_over", by, at, {"letters": told, "to": to, "on": handed_over_at.isoformat()})
    return told


@transaction.atomic
def withdraw(*, batch: Batch, by: User, at: datetime) -> int:
    """Take a printed batch back before it was handed over: its letters are not sent by this run. Raises NotThisBatch."""
    won = Batch.objects.filter(pk=batch.pk, state=BatchState.PRODUCED).update(
        state=BatchState.WITHDRAWN, location=None, removed_at=at
    )
    if not won:
        raise NotThisBatch(_("This batch was handed over or withdrawn already."))
    stopped = Dispatch.objects.filter(batch=batch, result=Result.PRODUCED).update(result=Result.CANCELLED)
    _record(batch, "batch.withdrawn", by, at, {"letters": stopped})
    location = batch.location
    transaction.on_commit(lambda: sealedfiles.drop(location))
    return stopped


@transaction.atomic
def note_download(*, batch: Batch, by: User, at: datetime) -> None:
    """Record that a batch's file left."""
    _record(batch, "batch.downloaded", by, at, {"letters": batch.letters, "sha256": batch.sha256})


def open_file(batch: Batch) -> BinaryIO:
    """The ZIP of a batch, in clear. Raises FileNotFoundError or Purged."""
    return sealedfiles.open_sealed(batch.location, box_for_reading(batch.run.incident))


def remove_due(at: datetime) -> None:
    """Remove the files of batches that were handed over long enough ago."""
    for batch in Batch.objects.filter(location__isnull=False, handed_over_at__lte=at - KEPT).select_related("run__incident__organisation"):
        remove_file(batch, at)


@transaction.atomic
def remove_file(batch: Batch, at: datetime) -> None:
    """Remove the file of a batch; its hashes and counts stay."""
    if Batch.objects.filter(pk=batch.pk, location__isnull=False).update(location=None, removed_at=at):
        _record(batch, "batch.file_removed", None, at, {"sha256": batch.sha256})
        location = batch.location
        transaction.on_commit(lambda: sealedfiles.drop(location))


def _record(batch: Batch, action: str, by: User | None, at: datetime, details: dict) -> None:
    EVENTS[action]  # declared also where no page was ever loaded: in a worker
    record(action=action, by=by, at=at, organisation=batch.run.incident.organisation, subject=batch, details=details)
