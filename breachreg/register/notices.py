"""Tell by e-mail that a decision was reopened: rows planned with the reopening, each sent once by the background's sweep."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.audit.actions import record
from breachreg.register.deadlines import responsible
from breachreg.register.models import Decision, Notice
from breachreg.register.sending import headers_of, send_each, send_once


def call(*, decision: Decision, at: datetime) -> None:
    """Plan a message to who decided and to who acts on the incident, inside the transaction that reopens the decision."""
    people = {person.pk: person for person in [decision.decided_by, *responsible(decision.incident)] if person.is_active}
    Notice.objects.bulk_create(Notice(decision=decision, recipient=person, due_at=at) for person in people.values())


def send_due(at: datetime) -> int:
    """Send every message that is due at this instant (UTC); the number of those that left."""
    return send_each(Notice.objects.claim(at), lambda notice: _send(notice, at))


def _send(notice: Notice, at: datetime) -> bool:
    return send_once(notice, at, send=compose(notice).send, note=lambda: _note(notice, at))


def _note(notice: Notice, at: datetime) -> None:
    incident = notice.decision.incident
    record(
        action="notice.sent", by=None, at=at, organisation=incident.organisation, subject=incident,
        details={"to": notice.recipient.email},
    )


def compose(notice: Notice) -> EmailMessage:
    """The message in the recipient's language, with the address of the page and no fact of the incident."""
    incident = notice.decision.incident
    address = settings.BASE_URL + reverse("assess", args=[incident.organisation.slug, incident.reference])
    with translation.override(notice.recipient.language):
        text = _(
            "The facts of this incident changed, and they now recommend more than what was decided. The decision is open "
            "again, and the clock runs from the same instant as before: look at the assessment, then decide."
        )
        return EmailMessage(
            subject=_("%(reference)s: decide again, the facts changed") % {"reference": incident.reference},
            body=f"{text}\n\n{address}\n", to=[notice.recipient.email],
            headers=headers_of(notice),
        )
