"""What is done with the trail from a page: read, verified, signed, and where its checkpoints go."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit import checkpoints, verify
from breachreg.audit.actions import record
from breachreg.audit.models import Checkpoint, Entry
from breachreg.exports.events import EVENTS  # noqa: F401  (declares what happens here)
from breachreg.exports.models import Channel, Delivery, Destination
from breachreg.register.models import Incident


@transaction.atomic
def note_reading(*, organisation: Organisation, by: User, at: datetime, incident: Incident | None = None, **filters) -> None:
    """Record that a person read the trail, or the part of it that belongs to one incident."""
    record(
        action="trail.read", by=by, at=at, organisation=organisation, subject=incident,
        details={"filters": {name: value for name, value in filters.items() if value not in (None, "")}},
    )


@transaction.atomic
def note_past_reading(
    *, organisation: Organisation, by: User, at: datetime, as_of: datetime, incident: Incident | None = None
) -> None:
    """Record that a person read the register, or one incident, as it stood at ``as_of``."""
    record(
        action="register.past_read", by=by, at=at, organisation=organisation, subject=incident, details={"as_of": as_of}
    )


@transaction.atomic
def note_checkpoint_taken(*, organisation: Organisation, checkpoint: Checkpoint, by: User, at: datetime) -> None:
    """Record that a person downloaded a checkpoint, or the timestamp of it."""
    record(
        action="checkpoint.downloaded", by=by, at=at, organisation=organisation, subject=checkpoint,
        details={"entry": checkpoint.organisation_number},
    )


def verify_trail(*, organisation: Organisation, by: User | None, at: datetime) -> verify.Result:
    """Verify an organisation's chain against its checkpoints, and record who did and what was found."""
    result = verify.verify(organisation_id=organisation.pk)
    details = {"checked": result.checked, "purged": result.purged, "last": result.last_number, "hash": result.last_hash}
    if result.trouble:
        details |= {"entry": result.trouble.number, "kind": result.trouble.kind, "facts": result.trouble.facts}
    with transaction.atomic():
        action = "trail.verified" if result.holds else "trail.broken"
        record(action=action, by=by, at=at, organisation=organisation, details=details)
    return result


def last_verification(organisation: Organisation) -> Entry | None:
    """The entry of the last verification of this organisation's chain."""
    done = Entry.objects.of_organisation(organisation).filter(action__in=["trail.verified", "trail.broken"])
    return done.select_related("content").order_by("-number").first()


def in_words(verification: Entry) -> str:
    """What a verification found, in the reader's language."""
    details = verification.content.details
    result = verify.Result(checked=details["checked"], purged=details["purged"])
    if verification.action == "trail.broken":
        result.trouble = verify.Trouble(details["entry"], details["kind"], details["facts"])
    return str(result)


@transaction.atomic
def make_checkpoint(
    *, organisation: Organisation, by: User | None, at: datetime, reason: str, sends: bool = True
) -> Checkpoint:
    """Sign the organisation's chain as it stands now; put the checkpoint on its way to every destination if it ``sends``."""
    record(action="trail.signed", by=by, at=at, organisation=organisation, details={"reason": reason})
    checkpoint = checkpoints.make(at=at, organisation_id=organisation.pk)
    there = organisation.checkpoint_destinations.filter(removed_at=None) if sends else ()
    Delivery.objects.bulk_create(Delivery(checkpoint=checkpoint, destination=one, due_at=at) for one in there)
    return checkpoint


@dataclass(frozen=True)
class Comparison:
    """What became of a checkpoint that somebody kept: whether the trail still bears it out, in words."""

    holds: bool
    words: str


def compare(*, organisation: Organisation, text: str) -> Comparison:
    """Hold a checkpoint that somebody kept against the trail as it is. Raises checkpoints.NotACheckpoint."""
    said = checkpoints.read(text)
    if said.organisation_id != organisation.pk:
        raise checkpoints.NotACheckpoint(_("This checkpoint is of another organisation's trail."))
    entry = Entry.objects.of_organisation(organisation).filter(number=said.number).first()
    place = {"number": said.organisation_number}  # by which the page names it
    if entry is None:
        return Comparison(False, _("Entry %(number)s, which this checkpoint names, is gone from the trail.") % place)
    if (entry.hash, entry.organisation_number) != (said.hash, said.organisation_number):
        return Comparison(False, _("Entry %(number)s is not the one that this checkpoint names: it was replaced.") % place)
    return Comparison(True, _("The trail bears this checkpoint out: entry %(number)s is there, unchanged.") % place)


class DestinationAlreadyNamed(Exception):
    """Checkpoints go to this address already."""


@transaction.atomic
def add_destination(*, organisation: Organisation, channel: Channel, address: str, by: User, at: datetime) -> Destination:
    """Send this organisation's checkpoints to one more address. Raises ValidationError or DestinationAlreadyNamed."""
    check = validate_email if channel == Channel.EMAIL else URLValidator(schemes=["https"])
    try:
        check(address)
    except ValidationError as error:
        remedy = _("Enter an e-mail address.") if channel == Channel.EMAIL else _("Enter an address that begins with https://.")
        raise ValidationError({"address": remedy}) from error
    destination = Destination(organisation=organisation, channel=channel, address=address, added_at=at, added_by=by)
    try:
        with transaction.atomic():
            destination.save(force_insert=True)
    except IntegrityError as error:
        raise DestinationAlreadyNamed(_("Checkpoints go to this address already.")) from error
    record(
        action="checkpoint.destination_added", by=by, at=at, organisation=organisation, subject=destination,
        changes={"address": [None, address]},
    )
    return destination


@transaction.atomic
def remove_destination(*, destination: Destination, by: User, at: datetime) -> None:
    """Send no further checkpoints there; what was sent stays on record."""
    if Destination.objects.filter(pk=destination.pk, removed_at=None).update(removed_at=at, removed_by=by):
        record(
            action="checkpoint.destination_removed", by=by, at=at, organisation=destination.organisation,
            subject=destination, changes={"address": [destination.address, None]},
        )
