"""Letters to many controllers for the post: ordered, drawn in the background a hundred to a file, then posted together.

What stands on paper is kept with each letter, so that posting records the very text that left, whatever the record
says by then.
"""

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record as record_entry
from breachreg.notifications import document, notices
from breachreg.notifications.actions import NotNow
from breachreg.notifications.models import (
    ControllerNotice,
    LetterPrint,
    NoticeChannel,
    PrintedLetter,
    PrintPart,
)
from breachreg.notifications.neutral import digest
from breachreg.notifications.record import Record, read
from breachreg.register.changes import note_event
from breachreg.register.models import Incident

A_FILE = 100
SLICE = 45.0
"""Seconds of drawing before the others have their turn; the next sweep goes on."""
BATCH = 1000


@transaction.atomic
def order_letters(*, incident: Incident, with_email: bool, by: User, at: datetime) -> LetterPrint:
    """Ask for the letters to every controller that was not told; those with an e-mail address only when asked for.

    Raises NotNow when there is none.
    """
    Incident.objects.select_for_update().get(pk=incident.pk)
    waiting = list(to_print(incident, with_email=with_email).order_by("language", "number").values_list("language", "pk"))
    if not waiting:
        raise NotNow(_("No letter is left to print."))
    number = (incident.letter_prints.aggregate(last=Max("number"))["last"] or 0) + 1
    order = LetterPrint.objects.create(incident=incident, number=number, count=len(waiting), asked_at=at, asked_by=by)
    files = list(_files(waiting))
    parts = PrintPart.objects.bulk_create(
        [PrintPart(order=order, place=place, language=language, due_at=at) for place, (language, _keys) in enumerate(files, 1)]
    )
    PrintedLetter.objects.bulk_create(
        [PrintedLetter(part=part, notice_id=pk) for part, (_language, keys) in zip(parts, files, strict=True) for pk in keys],
        batch_size=BATCH,
    )
    _record("controllers.printing", order, by, at, {"count": len(waiting)})
    return order


def _files(waiting: list[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """The letters of each file: a hundred at most, in one language, in the order of the list."""
    for language, rows in groupby(waiting, key=lambda row: row[0]):
        keys = [pk for _language, pk in rows]
        for start in range(0, len(keys), A_FILE):
            yield language, keys[start : start + A_FILE]


def to_print(incident: Incident, *, with_email: bool):
    """The controllers that were not told and to whom no e-mail is on its way."""
    waiting = incident.controller_notices.unsent().exclude(dispatch__done_at=None, dispatch__parked_at=None, dispatch__isnull=False)
    return waiting if with_email else waiting.filter(email=None)


@transaction.atomic
def note_posted(*, order: LetterPrint, posted_at: datetime, by: User, at: datetime) -> int:
    """Record that the letters of an order were posted: each of them counts as told, with the text on its paper.

    A controller that was told otherwise meanwhile keeps that. Returns the number of those told by it. Raises NotNow or
    ValidationError.
    """
    if posted_at > at:
        raise ValidationError({"posted_at": _("This instant lies ahead. Enter when the letters were posted.")})
    if posted_at < order.asked_at.replace(second=0, microsecond=0):
        raise ValidationError({"posted_at": _("This is before the letters were ordered. Check the instant.")})
    if order.parts.filter(done_at=None).exists():
        raise NotNow(_("Not every letter is drawn yet. Wait until all are, then post them."))
    if not LetterPrint.objects.filter(pk=order.pk, posted_at=None).update(posted_at=posted_at, posted_by=by):
        raise NotNow(_("Somebody recorded this before you."))
    told = _tell_all(order, posted_at)
    note_event(incident=order.incident, event="controllers.posted", by=by, at=at, text=str(told))
    _record("controllers.posted", order, by, at, {"count": told})
    return told


def _tell_all(order: LetterPrint, posted_at: datetime) -> int:
    """Give each notice the text on its paper, a statement for each file: thousands are told while a person waits.

    One statement for all PostgreSQL may plan as a walk through every letter for every notice: 17 seconds instead of one.
    """
    return sum(_tell(part, posted_at) for part in order.parts.defer("content"))


def _tell(part: PrintPart, posted_at: datetime) -> int:
    letters = part.letters.order_by()
    own = letters.filter(notice=OuterRef("pk"))
    waiting = ControllerNotice.objects.filter(pk__in=list(letters.values_list("notice_id", flat=True)), sent_at=None)
    return waiting.update(
        channel=NoticeChannel.POST, sent_at=posted_at, text=Subquery(own.values("text")), sha256=Subquery(own.values("sha256"))
    )


@transaction.atomic
def note_download(*, order: LetterPrint, by: User, at: datetime) -> None:
    """Record that a person took the letters away."""
    hashes = list(order.parts.values_list("sha256", flat=True))
    _record("controllers.print_downloaded", order, by, at, {"sha256": hashes})


def write_zip(order: LetterPrint, file: io.IOBase) -> None:
    """Write the files of an order, one after the other, into a ZIP file."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for part in order.parts.order_by("place").iterator(1):
            archive.writestr(file_name(part), bytes(part.content))


def file_name(part: PrintPart) -> str:
    """The name of one file: its place, its language."""
    return f"{part.order.incident.reference}-letters-{part.order.number}-{part.place:03}-{part.language}.pdf"


# In the background


def draw_due(at: datetime) -> int:
    """Draw the parts that are due at this instant (UTC), for the time of one slice; the number of those that were drawn."""
    end, drawn = time.monotonic() + SLICE, 0
    for part in PrintPart.objects.claim(at):
        drawn += _draw(part, at)
        if time.monotonic() > end:
            break
    return drawn


def _draw(part: PrintPart, at: datetime) -> bool:
    incident = Incident.objects.select_related("organisation").get(letter_prints__parts=part)
    record, letters = read(incident, at=at), list(part.letters.select_related("notice"))
    papers = [notices.paper(letter.notice, record, at=at, for_post=True) for letter in letters]
    try:
        drawn = document.draw_together(papers)
    except document.CannotDraw as error:
        _give_up(part, str(error), at)
        return False
    _write(letters, record)
    return _keep(part, letters, drawn, at)


def _write(letters: list[PrintedLetter], record: Record) -> None:
    for letter in letters:
        letter.text = notices.letter(letter.notice, record)
        letter.sha256 = digest(letter.text.encode())


@transaction.atomic
def _give_up(part: PrintPart, trouble: str, at: datetime) -> None:
    if part.give_up(at, trouble=trouble):
        _record("controllers.print_failed", part.order, part.order.asked_by, at, {"part": part.place, "trouble": trouble})


@transaction.atomic
def _keep(part: PrintPart, letters: list[PrintedLetter], drawn: document.Document, at: datetime) -> bool:
    if not part.finish(at):
        return False
    PrintPart.objects.filter(pk=part.pk).update(content=drawn.content, sha256=drawn.sha256, pages=drawn.pages)
    PrintedLetter.objects.bulk_update(letters, ["text", "sha256"], batch_size=200)
    details = {"part": part.place, "sha256": drawn.sha256, "letters": len(letters)}
    _record("controllers.printed", part.order, part.order.asked_by, at, details)
    return True


def _record(action: str, order: LetterPrint, by: User | None, at: datetime, details: dict) -> None:
    incident = order.incident
    record_entry(
        action=action, by=by, at=at, organisation=incident.organisation, subject=incident, details={"print": order.number} | details
    )
