"""What leaves: a person orders a file, it is made at once or in the background, handed out, and removed in its time.

Rows of Export are the queue. A file is complete before its row says so, and its SHA-256 stands in the trail.
"""

import hashlib
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import TrailUnavailable, record
from breachreg.exports import making, stamps, takings
from breachreg.exports.models import CheckpointStamp, Export, Form, Taking
from breachreg.exports.paper import TooManyPages
from breachreg.exports.past import Past, as_it_stood
from breachreg.exports.rows import Table, table
from breachreg.exports.trail import make_checkpoint
from breachreg.exports.xlsxfile import CellTooLong
from breachreg.register.forms import FilterForm
from breachreg.register.leases import MOST_ATTEMPTS
from breachreg.register.listing import in_order, narrowed, sort_in_force, with_clock, years_of
from breachreg.register.models import Evidence, Incident

KEPT = timedelta(days=7)
"""For how long a file waits to be fetched."""

LONGEST = timedelta(hours=1)
"""After which a worker that makes a file counts as dead."""

AT_ONCE = 500
"""Incidents up to which a file is made while its person waits."""

AT_ONCE_ON_PAPER = 20
"""The same for paper, where an incident takes more than a hundred times as long."""

SIZE_AT_ONCE = 20 * 1024 * 1024
"""Bytes of evidence up to which the file of an incident is made while its person waits."""

MISTAKES = (CellTooLong, TooManyPages)
"""What a person can mend by ordering otherwise; another try would fail alike."""


class Gone(Exception):
    """The file is not there any more, or not yet."""


@transaction.atomic
def order(
    *, organisation: Organisation, form: str, language: str, by: User, at: datetime, filters: dict | None = None,
    is_redacted: bool = False, as_of: datetime | None = None, submission: uuid.UUID | None = None,
    incident: Incident | None = None,
) -> Export:
    """Ask for a file, of the register as it stands or as it stood at ``as_of``; the same order sent twice is one order.

    With an ``incident`` it is the sealed file of that one. Another order with the submission of one before is a new
    one: the page stays when a file answers it, and somebody orders once more from there.
    """
    ordered = {
        "organisation": organisation, "form": form, "filters": _filters(filters, incident), "language": language,
        "is_redacted": is_redacted, "as_of": as_of, "reference": incident and incident.reference,
    }  # fmt: skip
    before = Export.objects.filter(submission=submission).first() if submission else None
    if before and all(getattr(before, name) == value for name, value in ordered.items()):
        return before
    fresh = uuid.uuid4() if before or not submission else submission
    export = Export.objects.create(**ordered, submission=fresh, asked_at=at, asked_by=by, due_at=at)
    record(
        action="export.asked", by=by, at=at, organisation=organisation, subject=export,
        details=_described(export),
    )
    return export


def _filters(filters: dict | None, incident: Incident | None) -> dict:
    return {"reference": incident.reference} if incident else filters or {}


def is_soon_made(form: str, incidents: int) -> bool:
    """Whether a person may wait for a register of so many incidents in this form."""
    return incidents <= (AT_ONCE_ON_PAPER if form == Form.PDF else AT_ONCE)


def is_long(export: Export) -> bool:
    """Whether the sealed file of an incident takes too long to be waited for, because of the files kept with it."""
    kept = Evidence.objects.filter(incident__organisation=export.organisation, incident__reference=export.reference)
    return (kept.aggregate(size=Sum("size"))["size"] or 0) > SIZE_AT_ONCE


def make(export: Export, at: datetime) -> bool:
    """Make the file of a claimed order; False when somebody else has it meanwhile. Trouble parks or postpones it."""
    try:
        with TemporaryFile() as file:
            return _keep(export, file, _write(export, file, at), at)
    except MISTAKES as mistake:
        return _park(export, str(mistake), at)


def _write(export: Export, file: BinaryIO, at: datetime) -> tuple[making.Order, int]:
    with transaction.atomic():
        checkpoint = make_checkpoint(
            organisation=export.organisation, by=export.asked_by, at=at, reason="export", sends=False
        )
    stamps.stamp(checkpoint, at)
    Export.objects.filter(pk=export.pk).update(checkpoint=checkpoint)
    export.checkpoint = checkpoint
    with _register_of(export) as past:
        return _write_register(export, order_of(export, at, past), file)


def _register_of(export: Export) -> AbstractContextManager[Past | None]:
    return as_it_stood(export.organisation, export.as_of) if export.as_of else nullcontext()


def _write_register(export: Export, said: making.Order, file: BinaryIO) -> tuple[making.Order, int]:
    if export.form == Form.INCIDENT:
        return said, making.write_incident(said, export.trail_file, lambda: rows_of(export, said), file, _progress(export))
    rows = rows_of(export, said)
    Export.objects.filter(pk=export.pk).update(total=rows.count)
    if export.form == Form.PACK:
        return said, making.write_pack(said, lambda: rows_of(export, said), file)
    return said, making.write(said, rows, file, _progress(export))


def order_of(export: Export, at: datetime, past: Past | None = None) -> making.Order:
    """What the file will say of itself."""
    return making.Order(
        organisation=export.organisation, form=export.form, language=export.language, made_at=at,
        filters=export.filters, is_redacted=export.is_redacted,
        checkpoint=export.checkpoint.text if export.checkpoint else None, as_of=export.as_of, timestamp=_token(export),
        purged=len(past.purged) if past else 0,
    )


