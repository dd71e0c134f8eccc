"""What must hold for all facts, not only for the examples: graver never counts less, unknown never counts as known."""

import dataclasses
import random

import pytest

from breachreg.law import duty, factors, facts, picture, questions, severity, tipping
from breachreg.law.facts import Count, Facts

from .in_force import TODAY

QUESTIONS = questions.load()
NAMES = tuple(QUESTIONS)


def breaches(count, seed):
    """That many random breaches, the same in every run; a failure prints its facts. Each with the source that made it."""
    source = random.Random(seed)
    for _ in range(count):
        yield random_facts(source), source


def random_facts(source):
    return Facts(**{name: random_answer(question, source) for name, question in QUESTIONS.items()})


def random_answer(question, source):
    if question.kind == "boolean":
        return source.choice([None, True, False])
    if question.kind == "choice":
        return source.choice([None, *question.codes])
    if question.kind == "choices":
        held = source.sample(question.codes, source.randrange(min(5, len(question.codes) + 1)))
        return source.choice([None, frozenset(held)])
    numbers = sorted(source.choice((0, 5, 100, 101, 5_000, 5_001, source.randrange(20_000))) for _ in range(3))
    return source.choice([None, Count(*(source.choice((None, number)) for number in numbers))])


def test_the_least_the_likely_and_the_most_are_in_order():
    for known, _ in breaches(120, "order"):
        score = severity.assess(known)
        assert 0.25 <= score.total.low <= score.total.likely <= score.total.high <= 6.5
        low, likely, high = (picture.pictures(known)[end] for end in picture.ENDS)
        for mildest, most_likely, gravest in zip(low, likely, high, strict=True):
            assert mildest <= most_likely <= gravest


def loses_nothing(known, name):
    forgotten = known.replace(**{name: None})
    assert severity.assess(forgotten).total.contains(severity.assess(known).total)
    assert duty.recommend_span(forgotten, TODAY)[1].contains(duty.recommend_span(known, TODAY)[1])


def test_an_unknown_never_narrows_what_the_score_or_the_duty_may_be():
    for known, source in breaches(60, "narrow"):
        loses_nothing(known, source.choice(NAMES))


def test_an_unknown_never_narrows_anything_on_five_hundred_random_breaches():
    for known, source in breaches(500, "unknown"):
        loses_nothing(known, source.choice(NAMES))


# For each fact the steps from a milder answer to a graver one. Where two answers are not comparable no step joins them.
ORDERED = (
    "simple_context", "behavioural_context", "financial_context", "sensitive_context", "identity", "identifiability",
    "alteration", "restoration", "effect_on_people",
)  # fmt: skip
STEPS = {
    **{name: list(zip(QUESTIONS[name].codes, QUESTIONS[name].codes[1:], strict=False)) for name in ORDERED},
    **{name: [(False, True)] for name in ("revealing_controller", "continuing", "critical_service")},
    **{name: [(True, False)] for name in ("already_public", "recipient_trusted", "deletion_confirmed", "key_safe")},
    "protection": [("strong", "weak_or_partial"), ("weak_or_partial", "none"), ("strong", "none")],
    "recipients": [
        ("nobody_proven", "left_open"),
        ("left_open", "no_evidence"),
        ("nobody_proven", "few_known"),
        ("few_known", "many_known"),
        ("many_known", "unknown_number"),
        ("no_evidence", "unknown_number"),
    ],
}
ADDED = {
    "natures": QUESTIONS["natures"].codes,
    "data_categories": tuple(code for code in QUESTIONS["data_categories"].codes if code != "not_known"),
    "other_data": QUESTIONS["other_data"].codes,
    "unlocked": QUESTIONS["unlocked"].codes,
    "sensitive_categories": QUESTIONS["sensitive_categories"].codes,
    "people_categories": ("minors", "vulnerable", "patients", "military"),
    "causes": ("internal_malicious", "external_malicious"),
    "origins": QUESTIONS["origins"].codes,
}


