"""Instants in, words out: what a clock shows of a deadline, and how long a duration is in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PRESSING = timedelta(hours=12)
IN_DAYS_FROM = timedelta(hours=100)


def in_words(length: timedelta) -> str:
    """A length of time in words, in the language in force: “40 h 12 min”, and “5 d 3 h” from a hundred hours on.

    The sign is left to the sentence around it. Minutes are cut, not rounded: what is left is never overstated.
    """
    length = abs(length)
    if length < MINUTE:
        return _("less than a minute")
    if length >= IN_DAYS_FROM:
        return _unbroken(_("%(days)d d %(hours)d h") % {"days": length // DAY, "hours": length % DAY // HOUR})
    hours, minutes = length // HOUR, length % HOUR // MINUTE
    if not hours:
        return _unbroken(_("%(minutes)d min") % {"minutes": minutes})
    return _unbroken(_("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes})


def _unbroken(words: str) -> str:
    """A number stays on one line with its unit."""
    return words.replace(" ", "\u00a0")


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
        sentence = {
            "running": _("%(length)s left"),
            "pressing": _("%(length)s left"),
            "late": _("%(length)s late"),
            "filed": _("filed with %(length)s left"),
            "filed-late": _("filed %(length)s late"),
        }[self.state]
        return sentence % {"length": in_words(self.left)}

    @property
    def counts(self) -> bool:
        """Whether the script may count this clock down: it runs, and is told in hours and minutes."""
        return self.is_running and HOUR <= abs(self.left) < IN_DAYS_FROM

    @property
    def hours(self) -> int:
        return abs(self.left) // HOUR

    @property
    def minutes(self) -> str:
        return f"{abs(self.left) % HOUR // MINUTE:02d}"
