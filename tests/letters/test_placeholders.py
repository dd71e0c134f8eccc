"""A wording leaves open what stands on a closed list, and nothing else."""

import pytest

from breachreg.letters import placeholders


def test_french_and_english_names_stand_for_the_same_value():
    assert placeholders.fill("{nom} / {name}", {"name": "Jeanne Martin"}) == "Jeanne Martin / Jeanne Martin"


def test_a_value_with_braces_is_not_filled_in_again():
    assert placeholders.fill("{name}", {"name": "{reference}", "reference": "secret"}) == "{reference}"


@pytest.mark.parametrize("text", ["{{ name }}", "{% load x %}", "{name.__class__}", "{name!r}", "{0}", "{}"])
def test_the_syntax_of_template_engines_is_refused(text):
    assert placeholders.problems(text)


def test_an_unknown_name_suggests_the_closest_one():
    assert "{organisation}" in placeholders.problems("{organization}")[0]


@pytest.mark.parametrize("text", ["{name", "name}", "a { b", "@@address@@"])
def test_stray_signs_are_refused(text):
    assert placeholders.problems(text)


def test_a_missing_value_is_named():
    with pytest.raises(placeholders.MissingValues) as missing:
        placeholders.fill("{name} {reference}", {"name": "Jeanne"})
    assert list(missing.value.missing) == ["reference"]


def test_shared_values_are_filled_and_personal_ones_stay():
    values = {"organisation": "Hôpital"}
    assert placeholders.fill_shared("{organisme} écrit à {nom}", values) == "Hôpital écrit à {nom}"
