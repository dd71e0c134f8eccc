"""Tickets of the IT department held against the register: brought as a table, matched by their number, or ruled out.

The auditor brings the table as audit material, or a DPO does; only a DPO notes a ticket on an incident or rules one out,
because that speaks of the register.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.register.columns import read_day
from breachreg.register.files import drop_file, keep_file
from breachreg.register.models import Incident
from breachreg.register.tables import Limits, Table, TableError, open_table
from breachreg.scrutiny.models import Ticket, TicketLink, TicketTable

LIMITS = Limits(rows=20_000)
COLUMNS = ("number", "opened_on", "title")
GUESSES = {
    "number": ("numero", "n°", "no", "number", "id", "ticket", "reference"),
    "opened_on": ("date", "ouvert", "opened", "created", "cree"),
    "title": ("titre", "title", "objet", "subject", "resume", "summary", "description"),
}


class AlreadyImported(Exception):
    """This table was imported, or thrown away, before."""


class AlreadySaid(Exception):
    """Somebody noted this ticket on an incident, or ruled it out, before."""


class RowsRefused(Exception):
    """Rows that can't be imported; nothing was."""


@dataclass
class Draft:
    """What a row becomes, or what is wrong with it, column by column."""

    row: int
    number: str = ""
    opened_on: date | None = None
    title: str = ""
    troubles: list[str] = field(default_factory=list)
    is_known: bool = False

    @property
    def key(self) -> str:
        return key_of(self.number)


@dataclass(frozen=True)
class Preview:
    """What the rows of a table become."""

    drafts: list[Draft]

    @property
    def wrong(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.troubles]

    @property
    def new(self) -> list[Draft]:
        return [draft for draft in self.drafts if not draft.is_known]


def key_of(number: str) -> str:
    """What two spellings of a ticket's number share: "inc 0042" is "INC0042"."""
    return "".join(number.split()).upper()


def bring(*, organisation: Organisation, file: BinaryIO, name: str, by: User, at: datetime) -> TicketTable:
    """Keep a table while its columns are looked at. Raises FileRefused or TableError."""
    table = open_table(file, name, limits=LIMITS)
    kept = keep_file(file, name, most=LIMITS.size)
    done = False
    try:
        with transaction.atomic():
            brought = TicketTable.objects.create(
                organisation=organisation, name=name, location=kept.location, sha256=kept.sha256,
                mapping=guess(table.header), added_at=at, added_by=by,
            )
            details = {"name": name, "sha256": kept.sha256, "columns": list(table.header)}
            record(action="tickets.brought", by=by, at=at, organisation=organisation, subject=brought, details=details)
        done = True
    finally:
        if not done:
            drop_file(kept.location)
    return brought


def guess(header: tuple[str, ...]) -> dict[str, int]:
    """Which column holds what, by its name; a column that is not recognised is left to the person."""
    found: dict[str, int] = {}
    for column in COLUMNS:
        for place, name in enumerate(header):
            plain = name.lower().replace("é", "e").replace("è", "e")
            if place not in found.values() and any(word in plain for word in GUESSES[column]):
                found[column] = place
                break
    return found


@contextmanager
def opened(brought: TicketTable, header_row: int | None) -> Iterator[Table]:
    """The table, open for reading. Raises TableError."""
    with storages["default"].open(brought.location) as file:
        yield open_table(file.file, brought.name, header_row=header_row, limits=LIMITS)


def preview(brought: TicketTable, mapping: dict[str, int], header_row: int | None) -> Preview:
    """What each row becomes, with every trouble. Raises TableError."""
    known = set(Ticket.objects.filter(organisation=brought.organisation).values_list("key", flat=True))
    drafts, seen = [], set()
    with opened(brought, header_row) as table:
        for row in table.rows():
            if row.problem:
                drafts.append(Draft(row.number, troubles=[row.problem]))
                continue
            draft = _read(row.number, [row.cells[mapping[column]] for column in COLUMNS], brought.organisation)
            if draft.key in seen:
                draft.troubles.append(_("Ticket “%(number)s” stands twice in this file. Remove a row.") % {"number": draft.number})
            seen.add(draft.key)
            draft.is_known = draft.key in known
            drafts.append(draft)
    if not drafts:
        raise TableError(brought.name, _("there is no row below the header. Choose another header row, or another file."))
    return Preview(drafts)


def _read(row: int, cells: list[str], organisation: Organisation) -> Draft:
    number, opened_on, title = (cell.strip() for cell in cells)
    draft = Draft(row, number=number, title=title[:300])
    if not number:
        draft.troubles.append(_("The number is missing. Add it, or choose another column."))
    if len(number) > 60:
        draft.troubles.append(_("The number has more than 60 characters. Choose another column."))
    if not title:
        draft.troubles.append(_("The title is missing. Add it, or choose another column."))
    try:
        draft.opened_on = read_day(opened_on, organisation.zone)
    except ValueError as trouble:
        draft.troubles.append(str(trouble))
    else:
        if draft.opened_on is None:
            draft.troubles.append(_("The date is missing. Add it, or choose another column."))
    return draft


