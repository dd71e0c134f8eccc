"""A question may be answered with "not known yet", and an instant is never guessed."""

import uuid
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone, translation

from breachreg.web.fields import (
    Amount,
    AmountField,
    CodesChoiceField,
    InstantField,
    UnknownableField,
    YesNoField,
    day_field,
)
from breachreg.web.forms import QuestionForm

NATURES = [("confidentiality", "Confidentiality"), ("integrity", "Integrity")]


class Sample(QuestionForm):
    asks_submission = True

    story = UnknownableField(forms.CharField(label="What?"), required=True)
    aware_at = InstantField(label="When?", required=False)
    people = UnknownableField(AmountField(label="How many?"))
    natures = UnknownableField(CodesChoiceField(label="What was lost?", choices=NATURES, none_label="None of these"))
    is_ongoing = YesNoField(label="Still?", required=False)
    told_on = day_field(label="Told?", required=False)


@pytest.fixture(autouse=True)
def _in_paris():
    with timezone.override(ZoneInfo("Europe/Paris")), translation.override("en"):
        yield


def filled(**answers) -> Sample:
    form = Sample({"submission": str(uuid.uuid4()), "story": "A laptop", **answers})
    form.is_valid()
    return form


def test_what_is_left_open_is_none_and_never_zero_or_empty():
    form = filled(story="", story_unknown="on")
    assert form.errors == {}
    assert {name: form.cleaned_data[name] for name in ("story", "aware_at", "people", "natures", "is_ongoing", "told_on")} == {
        "story": None, "aware_at": None, "people": None, "natures": None, "is_ongoing": None, "told_on": None,
    }  # fmt: skip


def test_a_question_that_must_be_answered_takes_not_known_yet_as_an_answer():
    assert "Not known yet" in filled(story="").errors["story"][0]
    assert "story" not in filled(story="", story_unknown="on").errors


def test_an_answer_and_not_known_yet_together_are_refused():
    assert "keep one" in filled(people_likely="3", people_unknown="on").errors["people"][0]


def test_zero_people_is_a_number():
    assert filled(people_likely="0").cleaned_data["people"] == Amount(None, 0, None)


def test_numbers_out_of_order_are_refused():
    assert "in order" in filled(people_low="10", people_high="3").errors["people"][0]


@pytest.mark.parametrize(("typed", "said"), [("-1", "0 or more"), ("about ten", "whole number")])
def test_a_number_that_is_none_is_refused_with_what_to_do(typed, said):
    assert said in filled(people_low=typed).errors["people"][0]


def test_none_of_these_and_unknown_are_two_answers():
    assert filled(natures=["none_of_them"]).cleaned_data["natures"] == ()
    assert filled(natures_unknown="on").cleaned_data["natures"] is None
    assert filled(natures=["integrity", "confidentiality"]).cleaned_data["natures"] == ("integrity", "confidentiality")
    assert "keep one" in filled(natures=["none_of_them", "integrity"]).errors["natures"][0]


@pytest.mark.parametrize(("typed", "meant"), [("yes", True), ("no", False), ("unknown", None), ("", None)])
def test_yes_no_and_unknown(typed, meant):
    assert filled(is_ongoing=typed).cleaned_data["is_ongoing"] is meant


@pytest.mark.parametrize("typed", ["2026-10-23", "23/10/2026", "23.10.2026"])
def test_a_day_is_read_as_browsers_and_people_write_it(typed):
    assert filled(told_on=typed).cleaned_data["told_on"] == date(2026, 10, 23)


@pytest.mark.parametrize("typed", ["17:05", "17h05", "17 h 05"])
def test_an_instant_is_read_on_the_organisations_clock_and_kept_in_utc(typed):
    form = filled(aware_at_day="2026-10-23", aware_at_time=typed)
    assert form.cleaned_data["aware_at"] == datetime(2026, 10, 23, 15, 5, tzinfo=UTC)


def test_the_zone_of_another_organisation_gives_another_instant():
    with timezone.override(ZoneInfo("Indian/Reunion")):
        form = filled(aware_at_day="2026-10-23", aware_at_time="17:05")
    assert form.cleaned_data["aware_at"] == datetime(2026, 10, 23, 13, 5, tzinfo=UTC)


def test_an_hour_that_happened_twice_is_asked_and_the_choice_kept():
    form = filled(aware_at_day="2026-10-25", aware_at_time="02:30")
    assert "twice" in form.errors["aware_at"][0]
    page = str(form["aware_at"])
    assert "the first time (UTC+2)" in page and "the second time (UTC+1)" in page
    first = filled(aware_at_day="2026-10-25", aware_at_time="02:30", aware_at_reading="0").cleaned_data["aware_at"]
    second = filled(aware_at_day="2026-10-25", aware_at_time="02:30", aware_at_reading="1")
    assert (second.cleaned_data["aware_at"] - first).total_seconds() == 3600
    assert 'value="1" checked' in str(second["aware_at"])


def test_an_instant_within_the_double_hour_keeps_its_reading_when_it_is_edited():
    form = Sample(initial={"aware_at": datetime(2026, 10, 25, 1, 30, tzinfo=UTC)})
    page = str(form["aware_at"])
    assert 'value="02:30"' in page and 'value="1" checked' in page


def test_an_hour_that_never_was_is_refused():
    assert "did not exist" in filled(aware_at_day="2026-03-29", aware_at_time="02:30").errors["aware_at"][0]


@pytest.mark.parametrize(("answers", "said"), [({"aware_at_day": "2026-10-23"}, "time as well"), ({"aware_at_time": "10:00"}, "a day and a time")])
def test_half_an_instant_asks_for_the_other_half(answers, said):
    assert said in filled(**answers).errors["aware_at"][0]


def test_a_day_that_is_enough_counts_from_its_first_minute():
    field = InstantField(day_is_enough=True)
    assert field.clean(["2026-10-25", "", ""]) == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_two_forms_do_not_share_what_one_of_them_asked():
    filled(aware_at_day="2026-10-25", aware_at_time="02:30")
    assert "first time" not in str(filled()["aware_at"])


def test_a_form_gives_each_filling_in_a_name_of_its_own():
    assert Sample()["submission"].value() != Sample()["submission"].value()


def test_a_stale_form_keeps_what_was_typed_and_may_be_sent_again():
    form = Sample({"submission": str(uuid.uuid4()), "story": "Mine", "version": "3"}, version=3)
    assert form.is_valid()
    form.refuse_as_stale(7)
    assert "Somebody else changed" in form.non_field_errors()[0]
    assert form["story"].value()[0] == "Mine"
    assert form["version"].value() == "7"
