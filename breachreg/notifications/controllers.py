"""A processor tells its controllers (Art. 33(2) GDPR): one incident, many controllers, each with its own letter.

Rows come one by one or from a spreadsheet, all or none. E-mails leave in the background: an order is a row, claimed
by a conditional update; the letter's text is kept with its SHA-256 once the message has left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record as record_entry
from breachreg.notifications import notices
from breachreg.notifications.actions import NotNow
from breachreg.notifications.models import ControllerDispatch, ControllerNotice, NoticeChannel
from breachreg.notifications.neutral import digest
from breachreg.notifications.record import Record, read
from breachreg.register.changes import note_event
from breachreg.register.models import Incident
from breachreg.register.sending import name_of, send_each, send_once
from breachreg.register.tables import open_table

BATCH = 1000
MOST_A_SWEEP = 500
MOST_ERRORS = 100
LARGEST_COUNT = 2_147_483_647
# Heads of columns in both languages, as people write them.
HEADS = {
    "controller": ("controller", "responsable de traitement", "responsable", "client", "organisme", "raison sociale", "nom"),
    "contact": ("contact", "interlocuteur", "destinataire", "dpo"),
    "email": ("email", "e-mail", "courriel", "mail", "adresse électronique", "e-mail address"),
    "address": ("address", "adresse", "adresse postale", "postal address"),
    "people_count": ("people", "personnes", "nombre de personnes", "people concerned"),
    "extract": ("extract", "extrait", "données concernées", "data concerned", "data"),
    "language": ("language", "langue"),
}  # fmt: skip


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row of a spreadsheet: its number there (from 1), the column, the remedy."""

    row: int
    column: str
    message: str


class BadRows(Exception):
    """Some rows can't be taken, so none was; carries what is wrong, row by row."""

    def __init__(self, errors: list[RowError]):
        super().__init__(_("Nothing was imported: correct these rows and import the file again."))
        self.errors = errors


class AlreadyListed(Exception):
    """A controller of that name is on the list already."""


@dataclass
class Controller:
    """One controller to tell; None is not known."""

    controller: str
    contact: str | None = None
    email: str | None = None
    address: str | None = None
    people_count: int | None = None
    extract: str | None = None
    language: str = "fr"
    row: int = field(default=0, compare=False)


@transaction.atomic
def add(*, incident: Incident, controller: Controller, by: User, at: datetime) -> ControllerNotice:
    """Put one controller on the list. Raises AlreadyListed or ValidationError."""
    notice = next(_notices(incident, [controller], by, at))
    notice.clean_fields()
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyListed(_("“%(name)s” is on the list already.") % {"name": controller.controller}) from error
    _record("controllers.added", incident, by, at, {"controller": controller.controller})
    return notice


@transaction.atomic
def import_all(*, incident: Incident, controllers: list[Controller], by: User, at: datetime) -> int:
    """Put every controller of a spreadsheet on the list, or none. Raises BadRows (a name that is there already)."""
    names = {one.controller for one in controllers}
    known = names & set(incident.controller_notices.values_list("controller", flat=True))
    if known:
        message = _("This controller is on the list already. Delete the row.")
        raise BadRows([RowError(one.row, "controller", message) for one in controllers if one.controller in known][:MOST_ERRORS])
    ControllerNotice.objects.bulk_create(_notices(incident, controllers, by, at), batch_size=BATCH)
    _record("controllers.imported", incident, by, at, {"count": len(controllers)})
    return len(controllers)


@transaction.atomic
def order_emails(*, incident: Incident, by: User, at: datetime) -> int:
    """Ask for an e-mail to every controller that has an address and was not told; the number of new orders.

    Pressed twice, or by two people, nobody is told twice: an order exists once a notice.
    """
    Incident.objects.select_for_update().get(pk=incident.pk)
    ready = incident.controller_notices.ready_for_email().values_list("pk", flat=True)
    orders = [ControllerDispatch(notice_id=pk, due_at=at, asked_by=by) for pk in ready]
    ControllerDispatch.objects.bulk_create(orders, batch_size=BATCH)
    if orders:
        note_event(incident=incident, event="controllers.ordered", by=by, at=at, text=str(len(orders)))
        _record("controllers.ordered", incident, by, at, {"count": len(orders)})
    return len(orders)


@transaction.atomic
def note_told(*, notice: ControllerNotice, channel: NoticeChannel, told_at: datetime, by: User, at: datetime) -> ControllerNotice:
    """Record that a controller was told in another way than by our e-mail. Raises NotNow or ValidationError."""
    if told_at > at:
        raise ValidationError({"told_at": _("This instant lies ahead. Enter when the controller was told.")})
    if ControllerDispatch.objects.filter(notice=notice, done_at=None, parked_at=None).exists():
        raise NotNow(_("An e-mail to this controller is on its way."))
    _mark_sent(notice, channel, told_at, read(notice.incident, at=at))
    _record("controller.told", notice.incident, by, at, {"controller": notice.controller, "channel": channel, "sha256": notice.sha256})
    return notice


@transaction.atomic
def acknowledge(*, notice: ControllerNotice, by: User, at: datetime) -> None:
    """Record that a controller confirmed that it was told, once. Raises NotNow."""
    done = ControllerNotice.objects.filter(pk=notice.pk, sent_at__isnull=False, acknowledged_at=None).update(acknowledged_at=at)
    if not done:
        raise NotNow(_("This controller was not told yet, or confirmed it before."))
    _record("controller.acknowledged", notice.incident, by, at, {"controller": notice.controller})


@transaction.atomic
def note(*, incident: Incident, action: str, by: User, at: datetime, **details) -> None:
    """Record a reading or a download of the list."""
    _record(action, incident, by, at, details)


# In the background


