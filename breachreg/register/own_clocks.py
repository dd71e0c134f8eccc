"""Which regimes concern an organisation, and the clocks of its own contracts and policies."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts import actions as accounts
from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.clocks import follow_facts
from breachreg.register.models import Incident, OwnClock, Qualification

FIELDS = ("name", "addressee", "instant", "hours", "source")


class ClockEnded(Exception):
    """This clock was changed or ended before."""


@transaction.atomic
def choose_regimes(
    *, organisation: Organisation, regimes: tuple[str, ...] | None, contract_hours: int | None, by: User, at: datetime
) -> None:
    """Say which regimes concern the organisation and how many hours its contracts give; open incidents follow."""
    accounts.change_organisation(organisation=organisation, regimes=regimes, contract_hours=contract_hours, by=by, at=at)
    _follow(organisation, by, at)


@transaction.atomic
def save_own_clock(
    *, organisation: Organisation, name: str, addressee: str, instant: str, hours: int | None, source: str, by: User,
    at: datetime, replaces: OwnClock | None = None,
) -> OwnClock:
    """Add a clock, or a new version of one: a clock that runs on an incident keeps the version it started under.

    Raises ValidationError naming the field, ClockEnded.
    """
    made = OwnClock(
        organisation=organisation, first_id=(replaces.first_id or replaces.pk) if replaces else None, name=name.strip(),
        addressee=addressee.strip(), instant=instant, hours=hours, source=source.strip(), added_at=at, added_by=by,
    )
    if hours == 0:
        raise ValidationError({"hours": _("Enter at least one hour, or leave it empty for “without undue delay”.")})
    made.full_clean(exclude=["first"])
    before = snapshot(replaces) if replaces else {}
    if replaces:
        _end(replaces, by, at)
    made.save()
    record(
        action="clocks.own_saved", by=by, at=at, organisation=organisation, subject=made,
        changes=difference({name: before.get(name) for name in FIELDS} if before else {}, {name: snapshot(made)[name] for name in FIELDS}),
    )
    _follow(organisation, by, at)
    return made


@transaction.atomic
def end_own_clock(*, own: OwnClock, by: User, at: datetime) -> None:
    """End a clock: incidents to come do not start it, those on which it runs keep it. Raises ClockEnded."""
    _end(own, by, at)
    record(
        action="clocks.own_ended", by=by, at=at, organisation=own.organisation, subject=own,
        changes={"ended_at": [None, at.isoformat()]},
    )


def _end(own: OwnClock, by: User, at: datetime) -> None:
    if not OwnClock.objects.filter(pk=own.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise ClockEnded(_("Somebody changed or ended this clock before you. Look at the list, then change it again."))


def _follow(organisation: Organisation, by: User, at: datetime) -> None:
    """The open incidents take up what concerns them from now on."""
    still_open = Incident.objects.filter(organisation=organisation, is_imported=False).open()
    for incident in still_open.exclude(qualification=Qualification.NOT_A_BREACH).select_related("organisation", "owner"):
        follow_facts(incident=incident, by=by, at=at)
