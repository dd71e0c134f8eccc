"""From which risk the authority is told is a dated datum; the clock and the duty read it from the same version of the rule."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breachreg.law import board, duty, explanation, tipping
from breachreg.law.clock import NaiveInstant
from breachreg.law.duty_table import Duty
from breachreg.law.facts import Facts

from . import cases
from .boards import PARIS
from .in_force import PROPOSED, TODAY, enacted, in_force_from
from .test_properties import NAMES, STEPS, breaches, step_for_the_worse

ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Noumea")]


@pytest.fixture
def book(tmp_path):
    """The proposal is law from 1 June 2027."""
    return enacted(tmp_path, "valid_from = 2027-06-01")


@pytest.mark.parametrize("number", cases.CASES)
def test_under_the_proposal_a_case_is_notified_when_its_people_are_told_and_otherwise_kept_in_the_register(number):
    facts = cases.case(number)
    told = duty.recommended_duty(facts, TODAY) is Duty.NOTIFY_AND_TELL
    assert duty.recommended_duty(facts, PROPOSED) is (Duty.NOTIFY_AND_TELL if told else Duty.REGISTER_ONLY)


def test_a_risk_below_the_threshold_says_which_rule_leaves_it_unnotified():
    below = duty.recommend(cases.case(2), PROPOSED)
    assert below.below_threshold and below.duty is Duty.REGISTER_ONLY and below.rule is PROPOSED
    assert below.sentence("fr").startswith(
        "Inscrire au registre, sans notifier\u00a0: seul un risque élevé se notifie, et il n’est pas probable"
        " (COM(2025) 837 final, 2025/0360(COD)\u00a0: une proposition, pas une loi)"
    )
    assert below.sentence("en").startswith(
        "Record in the register, without notifying: only a high risk is notified, and it is not likely"
        " (COM(2025) 837 final, 2025/0360(COD): a proposal, not law)"
    )


def test_the_facts_that_keep_a_risk_below_a_high_one_are_told():
    """Only those without which a high risk would be likely: what is possible at the worst is told as what it could become."""
    below = duty.recommend(cases.case(8), PROPOSED)
    assert [each.code for each in below.carried_by] == ["data"] and below.could_rise_to is Duty.NOTIFY_AND_TELL


def test_where_there_is_no_risk_the_threshold_is_not_spoken_of():
    for number in (1, 6, 9):
        assert not duty.recommend(cases.case(number), PROPOSED).below_threshold
        assert duty.recommend(cases.case(number), PROPOSED).sentence("fr") == duty.recommend(cases.case(number), TODAY).sentence("fr")


def test_nothing_lost_is_said_under_either_rule_and_only_then():
    nothing = Facts(natures=frozenset(), causes=frozenset({"internal_accidental"}))
    for rule in (TODAY, PROPOSED):
        assert duty.recommend(nothing, rule).because("en") == "neither confidentiality nor integrity nor availability is lost"


def test_a_mere_doubt_about_a_high_risk_is_not_notified_and_says_what_it_could_become():
    unknown = duty.recommend(Facts(), PROPOSED)
    assert unknown.duty is Duty.REGISTER_ONLY and unknown.could_rise_to is Duty.NOTIFY_AND_TELL and not unknown.by_caution
    assert duty.recommended_duty(Facts(), TODAY) is Duty.NOTIFY
    assert {tip.becomes for tip in tipping.tips(Facts(), PROPOSED)} == {Duty.NOTIFY_AND_TELL}


def test_the_same_risk_is_asked_for_more_under_the_lower_threshold_and_never_for_less():
    for known, _ in breaches(150, "threshold"):
        (today, now), (proposed, then) = (duty.recommend_span(known, rule) for rule in (TODAY, PROPOSED))
        assert proposed is (today if today is Duty.NOTIFY_AND_TELL else Duty.REGISTER_ONLY)
        for end in ("low", "likely", "high"):
            asked = getattr(now, end)
            assert getattr(then, end) is (asked if asked is Duty.NOTIFY_AND_TELL else Duty.REGISTER_ONLY)
        told = duty.recommend(known, PROPOSED)
        assert told.below_threshold is (proposed is Duty.REGISTER_ONLY and now.high > Duty.REGISTER_ONLY)


def test_under_the_proposal_graver_facts_never_lower_the_duty_and_an_unknown_never_narrows_it():
    for known, source in breaches(100, "graver under the proposal"):
        name = source.choice((*STEPS, "people_count"))
        milder, graver = (known.replace(**{name: answer}) for answer in step_for_the_worse(name, source))
        assert duty.recommended_duty(milder, PROPOSED) <= duty.recommended_duty(graver, PROPOSED)
        forgotten = known.replace(**{source.choice(NAMES): None})
        assert duty.recommend_span(forgotten, PROPOSED)[1].contains(duty.recommend_span(known, PROPOSED)[1])


def test_under_the_proposal_every_tip_tips():
    for known, _ in breaches(12, "tips under the proposal"):
        now = duty.recommended_duty(known, PROPOSED)
        for tip in tipping.tips(known, PROPOSED):
            assert duty.recommended_duty(known.replace(**dict(tip.changes)), PROPOSED) is tip.becomes is not now


def test_the_clock_and_the_duty_are_judged_by_the_same_version_whenever_and_wherever_one_became_aware(book):
    source = random.Random("one place of truth")
    for known, _ in breaches(150, "clock and duty"):
        zone = source.choice(ZONES)
        aware = datetime(2027, 6, 1, tzinfo=zone) + timedelta(minutes=source.randrange(-3 * 24 * 60, 3 * 24 * 60))
        rule = book.notification_rule(aware, zone)
        recommended = duty.recommended_duty(known, rule)
        conditions = board.conditions_of(known, rule, decided=recommended)
        found = board.board(regimes=(), conditions=conditions, instants={"aware": aware}, at=aware, zone=zone, book=book)
        clock = next((each for each in found if each.rule.code == "gdpr_33"), None)
        assert (clock is not None) is (recommended >= Duty.NOTIFY)
        is_new = aware.astimezone(zone).date() >= date(2027, 6, 1)
        assert rule.version == ("omnibus" if is_new else "2018-05-25")
        if clock:
            assert clock.rule is rule and clock.certain
            assert clock.due_at - clock.started_at == timedelta(hours=96 if is_new else 72)
            assert not is_new or recommended is Duty.NOTIFY_AND_TELL


def test_until_a_person_decides_the_clock_stays_possible_under_the_proposal_too_when_the_register_is_recommended():
    undecided = board.conditions_of(cases.case(2), PROPOSED)
    assert undecided["notifiable"] is None and undecided["high_risk"] is None
    assert board.conditions_of(cases.case(11), PROPOSED)["notifiable"] is True


def test_who_notifies_all_the_same_has_the_clock_of_the_notification_and_not_that_of_the_people():
    decided = board.conditions_of(cases.case(11), PROPOSED, decided=Duty.NOTIFY)
    assert decided["notifiable"] is True and decided["high_risk"] is False


def test_a_day_without_a_version_in_force_is_judged_by_the_last_one_before_or_the_first(tmp_path):
    book = enacted(tmp_path, "valid_from = 2027-06-01\nvalid_to = 2027-12-31")
    judged = {year: book.notification_rule(datetime(year, 1, 1, 12, tzinfo=PARIS), PARIS).version for year in (2017, 2027, 2029)}
    assert judged == {2017: "2018-05-25", 2027: "2018-05-25", 2029: "omnibus"}


def test_the_clock_alone_takes_the_version_of_the_day_in_the_zone_of_the_organisation(tmp_path):
    late_evening = datetime(2027, 5, 31, 22, 30, tzinfo=UTC)
    with in_force_from("2027-06-01", tmp_path):
        versions = [board.notification_clock(late_evening, zone).rule.version for zone in (PARIS, ZoneInfo("America/Guadeloupe"))]
    assert versions == ["omnibus", "2018-05-25"]


def test_an_awareness_without_a_zone_is_refused(book):
    with pytest.raises(NaiveInstant):
        book.notification_rule(datetime(2027, 6, 1), PARIS)  # noqa: DTZ001


def test_the_version_that_judged_is_kept_with_its_words_and_its_threshold():
    kept = explanation.explain(cases.case(2), PROPOSED)
    assert kept["edition"].endswith(" gdpr_33/omnibus") and kept["duty"]["below_threshold"] is True
    assert kept["rule"]["key"] == "gdpr_33/omnibus"
    assert kept["rule"]["threshold"] == {
        "fr": "Un risque élevé pour les personnes est probable.", "en": "A high risk to the people is likely.",
    }
    assert kept["rule"]["source"]["en"] == "COM(2025) 837 final, 2025/0360(COD): a proposal, not law"
    assert kept["rule"]["label"]["fr"] == "Notification à la CNIL (proposition «\u00a0omnibus numérique\u00a0»)"
    today = explanation.explain(cases.case(2), TODAY)
    assert today["rule"]["threshold"]["en"] == "A risk to the people is not unlikely." and today["duty"]["below_threshold"] is False


def test_a_condition_of_the_notification_says_from_which_risk_and_that_of_the_complement_only_that_there_is_a_threshold(book):
    complement = next(rule for rule in book.rules if rule.code == "cnil_complementary")
    assert [book.condition_label(rule, "notifiable", "en") for rule in (TODAY, PROPOSED, complement)] == [
        "A risk to the people is not unlikely.", "A high risk to the people is likely.",
        "The risk reaches the threshold for notifying the authority.",
    ]
    assert book.condition_label(TODAY, "breach", "fr") == "C’est une violation de données à caractère personnel."