def counts_no_less(milder, graver):
    before, after = severity.assess(milder).total, severity.assess(graver).total
    assert before.low <= after.low and before.likely <= after.likely and before.high <= after.high
    (mild, mild_span), (grave, grave_span) = duty.recommend_span(milder, TODAY), duty.recommend_span(graver, TODAY)
    assert mild <= grave
    assert (
        mild_span.low <= grave_span.low and mild_span.likely <= grave_span.likely and mild_span.high <= grave_span.high
    )


def step_for_the_worse(name, source):
    """Two answers to one question, the second graver."""
    if name in STEPS:
        return source.choice(STEPS[name])
    if name == "people_count":
        return tuple(Count.exactly(number) for number in sorted((source.randrange(9_000), source.randrange(9_000))))
    before = frozenset(source.sample(QUESTIONS[name].codes, source.randrange(1, 3)))
    return before, before | {source.choice(ADDED[name])}


def gets_no_milder(known, source):
    name = source.choice((*STEPS, *ADDED, "people_count"))
    before, after = step_for_the_worse(name, source)
    counts_no_less(known.replace(**{name: before}), known.replace(**{name: after}))


def test_graver_facts_never_lower_the_score_or_the_duty():
    for known, source in breaches(60, "worse"):
        gets_no_milder(known, source)


def test_graver_facts_never_lower_anything_on_five_hundred_random_breaches():
    for known, source in breaches(500, "graver"):
        gets_no_milder(known, source)


def test_equal_facts_give_equal_results_in_any_order():
    for known, source in breaches(60, "equal"):
        the_order_changes_nothing(known, source)


def the_order_changes_nothing(known, source):
    answers = known.to_answers()
    for value in answers.values():
        if isinstance(value, list):
            source.shuffle(value)
    shuffled = dict(source.sample(list(answers.items()), len(answers)))
    again = Facts.from_answers(shuffled)
    assert again == dataclasses.replace(known, people_count=again.people_count)
    assert severity.assess(again) == severity.assess(known)
    assert duty.recommend(again, TODAY) == duty.recommend(known, TODAY)


def test_every_recommendation_names_what_carried_it_in_both_languages():
    for known, _ in breaches(60, "carried"):
        recommendation = duty.recommend(known, TODAY)
        assert recommendation.carried_by or known.natures == frozenset()  # no nature at all: nothing was lost
        for language in ("fr", "en"):
            assert recommendation.sentence(language)


def test_a_tip_always_leads_where_it_says_and_a_known_fact_is_told_as_it_was():
    for known, _ in breaches(8, "tips"):
        for tip in tipping.tips(known, TODAY):
            assert duty.recommended_duty(known.replace(**dict(tip.changes)), TODAY) is tip.becomes
            assert tip.was == getattr(known, tip.fact)
            assert tip.becomes is not duty.recommended_duty(known, TODAY)


def test_a_settled_factor_speaks_as_its_facts_do():
    for known, _ in breaches(60, "settled"):
        ranges = picture.read(known)
        for weighed in factors.weigh(known):
            span = ranges[weighed.factor.weighs]
            if weighed.direction is factors.Direction.UNKNOWN:
                assert not span.is_known
            assert weighed.cited("fr") and weighed.cited("en") and weighed.text("fr") and weighed.text("en")


def test_every_line_of_the_score_and_every_answer_can_be_read():
    for known, source in breaches(60, "read"):
        language = source.choice(["fr", "en"])
        for line in severity.assess(known).lines:
            assert line.method(language).startswith("ENISA")
            assert line.sentence(language)
        for name, value in known.known().items():
            assert facts.describe(name, value, language)


@pytest.mark.parametrize("seed", range(3))
def test_the_sum_of_the_lines_is_the_score(seed):
    source = random.Random(seed)
    for _ in range(50):
        known = random_facts(source)
        score = severity.assess(known)
        contexts = [line.points.high for line in score.lines if line.component == "dpc" and line.counts]
        (identification,) = [line.points.high for line in score.lines if line.component == "ei"]
        circumstances = sum(line.points.high for line in score.lines if line.component == "cb")
        assert max([1.0, *contexts]) * identification + circumstances == score.total.high
