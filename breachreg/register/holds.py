"""Legal holds: while one is in force, nothing of the incident goes."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.register.changes import note_event
from breachreg.register.models import Incident, LegalHold


class AlreadyHeld(Exception):
    """A legal hold is in force on this incident."""


class NotHeld(Exception):
    """Somebody lifted this hold before."""


@transaction.atomic
def set_hold(*, incident: Incident, reason: str, by: User, at: datetime) -> LegalHold:
    """Keep an incident beyond its time. Raises ValidationError (no reason), AlreadyHeld, or Incident.DoesNotExist when it was purged."""
    if not reason.strip():
        raise ValidationError({"reason": _("Write why: whoever wants to lift the hold has to judge by it.")})
    Incident.objects.select_for_update().get(pk=incident.pk)  # a purge under way is over before we go on
    hold = LegalHold(incident=incident, reason=reason.strip(), set_at=at, set_by=by)
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyHeld(_("A legal hold is in force already.")) from error
    note_event(incident=incident, event="hold.set", by=by, at=at, text=hold.reason)
    record(
        action="hold.set", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes={"legal_hold": [None, hold.reason]},
    )
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, by: User, at: datetime) -> None:
    """End a hold, so that the incident goes when its time is over. Raises ValidationError (no reason) or NotHeld."""
    if not reason.strip():
        raise ValidationError({"reason": _("Write why the hold is not needed any more.")})
    lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
        lifted_at=at, lifted_by=by, lifted_reason=reason.strip()
    )
    if not lifted:
        raise NotHeld(_("Somebody lifted this hold before."))
    note_event(incident=hold.incident, event="hold.lifted", by=by, at=at, text=reason.strip())
    record(
        action="hold.lifted", by=by, at=at, organisation=hold.incident.organisation, subject=hold.incident,
        changes={"legal_hold": [hold.reason, None]}, details={"reason": reason.strip()},
    )
