"""What the law gives when it is reasoned by hand is what the engine gives, for breaches that stand in no guideline."""

import pytest

from breachreg.law import duty
from breachreg.law.duty_table import Duty

from .annex_b import example
from .cases import case
from .in_force import TODAY
from .reasoned_cases import REASONED, reasoned


@pytest.mark.parametrize("name", REASONED)
def test_a_breach_reasoned_by_hand_gives_its_outcome_and_names_the_deciding_facts(name):
    _, expected, deciding = REASONED[name]
    told = duty.recommend(reasoned(name), TODAY)
    assert (told.duty.code, deciding <= set(told.deciding_facts)) == (expected, True)


def test_a_flaw_that_nothing_says_was_used_weighs_less_than_a_thing_lost_and_more_than_proof():
    """EDPB Guidelines 9/2022, Annex B, example vii: a risk can't be ruled out, a high one is not likely."""
    left = reasoned("the same door open for two years before forty thousand birth dates, and no logs")
    assert [duty.recommended_duty(left.replace(recipients=each), TODAY) for each in ("nobody_proven", "left_open", "no_evidence")] == [
        Duty.REGISTER_ONLY, Duty.NOTIFY, Duty.NOTIFY_AND_TELL,
    ]
    told = {each.code: each for each in duty.recommend(left, TODAY).factors}
    assert told["access"].text("fr") == "rien n’indique que quelqu’un y ait accédé"
    assert duty.recommended_duty(example("vii").replace(recipients="left_open"), TODAY) is Duty.NOTIFY
    assert duty.recommended_duty(left.replace(causes=["external_malicious"], origins=["hacking"]), TODAY) is Duty.NOTIFY_AND_TELL


def test_the_deciding_facts_are_questions_that_the_case_is_asked():
    told = duty.recommend(reasoned("the pay of two hundred and forty colleagues mailed to all staff"), TODAY)
    assert {"data_categories", "financial_context"} <= set(told.deciding_facts)
    assert not {"behavioural_context", "sensitive_context", "unlocked", "other_data"} & set(told.deciding_facts)


def test_a_reason_that_does_not_hold_the_duty_down_is_not_told_with_those_that_do():
    library = duty.recommend(reasoned("the accounts of a library away for three days, loans noted on paper"), TODAY)
    assert [each.code for each in library.carried_by] == ["consequences"]


def test_of_what_is_open_only_that_which_alone_would_bring_the_duty_down_is_told():
    """A leaver who copied contact data: what is known asks for the notification, whatever his intention was."""
    leaver = duty.recommend(case(8), TODAY)
    assert [each.code for each in leaver.carried_by] == ["reach", "protection"]
