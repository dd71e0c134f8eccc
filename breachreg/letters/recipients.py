"""What is done to the people on a letter's list: added by hand, changed, taken off, put back, found."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters.models import Letter, Recipient, Vault
from breachreg.letters.people import Person, opened
from breachreg.letters.vault import Box, Purged, box_for_reading, box_of, hashes_of
from breachreg.register.models import Incident


class AlreadyOnTheList(Exception):
    """Somebody with this name and address stands on the list already; carries that recipient."""

    def __init__(self, recipient: Recipient):
        super().__init__(
            _("This person stands on the list already, as %(reference)s.") % {"reference": recipient.reference}
        )
        self.recipient = recipient


@dataclass(frozen=True)
class Row:
    """A recipient with what the encrypted column says; ``person`` is None after a purge."""

    recipient: Recipient
    person: Person | None


@transaction.atomic
def add_recipient(
    *, letter: Letter, person: Person, channel: str, by: User, at: datetime, even_if_listed: bool = False
) -> Recipient:
    """Put a person on the list. Raises BadRecipient, Purged, or AlreadyOnTheList unless ``even_if_listed``."""
    person.check(channel)
    columns = person.sealed(box_of(letter.incident, at))
    number = next_number(letter.incident)
    if not even_if_listed and (same := same_person(letter, columns["same_hash"])):
        raise AlreadyOnTheList(same)
    recipient = Recipient.objects.create(
        letter=letter, number=number, channel=channel, added_at=at, added_by=by, **columns
    )
    _record(recipient, "recipient.added", by, at)
    return recipient


@transaction.atomic
def amend_recipient(*, recipient: Recipient, person: Person, channel: str, by: User, at: datetime) -> Recipient:
    """Correct a person's name or address. Raises BadRecipient or Purged."""
    person.check(channel)
    box = box_of(recipient.letter.incident, at)
    columns = {"channel": channel, **person.sealed(box)}
    before = opened(box, recipient.sealed)
    Recipient.objects.filter(pk=recipient.pk).update(**columns)
    for name, value in columns.items():
        setattr(recipient, name, value)
    changed = [name for name in Person.__dataclass_fields__ if getattr(before, name) != getattr(person, name)]
    _record(recipient, "recipient.amended", by, at, {"columns": changed})
    return recipient


@transaction.atomic
def remove_recipient(*, recipient: Recipient, by: User, at: datetime) -> None:
    """Take a person off the list; the line stays and can be put back. The second time changes nothing."""
    won = Recipient.objects.current().filter(pk=recipient.pk).update(removed_at=at, removed_by=by)
    if won:
        _record(recipient, "recipient.removed", by, at)


@transaction.atomic
def restore_recipient(*, recipient: Recipient, by: User, at: datetime) -> None:
    """Put a person back on the list."""
    won = Recipient.objects.filter(pk=recipient.pk, removed_at__isnull=False).update(removed_at=None, removed_by=None)
    if won:
        _record(recipient, "recipient.restored", by, at)


@transaction.atomic
def note_list_reading(*, letter: Letter, searched: bool, by: User, at: datetime) -> None:
    """Record that a person read who is written to (what they searched for is not kept)."""
    record(
        action="recipient.listed", by=by, at=at, organisation=letter.incident.organisation, subject=letter,
        details={"searched": searched},
    )


@transaction.atomic
def note_preview(*, recipient: Recipient, by: User, at: datetime) -> None:
    """Record that a person read the letter of one recipient."""
    _record(recipient, "recipient.previewed", by, at)


def search(letter: Letter, words: str) -> QuerySet[Recipient]:
    """Recipients of a letter whose last name, e-mail address or reference this is; all of them for no words.

    Whole words only: the names are encrypted, and what is looked up is a keyed hash, which outlives a purge.
    """
    found = listed(letter)
    words = words.strip()
    if not words:
        return found
    if words.upper().startswith(letter.reference) or words.isdigit():
        return found.filter(number=int(words.rpartition("-")[2])) if words[-1:].isdigit() else found.none()
    try:
        looked_up = hashes_of(letter.incident).hash(words)
    except Vault.DoesNotExist:
        return found.none()
    return found.filter(email_hash=looked_up) if "@" in words else found.filter(name_hash=looked_up)


def listed(letter: Letter) -> QuerySet[Recipient]:
    """Everybody on the list or taken off it; those of a table that was not confirmed yet are left out."""
    return Recipient.objects.filter(letter=letter).confirmed().select_related("letter__incident")


def to_write_to(letter: Letter) -> QuerySet[Recipient]:
    """Those whom the letter goes to."""
    return listed(letter).current()


def rows(recipients) -> Iterator[Row]:
    """The recipients with their encrypted column opened, in the given order."""
    boxes: dict[int, Box | None] = {}
    for recipient in recipients:
        incident = recipient.letter.incident
        if incident.pk not in boxes:
            boxes[incident.pk] = _box_or_none(incident)
        box = boxes[incident.pk]
        yield Row(recipient, opened(box, recipient.sealed) if box and recipient.sealed else None)


def same_person(letter: Letter, same_hash: bytes | None) -> Recipient | None:
    """Somebody on the list with this name and address, if any."""
    if same_hash is None:
        return None
    return to_write_to(letter).filter(same_hash=same_hash).first()


def next_number(incident: Incident) -> int:
    """The next free number of an incident, whose recipients stay locked until the transaction ends.

    Numbers count through all letters of an incident, so that a row can go to another letter's list and keep its own.
    """
    Vault.objects.select_for_update().get(incident=incident)
    lists = Letter.objects.filter(incident=incident).values_list("pk", flat=True)
    last = [Recipient.objects.filter(letter=pk).aggregate(last=Max("number"))["last"] or 0 for pk in lists]
    return max(last, default=0) + 1


def _box_or_none(incident) -> Box | None:
    try:
        return box_for_reading(incident)
    except Purged:
        return None


def _record(recipient: Recipient, action: str, by: User, at: datetime, details: dict | None = None) -> None:
    record(
        action=action, by=by, at=at, organisation=recipient.letter.incident.organisation, subject=recipient,
        details={"way": recipient.channel, **(details or {})},
    )
