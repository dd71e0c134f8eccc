"""Reads the examined files in the background, a piece at a time, so that one large mailbox keeps nobody else waiting.

A worker that is killed loses the piece in hand and nothing else: records are entered once by their fingerprint, and the
census has a ledger that enters each stretch of the mailbox once.
"""

import itertools
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.audit.actions import record
from breachreg.mailboxes.examinations import analysis, counting
from breachreg.mailboxes.examinations.actions import path_of
from breachreg.mailboxes.examinations.models import Examination, ExaminedFile, Kind, LogLine, LogObservable
from breachreg.mailboxes.log.reading import NotALog, Tally, read_log
from breachreg.mailboxes.log.record import Record
from breachreg.mailboxes.rules.reading import read_rules
from breachreg.mailboxes.rules.rule import NotARuleFile
from breachreg.register.leases import MOST_ATTEMPTS

LEASE = timedelta(minutes=15)
SLICE = 45.0
"""Seconds of counting before the others have their turn; the next sweep goes on."""
BATCH = 1000
MOST_OF_STORES = 30
"""Attempts at a mailbox without one stretch counted: what stands in it kills a process of its own, so that a worker that
dies again and again was stopped by something else, such as a machine that is restarted."""
MOST_RULES = 64 * 2**20


class Unreadable(Exception):
    """The file can't be read as what it was said to be; the message says what to do."""


def examine_due(at: datetime) -> None:
    """Read the files that wait for it, and clear away the working folders of those that are gone."""
    counting.remove_orphans()
    for file in ExaminedFile.objects.ready().claim(at, most=20, lease=LEASE):
        examine(file, at)


def examine(file: ExaminedFile, at: datetime) -> None:
    """Read a claimed file: to its end, or a census for the time of one slice."""
    with translation.override(file.brought_by.language):
        try:
            if file.attempts > (MOST_OF_STORES if file.kind == Kind.STORE else MOST_ATTEMPTS):
                raise Unreadable(_("Its reader failed several times. The file is kept: tell the administrator, whose log says why."))
            _READERS[file.kind](file, at)
        except Unreadable as refusal:
            _park(file, str(refusal), at)
        except FileNotFoundError:
            _park(file, _("The bytes of this file are gone. Restore them from the back-up."), at)


@transaction.atomic
def _park(file: ExaminedFile, why: str, at: datetime) -> None:
    if file.give_up(at, trouble=why):
        _record(file, "examination.file_unreadable", at, {"why": why})


@transaction.atomic
def _finish(file: ExaminedFile, at: datetime, result: dict, **columns) -> None:
    if file.finish(at):
        ExaminedFile.objects.filter(pk=file.pk).update(result=result, **columns)
        _record(file, "examination.file_read", at, {"kind": file.kind})


def _record(file: ExaminedFile, action: str, at: datetime, details: dict) -> None:
    incident = file.examination.incident
    details = {"name": file.evidence.name, "mailbox": file.examination.mailbox, **details}
    record(action=action, by=None, at=at, organisation=incident.organisation, subject=incident, details=details)


# Rules


def _read_rules(file: ExaminedFile, at: datetime) -> None:
    path = path_of(file.evidence)
    if path.stat().st_size > MOST_RULES:
        raise Unreadable(_("An export of rules is never this large. Say that it is a log or a mailbox, or divide it."))
    try:
        found = read_rules(path.read_bytes())
    except NotARuleFile as refusal:
        raise Unreadable(str(refusal)) from refusal
    result = {
        "format": found.format, "rules": [rule.as_json() for rule in found.rules],
        "unreadable": [[bad.row, bad.why] for bad in found.unreadable],
    }  # fmt: skip
    _finish(file, at, result, done_units=len(found.rules))


# Logs


def _read_log(file: ExaminedFile, at: datetime) -> None:
    tally = Tally()
    count = 0
    with path_of(file.evidence).open("rb") as stream:
        try:
            for batch in _batches(read_log(stream, tally)):
                count += len(batch)
                _enter(file, batch)
                if not file.extend(at, lease=LEASE):
                    return  # somebody else has it by now; what was entered is not entered twice
                ExaminedFile.objects.filter(pk=file.pk).update(done_units=count, done_bytes=stream.tell())
        except NotALog as refusal:
            words = _("This is no log that we know. Choose a Unified Audit Log (CSV), or Entra's sign-in log (CSV or JSON).")
            raise Unreadable(words) from refusal
    Examination.objects.filter(pk=file.examination_id).update(analysis=analysis.analyse(file.examination))
    result = {
        "rows": tally.rows, "repeated": tally.repeated, "partial": tally.partial, "unreadable": tally.unreadable,
        "examples": tally.examples, "new": file.lines.count(), "records": count,
    }  # fmt: skip
    _finish(file, at, result, done_units=count)


def _batches(records):
    while batch := list(itertools.islice(records, BATCH)):
        yield batch


@transaction.atomic
def _enter(file: ExaminedFile, batch: list[Record]) -> None:
    LogLine.objects.bulk_create(
        (
            LogLine(
                examination_id=file.examination_id, file=file, fingerprint=one.fingerprint, row=one.row, at=one.at, kind=one.kind,
                address=one.address.ip if one.address else None, user=one.user, content=_storable(one.as_json()),
            )
            for one in batch
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    organisation = file.examination.incident.organisation_id
    LogObservable.objects.bulk_create(
        (
            LogObservable(organisation_id=organisation, file=file, kind="ip", value=ip)
            for ip in sorted({one.address.ip for one in batch if one.address})
        ),
        ignore_conflicts=True,
    )


def _storable(value):
    """The same without the NUL characters that PostgreSQL keeps nowhere, and without halves of characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, (list, tuple)) else value


# Messages


def _count(file: ExaminedFile, at: datetime) -> None:
    outcome = counting.count(file, _until(file, at))
    if outcome.refusal:
        raise Unreadable(outcome.refusal)
    if outcome.figures is None:
        _yield_turn(file, at)
    else:
        messages, size = outcome.figures["messages"], outcome.figures["bytes"]
        _finish(file, at, outcome.figures, done_units=messages, done_bytes=size)


def _until(file: ExaminedFile, at: datetime) -> Callable[[int, int], bool]:
    """Asked after each stretch of the mailbox: notes the progress, and stops at the end of the slice or when asked to."""
    end = time.monotonic() + SLICE

    def go_on(messages: int, size: int) -> bool:
        mine = ExaminedFile.objects.filter(pk=file.pk, claim=file.claim, stopped_at=None)
        is_mine = mine.update(done_units=messages, done_bytes=size, claimed_until=at + LEASE, attempts=0)
        return bool(is_mine) and time.monotonic() < end

    return go_on


def _yield_turn(file: ExaminedFile, at: datetime) -> None:
    """Give the row back without counting the turn as an attempt that failed."""
    ExaminedFile.objects.filter(pk=file.pk, claim=file.claim).update(claim=None, claimed_until=None, attempts=0)


_READERS = {Kind.RULES: _read_rules, Kind.LOG: _read_log, Kind.STORE: _count}
