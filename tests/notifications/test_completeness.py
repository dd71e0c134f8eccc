"""What blocks, what is advisable, what may wait: by the kind of the notification and by the article."""

import pytest

from breachreg.law.form import load as form
from breachreg.notifications.answers import Circumstances, asked, is_asked
from breachreg.notifications.completeness import ADVISABLE, BLOCKS, MAY_WAIT, check


def points(kind, answers=None, **more):
    return {point.field.code: point for point in check(answers or {}, Circumstances(kind=kind, **more))}


def test_an_initial_notification_needs_only_what_the_form_always_asks():
    found = points("initial")
    assert found["description"].weight == BLOCKS
    assert found["measures_after"].weight == MAY_WAIT
    assert found["measures_after"].citation == "Art. 33(4)"


def test_a_complete_notification_is_blocked_by_each_gap_in_the_contents_of_article_33_3():
    found = points("complete")
    assert found["people_count"].weight == BLOCKS
    assert found["people_count"].citation == "Art. 33(3)(a)"
    assert found["cross_border"].weight == ADVISABLE


def test_a_complementary_notification_is_told_what_is_still_open_and_goes_all_the_same():
    found = points("complementary")
    assert found["people_count"].weight == ADVISABLE


def test_a_withdrawal_needs_only_its_number_and_its_reason():
    blocked = {code for code, point in points("withdrawal").items() if point.weight == BLOCKS}
    assert blocked == {"notification_type", "initial_notification_number", "legal_name", "description"}


def test_none_of_them_is_an_answer():
    assert "sensitive_categories" not in points("complete", {"sensitive_categories": []})
    assert "sensitive_categories" in points("complete", {})


@pytest.mark.parametrize("kind", ["initial", "complementary", "complete"])
def test_a_late_one_says_why_whatever_its_kind(kind):
    assert points(kind, is_late=True)["delay_reasons"].citation == "Art. 33(1)"
    assert "delay_reasons" not in points(kind)


@pytest.mark.parametrize("gap", ["[…]", "[...]"])
def test_reasons_with_a_gap_in_them_block_late_or_not(gap):
    for late in (True, False):
        found = points("initial", {"delay_reasons": f"Informés le {gap}."}, is_late=late)["delay_reasons"]
        assert (found.weight, found.citation) == (BLOCKS, "Art. 33(1)")
    assert "delay_reasons" not in points("initial", {"delay_reasons": "Informés le 3 mars."}, is_late=True)


def test_questions_appear_with_the_answer_that_calls_for_them():
    circumstances = Circumstances(kind="initial")
    field = form().field("origin_other")
    assert not is_asked(field, {"origins": ["lost_device"]}, circumstances)
    assert is_asked(field, {"origins": ["other"]}, circumstances)
    assert is_asked(form().field("informed_on"), {"communication": "informed"}, circumstances)
    assert not is_asked(form().field("siren"), {"no_siren": True}, circumstances)


def test_an_answer_is_never_hidden_by_its_circumstance():
    asked_codes = {field.code for field in asked({"origin_other": "Foudre"}, Circumstances(kind="initial"))}
    assert "origin_other" in asked_codes


def test_every_question_of_the_form_is_weighed_for_every_kind():
    """A question that nobody weighed would let an empty notification look complete."""
    for kind in ("initial", "complementary", "complete"):
        weighed = set(points(kind, is_late=True, has_processor=True))
        needed = {
            field.code for field in asked({}, Circumstances(kind=kind, is_late=True, has_processor=True))
            if field.needed != "optional" and field.type != "parties"
        }
        assert weighed == needed


def test_a_withdrawal_does_not_ask_what_nobody_needs_any_more():
    codes = {field.code for field in asked({"siren": "123456782"}, Circumstances(kind="withdrawal"))}
    assert codes == {"notification_type", "initial_notification_number", "siren", "legal_name", "description"}
