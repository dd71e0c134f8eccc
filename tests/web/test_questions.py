"""One template frames every question: label, hint, error and control belong together for everybody."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from breachreg.web.fields import AmountField, CodesChoiceField, InstantField, UnknownableField
from breachreg.web.forms import QuestionForm
from breachreg.web.parts import first_id


class Sample(QuestionForm):
    title = forms.CharField(label="What happened?", help_text="In a few words.", error_messages={"required": "Write it."})
    started_at = UnknownableField(InstantField(label="When did it start?"), required=True)
    people = UnknownableField(AmountField(label="How many?"), required=True)
    natures = UnknownableField(CodesChoiceField(label="What was lost?", choices=[("a", "A"), ("b", "B")]), required=True)
    story = UnknownableField(forms.CharField(label="How?"), required=True)
    is_sure = forms.BooleanField(label="I am sure")


@pytest.fixture
def page(rf):
    with translation.override("en"):
        form = Sample({})
        form.is_valid()
        return render_to_string("parts/form.html", {"form": form, "submit": "Save"}, rf.get("/"))


def test_the_hint_and_the_error_are_tied_to_the_control(page):
    control = re.search(r'<input[^>]*id="id_title"[^>]*>', page)[0]
    described = re.search(r'aria-describedby="([^"]*)"', control)[1].split()
    assert set(described) == {"id_title_helptext", "id_title_error"}
    assert all(f'id="{name}"' in page for name in described)
    assert 'aria-invalid="true"' in control


def test_each_line_of_the_error_summary_leads_to_a_control(page):
    targets = re.findall(r'<li><a href="#([^"]+)"', page)
    assert len(targets) == 6
    controls = set(re.findall(r'<(?:input|textarea|select)[^>]*id="([^"]+)"', page))
    assert set(targets) <= controls


def test_every_control_has_a_name(page):
    labelled = set(re.findall(r'<label[^>]*for="([^"]+)"', page))
    controls = set(re.findall(r'<(?:input|textarea|select)(?![^>]*type="hidden")[^>]*id="([^"]+)"', page))
    assert controls <= labelled


def test_a_question_of_several_controls_is_a_fieldset(page):
    assert page.count("<legend") == 3


def test_an_error_is_never_shown_twice(page):
    assert page.count("Write it.") == 2  # the summary and the question


def test_the_first_control_of_each_question_is_found():
    form = Sample()
    assert [first_id(form[name]) for name in ("title", "started_at", "people", "natures", "story")] == [
        "id_title", "id_started_at_0_0", "id_people_0_0", "id_natures_0_0", "id_story_0",
    ]  # fmt: skip