@transaction.atomic
def import_tickets(
    *, brought: TicketTable, mapping: dict[str, int], header_row: int | None, by: User, at: datetime
) -> int:
    """Import every row, or none; tickets known before are left as they are. Returns how many are new.

    Raises RowsRefused, AlreadyImported or TableError.
    """
    Organisation.objects.select_for_update().get(pk=brought.organisation_id)  # one table after the other
    if not TicketTable.objects.waiting().filter(pk=brought.pk).exists():
        raise AlreadyImported(_("This table was imported or thrown away before."))
    read = preview(brought, mapping, header_row)
    if read.wrong:
        raise RowsRefused(_("Nothing was imported: %(count)s rows need your attention.") % {"count": len(read.wrong)})
    linked = dict(TicketLink.objects.filter(organisation=brought.organisation).values_list("key", "incident_id"))
    new = Ticket.objects.bulk_create(
        Ticket(
            organisation=brought.organisation, key=draft.key, number=draft.number, opened_on=draft.opened_on,
            title=draft.title, table=brought, row=draft.row, incident_id=linked.get(draft.key),
        )
        for draft in read.new
    )
    TicketTable.objects.filter(pk=brought.pk).update(
        imported_at=at, imported_by=by, imported_count=len(new), mapping=mapping, header_row=header_row, location=None
    )
    record(
        action="tickets.imported", by=by, at=at, organisation=brought.organisation, subject=brought,
        details={"name": brought.name, "sha256": brought.sha256, "rows": len(read.drafts), "new": len(new)},
    )
    transaction.on_commit(lambda location=brought.location: drop_file(location))
    return len(new)


@transaction.atomic
def drop(*, brought: TicketTable, by: User, at: datetime) -> None:
    """Throw a table away that will not be imported. Raises AlreadyImported."""
    gone = {"dropped_at": at, "dropped_by": by, "location": None}
    if not TicketTable.objects.waiting().filter(pk=brought.pk).update(**gone):
        raise AlreadyImported(_("This table was imported or thrown away before."))
    record(
        action="tickets.dropped", by=by, at=at, organisation=brought.organisation, subject=brought,
        details={"name": brought.name, "sha256": brought.sha256},
    )
    transaction.on_commit(lambda location=brought.location: drop_file(location))


@transaction.atomic
def note_on(*, incident: Incident, number: str, by: User, at: datetime) -> TicketLink:
    """Note a ticket's number on an incident; a ticket of that number, brought before or later, is then matched.

    Raises ValidationError (no number) or AlreadySaid.
    """
    number = number.strip()
    if not number or len(number) > 60:
        raise ValidationError({"number": _("Enter the ticket's number, at most 60 characters.")})
    key = key_of(number)
    link = TicketLink(
        incident=incident, organisation=incident.organisation, key=key, number=number, noted_at=at, noted_by=by
    )
    try:
        with transaction.atomic():
            link.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySaid(_("This ticket is noted on an incident already.")) from error
    Ticket.objects.filter(organisation=incident.organisation, key=key).update(
        incident=incident, dismissed_at=None, dismissed_by=None, dismissed_reason=None
    )
    _tell(incident, "ticket.linked", by, at, ticket=[None, number])
    return link


@transaction.atomic
def take_off(*, link: TicketLink, by: User, at: datetime) -> None:
    """Take a ticket's number off an incident; the ticket is unmatched again."""
    Ticket.objects.filter(organisation=link.organisation, key=link.key).update(incident=None)
    incident, number = link.incident, link.number
    link.delete()
    _tell(incident, "ticket.unlinked", by, at, ticket=[number, None])


@transaction.atomic
def dismiss(*, ticket: Ticket, reason: str, by: User, at: datetime) -> Ticket:
    """Say that a ticket is no personal-data incident, and why. Raises ValidationError or AlreadySaid."""
    if not reason.strip():
        raise ValidationError({"reason": _("Write why it is no personal-data incident: an auditor will ask.")})
    said = {"dismissed_at": at, "dismissed_by": by, "dismissed_reason": reason.strip()}
    if not Ticket.objects.filter(pk=ticket.pk, incident=None, dismissed_at=None).update(**said):
        raise AlreadySaid(_("Somebody noted this ticket on an incident, or ruled it out, before you."))
    ticket.refresh_from_db()
    record(
        action="ticket.dismissed", by=by, at=at, organisation=ticket.organisation, subject=ticket,
        changes={"dismissed_reason": [None, ticket.dismissed_reason]},
    )
    return ticket


@transaction.atomic
def take_back(*, ticket: Ticket, by: User, at: datetime) -> None:
    """Count a ticket again that was ruled out."""
    gone = {"dismissed_at": None, "dismissed_by": None, "dismissed_reason": None}
    if Ticket.objects.filter(pk=ticket.pk, dismissed_at__isnull=False).update(**gone):
        record(
            action="ticket.taken_back", by=by, at=at, organisation=ticket.organisation, subject=ticket,
            changes={"dismissed_reason": [ticket.dismissed_reason, None]},
        )


def _tell(incident: Incident, event: str, by: User, at: datetime, **changes) -> None:
    record(action=event, by=by, at=at, organisation=incident.organisation, subject=incident, changes=changes)
