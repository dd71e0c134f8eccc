"""A late notification says why; what is never accepted is a warning and not a text."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from breachreg.law import delays

PARIS = ZoneInfo("Europe/Paris")


def test_the_texts_offered_leave_room_for_what_only_the_author_knows():
    for reason in delays.offered():
        assert "[…]" in reason.text("fr") and "[…]" in reason.text("en")
        assert reason.label("fr") != reason.label("en")


def test_a_weekend_or_an_absence_is_never_offered_as_a_reason():
    assert {"weekend", "absence", "full_forensics"} <= {reason.code for reason in delays.refused()}
    assert not {reason.code for reason in delays.refused()} & {reason.code for reason in delays.offered()}
    assert {*delays.offered(), *delays.refused()} == {*delays.load()}


def test_the_two_working_days_are_offered_as_a_disputed_argument_only():
    (argument,) = [reason for reason in delays.offered() if reason.code == "working_days"]
    assert argument.standing == "disputed"
    assert "1182/71" in argument.text("fr")


def test_the_instants_that_the_record_knows_fill_their_gaps_and_no_others():
    (argument,) = [reason for reason in delays.offered() if reason.code == "working_days"]
    text = argument.text("fr", {"aware": "23 octobre 2026 à 17 h 00"})
    assert text.startswith("Le délai a couru du 23 octobre 2026 à 17 h 00 au […] et")
    assert "[aware]" not in argument.text("en") and argument.text("en").count("[…]") == 2


def test_a_text_with_a_gap_is_not_finished():
    assert delays.has_gaps("Le sous-traitant nous a informés le […].")
    assert delays.has_gaps("On [...] the processor told us.")
    assert not delays.has_gaps("Le sous-traitant nous a informés le 3 mars [pièce 2]…")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ((2026, 5, 22, 18, 5), (2026, 5, 25, 18, 5), 0),  # Friday evening to Whit Monday: the worked example
        ((2026, 11, 2, 6, 50), (2026, 11, 5, 6, 50), 2),  # Monday to Thursday: the argument does not hold
        ((2026, 9, 10, 0, 0), (2026, 9, 13, 0, 0), 2),  # the whole of Thursday and Friday
        ((2026, 9, 11, 0, 0), (2026, 9, 14, 0, 0), 1),  # the whole of Friday, a week-end
        ((2026, 9, 10, 0, 1), (2026, 9, 13, 0, 1), 1),
        ((2026, 3, 27, 17, 0), (2026, 3, 30, 18, 0), 0),  # over a change of clocks
        ((2026, 9, 9, 10, 20), (2026, 9, 9, 23, 0), 0),
    ],
)
def test_full_weekdays_are_counted_on_the_clock_of_the_organisation(start, end, days):
    first, last = (datetime(*each, tzinfo=PARIS).astimezone(UTC) for each in (start, end))
    assert delays.full_weekdays(first, last, PARIS) == days
