"""What is done to an examination: opened, given files, steered, and its results taken over by a person."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.mailboxes.examinations.models import Examination, ExaminedFile, Kind, KnownRule, LogLine
from breachreg.mailboxes.examinations.recognising import recognise
from breachreg.mailboxes.log.record import Record
from breachreg.mailboxes.log.telling import line
from breachreg.mailboxes.rules.rule import Rule
from breachreg.register.actions import add_timeline_note, amend_facts
from breachreg.register.evidence import add_evidence
from breachreg.register.models import Evidence, Incident


class NotNow(Exception):
    """The file is in a state in which this can't be done; the message says what to do."""


@transaction.atomic
def open_examination(*, incident: Incident, mailbox: str, by: User, at: datetime) -> Examination:
    """Open the examination of a mailbox; the one that is there when it was opened before."""
    mailbox = mailbox.strip().lower()
    if known := incident.examinations.filter(mailbox=mailbox).first():
        return known
    examination = Examination.objects.create(incident=incident, mailbox=mailbox, opened_at=at, opened_by=by)
    _record(examination, "examination.opened", by, at, changes={"mailbox": [None, mailbox]})
    return examination


def bring_file(*, examination: Examination, file: BinaryIO, name: str, by: User, at: datetime) -> tuple[ExaminedFile, bool]:
    """Keep a file as evidence and propose its kind; the file, and whether it is new. Raises FileRefused.

    The same bytes twice are one file. Nothing is read before a person confirmed the kind.
    """
    evidence = _evidence_of(examination.incident, file)
    if evidence is None:
        evidence = add_evidence(
            incident=examination.incident, file=file, name=name, by=by, at=at, most=settings.MAILBOX_MAX_BYTES,
            note=_("Examined: %(mailbox)s") % {"mailbox": examination.mailbox},
        )  # fmt: skip
    return _enter(examination, evidence, by, at)


def _evidence_of(incident: Incident, file: BinaryIO) -> Evidence | None:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return incident.evidence.filter(sha256=digest).first()


@transaction.atomic
def _enter(examination: Examination, evidence: Evidence, by: User, at: datetime) -> tuple[ExaminedFile, bool]:
    if known := examination.files.filter(evidence=evidence).first():
        return known, False
    try:
        with transaction.atomic():
            entry = ExaminedFile.objects.create(
                examination=examination, evidence=evidence, guessed_kind=recognise(path_of(evidence)), brought_at=at,
                brought_by=by, due_at=at,
            )  # fmt: skip
    except IntegrityError:  # the same file, by a colleague, at the same moment
        return examination.files.get(evidence=evidence), False
    _record(examination, "examination.file_brought", by, at, details={"name": evidence.name, "sha256": evidence.sha256})
    return entry, True


def path_of(evidence: Evidence) -> Path:
    """Where the kept bytes lie on this machine."""
    return Path(storages["default"].path(evidence.location))


@transaction.atomic
def confirm_kind(*, file: ExaminedFile, kind: str, by: User, at: datetime) -> None:
    """Say what the file is, so that it is read; also after it could not be read as something else. Raises NotNow."""
    waiting = ExaminedFile.objects.filter(pk=file.pk)
    waiting = waiting.filter(kind=None) | waiting.filter(parked_at__isnull=False)
    done = waiting.update(
        kind=kind, confirmed_at=at, confirmed_by=by, due_at=at, parked_at=None, claim=None, claimed_until=None, attempts=0,
        trouble="",
    )  # fmt: skip
    if not done:
        raise NotNow(_("The kind of this file was confirmed already."))
    _record(
        file.examination, "examination.file_confirmed", by, at, changes={"kind": [file.kind, kind]},
        details={"name": file.evidence.name},
    )  # fmt: skip


@transaction.atomic
def stop_reading(*, file: ExaminedFile, by: User, at: datetime) -> bool:
    """Stop the reading of a file after the piece in hand; what was counted stays. False when there is nothing to stop."""
    done = ExaminedFile.objects.ready().filter(pk=file.pk, done_at=None, parked_at=None).update(stopped_at=at, stopped_by=by)
    if done:
        _record(file.examination, "examination.stopped", by, at, details={"name": file.evidence.name})
    return bool(done)


