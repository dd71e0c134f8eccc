"""Send the reminders that are due: each once, however late, doubled or interrupted the job that asks for it.

1. A due row is claimed by a conditional update (``leases``): of two sweeps at once, one gets it.
2. If the clock was stopped meanwhile, the row falls silent and nothing is sent.
3. In one transaction: the row is marked as done, the trail gets its entry, the message leaves. A mail server that
   refuses undoes all three, and the row comes back later. The message keeps the same name (Message-ID) each time,
   so that a mail system which took it just before a crash can tell a second one.
"""

import logging
import smtplib
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from breachreg.audit.actions import record
from breachreg.register.models import Reminder
from breachreg.web.clockface import ClockFace
from breachreg.web.zones import zone_words

log = logging.getLogger(__name__)


def send_due(at: datetime) -> int:
    """Send every reminder that is due at this instant (UTC); the number of those that left."""
    return sum(send(reminder, at) for reminder in Reminder.objects.filter(cancelled_at=None).claim(at))


def send(reminder: Reminder, at: datetime) -> bool:
    """Send a claimed reminder; False when nothing left: its clock has stopped, or the mail server refused."""
    if not reminder.deadline.is_running:
        Reminder.objects.filter(pk=reminder.pk, done_at=None).update(cancelled_at=at)
        return False
    try:
        return _send(reminder, at)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("reminder %s was not sent: %s", reminder.pk, error)
        reminder.give_back(at, trouble=str(error)[:500])
        return False


@transaction.atomic
def _send(reminder: Reminder, at: datetime) -> bool:
    if not reminder.finish(at):
        return False
    incident = reminder.deadline.incident
    message = compose(reminder, at)
    record(
        action="reminder.sent", by=None, at=at, organisation=incident.organisation, subject=incident,
        details={"to": reminder.recipient.email, "rule": reminder.deadline.rule, "hours_before": reminder.hours_before},
    )
    message.send()
    return True


def compose(reminder: Reminder, at: datetime) -> EmailMessage:
    """The message, in the recipient's language and the organisation's zone; it says the time left now, not then."""
    deadline, incident, person = reminder.deadline, reminder.deadline.incident, reminder.recipient
    clock = ClockFace(at=at, due_at=deadline.due_at, aware_at=deadline.started_at)
    is_overdue = reminder.hours_before == 0 or clock.state == "late"
    address = settings.BASE_URL + reverse("incident", args=[incident.organisation.slug, incident.reference])
    with translation.override(person.language), timezone.override(incident.organisation.zone):
        due = date_format(deadline.due_at.astimezone(incident.organisation.zone), pgettext("format of an instant", "j F Y, H:i"))
        words = {
            "reference": incident.reference, "left": clock.words, "title": incident.title, "address": address,
            "due": f"{due} ({zone_words(deadline.due_at)})", "organisation": incident.organisation.name,
        }
        subject = _("%(reference)s: the notification is overdue") if is_overdue else _("%(reference)s: %(left)s to notify the authority")
        return EmailMessage(
            subject=subject % words, body=_body(words, is_overdue=is_overdue), to=[person.email],
            headers={"Message-ID": f"<reminder-{reminder.pk}@{urlsplit(settings.BASE_URL).hostname}>"},
        )


def _body(words: dict, *, is_overdue: bool) -> str:
    if is_overdue:
        advice = _("Notify all the same, and as soon as you can: a late notification is still due, with the reasons for the delay.")
    else:
        advice = _("The initial notification can leave with what is known now; what is missing follows.")
    lines = [
        words["organisation"], f"{words['reference']} · {words['title']}", "",
        _("Notification under Art. 33 GDPR: %(left)s. Due: %(due)s.") % words, advice, "", words["address"],
    ]
    return "\n".join(lines)
