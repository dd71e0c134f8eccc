"""Durations as a person says them."""

from datetime import UTC, datetime, timedelta

import pytest

from breachreg.law import phrases

DUE = datetime(2026, 10, 26, 15, tzinfo=UTC)

DURATIONS = [
    (timedelta(hours=9, minutes=12), "9 h 12", "9 h 12 min"),
    (timedelta(hours=3), "3 h", "3 h"),
    (timedelta(hours=72), "72 h", "72 h"),
    (timedelta(hours=1, minutes=5, seconds=59), "1 h 05", "1 h 05 min"),
    (timedelta(minutes=45), "45 min", "45 min"),
    (timedelta(seconds=30), "moins d’une minute", "less than a minute"),
    (timedelta(0), "moins d’une minute", "less than a minute"),
    (timedelta(hours=99, minutes=59), "99 h 59", "99 h 59 min"),
    (timedelta(hours=100), "4 j 4 h", "4 d 4 h"),
    (timedelta(days=22), "22 j", "22 d"),
    (timedelta(hours=-3), "3 h", "3 h"),
]


@pytest.mark.parametrize(("span", "fr", "en"), DURATIONS)
def test_a_duration_reads_in_hours_and_minutes(span, fr, en):
    assert phrases.duration(span, "fr").replace("\u00a0", " ") == fr
    assert phrases.duration(span, "en").replace("\u00a0", " ") == en


FILED = [
    (timedelta(hours=-9, minutes=-12), "déposée 9 h 12 avant l’échéance", "filed 9 h 12 min before the deadline"),
    (timedelta(hours=3), "déposée avec 3 h de retard", "filed 3 h late"),
    (timedelta(0), "déposée moins d’une minute avant l’échéance", "filed less than a minute before the deadline"),
]


@pytest.mark.parametrize(("after", "fr", "en"), FILED)
def test_a_filing_says_how_early_or_how_late_it_was(after, fr, en):
    assert phrases.filed(DUE, DUE + after, "fr").replace("\u00a0", " ") == fr
    assert phrases.filed(DUE, DUE + after, "en").replace("\u00a0", " ") == en


def test_a_countdown_says_what_is_left_or_how_late_it_is():
    assert phrases.countdown(DUE, DUE - timedelta(hours=2), "fr") == "il reste 2\u00a0h"
    assert phrases.countdown(DUE, DUE - timedelta(hours=2), "en") == "2\u00a0h left"
    assert phrases.countdown(DUE, DUE + timedelta(hours=2), "fr") == "2\u00a0h de retard"
    assert phrases.countdown(DUE, DUE + timedelta(hours=2), "en") == "2\u00a0h late"
    assert phrases.countdown(DUE, DUE, "fr") == "il reste moins d’une minute"
    assert phrases.countdown(DUE, DUE, "en") == "less than a minute left"


def test_a_duty_without_hours_says_since_when_it_runs():
    assert phrases.since(DUE, DUE + timedelta(hours=30), "fr") == "depuis 30\u00a0h"
    assert phrases.since(DUE, DUE + timedelta(hours=30), "en") == "for 30\u00a0h"


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="fr and en"):
        phrases.duration(timedelta(hours=1), "de")


def test_a_regional_language_is_read_as_its_language():
    assert phrases.since(DUE, DUE + timedelta(hours=1), "fr-CA") == phrases.since(DUE, DUE + timedelta(hours=1), "fr")


@pytest.mark.parametrize(
    ("article", "french", "english"),
    [
        ("34(3)(a)", "article 34, paragraphe 3, point a)", "Article 34(3)(a)"), ("33(5)", "article 33, paragraphe 5", "Article 33(5)"),
        ("34", "article 34", "Article 34"),
    ],
)
def test_an_article_is_cited_as_each_language_does(article, french, english):
    assert (phrases.cited(article, "fr"), phrases.cited(article, "en")) == (french, english)
