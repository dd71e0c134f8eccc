"""The 72-hour picture says where each instant lies, whatever the clocks, the deadline or the zone do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breachreg.desk.picture import Moment, draw
from breachreg.web.clockface import ClockFace

PARIS = ZoneInfo("Europe/Paris")
AWARE = datetime(2026, 3, 10, 11, tzinfo=UTC)
DUE = AWARE + timedelta(hours=72)


def face(at, stopped_at=None, aware_at=AWARE):
    return ClockFace(at=at, due_at=aware_at + timedelta(hours=72), aware_at=aware_at, stopped_at=stopped_at)


def percent(words: str) -> float:
    return float(words.rstrip("%"))


def test_half_of_the_time_is_half_of_the_line():
    picture = draw(clock=face(AWARE + timedelta(hours=36)), moments=[], zone=PARIS)
    assert percent(picture.spans["used"]["width"]) == pytest.approx(percent(picture.spans["given"]["width"]) / 2, abs=0.01)


def test_after_the_deadline_the_time_over_it_is_shown():
    picture = draw(clock=face(DUE + timedelta(hours=5)), moments=[], zone=PARIS)
    assert percent(picture.marks["now"]) > percent(picture.marks["due"])
    assert picture.spans["used"] == picture.spans["given"]
    assert percent(picture.spans["over"]["width"]) > 0


def test_a_filing_stops_the_line_where_it_happened():
    picture = draw(clock=face(DUE + timedelta(days=200), stopped_at=DUE - timedelta(hours=36)), moments=[], zone=PARIS)
    assert "over" not in picture.spans
    assert percent(picture.spans["used"]["width"]) == pytest.approx(percent(picture.spans["given"]["width"]) / 2, abs=0.01)


def test_a_line_without_awareness_is_refused():
    with pytest.raises(ValueError, match="awareness"):
        draw(clock=ClockFace(at=AWARE), moments=[], zone=PARIS)


def test_a_first_signal_lies_before_the_awareness():
    picture = draw(clock=face(AWARE), moments=[], zone=PARIS, first_signal_at=AWARE - timedelta(days=40))
    assert percent(picture.marks["begin"]) < percent(picture.marks["aware"])


@pytest.mark.parametrize(
    ("aware_at", "hours"),
    [(datetime(2026, 10, 23, 15, tzinfo=UTC), 25), (datetime(2026, 3, 27, 16, tzinfo=UTC), 23)],
)
def test_the_day_on_which_the_clocks_change_is_as_long_as_it_is(aware_at, hours):
    picture = draw(clock=face(aware_at, aware_at=aware_at), moments=[], zone=PARIS)
    (odd,) = picture.odd_days
    assert odd.hours == hours
    places = [percent(tick.x) for tick in picture.ticks]
    index = picture.ticks.index(odd)
    longest = places[index + 1] - places[index]
    assert longest / (places[index] - places[index - 1]) == pytest.approx(hours / 24, abs=0.01)


def test_every_midnight_on_the_line_is_a_local_one():
    picture = draw(clock=face(AWARE), moments=[], zone=ZoneInfo("Indian/Reunion"))
    assert {tick.day.astimezone(ZoneInfo("Indian/Reunion")).hour for tick in picture.ticks} == {0}
    assert len(picture.ticks) == 3


def test_moments_are_numbered_in_the_order_in_which_they_happened_and_kept_apart():
    late, early = Moment(AWARE + timedelta(minutes=5), "late"), Moment(AWARE + timedelta(minutes=1), "early")
    picture = draw(clock=face(AWARE + timedelta(hours=1)), moments=[late, early], zone=PARIS)
    assert [(dot.number, dot.moment.label) for dot in picture.dots] == [(1, "early"), (2, "late")]
    assert picture.dots[0].lane != picture.dots[1].lane


def test_places_never_leave_the_picture():
    moments = [Moment(AWARE + timedelta(days=day), "x") for day in (-300, 0, 2, 900)]
    picture = draw(clock=face(AWARE + timedelta(days=901)), moments=moments, zone=PARIS)
    assert all(0 <= percent(dot.x) <= 100 for dot in picture.dots)