def send_due(at: datetime) -> int:
    """Send every ordered notice that is due at this instant (UTC), five hundred a sweep; the number of those that left.

    One conversation with the mail server serves them all, and the record of an incident is read once.
    """
    records: dict[int, Record] = {}
    post = mail.get_connection()

    def send(order: ControllerDispatch) -> bool:
        notice = ControllerNotice.objects.select_related("incident__organisation").get(pk=order.notice_id)
        if notice.incident_id not in records:
            records[notice.incident_id] = read(notice.incident, at=at)
        return _send(order, notice, records[notice.incident_id], at, post)

    try:
        return send_each(ControllerDispatch.objects.claim(at, most=MOST_A_SWEEP), send)
    finally:
        post.close()


def _send(order: ControllerDispatch, notice: ControllerNotice, record: Record, at: datetime, post) -> bool:
    if notice.sent_at:
        return False
    message = EmailMessage(
        subject=notices.subject(notice, record), body=notices.letter(notice, record), to=[notice.email],
        headers={"Message-ID": name_of(order)}, connection=post,
    )

    def send() -> None:
        if isinstance(post, SmtpBackend):
            post.open()  # and it stays open for the next one; a folder as outbox takes a file for each message
        message.send()

    def note() -> None:
        _mark_sent(notice, NoticeChannel.EMAIL, at, record)
        _record("controller.told", notice.incident, order.asked_by, at, {"controller": notice.controller, "channel": "email", "sha256": notice.sha256})

    left = send_once(order, at, send=send, note=note)
    if not left:
        post.close()  # the next one begins a new conversation
    return left


def _mark_sent(notice: ControllerNotice, channel: NoticeChannel, sent_at: datetime, record: Record) -> None:
    text = notices.letter(notice, record)
    columns = {"channel": channel, "sent_at": sent_at, "text": text, "sha256": digest(text.encode())}
    if not ControllerNotice.objects.filter(pk=notice.pk, sent_at=None).update(**columns):
        raise NotNow(_("This controller was told already."))
    for name, value in columns.items():
        setattr(notice, name, value)


# From a spreadsheet


def read_spreadsheet(file: BinaryIO, name: str) -> list[Controller]:
    """The controllers of a CSV or XLSX file. Raises TableError (not readable) or BadRows (row by row)."""
    table = open_table(file, name)
    places = _places(table.header)
    if "controller" not in places:
        raise BadRows([RowError(table.header_row, "controller", _("No column is named “Controller” or “Responsable de traitement”."))])
    found, errors, names = [], [], set()
    for row in table.rows():
        controller, wrong = _controller(row, places)
        if controller and controller.controller in names:
            wrong.append(RowError(row.number, "controller", _("This controller stands twice in the file. Delete one row.")))
        names.add(controller.controller if controller else "")
        errors += wrong
        found += [controller] if controller else []
        if len(errors) >= MOST_ERRORS:
            break
    if errors:
        raise BadRows(errors[:MOST_ERRORS])
    return found


def _places(header: Iterable[str]) -> dict[str, int]:
    """The place of each column that is known, by its head."""
    places: dict[str, int] = {}
    for place, head in enumerate(header):
        for name, heads in HEADS.items():
            if head.strip().casefold() in heads:
                places.setdefault(name, place)
    return places


def _controller(row, places: dict[str, int]) -> tuple[Controller | None, list[RowError]]:
    if row.problem:
        return None, [RowError(row.number, "", row.problem)]
    cells = {name: row.cells[place].strip() for name, place in places.items()}
    if not any(cells.values()):
        return None, []
    errors = list(_errors(row.number, cells))
    if errors:
        return None, errors
    count = cells.get("people_count", "").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    return Controller(
        controller=cells["controller"], contact=cells.get("contact") or None, email=cells.get("email") or None,
        address=cells.get("address") or None, people_count=int(count) if count else None,
        extract=cells.get("extract") or None, language=cells.get("language", "").casefold() or "fr", row=row.number,
    ), []


def _errors(number: int, cells: dict[str, str]) -> Iterator[RowError]:
    if not cells["controller"]:
        yield RowError(number, "controller", _("The controller has no name. Fill it in, or delete the row."))
    for name, most in (("controller", 200), ("contact", 200), ("address", 300)):
        if len(cells.get(name, "")) > most:
            yield RowError(number, name, _("At most %(most)d characters.") % {"most": most})
    if cells.get("email") and not _is_email(cells["email"]):
        yield RowError(number, "email", _("“%(value)s” is no e-mail address.") % {"value": cells["email"][:100]})
    count = cells.get("people_count", "").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if count and not (count.isascii() and count.isdigit() and int(count) <= LARGEST_COUNT):
        yield RowError(number, "people_count", _("Enter a whole number, or leave it empty when it is not known."))
    if cells.get("language", "").casefold() not in ("", "fr", "en"):
        yield RowError(number, "language", _("Enter fr or en."))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _notices(incident: Incident, controllers: Iterable[Controller], by: User, at: datetime) -> Iterator[ControllerNotice]:
    """Rows for these controllers, numbered on from the last; the incident is locked meanwhile."""
    Incident.objects.select_for_update().get(pk=incident.pk)
    last = incident.controller_notices.aggregate(last=Max("number"))["last"] or 0
    for number, one in enumerate(controllers, last + 1):
        yield ControllerNotice(
            incident=incident, number=number, controller=one.controller, contact=one.contact, email=one.email,
            address=one.address, people_count=one.people_count, extract=one.extract, language=one.language, added_at=at,
            added_by=by,
        )


def _record(action: str, incident: Incident, by: User | None, at: datetime, details: dict) -> None:
    record_entry(action=action, by=by, at=at, organisation=incident.organisation, subject=incident, details=details)
