"""Elapsed time, in UTC, and the local times that people type.

Adding 72 hours to a local time gives 71 or 73 real hours when the clocks change in between, so nothing here adds
to a local time: it becomes UTC first, and local again only to be shown.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NOTIFICATION_HOURS = 72


class NaiveInstant(ValueError):
    """An instant came without its time zone."""


class LocalTimeKind(StrEnum):
    PLAIN = "plain"
    AMBIGUOUS = "ambiguous"  # clocks went back: the hour exists twice
    NON_EXISTENT = "non_existent"  # clocks went forward: the hour was skipped


def to_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises NaiveInstant when the time zone is missing."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise NaiveInstant(f"{instant.isoformat()} has no time zone; say in which zone it was read on a clock")
    return instant.astimezone(UTC)


def add_hours(instant: datetime, hours: int | float) -> datetime:
    """The instant `hours` elapsed hours later, in UTC. Raises NaiveInstant."""
    return to_utc(instant) + timedelta(hours=hours)


def due_at(aware_at: datetime, hours: int = NOTIFICATION_HOURS) -> datetime:
    """When the notification is due (Article 33(1) GDPR): awareness plus 72 elapsed hours, in UTC.

    Weekends, holidays and changes of clocks never move it. Raises NaiveInstant.
    """
    return add_hours(aware_at, hours)


def remaining(due: datetime, at: datetime) -> timedelta:
    """Elapsed time from `at` to `due`; negative once overdue. Raises NaiveInstant."""
    return to_utc(due) - to_utc(at)


def is_late(due: datetime, done_at: datetime) -> bool:
    """True when `done_at` lies after `due`; done in the very instant it is due is in time. Raises NaiveInstant."""
    return remaining(due, done_at) < timedelta(0)


def full_hour_end(instant: datetime, hours: int = NOTIFICATION_HOURS) -> datetime:
    """The end by the full hours of Regulation 1182/71, Article 3(1) and 3(2)(a), in UTC: for information only.

    The hour in which the event falls is not counted, so the period starts at the next full hour and ends up to
    sixty minutes after `due_at`. The product never uses it as the deadline. Raises NaiveInstant.
    """
    moment = to_utc(instant)
    started_hour = moment.replace(minute=0, second=0, microsecond=0)
    return started_hour + timedelta(hours=1 + hours)


def add_months(instant: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The last minute of the day `months` later in `zone`, in UTC (Regulation 1182/71, Article 3(1) and 3(2)(c)).

    A period in months ends with the last hour of the day that has the same number as the day of the event, or of the
    last day of the month when there is no such day. Raises NaiveInstant.
    """
    local = to_utc(instant).astimezone(zone).date()
    return last_minute(_same_day(local, months), zone)


def add_days(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The last minute of the `days`-th day after the day of the event in `zone`, in UTC (Regulation 1182/71, Article 3).

    The day of the event is not counted. Raises NaiveInstant.
    """
    local = to_utc(instant).astimezone(zone).date()
    return last_minute(local + timedelta(days=days), zone)


def last_minute(day: date, zone: ZoneInfo) -> datetime:
    """The last full minute of `day` in `zone`, in UTC: 00:00 of the next day would read as a day more than there is."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(minutes=1)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of `day` in `zone`, in UTC: the conservative start when only a date is known."""
    return _first_reading(datetime.combine(day, time(0)), zone)


@dataclass(frozen=True)
class StatedTime:
    """An instant as a person stated it: when it was, in UTC, and what has to be said about it."""

    instant: datetime
    date_only: bool
    kind: LocalTimeKind
    note_fr: str = ""
    note_en: str = ""

    def note(self, language: str) -> str:
        return self.note_fr if language.startswith("fr") else self.note_en


def from_date(day: date, zone: ZoneInfo) -> StatedTime:
    """Only the date is known: counted from 00:00 of that day in `zone`, and said so."""
    return StatedTime(
        start_of_day(day, zone),
        date_only=True,
        kind=LocalTimeKind.PLAIN,
        note_fr=f"Seule la date est connue\u00a0: le délai court depuis 00 h 00 ce jour-là ({zone.key}).",
        note_en=f"Only the date is known: time is counted from 00:00 of that day ({zone.key}).",
    )


def from_local(local: datetime, zone: ZoneInfo, *, second_time: bool = False) -> StatedTime:
    """The instant of a local time read on a clock in `zone`.

    An hour that exists twice is taken the first time, the strict reading, unless `second_time`; an hour that the
    clocks skipped is taken as the instant they jumped. Both are said in the note. Raises ValueError when `local`
    already carries a zone.
    """
    if local.tzinfo is not None:
        raise ValueError(f"{local.isoformat()} already has a time zone; give the reading of the clock without it")
    kind = kind_of(local, zone)
    if kind is LocalTimeKind.AMBIGUOUS:
        return _ambiguous(local, zone, second_time)
    if kind is LocalTimeKind.NON_EXISTENT:
        return _skipped(local, zone)
    return StatedTime(local.replace(tzinfo=zone).astimezone(UTC), date_only=False, kind=kind)


def kind_of(local: datetime, zone: ZoneInfo) -> LocalTimeKind:
    """Whether a reading of the clock in `zone` exists once, twice (autumn) or not at all (spring)."""
    first = local.replace(tzinfo=zone, fold=0).utcoffset()
    second = local.replace(tzinfo=zone, fold=1).utcoffset()
    if first == second:
        return LocalTimeKind.PLAIN
    return LocalTimeKind.AMBIGUOUS if first > second else LocalTimeKind.NON_EXISTENT


def _ambiguous(local: datetime, zone: ZoneInfo, second_time: bool) -> StatedTime:
    chosen = local.replace(tzinfo=zone, fold=int(second_time))
    name = f"{chosen.tzname()}, {_offset(chosen)}"
    return StatedTime(
        chosen.astimezone(UTC),
        date_only=False,
        kind=LocalTimeKind.AMBIGUOUS,
        note_fr=f"Cette heure a existé deux fois ce jour-là ({zone.key})\u00a0; retenue\u00a0: {name}.",
        note_en=f"This hour existed twice on that day ({zone.key}); taken: {name}.",
    )


def _skipped(local: datetime, zone: ZoneInfo) -> StatedTime:
    jump = _jump_before(local, zone)
    return StatedTime(
        jump,
        date_only=False,
        kind=LocalTimeKind.NON_EXISTENT,
        note_fr=f"Cette heure n’a pas existé ce jour-là ({zone.key})\u00a0: les horloges ont avancé\u00a0; retenu\u00a0: l’instant du changement.",
        note_en=f"This hour did not exist on that day ({zone.key}): the clocks went forward; taken: the instant of the change.",
    )


def _jump_before(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of `zone` jumped over the reading `local`, to the second, in UTC."""
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)  # the offset of after the jump, hence before it
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _first_reading(local: datetime, zone: ZoneInfo) -> datetime:
    return from_local(local, zone).instant


def _same_day(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, _last_day(year, month)))


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _offset(instant: datetime) -> str:
    shift = f"{instant:%z}"
    return f"UTC{shift[:3]}:{shift[3:5]}"
