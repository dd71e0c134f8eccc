"""Facts: unknown is a value of its own, and a wrong answer is refused with the right ones named."""

import pytest

from breachreg.law import facts
from breachreg.law.facts import BadFact, Count, Facts

from . import cases


def test_facts_of_which_nothing_is_known_have_every_open_question():
    unknown = {question.code for question in Facts().unknown()}
    assert unknown == {question.code for question in facts.questions()}


def test_a_question_that_makes_no_sense_is_not_asked():
    asked = {question.code for question in facts.questions() if question.is_asked(cases.case(1))}
    assert "alteration" not in asked and "effect_on_people" not in asked
    assert {"restoration", "key_safe"} <= asked
    assert "recipient_trusted" not in asked


def test_a_question_stays_open_while_the_one_before_it_is_unknown():
    questions = {question.code: question for question in facts.questions()}
    assert questions["deletion_confirmed"].is_asked(Facts())
    assert not questions["deletion_confirmed"].is_asked(Facts(recipient_trusted=False))
    assert questions["deletion_confirmed"].is_asked(Facts(recipient_trusted=True))
    assert not questions["sensitive_context"].is_asked(
        Facts(
            sensitive_categories=frozenset(),
            data_categories=frozenset({"contact"}),
            other_data=frozenset(),
            unlocked=frozenset(),
        )
    )
    assert questions["sensitive_context"].is_asked(
        Facts(sensitive_categories=frozenset({"health"}), data_categories=frozenset(), other_data=frozenset())
    )


@pytest.mark.parametrize("number", cases.CASES)
def test_facts_survive_being_stored_as_plain_values(number):
    known = cases.case(number)
    assert Facts.from_answers(known.to_answers()) == known


def test_none_at_all_is_not_unknown():
    none, unknown = Facts.from_answers({"sensitive_categories": []}), Facts.from_answers({"sensitive_categories": None})
    assert none.sensitive_categories == frozenset()
    assert unknown.sensitive_categories is None
    assert "sensitive_categories" in none.known() and "sensitive_categories" not in unknown.known()


def test_a_count_may_be_a_number_or_known_in_part_or_unknown():
    assert Facts.from_answers({"people_count": 12}).people_count == Count(12, 12, 12)
    assert Facts.from_answers({"people_count": {"low": 40}}).people_count == Count(40, None, None)
    assert Facts.from_answers({"people_count": {"low": None}}).people_count is None
    assert Count().is_unknown and not Count(low=0).is_unknown


BAD = [
    ({"colour": "red"}, "“colour” is not a fact"),
    ({"key_safe": "yes"}, "key_safe is answered with yes, no or nothing"),
    ({"protection": "some"}, "protection has no answer “some”; answers: none, weak_or_partial, strong"),
    ({"natures": "confidentiality"}, "natures takes a list of answers"),
    ({"natures": 3}, "natures takes a list of answers"),
    ({"natures": ["theft"]}, "natures has no answer “theft”; answers: confidentiality"),
    ({"people_count": "many"}, "people_count is a number"),
    ({"people_count": True}, "people_count is a number"),
    ({"people_count": -1}, "never below zero"),
    ({"people_count": {"low": 10, "high": 5}}, "must grow from lowest to highest, not 10 · 5"),
    ({"people_count": {"low": 10, "likely": 7}}, "must grow"),
]


@pytest.mark.parametrize(("answers", "message"), BAD)
def test_a_wrong_answer_is_refused_and_the_right_ones_named(answers, message):
    with pytest.raises(BadFact, match=message):
        Facts.from_answers(answers)


def test_an_unknown_answer_of_a_question_lists_the_known_ones():
    question = {question.code: question for question in facts.questions()}["protection"]
    with pytest.raises(KeyError, match="none, weak_or_partial, strong"):
        question.option("some")


DESCRIBED = [
    ("key_safe", None, "pas encore connu", "not known yet"),
    ("key_safe", True, "Oui", "Yes"),
    ("key_safe", False, "Non", "No"),
    ("natures", frozenset(), "aucune", "none"),
    ("natures", frozenset({"availability", "confidentiality"}), "Perte de la confidentialité · Perte de la disponibilité", "Loss of confidentiality · Loss of availability"),
    ("people_count", Count(1200, 1200, 1200), "1\u202f200", "1,200"),
    ("people_count", Count(40, 50, None), "au moins 40, environ 50", "at least 40, about 50"),
    ("people_count", Count(None, None, 5000), "au plus 5\u202f000", "at most 5,000"),
    ("people_count", Count(), "pas encore connu", "not known yet"),
    ("protection", "none", "Non, elles étaient lisibles", "No, they were readable"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "fr", "en"), DESCRIBED)
def test_an_answer_reads_in_both_languages(name, value, fr, en):
    assert facts.describe(name, value, "fr") == fr
    assert facts.describe(name, value, "en") == en


def test_every_question_has_words_and_help_in_both_languages():
    for question in facts.questions():
        assert question.label("fr") != question.label("en")
        assert question.help("fr") != question.help("en")
        assert question.source
        assert [code for code, _ in question.choices("fr")] == [code for code, _ in question.choices("en")]
    first = facts.questions()[0]
    assert first.help("en").startswith("A processor does not weigh the risk first")
