"""The recommended duty follows the factors of the guidelines, and says which facts carried it."""

import pytest

from breachreg.law import duty, tipping
from breachreg.law.duty_table import Duty
from breachreg.law.facts import Count, Facts

from . import annex_b, cases
from .in_force import TODAY


@pytest.mark.parametrize("number", cases.CASES)
def test_a_worked_case_of_the_board_gives_its_outcome_and_names_the_deciding_facts(number):
    _, expected, deciding = cases.CASES[number]
    recommendation = duty.recommend(cases.case(number), TODAY)
    assert recommendation.duty.code == expected
    assert deciding <= set(recommendation.deciding_facts)


@pytest.mark.parametrize("number", annex_b.EXAMPLES)
def test_an_example_of_annex_b_gives_its_outcome_and_names_the_deciding_facts(number):
    _, expected, deciding = annex_b.EXAMPLES[number]
    recommendation = duty.recommend(annex_b.example(number), TODAY)
    assert recommendation.duty.code == expected
    assert deciding <= set(recommendation.deciding_facts)


def test_the_score_has_no_part_in_the_duty():
    from breachreg.law import severity

    stolen_laptop = cases.case(11)
    assert severity.assess(stolen_laptop).band.code == "low"
    assert duty.recommended_duty(stolen_laptop, TODAY) is Duty.NOTIFY_AND_TELL


FLIPS = [
    (1, {"recipients": "unknown_number", "protection": "none", "key_safe": None}, Duty.NOTIFY),
    (1, {"restoration": "with_effort", "effect_on_people": "minor"}, Duty.NOTIFY),
    (2, {"effect_on_people": "serious"}, Duty.NOTIFY_AND_TELL),
    (6, {"key_safe": False}, Duty.NOTIFY_AND_TELL),
    (9, {"deletion_confirmed": False}, Duty.NOTIFY),
    (10, {"key_safe": False}, Duty.NOTIFY),
    (11, {"protection": "strong", "key_safe": True}, Duty.REGISTER_ONLY),
    (11, {"people_count": Count.exactly(90)}, Duty.NOTIFY),
    (15, {"sensitive_context": "explicit"}, Duty.NOTIFY_AND_TELL),
    (16, {"recipient_trusted": True, "deletion_confirmed": True}, Duty.REGISTER_ONLY),
]


@pytest.mark.parametrize(("number", "changes", "expected"), FLIPS)
def test_one_other_fact_flips_a_worked_case(number, changes, expected):
    assert duty.recommended_duty(cases.case(number).replace(**changes), TODAY) is expected


def test_with_nothing_known_the_authority_is_told_out_of_caution():
    recommendation = duty.recommend(Facts(), TODAY)
    assert recommendation.duty is Duty.NOTIFY
    assert recommendation.by_caution
    assert recommendation.could_rise_to is Duty.NOTIFY_AND_TELL
    assert recommendation.sentence("fr").endswith("ne permet pas d’écarter un risque.")


def test_a_processor_is_told_to_tell_its_controllers():
    assert duty.recommend(Facts(our_role="processor"), TODAY).tells_controllers
    assert not duty.recommend(Facts(our_role="controller"), TODAY).tells_controllers


def test_the_reasons_are_a_sentence_in_both_languages():
    recommendation = duty.recommend(cases.case(6), TODAY)
    assert recommendation.sentence("en") == (
        "Record in the register, without notifying: the data are unintelligible and the key is safe."
    )
    assert recommendation.sentence("fr") == (
        "Inscrire au registre, sans notifier\u00a0: les données sont inintelligibles et la clé est en sécurité."
    )


def test_vulnerable_people_aggravate_and_do_not_decide_alone():
    two_parcels_swapped = cases.case(13)
    children = two_parcels_swapped.replace(people_categories=frozenset({"minors"}))
    assert duty.recommended_duty(children, TODAY) is Duty.REGISTER_ONLY
    stolen = cases.case(11).replace(people_count=Count.exactly(40))
    assert duty.recommended_duty(stolen, TODAY) is Duty.NOTIFY
    assert duty.recommended_duty(stolen.replace(people_categories=frozenset({"minors"})), TODAY) is Duty.NOTIFY_AND_TELL


def test_data_public_already_bring_no_risk():
    assert duty.recommended_duty(cases.case(5).replace(already_public=True), TODAY) is Duty.REGISTER_ONLY


def test_data_that_point_to_almost_nobody_lower_the_duty_by_one_step():
    assert duty.recommended_duty(cases.case(5).replace(identifiability="negligible"), TODAY) is Duty.NOTIFY
    assert duty.recommended_duty(cases.case(16).replace(identifiability="negligible"), TODAY) is Duty.REGISTER_ONLY


def test_continuing_exposure_takes_the_case_out_of_a_small_circle():
    assert duty.recommended_duty(cases.case(13).replace(continuing=True), TODAY) is Duty.NOTIFY


def test_an_intruder_may_have_taken_what_he_only_hid():
    ransomware = cases.case(1).replace(recipients="no_evidence", protection="none", key_safe=None)
    assert duty.recommended_duty(ransomware, TODAY) is Duty.NOTIFY


@pytest.mark.parametrize(("number", "fact"), [(1, "restoration"), (6, "key_safe"), (9, "deletion_confirmed")])
def test_the_single_fact_that_would_tip_it_is_named(number, fact):
    facts = cases.case(number)
    tip = tipping.tipping_fact(facts, TODAY)
    assert tip.fact == fact
    assert duty.recommended_duty(facts.replace(**dict(tip.changes)), TODAY) is tip.becomes


def test_no_single_fact_tips_a_breach_that_is_grave_in_two_ways():
    assert tipping.tipping_fact(cases.case(12), TODAY) is None