@transaction.atomic
def resume_reading(*, file: ExaminedFile, by: User, at: datetime) -> bool:
    """Go on where the reading was stopped; False when it was not stopped."""
    done = ExaminedFile.objects.filter(pk=file.pk, stopped_at__isnull=False, done_at=None).update(
        stopped_at=None, stopped_by=None, due_at=at
    )
    if done:
        _record(file.examination, "examination.resumed", by, at, details={"name": file.evidence.name})
    return bool(done)


@transaction.atomic
def declare_known(*, organisation: Organisation, rule: Rule, reason: str, by: User, at: datetime) -> KnownRule:
    """Declare what this rule does known: a system of the organisation made it. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Write which of your systems makes this rule: a colleague will ask.")})
    if known := KnownRule.objects.filter(organisation=organisation, shape=rule.shape, undone_at=None).first():
        return known
    known = KnownRule.objects.create(
        organisation=organisation, shape=rule.shape, rule=rule.as_json(), reason=reason.strip()[:300], declared_at=at, declared_by=by
    )
    record(
        action="rule.declared_known", by=by, at=at, organisation=organisation, subject=known,
        changes={"reason": [None, known.reason]},
    )  # fmt: skip
    return known


@transaction.atomic
def undo_known(*, known: KnownRule, by: User, at: datetime) -> bool:
    """Judge the rule again from now on; False when that was done before."""
    done = KnownRule.objects.filter(pk=known.pk, undone_at=None).update(undone_at=at, undone_by=by)
    if done:
        record(
            action="rule.known_undone", by=by, at=at, organisation=known.organisation, subject=known,
            changes={"reason": [known.reason, None]},
        )  # fmt: skip
    return bool(done)


@transaction.atomic
def set_window(*, examination: Examination, start: datetime, end: datetime, by: User, at: datetime) -> None:
    """Confirm from when to when somebody else was in the mailbox. Raises ValidationError.

    A census that was done before is counted again: who got a false message depends on the window.
    """
    if end < start:
        raise ValidationError({"end": _("The end lies before the beginning. Correct one of them.")})
    old = [examination.access_from, examination.access_to]
    Examination.objects.filter(pk=examination.pk).update(access_from=start, access_to=end, access_set_at=at, access_set_by=by)
    changes = {
        name: [before and before.isoformat(), after.isoformat()]
        for name, before, after in zip(("access_from", "access_to"), old, (start, end), strict=True)
    }
    _record(examination, "examination.window_set", by, at, changes=changes)
    examination.files.filter(kind=Kind.STORE, done_at__isnull=False).update(
        done_at=None, due_at=at, claim=None, claimed_until=None, attempts=0, done_units=0, done_bytes=0
    )


@transaction.atomic
def copy_lines(*, examination: Examination, lines: Collection[int], by: User, at: datetime) -> int:
    """Copy chosen lines of the log into the incident's timeline, each with its source row; those copied before are left out."""
    chosen = LogLine.objects.filter(examination=examination, pk__in=lines, copied_at=None).select_related("file__evidence")
    copied = 0
    for one in chosen.order_by("at", "pk"):
        if not LogLine.objects.filter(pk=one.pk, copied_at=None).update(copied_at=at):
            continue
        source = _("%(file)s, row %(row)s") % {"file": one.file.evidence.name[:250], "row": one.row}
        told = line(Record.from_json(one.content))[:4000]
        add_timeline_note(incident=examination.incident, happened_at=one.at, text=told, source=source, by=by, at=at)
        copied += 1
    return copied


@transaction.atomic
def take_over(*, file: ExaminedFile, version: int, by: User, at: datetime, **facts) -> None:
    """Write what a person chose of a census into the incident's facts. Raises Stale, AlreadyClosed or ValidationError."""
    incident = file.examination.incident
    incident.version = version
    amend_facts(incident=incident, by=by, at=at, **facts)
    _record(file.examination, "examination.taken_over", by, at, details={"name": file.evidence.name})


@transaction.atomic
def note_export(*, examination: Examination, what: str, by: User, at: datetime) -> None:
    """Record that a person took a result along as a file."""
    _record(examination, "examination.exported", by, at, details={"what": what})


def _record(examination: Examination, action: str, by: User | None, at: datetime, **said) -> None:
    incident = examination.incident
    said["details"] = {"mailbox": examination.mailbox, **said.get("details", {})}
    record(action=action, by=by, at=at, organisation=incident.organisation, subject=incident, **said)
