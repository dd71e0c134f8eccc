"""The timeline in, reasons for the delay out: what happened in each stretch after the awareness, who was waited for.

A first text for a person to rewrite (Article 33(1) GDPR): it tells the facts in their order and gives no excuse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import translation

from breachreg.notifications.record import Record
from breachreg.notifications.words import join, moment, typeset
from breachreg.register.models import Promise, TimelineEntry

LONG_STRETCH = timedelta(hours=4)
MOST_STRETCHES = 12
# Steps that say nothing about why it took long.
UNTOLD = frozenset({"incident.amended", "notification.drafted", "notification.approval_ended"})


@dataclass(frozen=True)
class Stretch:
    """A time in which nothing was recorded: from one event to the next, and whose answers were still owed."""

    start: datetime
    end: datetime
    after: str
    waited_for: tuple[str, ...]

    @property
    def hours(self) -> int:
        return (self.end - self.start) // timedelta(hours=1)


def reasons(record: Record, language: str) -> str:
    """The text in "fr" or "en"; "" as long as the notification is not late."""
    if not record.is_late or record.incident.aware_at is None:
        return ""
    parts = [_opening(record, language), _processor(record, language)]
    parts += [_sentence(stretch, record, language) for stretch in stretches(record, language)]
    return typeset(" ".join(filter(None, parts)), language)


def stretches(record: Record, language: str) -> list[Stretch]:
    """The long stretches between the awareness and the last thing that was recorded, the longest dozen in their order."""
    with translation.override(language):
        events = list(_events(record))
    found = [
        Stretch(start, end, label, _owed_between(record.every_promise, start, end))
        for (start, label), (end, _) in pairwise(events)
        if end - start >= LONG_STRETCH
    ]
    longest = sorted(found, key=lambda stretch: stretch.end - stretch.start, reverse=True)[:MOST_STRETCHES]
    return sorted(longest, key=lambda stretch: stretch.start)


def _events(record: Record) -> Iterator[tuple[datetime, str]]:
    """What happened after the awareness, oldest first, each with its words."""
    yield record.incident.aware_at, ""
    for entry in sorted(record.timeline, key=lambda entry: (entry.happened_at, entry.pk or 0)):
        if entry.happened_at > record.incident.aware_at and entry.event not in UNTOLD:
            yield entry.happened_at, _label(entry)


def _label(entry: TimelineEntry) -> str:
    return entry.what.strip().splitlines()[0][:120].rstrip(".")


def _owed_between(promises: tuple[Promise, ...], start: datetime, end: datetime) -> tuple[str, ...]:
    """Whose answers were promised before the end of a stretch and not there at its start."""
    owed = (
        promise.owed_by for promise in promises
        if promise.recorded_at < end and (promise.kept_at is None or promise.kept_at > start)
    )
    return tuple(dict.fromkeys(owed))


def _opening(record: Record, language: str) -> str:
    aware, due = (moment(instant, record, language) for instant in (record.incident.aware_at, record.due_at))
    if language == "fr":
        return f"L’organisme a pris connaissance de la violation le {aware} ; le délai de {record.limit_hours} heures expirait le {due}."
    return f"The organisation became aware of the breach on {aware}; the {record.limit_hours} hours ended on {due}."


def _processor(record: Record, language: str) -> str:
    told, began = record.incident.told_by_processor_at, record.incident.occurred_from
    if told is None or began is None or told <= began:
        return ""
    hours = (told - began) // timedelta(hours=1)
    when = moment(told, record, language)
    if language == "fr":
        return f"Le sous-traitant n’a informé l’organisme que le {when}, soit {hours} heures après le début de la violation."
    return f"The processor told the organisation only on {when}, {hours} hours after the breach began."


def _sentence(stretch: Stretch, record: Record, language: str) -> str:
    start, end = moment(stretch.start, record, language), moment(stretch.end, record, language)
    waited = join(stretch.waited_for, language)
    if language == "fr":
        text = f"Du {start} au {end} ({stretch.hours} heures)"
        text += f", après l’étape « {stretch.after} »" if stretch.after else ", après la prise de connaissance"
        return text + (f", des réponses étaient attendues ({waited})." if waited else ", aucune étape n’est enregistrée.")
    text = f"From {start} to {end} ({stretch.hours} hours)"
    text += f", after the step “{stretch.after}”" if stretch.after else ", after the awareness"
    return text + (f", answers were awaited ({waited})." if waited else ", no step is recorded.")
