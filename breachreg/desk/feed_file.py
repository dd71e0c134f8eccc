"""Deadlines in, an iCalendar file out (RFC 5545): each due instant as an event with its alarms.

Instants are written in UTC, which every program shows in the zone of its reader; the words name the organisation's.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from breachreg.accounts.models import User
from breachreg.desk.dashboard import rule_words
from breachreg.register.deadlines import rule_of
from breachreg.register.models import Deadline
from breachreg.web.dates import instant_words
from breachreg.web.zones import zone_words

OWN_ALARMS = (24, 6, 2)
SHOWN_FOR = timedelta(minutes=15)


def write(user: User, deadlines: list[Deadline], at: datetime) -> bytes:
    """The calendar of a person, in their language."""
    with translation.override(user.language):
        calendar = Calendar()
        calendar.add("prodid", "-//BreachReg//Deadlines//FR")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("BreachReg: deadlines"))
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
        for deadline in deadlines:
            calendar.add_component(_event(deadline, at))
        return calendar.to_ical()


def _event(deadline: Deadline, at: datetime) -> Event:
    incident, what = deadline.incident, rule_words(deadline)
    event = Event()
    event.add("uid", f"deadline-{deadline.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", at)
    event.add("dtstart", deadline.due_at)
    event.add("dtend", deadline.due_at + SHOWN_FOR)
    words = [incident.reference, *([_("done")] if deadline.met_at else []), what]
    event.add("summary", " · ".join(words))
    event.add("description", _("%(what)s, due %(due)s.") % {"what": what, "due": _said(deadline)})
    event.add("url", settings.BASE_URL + reverse("clocks", args=[incident.organisation.slug, incident.reference]))
    event.add("transp", "TRANSPARENT")
    event.add("class", "CONFIDENTIAL")
    if deadline.met_at is None:
        for hours in _alarms(deadline):
            event.add_component(_alarm(hours, f"{incident.reference} · {what}"))
    return event


def _alarm(hours: int, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", timedelta(hours=-hours))
    return alarm


def _alarms(deadline: Deadline) -> list[int]:
    """The hours before the due instant at which the rule's plan reminds."""
    rule = rule_of(deadline)
    steps = [step.hours_before for step in rule.steps] if rule else list(OWN_ALARMS)
    return sorted({hours for hours in steps if hours and hours > 0}, reverse=True)


def _said(deadline: Deadline) -> str:
    """The due instant on the organisation's clock, with its zone named."""
    zone = deadline.incident.organisation.zone
    with timezone.override(zone):
        said = instant_words(deadline.due_at.astimezone(zone))
        return f"{said} ({zone_words(deadline.due_at)})"
