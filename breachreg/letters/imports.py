"""A table of recipients, from the upload to the list: nothing stands on the list before a person confirmed the whole.

1. The file is stored encrypted (or a group is taken over from an examined mailbox). 2. A person says which column is
which. 3. Its rows are read, at once or in the background (reading.py). 4. A person decides the doubles and confirms (all
good rows at once, each on the list of its segment's letter) or discards (no trace on the list).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from itertools import islice
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from breachreg import celery
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters import doubles, prefill, sealedfiles
from breachreg.letters.actions import write_letter
from breachreg.letters.columns import guess
from breachreg.letters.mailbox_lists import mailboxes
from breachreg.letters.models import Channel, ImportState, Letter, RecipientImport
from breachreg.letters.reading import LIMITS, open_table
from breachreg.letters.rows import Read, read_row
from breachreg.letters.segments import Segment, letter_of
from breachreg.letters.vault import box_of
from breachreg.mailboxes.examinations.models import ExaminedFile
from breachreg.register import tables

SMALL = 512 * 1024
"""Files up to this size are read while the person waits; larger ones in the background."""
PREVIEW = 8


class NotThisStep(Exception):
    """The table is in another state than this step needs; says which."""


def upload(*, letter: Letter, file: BinaryIO, name: str, by: User, at: datetime) -> RecipientImport:
    """Store a table encrypted, with its columns guessed. Raises TableError; nothing is stored then."""
    table = tables.open_table(file, name, limits=LIMITS)
    known = _known_columns(letter, table.header)
    box = box_of(letter.incident, at)
    digest, size = _hash(file)
    location = sealedfiles.keep(_chunks(file), box)
    with transaction.atomic():
        entry = RecipientImport.objects.create(
            letter=letter, file_name=name[:255], file_size=size, file_sha256=digest, location=location,
            header=list(table.header), reading=_reading(table), are_columns_known=bool(known),
            columns=known or guess(table.header), uploaded_at=at, uploaded_by=by, due_at=at, done_at=at,
        )
        _record(entry, "recipients.uploaded", by, at, {"file": entry.file_name, "sha256": digest})
    return entry


@transaction.atomic
def take_over(*, letter: Letter, file: ExaminedFile, whose: str, by: User, at: datetime) -> RecipientImport:
    """Have the people of the letter's group read from an examined mailbox, in the background. Raises NotThisStep."""
    if not mailboxes(letter).filter(pk=file.pk).exists():
        raise NotThisStep(_("This mailbox was not counted to its end, or this letter's group is of no mailbox."))
    box_of(letter.incident, at)
    entry = RecipientImport.objects.create(
        letter=letter, mailbox_file=file, whose=whose, file_name=file.evidence.name[:255],
        file_size=file.evidence.size, file_sha256=file.evidence.sha256, state=ImportState.READING,
        uploaded_at=at, uploaded_by=by, due_at=at,
    )  # fmt: skip
    _record(entry, "recipients.taken_over", by, at, {"file": entry.file_name, "group": letter.group, "whose": whose})
    celery.wake_up()
    return entry


@dataclass(frozen=True)
class Shown:
    """A row as the preview shows it: what it says, and the lines of its address."""

    number: int
    read: Read
    lines: tuple[str, ...]
    other_segment: Segment | None


def preview(entry: RecipientImport, columns: Mapping[str, int], at: datetime) -> list[Shown]:
    """What the first rows become with these columns. Raises TableError."""
    own = Segment.of_letter(entry.letter)
    shown = []
    for row in islice(open_table(entry, at).rows(), PREVIEW):
        read = read_row(row, columns, own)
        by_post = not read.problems and read.channel == Channel.POST
        lines = read.person.address_lines(read.segment.language) if by_post else ()
        shown.append(Shown(row.number, read, lines, read.segment if read.segment != own else None))
    return shown


@transaction.atomic
def choose_columns(*, entry: RecipientImport, columns: Mapping[str, int], by: User, at: datetime) -> RecipientImport:
    """Fix which column is which and let the rows be read from now on. Raises NotThisStep or ValidationError."""
    if "last_name" not in columns:
        raise ValidationError({"last_name": _("Say which column holds the last name.")})
    if "email" not in columns and "city" not in columns:
        raise ValidationError({"city": _("Say which columns hold the postal address, or which one the e-mail address.")})
    won = RecipientImport.objects.filter(pk=entry.pk, state=ImportState.UPLOADED).update(
        state=ImportState.READING, columns=dict(columns), columns_fixed_at=at, due_at=at, done_at=None
    )
    if not won:
        raise NotThisStep(_("The columns of this table were fixed already."))
    entry.refresh_from_db()
    return entry


class Undecided(Exception):
    """Rows double people on the list, and nobody decided whether they are the same."""


