"""What the actions of this room are made of: lock, count the version up, freeze, end a review, tell the trail."""

from datetime import datetime

from django.db.models import F, Max
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record as record_entry
from breachreg.notifications import completeness, events, neutral  # noqa: F401 (events declares what this room does)
from breachreg.notifications.answers import Source
from breachreg.notifications.content import freeze
from breachreg.notifications.held import held_by
from breachreg.notifications.models import Notification, Outcome, Review, Version
from breachreg.notifications.record import Record


class Conflict(Exception):
    """Somebody was first. Carries the notification as it stands now and the fields where both met."""

    def __init__(self, notification: Notification, fields: tuple[str, ...] = (), message: str = ""):
        super().__init__(
            message
            or _("Somebody changed this notification after you opened the page. Nothing of yours was saved or lost: compare, then save again.")
        )
        self.notification, self.fields = notification, fields


class NotNow(Exception):
    """The notification is not in a state in which this can be done; the message says what to do first."""


def freeze_version(notification: Notification, record: Record, by: User, at: datetime) -> Version:
    """Freeze the draft's content as its next version."""
    number = (notification.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    content = freeze(
        record, notification.entries.as_content(), number=notification.number, version=number, held=held_by(notification),
    )
    return Version.objects.create(
        notification=notification, number=number, content=content, frozen_at=at, frozen_by=by,
        sha256=neutral.digest(neutral.serialise(content)),
    )


def end_review(notification: Notification, outcome: Outcome, by: User, at: datetime, summary: str = "") -> Review:
    """End the running review of this notification. Raises Conflict when somebody ended it before."""
    review = notification.reviews.get(outcome=None)
    ended = Review.objects.filter(pk=review.pk, outcome=None).update(
        outcome=outcome, ended_at=at, ended_by=by, summary=summary
    )
    if not ended:
        raise Conflict(notification)
    return review


def authors(notification: Notification) -> set[int]:
    """The people whose text this is: who drafted, typed an answer, or submitted it."""
    typed = notification.entries.exclude(edited_by=None).values_list("edited_by", flat=True)
    return {notification.drafted_by_id, notification.submitted_by_id, *typed} - {None}


def blocking(version: Version, record: Record) -> list[completeness.Point]:
    """What keeps a version from being approved at the instant of the record, the reasons for a delay included."""
    composed = {code for code, entry in version.content["answers"].items() if entry["source"] == Source.COMPOSED}
    return completeness.blocking(version.answers, record.circumstances, composed)


def lock(notification: Notification) -> Notification:
    return Notification.objects.select_for_update(of=("self",)).select_related("incident__organisation").get(
        pk=notification.pk
    )


def advance(notification: Notification, at: datetime, **columns) -> None:
    """Write these columns and count the version up, if it is still the one that was locked. Raises Conflict."""
    won = Notification.objects.filter(pk=notification.pk, version=notification.version).update(
        version=F("version") + 1, **columns
    )
    if not won:
        raise Conflict(Notification.objects.get(pk=notification.pk))
    notification.version += 1
    for name, value in columns.items():
        setattr(notification, name, value)


def tell(action: str, notification: Notification, by: User, at: datetime, *, changes=None, details=None) -> None:
    record_entry(
        action=action, by=by, at=at, organisation=notification.incident.organisation, subject=notification,
        changes=changes, details=details,
    )
