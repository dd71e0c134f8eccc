"""Instants of an incident in, geometry of the 72-hour picture out (templates/desk/picture.html draws it as SVG).

The line has three stretches, each with its own even scale of elapsed time: before the awareness, the hours that the
law gives, and what came after. Days are marked at local midnight, so that a day of 23 or 25 hours shows as one.
Positions are percentages of the width, so that the words keep their size on a phone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from breachreg.law.clock import start_of_day
from breachreg.web.clockface import ClockFace

LEFT, RIGHT = 2.0, 98.0
BEFORE_SHARE, AFTER_SHARE = 14.0, 20.0
APART = 5.4  # percent: closer dots are stacked; a dot is as wide as this on the narrowest phone
LANES = 5
DOT, BOTTOM = 12, 156  # half of a dot with its edge; the foot of the names of the days


@dataclass(frozen=True)
class Moment:
    """Something that happened, at an aware instant, in words; `kind` is one of the colours of parts.css."""

    at: datetime
    label: str
    kind: str = "plain"


@dataclass(frozen=True)
class Dot:
    """A moment with its number, its place and the lane that keeps it off its neighbours."""

    moment: Moment
    number: int
    x: str
    lane: int
    y: int


@dataclass(frozen=True)
class Tick:
    """A local midnight; `hours` is the length of the day that begins there."""

    day: datetime
    x: str
    hours: int

    @property
    def is_odd(self) -> bool:
        return self.hours != 24


@dataclass(frozen=True)
class Picture:
    clock: ClockFace
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    marks: dict[str, str]
    spans: dict[str, dict[str, str]]

    @property
    def box(self) -> dict[str, int]:
        """The part of the drawing that is used: no lanes above the highest dot."""
        top = max(0, min((dot.y for dot in self.dots), default=90) - DOT)
        return {"shift": -top, "height": BOTTOM - top}

    @property
    def odd_days(self) -> list[Tick]:
        """The days on the line on which the clocks change."""
        return [tick for tick in self.ticks if tick.is_odd]


@dataclass(frozen=True)
class Scale:
    """From an instant to a place between 0 and 100: even within each stretch. Instants outside are held at the ends."""

    stops: tuple[tuple[datetime, float], ...]

    def place(self, at: datetime) -> float:
        first, last = self.stops[0], self.stops[-1]
        if at <= first[0]:
            return first[1]
        for (start, left), (end, right) in zip(self.stops, self.stops[1:], strict=False):
            if at <= end:
                return left + (right - left) * ((at - start) / (end - start))
        return last[1]


def draw(*, clock: ClockFace, moments: Iterable[Moment], zone: ZoneInfo, first_signal_at: datetime | None = None) -> Picture:
    """The picture of a clock that has started. Raises ValueError for one that has not: there is no line yet."""
    if clock.due_at is None or clock.aware_at is None:
        raise ValueError("the line begins with the awareness; without it there is nothing to draw")
    ordered = sorted(moments, key=lambda moment: moment.at)
    until = clock.stopped_at or clock.at
    begin = min([clock.aware_at, *filter(None, [first_signal_at]), *(moment.at for moment in ordered)])
    end = max([clock.due_at, until, *(moment.at for moment in ordered)])
    scale = scale_of(begin, clock.aware_at, clock.due_at, end)
    return Picture(
        clock=clock,
        dots=tuple(_dots(ordered, scale)),
        ticks=tuple(_ticks(clock.aware_at, clock.due_at, zone, scale)),
        marks={
            "begin": _percent(scale.place(begin)),
            "aware": _percent(scale.place(clock.aware_at)),
            "due": _percent(scale.place(clock.due_at)),
            "now": _percent(scale.place(clock.at)),
            "end": _percent(scale.place(end)),
        },
        spans=_spans(clock, begin, until, scale),
    )


def scale_of(begin: datetime, aware_at: datetime, due_at: datetime, end: datetime) -> Scale:
    """The three stretches; one that is empty takes no room."""
    left = LEFT + BEFORE_SHARE if begin < aware_at else LEFT
    right = RIGHT - AFTER_SHARE if end > due_at else RIGHT
    stops = [(aware_at, left), (due_at, right)]
    if begin < aware_at:
        stops.insert(0, (begin, LEFT))
    if end > due_at:
        stops.append((end, RIGHT))
    return Scale(tuple(stops))


def _spans(clock: ClockFace, begin: datetime, until: datetime, scale: Scale) -> dict[str, dict[str, str]]:
    spans = {
        "given": _span(scale, clock.aware_at, clock.due_at),
        "used": _span(scale, clock.aware_at, min(max(until, clock.aware_at), clock.due_at)),
    }
    if begin < clock.aware_at:
        spans["before"] = _span(scale, begin, clock.aware_at)
    if until > clock.due_at:
        spans["over"] = _span(scale, clock.due_at, until)
    return spans


def _span(scale: Scale, start: datetime, end: datetime) -> dict[str, str]:
    left, right = scale.place(start), scale.place(end)
    return {"x": _percent(left), "width": _percent(right - left)}


def _dots(moments: list[Moment], scale: Scale) -> Iterable[Dot]:
    ends = [-APART] * LANES  # where each lane is taken until
    for number, moment in enumerate(moments, start=1):
        place = scale.place(moment.at)
        lane = next((lane for lane in range(LANES) if place - ends[lane] >= APART), LANES - 1)
        ends[lane] = place
        yield Dot(moment, number, _percent(place), lane, y=90 - 20 * lane)


def _ticks(start: datetime, end: datetime, zone: ZoneInfo, scale: Scale) -> Iterable[Tick]:
    day = start.astimezone(zone).date()
    while (midnight := start_of_day(day, zone)) <= end:
        following = start_of_day(day + timedelta(days=1), zone)
        if midnight >= start:
            yield Tick(midnight, _percent(scale.place(midnight)), hours=(following - midnight) // timedelta(hours=1))
        day += timedelta(days=1)


def _percent(place: float) -> str:
    return f"{place:.2f}%"
