"""A French month begins on its “1er”; every other day, and every other language, is as Django writes it."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from breachreg.web.dates import date_words, day_words, instant_words
from breachreg.web.parts import month_after_day

FIRST = datetime(2026, 6, 1, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "french"),
    [
        ("j F Y", "1er juin 2026"), ("j F", "1er juin"), ("l j F Y", "lundi 1er juin 2026"), ("j N Y", "1er juin 2026"),
        ("DATE_FORMAT", "1er juin 2026"), ("F Y", "juin 2026"), ("D j", "lun 1"), (r"\j j F", "j 1er juin"),
    ],
)
def test_the_first_of_a_french_month_is_an_ordinal(pattern, french):
    with translation.override("fr"):
        assert date_words(FIRST, pattern) == french


def test_other_days_and_english_stay_as_they_are():
    with translation.override("fr"):
        assert day_words(date(2026, 6, 11)) == "11 juin 2026"
        assert day_words(date(2026, 12, 31)) == "31 décembre 2026"
    with translation.override("en"):
        assert day_words(FIRST) == "1 June 2026"


def test_an_instant_reads_in_the_middle_of_a_sentence():
    with translation.override("fr"):
        assert instant_words(FIRST) == "1er juin 2026 à 09\u00a0h\u00a005"


def test_what_follows_a_day_that_stands_by_itself():
    with translation.override("fr"):
        assert [month_after_day(date(2026, 12, day)) for day in (1, 11)] == ["er décembre", " décembre"]
    with translation.override("en"):
        assert month_after_day(date(2026, 12, 1)) == " December"