@pytest.mark.parametrize("number", cases.CASES)
def test_every_tip_changes_the_recommendation_as_it_says(number):
    facts = cases.case(number)
    for tip in tipping.tips(facts, TODAY):
        assert (
            duty.recommended_duty(facts.replace(**dict(tip.changes)), TODAY) is tip.becomes is not duty.recommended_duty(facts, TODAY)
        )


def test_an_open_question_says_in_which_direction_it_pulls():
    pulls = {pull.question.code: pull for pull in tipping.pulls(annex_b.example("vii"), TODAY)}
    assert pulls["already_public"].towards_less and not pulls["already_public"].towards_more
    assert pulls["people_count"].towards_more and not pulls["people_count"].towards_less
    assert pulls["people_count"].could_rise_to is Duty.NOTIFY_AND_TELL
    assert pulls["already_public"].could_fall_to is Duty.REGISTER_ONLY


def test_an_open_question_that_cannot_move_the_recommendation_promises_no_other_one():
    pulls = {pull.question.code: pull for pull in tipping.pulls(annex_b.example("vii"), TODAY)}
    assert pulls["people_count"].could_fall_to is None and pulls["already_public"].could_rise_to is None


def test_an_open_question_may_pull_the_gravest_outcome_down_and_leave_the_likely_one():
    possible_number = cases.case(16).replace(people_count=None, identity="official_identifier")
    (pull,) = tipping.pulls(possible_number, TODAY)
    assert pull.question.code == "people_count" and pull.towards_less and pull.towards_more


def test_a_trusted_recipient_is_named_even_when_the_data_are_so_light_that_nothing_else_is_needed():
    light = cases.case(9).replace(identity="name_or_contact", people_count=Count.exactly(2))
    assert "trusted_recipient" in {weighed.code for weighed in duty.recommend(light, TODAY).carried_by}
    swapped = {weighed.code for weighed in duty.recommend(cases.case(13), TODAY).carried_by}
    assert "trusted_recipient" not in swapped and "protection" not in swapped


CARRIED = [
    (1, {"reach", "protection", "restoration"}),
    (2, {"restoration", "consequences"}),
    (3, {"restoration", "consequences", "critical_service", "missing_sensitive_data"}),
    (6, {"protection"}),
    (9, {"circle", "hostile", "trusted_recipient"}),
    (11, {"reach", "circle", "protection", "data", "number"}),
    (
        12,
        {
            "reach",
            "protection",
            "data",
            "revealing_controller",
            "vulnerable_people",
            "restoration",
            "missing_sensitive_data",
        },
    ),
    (13, {"circle", "hostile", "continuing", "data", "number"}),
    (14, {"reach", "protection", "data", "number"}),
    (16, {"reach", "protection", "data"}),
    (18, {"reach", "protection", "hostile", "continuing", "data"}),
]


@pytest.mark.parametrize(("number", "expected"), CARRIED)
def test_the_reasons_told_are_those_that_carried_it_and_no_others(number, expected):
    assert {weighed.code for weighed in duty.recommend(cases.case(number), TODAY).carried_by} == expected


def test_with_nothing_known_the_open_questions_that_count_are_the_reasons():
    told = duty.recommend(Facts(), TODAY).carried_by
    assert {weighed.code for weighed in told} == {"reach", "protection"}
    assert {weighed.direction for weighed in told} == {"unknown"}


@pytest.mark.parametrize(("number", "route"), [(3, "availability"), (11, "confidentiality"), (17, "confidentiality")])
def test_the_route_that_led_there_is_named(number, route):
    assert duty.recommend(cases.case(number), TODAY).route == route


def test_altered_data_lead_there_by_the_route_of_integrity():
    altered = {
        "natures": ["integrity"],
        "causes": ["internal_accidental"],
        "alteration": "irrecoverable",
        "effect_on_people": "serious",
    }
    recommendation = duty.recommend(Facts.from_answers(altered), TODAY)
    assert (recommendation.duty, recommendation.route) == (Duty.NOTIFY_AND_TELL, "integrity")


@pytest.mark.parametrize("number", [2, 11, 13, 16])
def test_a_recommendation_on_settled_facts_is_not_one_of_caution(number):
    assert not duty.recommend(cases.case(number), TODAY).by_caution


def test_a_leaver_of_bad_faith_and_one_of_unknown_intent_are_both_notified():
    unknown = cases.case(8)
    assert duty.recommended_duty(unknown, TODAY) is Duty.NOTIFY
    assert duty.recommended_duty(unknown.replace(causes=frozenset({"internal_malicious"})), TODAY) is Duty.NOTIFY


def test_a_tip_reads_as_a_sentence():
    assert tipping.tipping_fact(cases.case(6), TODAY).sentence("fr") == (
        "Si l’on répondait «\u00a0Non\u00a0» à «\u00a0La clé (ou le sel) est-elle restée en sécurité\u00a0?\u00a0»\u00a0: "
        "Notifier la CNIL et informer les personnes"
    )


def test_what_loses_nothing_is_kept_in_the_register_and_says_so():
    nothing = duty.recommend(Facts(natures=frozenset(), causes=frozenset({"internal_accidental"})), TODAY)
    assert nothing.duty is Duty.REGISTER_ONLY and nothing.carried_by == ()
    assert nothing.sentence("fr").endswith("ni la confidentialité, ni l’intégrité, ni la disponibilité n’est perdue.")
    assert nothing.sentence("en").endswith("neither confidentiality nor integrity nor availability is lost.")


def test_sensitive_data_of_an_unnamed_kind_count_as_sensitive():
    from breachreg.law import severity

    facts = Facts(data_categories=frozenset({"civil_status"}), sensitive_categories=frozenset({"unspecified"}))
    assert severity.assess(facts).dpc.likely == 4
