"""Instants in, words out: what a clock shows of a deadline, and how long a duration is in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law import phrases

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PRESSING = timedelta(hours=12)


def in_words(length: timedelta) -> str:
    """A length of time in the words of the law's room, in the language in force."""
    return phrases.duration(length, get_language() or "fr")


@dataclass(frozen=True)
class ClockFace:
    """A deadline seen at an instant. All instants are aware; `due_at` None means that the clock has not started.

    `stopped_at` is when the duty was met (the filing); what happens after it changes nothing any more.
    """

    at: datetime
    due_at: datetime | None = None
    aware_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def left(self) -> timedelta | None:
        """Elapsed time to the deadline, negative once it is over; None while the clock has not started."""
        return None if self.due_at is None else self.due_at - (self.stopped_at or self.at)

    @property
    def is_running(self) -> bool:
        return self.due_at is not None and self.stopped_at is None

    @property
    def state(self) -> str:
        """One of: unknown, running, pressing, late, filed, filed-late (also the class in parts.css)."""
        if self.left is None:
            return "unknown"
        if self.stopped_at:
            return "filed-late" if self.left < timedelta(0) else "filed"
        if self.left < timedelta(0):
            return "late"
        return "pressing" if self.left <= PRESSING else "running"

    @property
    def kind(self) -> str:
        """The meaning of the state as one of the colours: plain, due, late, done, unknown."""
        return {"running": "due", "pressing": "due", "filed": "done", "filed-late": "late"}.get(self.state, self.state)

    @property
    def words(self) -> str:
        """The state as a short sentence, such as “9 h 12 min left” or “filed 3 h late”."""
        if self.left is None:
            return _("The clock has not started")
        say = phrases.filed if self.stopped_at else phrases.countdown
        return say(self.due_at, self.stopped_at or self.at, get_language() or "fr")

    @property
    def counts(self) -> bool:
        """Whether the script may count this clock down: it runs, and is told in hours and minutes."""
        return self.is_running and HOUR <= abs(self.left) < phrases.IN_DAYS_FROM

    @property
    def hours(self) -> int:
        return abs(self.left) // HOUR

    @property
    def minutes(self) -> str:
        return f"{abs(self.left) % HOUR // MINUTE:02d}"
