"""What a clock says: never more time than there is, in the habit of the language, with the zone named."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from breachreg.web.clockface import ClockFace, in_words
from breachreg.web.zones import offset_words, zone_words

DUE = datetime(2026, 10, 26, 15, 0, tzinfo=UTC)


def hours(**length):
    return timedelta(**length)


@pytest.mark.parametrize(
    ("at", "stopped_at", "state", "words"),
    [
        (DUE - hours(hours=40, minutes=12, seconds=59), None, "running", "40 h 12 min left"),
        (DUE - hours(minutes=9), None, "pressing", "9 min left"),
        (DUE, None, "pressing", "less than a minute left"),
        (DUE + hours(hours=3), None, "late", "3 h late"),
        (DUE + hours(days=30), DUE - hours(hours=9, minutes=12), "filed", "filed 9 h 12 min before the deadline"),
        (DUE + hours(days=30), DUE + hours(days=9, hours=2), "filed-late", "filed 9 d 2 h late"),
        (DUE + hours(days=30), DUE, "filed", "filed less than a minute before the deadline"),
    ],
)
def test_the_state_of_a_clock_in_words(at, stopped_at, state, words):
    face = ClockFace(at=at, due_at=DUE, stopped_at=stopped_at)
    with translation.override("en"):
        assert (face.state, face.words.replace("\u00a0", " ")) == (state, words)


def test_a_clock_that_has_not_started_says_so():
    face = ClockFace(at=DUE)
    with translation.override("en"):
        assert (face.state, face.left, face.words) == ("unknown", None, "The clock has not started")


def test_french_writes_hours_its_own_way():
    with translation.override("fr"):
        assert in_words(hours(hours=9, minutes=12)) == "9\u00a0h\u00a012"


def test_the_zone_is_named_with_its_distance_on_that_day():
    with timezone.override(ZoneInfo("Europe/Paris")), translation.override("en"):
        assert zone_words(DUE) == "Paris time, UTC+1"
        assert zone_words(DUE - hours(days=3)) == "Paris time, UTC+2"
    with timezone.override(ZoneInfo("Indian/Reunion")), translation.override("fr"):
        assert zone_words(DUE) == "heure de La Réunion, UTC+4"


def test_a_zone_west_of_utc_and_of_half_an_hour():
    assert offset_words(datetime(2026, 1, 1, tzinfo=ZoneInfo("America/St_Johns"))) == "UTC−3:30"


def test_the_page_prints_the_truth_and_the_script_only_counts_on():
    face = ClockFace(at=DUE - hours(hours=40), due_at=DUE)
    with timezone.override(ZoneInfo("Europe/Paris")), translation.override("en"):
        page = render_to_string("parts/clock.html", {"clock": face, "what": "Notify"})
    assert "<span data-hours>40</span>" in page
    assert 'data-due="2026-10-26T15:00:00+00:00"' in page
    assert "Monday 26 October 2026, 16:00" in page
    assert "Paris time, UTC+1" in page


def test_a_stopped_clock_is_not_counted():
    face = ClockFace(at=DUE, due_at=DUE, stopped_at=DUE - hours(hours=3))
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert "data-clock" not in render_to_string("parts/clock.html", {"clock": face, "what": ""})
