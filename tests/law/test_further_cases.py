"""The engine on breaches that stand in no guideline: the outcome, the facts that carried it, the fact that would tip it."""

import pytest

from breachreg.law import duty, severity, tipping
from breachreg.law.duty_table import Duty

from .further_cases import FURTHER, further
from .in_force import TODAY


@pytest.mark.parametrize("name", FURTHER)
def test_a_breach_of_no_guideline_is_weighed_by_the_factors(name):
    _, expected, deciding, tip = FURTHER[name]
    facts = further(name)
    told = duty.recommend(facts, TODAY)
    assert (told.duty.code, deciding <= set(told.deciding_facts)) == (expected, True)
    found = tipping.tipping_fact(facts, TODAY)
    assert (found.fact if found else None) == tip


@pytest.mark.parametrize("name", FURTHER)
def test_to_forget_what_is_known_of_it_keeps_its_score_within_reach(name):
    facts = further(name)
    score = severity.assess(facts).total
    for fact in facts.known():
        assert severity.assess(facts.replace(**{fact: None})).total.contains(score)


def test_what_is_open_is_told_when_it_alone_makes_the_authority_be_told():
    unsure = duty.recommend(further("the same, and nobody knows yet where the key is"), TODAY)
    assert unsure.by_caution
    assert {each.code for each in unsure.carried_by} == {"reach", "protection", "data", "number"}
    waiting = duty.recommend(further("the same, to a doctor bound by secrecy who has not yet answered"), TODAY)
    assert {each.code for each in waiting.carried_by} == {"reach", "protection", "data", "vulnerable_people", "trusted_recipient"}
    assert "on ne sait pas si les données étaient protégées par une clé sûre" in unsure.sentence("fr")


def test_a_recipient_bound_by_secrecy_counts_for_less_than_a_stranger_even_before_the_deletion_is_confirmed():
    bound = further("the same, to a doctor bound by secrecy who has not yet answered")
    assert duty.recommended_duty(bound.replace(deletion_confirmed=False), TODAY) is Duty.NOTIFY
    assert duty.recommended_duty(bound.replace(recipient_trusted=None), TODAY) is Duty.NOTIFY_AND_TELL
    told = {each.code for each in duty.recommend(bound.replace(deletion_confirmed=False), TODAY).carried_by}
    assert "trusted_recipient" in told


def test_a_stranger_who_promises_the_deletion_is_still_a_stranger():
    stranger = further("a patient's results sent to another patient")
    assert duty.recommended_duty(stranger.replace(deletion_confirmed=True), TODAY) is Duty.NOTIFY_AND_TELL


def test_an_intruder_of_whom_nothing_is_seen_to_leave_is_graver_than_an_accident_and_less_than_a_leak():
    unseen = further("the same, but the logs were encrypted too").replace(identity="identity_set")
    assert duty.recommended_duty(unseen, TODAY) is Duty.NOTIFY
    assert duty.recommended_duty(unseen.replace(recipients="unknown_number"), TODAY) is Duty.NOTIFY_AND_TELL


def test_encryption_is_not_the_first_thought_for_what_was_published_or_written_on_paper():
    published = further("the same page with the pupils' handicaps")
    facts = [tip.fact for tip in tipping.tips(published, TODAY)]
    assert facts[0] == "recipients" and facts[-1] == "protection"
