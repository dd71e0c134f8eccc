"""Which regimes concern an organisation, and the clocks of its own contracts and policies."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from breachreg.accounts import actions as accounts
from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.clocks import follow_facts
from breachreg.register.models import FollowUp, Incident, OwnClock, Qualification

AT_ONCE = 20
"""So many open incidents follow while the person waits for the page; more follow in the background."""
AT_A_SWEEP = 200
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


def follow_due(at: datetime) -> int:
    """Let a part of the open incidents follow, for each change that waits at this instant (UTC); the number that followed."""
    return sum(_follow_part(follow_up, at) for follow_up in FollowUp.objects.claim(at))


@transaction.atomic
def _follow_part(follow_up: FollowUp, at: datetime) -> int:
    """The next incidents by their keys; the claim is given up for the next sweep, or the row is done."""
    part = list(_concerned(follow_up.organisation).filter(pk__gt=follow_up.last).order_by("pk")[:AT_A_SWEEP])
    for incident in part:
        follow_facts(incident=incident, by=follow_up.asked_by, at=at)
    mine = FollowUp.objects.filter(pk=follow_up.pk, claim=follow_up.claim)
    if part:
        mine.update(last=part[-1].pk, followed=F("followed") + len(part), claim=None, claimed_until=None, attempts=0)
    elif follow_up.finish(at):
        record(
            action="clocks.followed", by=None, at=at, organisation=follow_up.organisation,
            details={"incidents": follow_up.followed},
        )
    return len(part)


def following(organisation: Organisation) -> FollowUp | None:
    """The change of clocks that open incidents are still taking up, or null."""
    return FollowUp.objects.filter(organisation=organisation, done_at=None).order_by("-pk").first()


def _follow(organisation: Organisation, by: User, at: datetime) -> None:
    """The open incidents take up what concerns them from now on: at once when they are few, otherwise in the background."""
    count = _concerned(organisation).count()
    if count > AT_ONCE:
        FollowUp.objects.create(organisation=organisation, asked_by=by, asked_at=at, due_at=at, to_follow=count)
        return
    for incident in _concerned(organisation):
        follow_facts(incident=incident, by=by, at=at)


def _concerned(organisation: Organisation):
    still_open = Incident.objects.filter(organisation=organisation, is_imported=False).open()
    return still_open.exclude(qualification=Qualification.NOT_A_BREACH).select_related("organisation", "owner")
