"""E-mails to who comes next in a review: rows planned by the actions, sent once by the background's sweep."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.notifications.models import MessageKind, Notification, ReviewMessage, Thread
from breachreg.register.sending import headers_of, send_each, send_once

# The subject, and what to do. No fact of the incident leaves by e-mail: it is read after signing in.
WORDS = {
    MessageKind.SUBMITTED: (
        gettext_noop("%(reference)s: a notification waits for your review"),
        gettext_noop("Somebody submitted the notification for review. Read it, then approve it or send it back."),
    ),
    MessageKind.SENT_BACK: (
        gettext_noop("%(reference)s: your notification was sent back"),
        gettext_noop("The reviewer says what is to be done. Read it, change the text and submit it again."),
    ),
    MessageKind.APPROVED: (
        gettext_noop("%(reference)s: your notification is approved"),
        gettext_noop("The text is approved and sealed. Carry it over into the CNIL's form, and record the receipt."),
    ),
    MessageKind.MENTIONED: (
        gettext_noop("%(reference)s: you are mentioned in a comment"),
        gettext_noop("A colleague mentions you in a comment on the notification."),
    ),
    MessageKind.FILED_UNAPPROVED: (
        gettext_noop("%(reference)s: a notification was filed without approval"),
        gettext_noop("Too little time was left for the review. Review the text after the fact."),
    ),
}


def call(
    *, notification: Notification, kind: MessageKind, recipients: Iterable[User], at: datetime, thread: Thread | None = None
) -> None:
    """Plan an e-mail to each of these people, inside the transaction of the action that gives the reason."""
    ReviewMessage.objects.bulk_create(
        ReviewMessage(
            notification=notification, kind=kind, recipient=person, version=notification.version, thread=thread, due_at=at
        )
        for person in recipients
    )


def call_reviewers(*, notification: Notification, kind: MessageKind, but: set[int], at: datetime) -> None:
    """Plan an e-mail to everybody who may review here, but not to these people (who wrote the text)."""
    reviewers = holders("notification.review", notification.incident.organisation)
    call(notification=notification, kind=kind, recipients=reviewers.exclude(pk__in=but), at=at)


def send_due(at: datetime) -> int:
    """Send every message that is due at this instant (UTC); the number of those that left."""
    return send_each(ReviewMessage.objects.claim(at), lambda message: _send(message, at))


def _send(message: ReviewMessage, at: datetime) -> bool:
    return send_once(message, at, send=compose(message).send, note=lambda: _note(message, at))


def _note(message: ReviewMessage, at: datetime) -> None:
    incident = message.notification.incident
    record(
        action="review_message.sent", by=None, at=at, organisation=incident.organisation, subject=message.notification,
        details={"to": message.recipient.email, "kind": message.kind},
    )


def compose(message: ReviewMessage) -> EmailMessage:
    """The message in the recipient's language, with the address of the page and nothing of what stands there."""
    notification = message.notification
    incident = notification.incident
    address = settings.BASE_URL + reverse(
        "notification-page", args=[incident.organisation.slug, incident.reference, notification.number]
    )
    fragment = f"#thread-{message.thread_id}" if message.thread_id else ""
    subject, text = WORDS[MessageKind(message.kind)]
    with translation.override(message.recipient.language):
        return EmailMessage(
            subject=_(subject) % {"reference": incident.reference}, body=f"{_(text)}\n\n{address}{fragment}\n",
            to=[message.recipient.email],
            headers=headers_of(message),
        )
