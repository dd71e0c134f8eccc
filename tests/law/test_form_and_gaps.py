"""The CNIL's form in its order, and what is still missing in it."""

import pytest

from breachreg.law import form, gaps
from breachreg.law.facts import Count, Facts

from . import cases

ORDER = [
    "notification_type", "controller", "legal_representative", "contact_person", "other_bodies", "timeline", "breach",
    "data_and_people", "measures_before", "consequences", "harms", "measures_after", "communication",
    "other_notifications", "attachments",
]  # fmt: skip


def test_the_sections_stand_in_the_order_of_the_form():
    sections = form.load().sections
    assert [section.code for section in sections] == ORDER
    assert [section.number for section in sections] == list(range(1, 16))
    assert (
        sections[11].label("fr")
        == "Mesures techniques et organisationnelles appliquées au traitement suite à la violation"
    )
    assert sections[0].label("en") == "Notification type"
    assert form.load().field("aware_at").label("fr") == "Date (et heure) de prise de connaissance de la violation"
    assert form.load().field("aware_at").label("en") == "Date (and time) of awareness of the breach"


@pytest.mark.parametrize("element", ["33(3)(a)", "33(3)(b)", "33(3)(c)", "33(3)(d)"])
def test_every_element_of_article_33_3_is_answered_by_a_field(element):
    assert [field for field in form.load().fields if field.answers == element]


def test_a_field_is_found_by_its_code_with_its_section_and_choices():
    loaded = form.load()
    assert loaded.section_of("harms").code == "harms"
    assert loaded.field("natures").choices_from.codes == ("confidentiality", "integrity", "availability")
    assert loaded.field("description").choices_from is None
    with pytest.raises(KeyError, match="colour"):
        loaded.section_of("colour")


def test_the_initial_notification_needs_less_than_the_complete_one():
    needed = {
        kind: {f.code for f in form.load().fields if f.required(kind)}
        for kind in ("initial", "supplementary", "complete")
    }
    assert needed["initial"] < needed["complete"] == needed["supplementary"]
    assert {"aware_at", "natures", "delay_reasons"} <= needed["initial"]
    assert "people_count" in needed["complete"] - needed["initial"]
    assert not form.load().field("aware_at").may_wait and form.load().field("people_count").may_wait
    assert not {"vat_number", "attachments"} & needed["complete"]


def codes(found):
    return {gap.code for gap in found}


def test_every_unanswered_field_is_a_gap_and_only_the_essential_ones_hold_the_first_notification():
    found = gaps.of_form({})
    assert {"aware_at", "people_count", "severity"} <= codes(found)
    assert {"aware_at", "natures"} <= codes(gaps.blocking(found, "initial"))
    assert "people_count" not in codes(gaps.blocking(found, "initial"))
    assert gaps.blocking(found, "complete") == found


def test_a_gap_says_what_is_missing_and_which_element_it_answers():
    found = {gap.code: gap for gap in gaps.of_form({"parties": ["Hosting Ltd"]})}
    assert found["people_count"].label("fr") == "Nombre approximatif de personnes concernées"
    assert found["people_count"].label("en") == "Approximate number of people concerned"
    assert (found["people_count"].answers, found["measures_after"].answers) == ("33(3)(a)", "33(3)(d)")
    assert not {"vat_number", "headcount", "attachments", "parties"} & set(found)


def test_none_is_a_gap_and_nothing_ticked_is_an_answer():
    assert "sensitive_categories" in codes(gaps.of_form({"sensitive_categories": None}))
    assert "sensitive_categories" not in codes(gaps.of_form({"sensitive_categories": ()}))
    assert "description" in codes(gaps.of_form({"description": ""}))
    assert "people_count" in codes(gaps.of_form({"people_count": Count()}))
    assert "people_count" not in codes(gaps.of_form({"people_count": Count(low=0)}))
    assert "ongoing" not in codes(gaps.of_form({"ongoing": False}))


def test_not_known_for_the_moment_is_an_answer_that_leaves_the_gap_open_and_lets_the_first_notification_go():
    found = {
        gap.code: gap
        for gap in gaps.of_form({"communication": "undetermined", "data_categories": ["contact", "not_known"]})
    }
    assert found["communication"].may_wait and found["data_categories"].may_wait
    assert not {gap.code: gap for gap in gaps.of_form({})}["communication"].may_wait
    assert "communication" not in codes(gaps.of_form({"communication": "planned"}))


CONDITIONAL = [
    ("delay_reasons", {}, ["late"]),
    ("initial_notification_number", {}, ["supplementary"]),
    ("siren", {}, ["has_siren"]),
    ("origin_other", {"origins": ["other", "hacking"]}, []),
    ("consequence_other_integrity", {"consequences": ["integrity_other"]}, []),
    ("informed_on", {"communication": "informed"}, []),
    ("informed_on", {"communication": ["informed"]}, []),
    ("cross_border_countries", {"cross_border": True}, []),
]


@pytest.mark.parametrize(("code", "values", "circumstances"), CONDITIONAL)
def test_a_conditional_field_is_asked_only_in_its_circumstance(code, values, circumstances):
    assert code in codes(gaps.of_form(values, circumstances=circumstances))
    assert code not in codes(gaps.of_form(dict.fromkeys(values)))
    assert code not in codes(
        gaps.of_form(
            {"origins": [], "communication": "planned", "cross_border": False, "natures": [], "consequences": []}
        )
    )


def test_the_open_questions_of_the_assessment_are_gaps_that_never_hold_the_first_notification():
    found = gaps.of_facts(Facts())
    assert len(found) == len(Facts.__dataclass_fields__) and all(gap.may_wait for gap in found)
    assert codes(gaps.of_facts(cases.case(1))) == {"our_role"}
    assert (
        found[1].label("fr") == "Qu’ont perdu les données\u00a0?" and found[1].label("en") == "What have the data lost?"
    )
    assert found[1].answers == "33(3)(a)"
