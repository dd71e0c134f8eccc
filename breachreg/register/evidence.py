"""Keep evidence, and hand it out: both are recorded."""

from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.register.changes import note_event
from breachreg.register.files import FileRefused, KeptFile, drop_file, keep_file
from breachreg.register.models import Evidence, Incident


def add_evidence(
    *, incident: Incident, file: BinaryIO, name: str, by: User, at: datetime, note: str | None = None,
    most: int | None = None,
) -> Evidence:
    """Keep a file with an incident. Raises FileRefused (too large, not what it says, kept already).

    The bytes are stored first: when the row can't be written, they are taken away again.
    """
    kept = keep_file(file, name, most=most or settings.EVIDENCE_MAX_BYTES)
    written = False
    try:
        evidence = _write(incident, kept, name, note, by, at)
        written = True
    finally:
        if not written:
            drop_file(kept.location)
    return evidence


@transaction.atomic
def note_download(*, evidence: Evidence, by: User, at: datetime) -> None:
    """Record that a person took a copy of this file."""
    record(
        action="evidence.downloaded", by=by, at=at, organisation=evidence.incident.organisation,
        subject=evidence.incident, details={"name": evidence.name, "sha256": evidence.sha256},
    )


@transaction.atomic
def _write(incident: Incident, kept: KeptFile, name: str, note: str | None, by: User, at: datetime) -> Evidence:
    evidence = Evidence(
        incident=incident, name=name, note=note or None, content_type=kept.content_type, size=kept.size,
        sha256=kept.sha256, location=kept.location, added_at=at, added_by=by,
    )
    try:
        with transaction.atomic():
            evidence.save(force_insert=True)
    except IntegrityError as error:
        message = _("“%(name)s” is kept with this incident already: the bytes are the same.")
        raise FileRefused(message % {"name": name}) from error
    record(
        action="evidence.added", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes={"evidence": [None, name]}, details={"sha256": kept.sha256, "size": kept.size},
    )
    note_event(incident=incident, event="evidence.added", by=by, at=at, text=name)
    return evidence