def _token(export: Export) -> bytes | None:
    stamp = CheckpointStamp.objects.filter(checkpoint=export.checkpoint).first() if export.checkpoint else None
    return bytes(stamp.token) if stamp else None


def rows_of(export: Export, said: making.Order) -> Table:
    """The rows that the list on the screen shows to the same person under the same filters."""
    if export.reference:
        visible = Incident.objects.visible_to(export.asked_by, export.organisation)
        return table(visible.filter(reference=export.reference), said.columns)
    found = listed(export.organisation, export.asked_by, export.filters, said.as_of or said.made_at)
    return table(found, said.columns, until=said.as_of)


def listed(organisation: Organisation, user: User, filters: dict, at: datetime):
    """The incidents that the list shows under these filters, in its order."""
    visible = Incident.objects.visible_to(user, organisation)
    form = FilterForm(filters, years=years_of(organisation))
    answers = form.cleaned_data if form.is_valid() else {}
    return in_order(narrowed(with_clock(visible), answers, at), sort_in_force(filters.get("sort", "")))


def _progress(export: Export) -> Callable[[int], None]:
    def tell(written: int) -> None:
        Export.objects.filter(pk=export.pk, claim=export.claim).update(written=written)

    return tell


def _keep(export: Export, file: BinaryIO, written: tuple[making.Order, int], at: datetime) -> bool:
    said, count = written
    sha256, size = _digest(file)
    location = storages["exports"].save(f"{uuid.uuid4()}.bin", File(file))
    kept = {
        "name": making.file_name(said), "location": location, "sha256": sha256, "size": size, "written": count,
        "expires_at": at + KEPT,
    }  # fmt: skip
    with transaction.atomic():
        mine = Export.objects.filter(pk=export.pk, claim=export.claim, done_at=None)
        if not mine.update(**kept, done_at=at, claimed_until=None, trouble=""):
            storages["exports"].delete(location)
            return False
        record(
            action="export.made", by=export.asked_by, at=at, organisation=export.organisation,
            subject=export,
            details={**_described(export), "rows": count, "sha256": sha256, "size": size, "name": kept["name"]},
        )
    export.refresh_from_db()
    return True


def _park(export: Export, trouble: str, at: datetime) -> bool:
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, claim=export.claim).update(parked_at=at, trouble=trouble, claimed_until=None)
        record(
            action="export.failed", by=export.asked_by, at=at, organisation=export.organisation, subject=export,
            details={"trouble": trouble},
        )
    export.refresh_from_db()
    return False


@transaction.atomic
def hand_out(*, export: Export, by: User, at: datetime) -> BinaryIO:
    """Open the file for its person and record that it was taken. Raises Gone."""
    if not export.location or export.removed_at or export.expires_at <= at:
        raise Gone(_("This file is no longer kept. Export again: it takes a moment."))
    takings.call(Taking.objects.create(export=export, taken_at=at, taken_by=by))
    record(
        action="export.downloaded", by=by, at=at, organisation=export.organisation, subject=export,
        details={"name": export.name, "sha256": export.sha256, "form": export.form},
    )
    return storages["exports"].open(export.location)


def make_due(at: datetime) -> None:
    """Make the files that wait, each once; where the disk or the database fails, it is tried again later."""
    for export in Export.objects.claim(at, most=5, lease=LONGEST):
        if export.attempts > MOST_ATTEMPTS:  # its worker died each time, before it could say why
            _park(export, _("Making this file failed too often. Export a part of the register, or in another format."), at)
            continue
        try:
            make(export, at)
        except (OSError, DatabaseError, TrailUnavailable) as trouble:
            export.give_back(at, trouble=f"{type(trouble).__name__}: {trouble}")


def make_now(export: Export, at: datetime) -> bool:
    """Make a file while its person waits; False when somebody else is at it, or it can't be made."""
    claimed = Export.objects.claim_one(export.pk, at, lease=LONGEST)
    return bool(claimed) and make(claimed, at)


def remove_expired(at: datetime) -> None:
    """Remove the files whose time is over; the order and its hash stay on record."""
    for export in Export.objects.filter(expires_at__lte=at, removed_at=None).select_related("organisation"):
        with transaction.atomic():
            if Export.objects.filter(pk=export.pk, removed_at=None).update(removed_at=at):
                record(
                    action="export.expired", by=None, at=at, organisation=export.organisation, subject=export,
                    details={"name": export.name, "sha256": export.sha256},
                )
                transaction.on_commit(lambda location=export.location: storages["exports"].delete(location))


def holding(organisation: Organisation, *, made_until: datetime) -> list[Export]:
    """The files still kept that may hold what stood in the register until then."""
    kept = organisation.exports.filter(location__isnull=False, removed_at=None, done_at__lte=made_until)
    return list(kept.order_by("pk"))


@transaction.atomic
def take_back(*, exports: list[Export], at: datetime) -> int:
    """Note that these files are gone before their time; give their number. The files themselves were removed before."""
    gone = [export for export in exports if Export.objects.filter(pk=export.pk, removed_at=None).update(removed_at=at)]
    for export in gone:
        record(
            action="export.expired", by=None, at=at, organisation=export.organisation, subject=export,
            details={"name": export.name, "sha256": export.sha256, "because": "purge"},
        )
    return len(gone)


def _described(export: Export) -> dict:
    return {
        "form": export.form, "language": export.language, "filters": export.filters,
        "redacted": export.is_redacted, **({"as_of": export.as_of} if export.as_of else {}),
    }  # fmt: skip


def _digest(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = file.tell()
    file.seek(0)
    return digest, size
