"""Send the reminders that are due: each once, however late, doubled or interrupted the job that asks for it.

1. A due row is claimed by a conditional update (``leases``): of two sweeps at once, one gets it.
2. If the clock was stopped meanwhile, the row falls silent and nothing is sent.
3. The message leaves and is noted (``sending``).
"""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation
from breachreg.audit.actions import record
from breachreg.law import phrases
from breachreg.register.clock_words import words_of
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.leases import LeaseQuerySet
from breachreg.register.models import Deadline, Incident, Reminder
from breachreg.register.sending import headers_of, send_each, send_once
from breachreg.web.clockface import ClockFace
from breachreg.web.dates import instant_words
from breachreg.web.zones import zone_words


def send_due(at: datetime) -> int:
    """Send every reminder that is due at this instant (UTC), of open incidents only; the number of those that left."""
    return send_each(_wanted().claim(at), lambda reminder: send(reminder, at))


def stuck(organisation: Organisation) -> Reminder | None:
    """The reminder of an open incident that has waited longest for a mail server; its ``trouble`` says why."""
    held = _wanted().filter(deadline__incident__organisation=organisation, done_at=None).exclude(trouble="")
    return held.order_by("due_at", "pk").first()


def _wanted() -> LeaseQuerySet:
    return Reminder.objects.filter(cancelled_at=None, deadline__incident__closed_at=None)


def send(reminder: Reminder, at: datetime) -> bool:
    """Send a claimed reminder; False when nothing left: its clock has stopped, or the mail server refused."""
    if not reminder.deadline.is_running:
        Reminder.objects.filter(pk=reminder.pk, done_at=None).update(cancelled_at=at)
        return False
    return send_once(reminder, at, send=compose(reminder, at).send, note=lambda: _note(reminder, at))


def _note(reminder: Reminder, at: datetime) -> None:
    incident = reminder.deadline.incident
    record(
        action="reminder.sent", by=None, at=at, organisation=incident.organisation, subject=incident,
        details={"to": reminder.recipient.email, "rule": reminder.deadline.rule, "step": reminder.step},
    )


def compose(reminder: Reminder, at: datetime) -> EmailMessage:
    """The message, in the recipient's language and the organisation's zone; it says the time left now, not then."""
    deadline, incident, person = reminder.deadline, reminder.deadline.incident, reminder.recipient
    with translation.override(person.language), timezone.override(incident.organisation.zone):
        words = _words(deadline, incident, at)
        is_notification = deadline.rule == ARTICLE_33
        return EmailMessage(
            subject=(_subject(words) if is_notification else _other_subject(words)) % words,
            body="\n".join([
                words["organisation"], f"{words['reference']} · {words['title']}", "",
                *(_body(words) if is_notification else _other_body(words)), "", words["address"],
            ]),
            to=[person.email],
            headers=headers_of(reminder),
        )  # fmt: skip


def _words(deadline: Deadline, incident: Incident, at: datetime) -> dict:
    clock = ClockFace(at=at, due_at=deadline.due_at, aware_at=deadline.started_at)
    since = phrases.since(deadline.started_at, at, translation.get_language() or "fr")
    return {
        "reference": incident.reference, "title": incident.title, "organisation": incident.organisation.name,
        "address": settings.BASE_URL + reverse("incident", args=[incident.organisation.slug, incident.reference]),
        "what": words_of(deadline), "left": clock.words if deadline.due_at else since, "is_overdue": clock.state == "late",
        "due": _said(deadline.due_at, incident) if deadline.due_at else "",
    }


def _said(instant: datetime, incident: Incident) -> str:
    said = instant_words(instant.astimezone(incident.organisation.zone))
    return f"{said} ({zone_words(instant)})"


def _subject(words: dict) -> str:
    if words["is_overdue"]:
        return _("%(reference)s: the notification is overdue")
    return _("%(reference)s: %(left)s to notify the authority")


def _body(words: dict) -> list[str]:
    if words["is_overdue"]:
        advice = _("Notify all the same, and as soon as you can: a late notification is still due, with the reasons for the delay.")
    else:
        advice = _("The initial notification can leave with what is known now; what is missing follows.")
    return [_("Notification under Art. 33 GDPR: %(left)s. Due: %(due)s.") % words, advice]


def _other_subject(words: dict) -> str:
    if words["is_overdue"]:
        return _("%(reference)s: overdue: %(what)s")
    return _("%(reference)s: %(what)s (%(left)s)")


def _other_body(words: dict) -> list[str]:
    if words["due"]:
        said = _("%(what)s: %(left)s. Due: %(due)s.") % words
    else:
        said = _("%(what)s: without undue delay; it has been due %(left)s.") % words
    return [said, _("When it is done, say so on the page of the clocks: the reminders then fall silent.")]
