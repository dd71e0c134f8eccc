"""Which kinds of data are there, how they score, and how many people: as far as each is known."""

import math

import pytest

from breachreg.law import readings
from breachreg.law.facts import Facts
from breachreg.law.ranges import Range
from breachreg.law.readings import Presence


def facts(**answers):
    return Facts.from_answers(answers)


PEOPLE = [
    ({}, Range(0, 0, math.inf)),
    ({"likely": 3, "high": 5}, Range(0, 3, 5)),
    ({"low": 10, "high": 21}, Range(10, 15, 21)),
    ({"low": 7}, Range(7, 7, math.inf)),
    ({"high": 9}, Range(0, 9, 9)),
    ({"low": 2, "likely": 4, "high": 8}, Range(2, 4, 8)),
]


@pytest.mark.parametrize(("count", "expected"), PEOPLE)
def test_the_number_of_people_is_the_figure_the_middle_or_the_end_that_is_known(count, expected):
    found = readings.people(facts(people_count=count) if count else Facts())
    assert found == expected
    assert isinstance(found.likely, int)


UNKNOWN_DATA = [
    ({}, True),
    ({"sensitive_categories": ["health"]}, True),
    ({"data_categories": []}, True),
    ({"data_categories": [], "sensitive_categories": ["health"]}, False),
    ({"data_categories": ["contact"]}, False),
    ({"data_categories": ["contact", "not_known"]}, True),
]


@pytest.mark.parametrize(("answers", "expected"), UNKNOWN_DATA)
def test_sensitive_data_alone_are_an_answer_once_nothing_else_is_said_to_be_there(answers, expected):
    assert readings.data_unknown(facts(**answers)) is expected


PRESENCE = [
    ({"data_categories": ["other"], "sensitive_categories": []}, "financial", Presence.MAYBE),
    ({"data_categories": ["other"], "sensitive_categories": [], "other_data": ["financial"]}, "financial", Presence.YES),
    ({"data_categories": ["other"], "sensitive_categories": [], "other_data": ["simple"]}, "financial", Presence.NO),
    ({"data_categories": ["contact"]}, "financial", Presence.NO),
    ({"data_categories": ["contact"]}, "sensitive", Presence.MAYBE),
    ({"data_categories": ["contact"], "sensitive_categories": []}, "sensitive", Presence.NO),
]


@pytest.mark.parametrize(("answers", "category", "expected"), PRESENCE)
def test_a_kind_of_data_may_be_there_as_long_as_what_could_hold_it_is_open(answers, category, expected):
    assert readings.presence(facts(**answers), category) is expected


def test_data_that_are_not_there_score_nothing():
    without = facts(data_categories=["contact"], sensitive_categories=[])
    assert readings.context_points(without, "financial") == Range(0.0, 0.0, 0.0)
    assert readings.context_points(facts(data_categories=["contact"]), "sensitive").high > 0
