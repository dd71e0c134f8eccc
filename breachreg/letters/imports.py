"""A table of recipients, from the upload to the list: nothing stands on the list before a person confirmed the whole.

1. The file is stored encrypted. 2. A person says which column is which. 3. Its rows are read, at once or in the
background: good ones wait beside the list, bad ones are named in a file. 4. A person confirms (all good rows at once)
or discards (no trace on the list). A worker that dies goes on after the last row it kept.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import file_digest
from itertools import islice
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.law import vocabulary
from breachreg.letters import sealedfiles
from breachreg.letters.columns import COLUMNS, guess
from breachreg.letters.models import Channel, ImportState, Letter, Recipient, RecipientImport
from breachreg.letters.people import BadRecipient, Person
from breachreg.letters.recipients import next_number
from breachreg.letters.vault import Box, box_of
from breachreg.register import tables
from breachreg.web.safe import harmless

LIMITS = tables.Limits(size=2**30, unpacked=3 * 2**30, rows=1_050_000, columns=100, cell=5_000)
SMALL = 512 * 1024
"""Files up to this size are read while the person waits; larger ones in the background."""
BATCH = 2_000
PREVIEW = 8


class NotThisStep(Exception):
    """The table is in another state than this step needs; says which."""


def upload(*, letter: Letter, file: BinaryIO, name: str, by: User, at: datetime) -> RecipientImport:
    """Store a table encrypted, with its columns guessed. Raises TableError; nothing is stored then."""
    table = tables.open_table(file, name, limits=LIMITS)
    box = box_of(letter.incident, at)
    digest, size = _hash(file)
    location = sealedfiles.keep(_chunks(file), box)
    with transaction.atomic():
        entry = RecipientImport.objects.create(
            letter=letter, file_name=name[:255], file_size=size, file_sha256=digest, location=location,
            header=list(table.header),
            columns=_known_columns(letter, table.header) or guess(table.header), uploaded_at=at, uploaded_by=by,
            due_at=at, done_at=at,
        )
        _record(entry, "recipients.uploaded", by, at, {"file": entry.file_name, "sha256": digest})
    return entry


def open_table(entry: RecipientImport, at: datetime) -> tables.Table:
    """The stored table, in clear. Raises TableError, Purged or FileNotFoundError."""
    box = box_of(entry.letter.incident, at)
    return tables.open_table(sealedfiles.open_sealed(entry.location, box), entry.file_name, limits=LIMITS)


def preview(entry: RecipientImport, columns: Mapping[str, int], at: datetime) -> list[dict]:
    """What the first rows become with these columns: number, person, channel, problems, lines of the address."""
    table = open_table(entry, at)
    shown = []
    for row in islice(table.rows(), PREVIEW):
        person, channel, problems = read_row(row, columns)
        lines = () if problems or channel != Channel.POST else person.address_lines(entry.letter.language)
        shown.append({"number": row.number, "person": person, "channel": channel, "problems": problems, "lines": lines})
    return shown


@transaction.atomic
def choose_columns(*, entry: RecipientImport, columns: Mapping[str, int], by: User, at: datetime) -> RecipientImport:
    """Fix which column is which and let the rows be read from now on. Raises NotThisStep or ValidationError."""
    if "last_name" not in columns:
        raise ValidationError({"last_name": _("Say which column holds the last name.")})
    if "email" not in columns and "city" not in columns:
        raise ValidationError({"city": _("Say which columns hold the postal address, or which one the e-mail address.")})
    won = RecipientImport.objects.filter(pk=entry.pk, state=ImportState.UPLOADED).update(
        state=ImportState.READING, columns=dict(columns), due_at=at, done_at=None
    )
    if not won:
        raise NotThisStep(_("The columns of this table were fixed already."))
    entry.refresh_from_db()
    return entry


def read_due(at: datetime) -> None:
    """Read the tables that wait for it."""
    for entry in RecipientImport.objects.claim(at, most=10):
        read(entry, at)


def read_now(entry: RecipientImport, at: datetime) -> None:
    """Read this table while the person waits, unless a worker took it meanwhile."""
    if claimed := RecipientImport.objects.claim_one(entry.pk, at):
        read(claimed, at)


def read(entry: RecipientImport, at: datetime) -> None:
    """Read a claimed table to its end, from after the last row that was kept."""
    with translation.override(entry.uploaded_by.language):
        try:
            _read_rows(entry, at)
        except tables.TableError as error:
            _refuse(entry, str(error), at)


def _read_rows(entry: RecipientImport, at: datetime) -> None:
    box = box_of(entry.letter.incident, at)
    table = open_table(entry, at)
    kept = entry.recipients.aggregate(last=Max("source_row"))["last"] or 0
    refusals = _Refusals(table.header)
    waiting: list[tuple[int, Person, str]] = []
    read = 0
    for row in table.rows():
        read += 1
        person, channel, problems = read_row(row, entry.columns)
        if problems:
            refusals.add(row, problems)
        elif row.number > kept:
            waiting.append((row.number, person, channel))
        if len(waiting) >= BATCH:
            if not _keep(entry, waiting, box, read, len(refusals), at):
                return
            waiting = []
    _finish(entry, waiting, box, read, refusals, at)


def read_row(row: tables.Row, columns: Mapping[str, int]) -> tuple[Person, str, list[tuple[str, str]]]:
    """The person of a row, the way they get their letter, and everything that is wrong with it."""
    if row.problem:
        return Person(""), Channel.POST, [("", row.problem)]
    values = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
    channel, problems = _channel(values)
    values["civility"], more = _civility(values.get("civility", ""))
    person = Person.of(values)
    try:
        person.check(channel)
    except BadRecipient as error:
        problems = [*problems, *error.problems]
    return person, channel, [*problems, *more]


def _channel(values: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    wanted = values.get("channel", "").strip().casefold()
    if wanted in COLUMNS.post_words:
        return Channel.POST, []
    if wanted in COLUMNS.email_words:
        return Channel.EMAIL, []
    if wanted:
        return Channel.POST, [("channel", _("“%(way)s” is no way of sending: write “post” or “e-mail”.") % {"way": wanted})]
    has_address = values.get("city", "").strip() and (values.get("line4", "") + values.get("line5", "")).strip()
    return (Channel.POST if has_address or not values.get("email", "").strip() else Channel.EMAIL), []


def _civility(text: str) -> tuple[str, list[tuple[str, str]]]:
    text = text.strip().rstrip(".")
    code = COLUMNS.civilities.get(text.casefold()) or (text if text in vocabulary.load("civilities").codes else "")
    if text and not code:
        return "", [("civility", _("“%(civility)s” is no civility: write “Mme” or “M.”, or leave it empty.") % {"civility": text})]
    return code, []


@transaction.atomic
def _keep(entry: RecipientImport, people: list, box: Box, read: int, refused: int, at: datetime) -> bool:
    """Store good rows beside the list and note how far we came; False when the work was given to somebody else."""
    Letter.objects.select_for_update().get(pk=entry.letter_id)
    number = next_number(entry.letter)
    Recipient.objects.bulk_create(
        Recipient(
            letter=entry.letter, number=number + place, channel=channel, source=entry, source_row=row,
            added_at=at, added_by=entry.uploaded_by, **person.sealed(box),
        )
        for place, (row, person, channel) in enumerate(people)
    )
    added = entry.recipients.count() if people else 0
    RecipientImport.objects.filter(pk=entry.pk).update(rows_read=read, rows_added=added, rows_refused=refused)
    return entry.extend(at)


def _finish(entry: RecipientImport, people: list, box: Box, read: int, refusals: "_Refusals", at: datetime) -> None:
    location = sealedfiles.keep([refusals.bytes()], box) if len(refusals) else None
    with transaction.atomic():
        if not _keep(entry, people, box, read, len(refusals), at):
            return
        added = entry.recipients.count()
        RecipientImport.objects.filter(pk=entry.pk).update(
            state=ImportState.READ, rows_read=read, rows_added=added, rows_refused=len(refusals),
            refusals_location=location,
        )
        entry.finish(at)
        _record(entry, "recipients.read", None, at, {"good": added, "refused": len(refusals)})


def _refuse(entry: RecipientImport, explanation: str, at: datetime) -> None:
    with transaction.atomic():
        RecipientImport.objects.filter(pk=entry.pk).update(state=ImportState.FAILED, explanation=explanation)
        entry.recipients.all().delete()
        entry.finish(at)
        _record(entry, "recipients.refused", None, at, {"file": entry.file_name})
    _drop_file(entry)


@transaction.atomic
def confirm(*, entry: RecipientImport, by: User, at: datetime, leave_out_doubles: bool = True) -> int:
    """Put all good rows on the list at once; return how many. Raises NotThisStep.

    With ``leave_out_doubles`` those who stand on the list already, or earlier in the table, are left out.
    """
    won = RecipientImport.objects.filter(pk=entry.pk, state=ImportState.READ).update(state=ImportState.DONE)
    if not won:
        raise NotThisStep(_("This table does not wait for a confirmation."))
    left_out = doubles(entry).delete()[0] if leave_out_doubles else 0
    added = entry.recipients.count()
    RecipientImport.objects.filter(pk=entry.pk).update(rows_added=added)
    _record(entry, "recipients.imported", by, at, {"added": added, "doubles left out": left_out, "refused": entry.rows_refused})
    transaction.on_commit(lambda: _drop_file(entry))
    return added


@transaction.atomic
def discard(*, entry: RecipientImport, by: User, at: datetime) -> None:
    """Forget a table that was not confirmed, and its rows. Raises NotThisStep."""
    open_states = [ImportState.UPLOADED, ImportState.READING, ImportState.READ]
    won = RecipientImport.objects.filter(pk=entry.pk, state__in=open_states).update(
        state=ImportState.CANCELLED, done_at=at, claim=None
    )
    if not won:
        raise NotThisStep(_("This table is on the list already, or was discarded before."))
    entry.recipients.all().delete()
    _record(entry, "recipients.discarded", by, at, {"file": entry.file_name})
    transaction.on_commit(lambda: _drop_file(entry))


def doubles(entry: RecipientImport):
    """Rows of a table whose person stands on the list, or earlier in the same table."""
    same = Recipient.objects.filter(
        letter=entry.letter_id, same_hash=OuterRef("same_hash"), removed_at__isnull=True, number__lt=OuterRef("number")
    ).filter(Q(source__isnull=True) | Q(source__state=ImportState.DONE) | Q(source=entry))
    return entry.recipients.filter(Exists(same))


@transaction.atomic
def note_refusals_download(*, entry: RecipientImport, by: User, at: datetime) -> None:
    """Record that the list of refused rows left."""
    _record(entry, "recipients.refusals_downloaded", by, at, {"rows": entry.rows_refused})


def refusals(entry: RecipientImport, at: datetime) -> bytes:
    """The refused rows as CSV: row, what is wrong and the remedy, then the row itself."""
    return sealedfiles.open_sealed(entry.refusals_location, box_of(entry.letter.incident, at)).read()


class _Refusals:
    """The refused rows, written as they come; a cell that begins like a formula is made text."""

    def __init__(self, header: tuple[str, ...]):
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, delimiter=";")
        self._writer.writerow([_("Row"), _("What to correct"), *header])
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: tables.Row, problems: list[tuple[str, str]]) -> None:
        self._count += 1
        said = " ".join(message for _field, message in problems)
        self._writer.writerow([row.number, said, *(harmless(cell) for cell in row.cells)])

    def bytes(self) -> bytes:
        return self._text.getvalue().encode("utf-8-sig")


def _known_columns(letter: Letter, header: tuple[str, ...]) -> dict[str, int]:
    """How the columns of the organisation's last table with this header were read, if there was one."""
    earlier = RecipientImport.objects.filter(
        letter__incident__organisation=letter.incident.organisation_id, header=list(header),
        state__in=[ImportState.READ, ImportState.DONE],
    )
    last = earlier.order_by("-uploaded_at").first()
    return dict(last.columns) if last else {}


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
