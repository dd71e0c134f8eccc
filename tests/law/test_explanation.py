"""What a record keeps of an assessment reads for ever as it was given."""

import json
import re

from breachreg.law import explanation
from breachreg.law.facts import Facts

from . import annex_b, cases
from .in_force import TODAY


def test_an_explanation_survives_being_stored():
    said = explanation.explain(cases.case(11), TODAY)
    assert json.loads(json.dumps(said)) == said
    assert Facts.from_answers(said["facts"]) == cases.case(11)


def test_an_explanation_holds_the_score_with_each_line():
    score = explanation.explain(cases.case(11), TODAY)["score"]
    assert score["total"] == {"low": 1.5, "likely": 1.5, "high": 1.5}
    assert (score["band"], score["highest_band"], score["severity"]) == ("low", "low", "negligible")
    assert score["arithmetic"]["fr"] == "SE = 1 × 1 + 0,5 = 1,5"
    assert score["flags"]["many_people"]["en"] == "More than 100 people: have the result reviewed."
    theft = next(line for line in score["lines"] if line["fact"] == "causes")
    assert theft["points"] == {"low": 0.5, "likely": 0.5, "high": 0.5}
    assert theft["answer"] == {"fr": "Acte externe malveillant", "en": "Malicious external act"}
    assert (theft["component"], theft["counts"]) == ("cb", True)
    assert theft["method"] == {"fr": "ENISA, CB\u00a0: intention malveillante, +0,5", "en": "ENISA, CB: malicious intent +0.5"}
    assert theft["sentence"]["en"].endswith("— 0.5")


def test_an_explanation_holds_the_duty_with_its_factors_and_what_carried_it():
    duty = explanation.explain(cases.case(11), TODAY)["duty"]
    assert (duty["code"], duty["least"], duty["likely"], duty["most"]) == ("notify_and_tell",) * 4
    assert not duty["by_caution"] and not duty["tells_controllers"]
    factors = {factor["code"]: factor for factor in duty["factors"]}
    assert factors["number"]["carried"] and factors["number"]["direction"] == factors["number"]["leans"] == "for"
    assert factors["number"]["facts"] == ["people_count"]
    assert factors["number"]["text"]["fr"] == "un grand nombre de personnes est touché"
    assert not factors["hostile"]["carried"] and factors["hostile"]["direction"] == "against"
    assert factors["number"]["source"] == {
        "fr": "CEPD, lignes directrices 9/2022, IV.B\u00a0: nombre de personnes concernées",
        "en": "EDPB Guidelines 9/2022, IV.B: number of affected individuals",
    }
    assert all(factor["source"]["fr"] != factor["source"]["en"] for factor in duty["factors"])


def test_an_explanation_holds_what_is_open_and_what_would_tip_it():
    said = explanation.explain(annex_b.example("vii"), TODAY)
    pulls = {pull["fact"]: pull for pull in said["pulls"]}
    assert pulls["people_count"] == {
        "fact": "people_count",
        "question": {"fr": "Combien de personnes\u00a0?", "en": "How many people?"},
        "towards_less": False,
        "towards_more": True,
        "could_fall_to": None,
        "could_rise_to": "notify_and_tell",
    }
    assert pulls["already_public"]["could_fall_to"] == "register_only"
    first = said["tips"][0]
    assert first["was_unknown"] and first["becomes"] == "notify_and_tell" and first["fact"] == "revealing_controller"
    assert (
        first["sentence"]["en"]
        == "If the answer were “Yes” to “Does merely being in this file reveal something intimate?”: Notify the CNIL and tell the people"
    )


def test_the_edition_names_the_day_the_text_and_the_version_of_the_rule_that_judged():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [0-9a-f]{12} gdpr_33/2018-05-25", explanation.edition(TODAY))
    assert explanation.explain(Facts(), TODAY)["edition"] == explanation.edition(TODAY)


def answers_of(**facts):
    told = explanation.explain(Facts.from_answers(facts), TODAY)
    return {line["fact"]: line["answer"]["fr"] for line in told["score"]["lines"]}


def test_a_circumstance_of_a_nature_that_is_not_there_was_not_asked_and_what_is_open_is_not_known():
    leak = answers_of(natures=["confidentiality"], data_categories=["contact"], sensitive_categories=[], causes=["internal_accidental"])
    assert leak["alteration"] == leak["restoration"] == "ne se pose pas ici"
    assert leak["recipients"] == leak["simple_context"] == "pas encore connu"
    assert answers_of()["alteration"] == "pas encore connu"  # no nature is ruled out yet
    answered = answers_of(natures=["confidentiality"], alteration="recoverable")
    assert answered["alteration"] == "Peut-être utilisées, mais récupérables"
    outweighed = answers_of(data_categories=["contact", "financial"], financial_context="full", sensitive_categories=[])
    assert outweighed["simple_context"] == "pas encore connu"
