"""An incident is judged by the rule in force at its awareness: its clock's hours and its duty's threshold, and no old record changes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from breachreg.register import actions, assessments, awareness, clocks
from breachreg.register.models import DecisionState, Duty, Task
from tests.law.cases import CASES
from tests.law.in_force import in_force_from
from tests.register.boards import decide, hours, running
from tests.register.test_cases_through_the_form import answer_the_questions, fill_in_the_facts


@pytest.fixture
def new_law(tmp_path):
    """The proposal is law from 11 March 2026, the day after the hospital's `aware` incident."""
    with in_force_from("2026-03-11", tmp_path):
        yield


@pytest.fixture
def after(hospital, awa, noon, new_law):
    """An incident of which the hospital became aware on 12 March."""
    at = hours(noon, 48)
    incident = actions.report_incident(organisation=hospital, title="Après", by=awa, at=at)
    incident = actions.qualify_as_breach(incident=incident, reasons="Oui.", by=awa, at=at)
    return awareness.become_aware(incident=incident, aware_at=at, stated_by="Awa", evidence="Appel", by=awa, at=at)


def judged(incident, at):
    incident.refresh_from_db()
    return clocks.judged_by(incident, at).version


def assess(incident, by, at):
    """Facts of which little is known: notified out of caution today, below the threshold of the proposal."""
    incident.refresh_from_db()
    return assessments.assess(incident=incident, answers={}, by=by, at=at)


def confirmed(incident, by, second, at):
    decision = decide(incident, by, at, Duty.REGISTER_ONLY)
    return assessments.settle_decision(decision=decision, accept=True, note="", by=second, at=at)


def test_the_day_of_awareness_says_which_version_judges_clock_and_duty(after, aware, awa, noon):
    old, new = (assess(one, awa, hours(noon, 50)) for one in (aware, after))
    assert (old.recommended_duty, judged(aware, hours(noon, 50)), running(aware)["gdpr_33"].rule_version) == (
        Duty.NOTIFY, "2018-05-25", "2018-05-25",
    )
    assert (new.recommended_duty, judged(after, hours(noon, 50)), running(after)["gdpr_33"].rule_version) == (
        Duty.REGISTER_ONLY, "omnibus", "omnibus",
    )
    assert old.rule_version.endswith(" gdpr_33/2018-05-25") and new.rule_version.endswith(" gdpr_33/omnibus")


def test_a_risk_below_the_threshold_is_kept_in_the_register_without_departing_and_its_clock_ends(after, awa, bruno, noon):
    decision = confirmed(after, awa, bruno, hours(noon, 50))
    assert (decision.state, decision.departure_reasons) == (DecisionState.IN_FORCE, None)
    assert "gdpr_33" not in running(after)


def test_an_awareness_moved_before_the_day_reopens_the_decision_and_brings_the_former_hours(after, awa, bruno, noon):
    decision = confirmed(after, awa, bruno, hours(noon, 50))
    after.refresh_from_db()
    earlier = noon + timedelta(hours=2)
    awareness.propose_awareness(
        incident=after, aware_at=earlier, stated_by="Rose", evidence="Message", reason="Il savait le 10.", by=awa, at=hours(noon, 51)
    )
    decision.refresh_from_db()
    assert decision.state == DecisionState.REOPENED and Task.objects.filter(origin=assessments.TASK_ORIGIN).exists()
    row = running(after)["gdpr_33"]
    assert (row.rule_version, row.due_at) == ("2018-05-25", earlier + timedelta(hours=72))
    assert assess(after, awa, hours(noon, 52)).recommended_duty == Duty.NOTIFY


def test_an_awareness_moved_after_the_day_is_judged_by_the_new_version_once_a_second_person_agrees(aware, awa, bruno, noon, new_law):
    moved = awareness.propose_awareness(
        incident=aware, aware_at=hours(noon, 30), stated_by="Rose", evidence="Message", reason="Certitude le 11.", by=awa, at=hours(noon, 31)
    )
    assert judged(aware, hours(noon, 31)) == "2018-05-25"
    awareness.settle_awareness(statement=moved, accept=True, note="", by=bruno, at=hours(noon, 32))
    assert judged(aware, hours(noon, 32)) == running(aware)["gdpr_33"].rule_version == "omnibus"
    assert running(aware)["gdpr_33"].due_at == hours(noon, 30 + 96)


def test_a_clock_that_runs_and_an_assessment_keep_their_version_when_the_law_is_dated_back(aware, awa, noon, tmp_path):
    before = assess(aware, awa, hours(noon, 5))
    with in_force_from("2026-03-01", tmp_path):
        assert judged(aware, hours(noon, 6)) == "2018-05-25"
        assert assess(aware, awa, hours(noon, 6)) == before
        assert running(aware)["gdpr_33"].due_at == hours(noon, 72)


def test_before_the_awareness_is_known_the_rule_of_the_day_judges(breach, awa, noon, new_law):
    assert (judged(breach, noon), judged(breach, hours(noon, 24))) == ("2018-05-25", "omnibus")


def test_the_page_says_from_which_risk_the_authority_is_told_and_by_which_text(client, after, aware, awa, noon):
    for incident, words in (
        (after, ("Un risque élevé pour les personnes est probable. COM(2025) 837 final", "seul un risque élevé se notifie")),
        (aware, ("Un risque pour les personnes n’est pas improbable. Règlement (UE) 2016/679, article 33, paragraphe 1", "Notifier la CNIL")),
    ):
        assess(incident, awa, hours(noon, 50))
        client.force_login(awa)
        page = client.get(reverse("assess", args=["hopital", incident.reference])).content.decode()
        assert "Seuil de la notification à l’autorité\u00a0: " in page
        assert all(each in page for each in words), incident.title


@pytest.mark.parametrize("number", [2, 8, 11])
def test_a_worked_case_typed_into_the_forms_is_judged_by_the_threshold_of_its_day(client, after, awa, number):
    answers, duty, _deciding = CASES[number]
    client.force_login(awa)
    fill_in_the_facts(client, after, answers)
    answer_the_questions(client, after, answers)
    made = after.assessments.get()
    assert made.recommended_duty == (duty if duty == Duty.NOTIFY_AND_TELL else Duty.REGISTER_ONLY)