@transaction.atomic
def confirm(*, entry: RecipientImport, by: User, at: datetime, leave_out_undecided: bool | None = None) -> int:
    """Put all good rows on their lists at once; return how many. Raises NotThisStep or Undecided.

    A row of another segment goes to that segment's letter, which is begun from the record when there is none yet.
    ``leave_out_undecided`` decides the doubles that nobody decided one by one; None refuses while there are any.
    """
    won = RecipientImport.objects.filter(pk=entry.pk, state=ImportState.READ).update(state=ImportState.DONE)
    if not won:
        raise NotThisStep(_("This table does not wait for a confirmation."))
    open_doubles = doubles.undecided(entry)
    if leave_out_undecided is None and open_doubles.exists():
        raise Undecided(_("Some rows double people on the list. Decide whether each is the same person."))
    left_out = doubles.leave_out(entry.recipients.filter(is_double=True))
    if leave_out_undecided:
        left_out += doubles.leave_out(open_doubles)
    by_letter = _hand_out(entry, by, at)
    added = sum(by_letter.values())
    RecipientImport.objects.filter(pk=entry.pk).update(rows_added=added, rows_left_out=left_out)
    details = {"added": added, "doubles left out": left_out, "refused": entry.rows_refused, "letters": dict(by_letter)}
    _record(entry, "recipients.imported", by, at, details)
    transaction.on_commit(lambda: _drop_file(entry))
    return added


def _hand_out(entry: RecipientImport, by: User, at: datetime) -> Counter:
    """Move each row to the letter of its segment; how many each letter got, by its reference."""
    got: Counter = Counter()
    for segment, count, letter in segments(entry):
        if letter is None:
            texts = prefill.first_draft(entry.letter.incident, segment)
            letter = write_letter(incident=entry.letter.incident, by=by, at=at, **segment.columns, **texts)
        if letter != entry.letter:
            entry.recipients.filter(segment=segment.code).update(letter=letter, segment="")
        got[letter.reference] += count
    return got


def segments(entry: RecipientImport) -> list[tuple[Segment, int, Letter | None]]:
    """The segments of a table's good rows: how many belong to each, and its letter, None when it must be begun."""
    found = entry.recipients.order_by("segment").values_list("segment").annotate(count=Count("pk"))
    own = Segment.of_letter(entry.letter)
    said = [(Segment.of_code(code) if code else own, count) for code, count in found]
    incident = entry.letter.incident
    return [(each, count, entry.letter if each == own else letter_of(incident, each)) for each, count in said]


@transaction.atomic
def discard(*, entry: RecipientImport, by: User, at: datetime) -> None:
    """Forget a table that was not confirmed, and its rows. Raises NotThisStep."""
    open_states = [ImportState.UPLOADED, ImportState.READING, ImportState.READ]
    won = RecipientImport.objects.filter(pk=entry.pk, state__in=open_states).update(
        state=ImportState.CANCELLED, done_at=at, claim=None
    )
    if not won:
        raise NotThisStep(_("This table is on the list already, or was discarded before."))
    doubles.leave_out(entry.recipients.all())
    _record(entry, "recipients.discarded", by, at, {"file": entry.file_name})
    transaction.on_commit(lambda: _drop_file(entry))


@transaction.atomic
def note_refusals_download(*, entry: RecipientImport, by: User, at: datetime) -> None:
    """Record that the list of refused rows left."""
    _record(entry, "recipients.refusals_downloaded", by, at, {"rows": entry.rows_refused})


def refusals(entry: RecipientImport, at: datetime) -> bytes:
    """The refused rows as CSV: row, what is wrong and the remedy, then the row itself."""
    return sealedfiles.open_sealed(entry.refusals_location, box_of(entry.letter.incident, at)).read()


def _known_columns(letter: Letter, header: tuple[str, ...]) -> dict[str, int]:
    """How the columns of the organisation's last table with this header were read, if there was one."""
    earlier = RecipientImport.objects.filter(
        letter__incident__organisation=letter.incident.organisation_id, header=list(header)
    )
    last = earlier.exclude(columns_fixed_at=None).order_by("-columns_fixed_at", "-pk").first()
    return dict(last.columns) if last else {}


def _reading(table: tables.Table) -> dict[str, str | int]:
    """How the file was understood, to be shown: encoding and delimiter, or sheet; the row of the header."""
    encoding = "UTF-8" if table.encoding.startswith("utf-8") else table.encoding
    found = {"encoding": encoding, "delimiter": table.delimiter, "sheet": table.sheet}
    return {name: value for name, value in found.items() if value} | {"header_row": table.header_row}


def _hash(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest = file_digest(file, "sha256").hexdigest()
    return digest, file.tell()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(sealedfiles.PIECE):
        yield chunk


def _drop_file(entry: RecipientImport) -> None:
    sealedfiles.drop(entry.location)
    RecipientImport.objects.filter(pk=entry.pk).update(location=None)


def _record(entry: RecipientImport, action: str, by: User | None, at: datetime, details: dict) -> None:
    letter = entry.letter
    record(action=action, by=by, at=at, organisation=letter.incident.organisation, subject=letter, details=details)
