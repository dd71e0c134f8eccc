"""The rows of a table become recipients beside the list: streamed, in batches, with the refused ones named in a file.

Memory does not grow with the table. A worker that dies leaves its batches; the next one goes on after the last row kept.
"""

import csv
import io
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.audit.actions import record
from breachreg.letters import doubles, sealedfiles
from breachreg.letters.events import EVENTS
from breachreg.letters.mailbox_lists import TakenOver, people_of
from breachreg.letters.models import ImportState, Recipient, RecipientImport
from breachreg.letters.recipients import next_number
from breachreg.letters.rows import Problem, Read, read_row
from breachreg.letters.segments import Segment
from breachreg.letters.vault import Box, box_of
from breachreg.register import tables
from breachreg.web.safe import harmless

LIMITS = tables.Limits(size=2**30, unpacked=3 * 2**30, rows=1_050_000, columns=100, cell=5_000)
BATCH = 2_000
LEASE = timedelta(minutes=15)


class Line(NamedTuple):
    """A row as it stands in the file, and what it says."""

    number: int
    cells: tuple[str, ...]
    read: Read


def read_due(at: datetime) -> None:
    """Read the tables that wait for it."""
    for entry in RecipientImport.objects.claim(at, most=10, lease=LEASE):
        read(entry, at)


def read_now(entry: RecipientImport, at: datetime) -> None:
    """Read this table while the person waits, unless a worker took it meanwhile."""
    if claimed := RecipientImport.objects.claim_one(entry.pk, at, lease=LEASE):
        read(claimed, at)


def read(entry: RecipientImport, at: datetime) -> None:
    """Read a claimed table to its end, from after the last row that was kept."""
    with translation.override(entry.uploaded_by.language):
        try:
            _Reading(entry, at).run()
        except tables.TableError as error:
            _refuse(entry, str(error), at)
        except FileNotFoundError:
            _refuse(entry, _("The bytes of this file are gone. Bring the table again."), at)


def open_table(entry: RecipientImport, at: datetime) -> tables.Table:
    """The stored table, in clear. Raises TableError, Purged or FileNotFoundError."""
    box = box_of(entry.letter.incident, at)
    return tables.open_table(sealedfiles.open_sealed(entry.location, box), entry.file_name, limits=LIMITS)


class _Reading:
    """One pass over a table; ``at`` is when it began, and what elapsed since is added for the lease alone."""

    def __init__(self, entry: RecipientImport, at: datetime):
        self.entry, self.at, self.began = entry, at, time.monotonic()
        self.box = box_of(entry.letter.incident, at)
        self.own = Segment.of_letter(entry.letter)
        self.kept = entry.recipients.aggregate(last=Max("source_row"))["last"] or 0
        self.added = entry.recipients.count() if self.kept else 0
        self.rows, self.place = 0, 0

    def run(self) -> None:
        header, lines = self._lines()
        with _Refusals(header, self.box) as refusals:
            waiting: list[Line] = []
            for line in lines:
                self.rows += 1
                if line.read.problems:
                    refusals.add(line.number, line.read.problems, line.cells)
                elif line.number > self.kept:
                    waiting.append(line)
                if len(waiting) >= BATCH:
                    if not self._keep(waiting, len(refusals)):
                        refusals.forget()
                        return
                    waiting = []
            self._finish(waiting, refusals)

    def _lines(self) -> tuple[tuple[str, ...], Iterator[Line]]:
        if self.entry.mailbox_file_id:
            return (_("E-mail address"),), self._taken_over()
        table = open_table(self.entry, self.at)
        return table.header, self._of_table(table)

    def _of_table(self, table: tables.Table) -> Iterator[Line]:
        for row in table.rows():
            self.place = table.source.file.tell()
            yield Line(row.number, row.cells, read_row(row, self.entry.columns, self.own))

    def _taken_over(self) -> Iterator[Line]:
        taken: TakenOver
        for number, taken in enumerate(people_of(self.entry), start=1):
            yield Line(number, (taken.person.email,), Read(taken.person, taken.channel, self.own, taken.problems))

    @transaction.atomic
    def _keep(self, lines: list[Line], refused: int) -> bool:
        """Store good rows beside the list and note how far we came; False when the work was given to somebody else."""
        elapsed = timedelta(seconds=time.monotonic() - self.began)
        if not self.entry.extend(self.at + elapsed, lease=LEASE):
            return False
        entry = self.entry
        number = next_number(entry.letter.incident)
        Recipient.objects.bulk_create(
            Recipient(
                letter=entry.letter, number=number + place, channel=line.read.channel, source=entry,
                source_row=line.number, segment="" if line.read.segment == self.own else line.read.segment.code,
                added_at=self.at, added_by=entry.uploaded_by, **line.read.person.sealed(self.box),
            )
            for place, line in enumerate(lines)
        )  # fmt: skip
        self.added += len(lines)
        RecipientImport.objects.filter(pk=entry.pk).update(
            rows_read=self.rows, rows_added=self.added, rows_refused=refused, bytes_read=self.place
        )
        return True

    def _finish(self, lines: list[Line], refusals: "_Refusals") -> None:
        location = refusals.close()
        with transaction.atomic():
            if not self._keep(lines, len(refusals)):
                refusals.forget()
                return
            RecipientImport.objects.filter(pk=self.entry.pk).update(
                state=ImportState.READ, refusals_location=location, bytes_read=self.entry.file_size
            )
            self.entry.finish(self.at)
            _record(self.entry, "recipients.read", self.at, {"good": self.added, "refused": len(refusals)})


def _refuse(entry: RecipientImport, explanation: str, at: datetime) -> None:
    with transaction.atomic():
        RecipientImport.objects.filter(pk=entry.pk).update(state=ImportState.FAILED, explanation=explanation)
        doubles.leave_out(entry.recipients.all())
        entry.finish(at)
        _record(entry, "recipients.refused", at, {"file": entry.file_name})
    sealedfiles.drop(entry.location)
    RecipientImport.objects.filter(pk=entry.pk).update(location=None)


class _Refusals:
    """The refused rows, written encrypted as they come; a cell that begins like a formula is made text."""

    def __init__(self, header: tuple[str, ...], box: Box):
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, delimiter=";")
        self._file = sealedfiles.Writer(box)
        self._file.write("\ufeff".encode())
        self._csv.writerow([_("Row"), _("What to correct"), *header])
        self._count = 0

    def __enter__(self) -> "_Refusals":
        return self

    def __exit__(self, kind, error, trace) -> None:
        if error:
            self.forget()

    def __len__(self) -> int:
        return self._count

    def add(self, number: int, problems: tuple[Problem, ...], cells: tuple[str, ...]) -> None:
        self._count += 1
        said = " ".join(message for _field, message in problems)
        self._csv.writerow([number, said, *(harmless(cell) for cell in cells)])
        if self._text.tell() > sealedfiles.PIECE:
            self._flush()

    def close(self) -> str | None:
        """Where the file lies; None when no row was refused."""
        self._flush()
        self._file.close()
        if not self._count:
            sealedfiles.drop(self._file.name)
            return None
        return self._file.name

    def forget(self) -> None:
        """Delete the file: somebody else reads this table, or it can't be read."""
        self._file.close()
        sealedfiles.drop(self._file.name)

    def _flush(self) -> None:
        self._file.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


def _record(entry: RecipientImport, action: str, at: datetime, details: dict) -> None:
    letter = entry.letter
    EVENTS[action]  # declared also where no page was ever loaded: in a worker
    record(action=action, by=None, at=at, organisation=letter.incident.organisation, subject=letter, details=details)
