"""From the approved text to the receipt: carried over field by field, then recorded with its number, time and recap."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.notifications import document, messages
from breachreg.notifications.actions import FIRST_KINDS, check_kind
from breachreg.notifications.changes import Conflict, NotNow, advance, authors, end_review, freeze_version, lock, tell
from breachreg.notifications.models import MessageKind, Notification, Outcome, SealKind, State, Tick, Version
from breachreg.notifications.record import Record, read
from breachreg.notifications.sealing import seal, told
from breachreg.register.filings import record_filing
from breachreg.register.models import Evidence, Filing, FilingKind, Incident

FAST_LANE = timedelta(hours=6)


class NotApproved(Exception):
    """The text is not approved, and more than six hours are left to get it approved."""


def file(
    *, notification: Notification, seen: int, filed_at: datetime, receipt_number: str | None, by: User, at: datetime,
    delay_reasons: str | None = None, evidence: Evidence | None = None, unapproved_reason: str = "",
    unsigned: bool = False,
) -> Notification:
    """Record that this notification was filed at ``filed_at`` (UTC): stops the clock and seals the filed documents.

    Unapproved, only in the fast lane and with a reason. Raises NotApproved, Conflict, NotNow, ValidationError (from the
    register: late without reasons, an instant to come, a receipt recorded before), document.CannotDraw, or
    signature.CannotSign, after which it can be recorded ``unsigned``: what was filed was filed.
    """
    document.warm_up()
    return _file(
        notification, seen, filed_at, receipt_number, by, at, delay_reasons, evidence, unapproved_reason.strip(), unsigned
    )


@transaction.atomic
def _file(
    notification, seen, filed_at, receipt_number, by, at, delay_reasons, evidence, unapproved_reason, unsigned
) -> Notification:
    current = lock(notification)
    if not current.is_open:
        raise NotNow(_("This notification is closed already."))
    if current.version != seen:
        raise Conflict(current)
    record = read(current.incident, at=at, kind=current.kind)
    unapproved = _without_approval(current, record, unapproved_reason, by, at)
    version = _version_filed(current, record, by, at)
    filing = record_filing(
        incident=current.incident, kind=current.kind, filed_at=filed_at, receipt_number=receipt_number, by=by, at=at,
        delay_reasons=delay_reasons or version.answers.get("delay_reasons"), evidence=evidence,
    )
    advance(current, at, state=State.FILED, filing=filing, **unapproved)
    version.notification = current
    seals = seal(version=version, kind=SealKind.FILED, by=by, at=at, unsigned=unsigned)
    tell(
        "notification.sealed_as_filed", current, by, at,
        details={"version": version.number} | told(seals, unsigned),
    )
    if unapproved:
        messages.call_reviewers(notification=current, kind=MessageKind.FILED_UNAPPROVED, but=authors(current) | {by.pk}, at=at)
        tell("notification.filed_unapproved", current, by, at, details={"reason": unapproved_reason})
    return current


@transaction.atomic
def record_elsewhere(
    *, incident: Incident, kind: FilingKind, filed_at: datetime, receipt_number: str | None, proof: Evidence, by: User,
    at: datetime, delay_reasons: str | None = None,
) -> Filing:
    """Record a filing that was made without a draft of ours, with its proof: it stops the clock like any other.

    Raises NotNow while a draft is open (its own receipt is recorded there) or for a kind that does not fit; else what
    the register raises.
    """
    current = Incident.objects.select_for_update().get(pk=incident.pk)
    if current.notifications.open().exists():
        raise NotNow(_("A draft is open. Record its receipt there, or abandon it first."))
    check_kind(current, kind)
    return record_filing(
        incident=current, kind=kind, filed_at=filed_at, receipt_number=receipt_number, by=by, at=at,
        delay_reasons=delay_reasons, evidence=proof,
    )


def is_fast_lane(record: Record) -> bool:
    """Whether the 72 hours run and fewer than six are left, or none: then a DPO may file without approval, with a reason.

    A complementary notification and a withdrawal have no such lane: the authority was told, and nothing forces the hand.
    """
    due_at = record.running_due_at if record.kind in FIRST_KINDS else None
    return due_at is not None and due_at - record.at < FAST_LANE


@transaction.atomic
def tick(*, notification: Notification, field: str, carried: str, by: User, at: datetime) -> None:
    """Mark a field as carried over into the authority's form with this text (its SHA-256, as the page showed it).

    Marking the same text twice changes nothing.
    """
    anew = notification.ticks.filter(field=field).exclude(carried=carried)
    if not anew.update(carried=carried, ticked_at=at, ticked_by=by):
        try:
            with transaction.atomic():
                Tick.objects.create(notification=notification, field=field, carried=carried, ticked_at=at, ticked_by=by)
        except IntegrityError:
            return
    tell("notification.ticked", notification, by, at, details={"field": field})


@transaction.atomic
def untick(*, notification: Notification, field: str, by: User, at: datetime) -> None:
    """Take the mark of a field away."""
    deleted, _rows = notification.ticks.filter(field=field).delete()
    if deleted:
        tell("notification.unticked", notification, by, at, details={"field": field})


def _without_approval(notification: Notification, record: Record, reason: str, by: User, at: datetime) -> dict:
    """The columns of a filing without approval; {} when it is approved. Raises NotApproved."""
    if notification.state == State.APPROVED:
        return {}
    if not is_fast_lane(record):
        raise NotApproved(_("This text is not approved, and more than six hours are left: ask for its approval first."))
    if not reason:
        raise NotApproved(_("This text is not approved. Say why it had to be filed without approval."))
    return {"unapproved_reason": reason, "unapproved_at": at, "unapproved_by": by}


def _version_filed(notification: Notification, record: Record, by: User, at: datetime) -> Version:
    """The approved version, or, in the fast lane, the draft frozen as it was filed."""
    if notification.state == State.APPROVED:
        return notification.reviews.filter(outcome=Outcome.APPROVED).latest("ended_at").version
    if notification.state == State.IN_REVIEW:
        end_review(notification, Outcome.ENDED, by, at, _("Filed before the review was done."))
    return freeze_version(notification, record, by, at)
