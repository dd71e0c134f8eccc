"""The next step is the one that moves the incident, with its reason, and only where it can be done."""

from datetime import timedelta

import pytest
from django.utils import translation

from breachreg.desk.next_step import next_step
from breachreg.desk.standing import Standing
from breachreg.register import actions, awareness, filings, met, own_clocks
from breachreg.register.models import Assessment, Decision, DecisionState, Duty, FilingKind, Incident, Promise, Task


def step_of(incident, at):
    with translation.override("en"):
        return next_step(Standing(Incident.objects.get(pk=incident.pk), at))


def decided(incident, by, at, duty=Duty.NOTIFY, state=DecisionState.IN_FORCE):
    assessment = Assessment.objects.create(
        incident=incident, number=1, facts={}, rule_version="enisa-2013", score_low=1, score_likely=2, score_high=3,
        recommended_duty=duty, explanation={}, assessed_at=at, assessed_by=by,
    )
    return Decision.objects.create(
        incident=incident, assessment=assessment, duty=duty, reasons="…", state=state, decided_at=at, decided_by=by
    )


def test_a_report_is_qualified_first(incident, noon):
    step = step_of(incident, noon)
    assert (step.view, step.ability) == ("qualify", "incident.manage")
    assert step.reason


def test_a_breach_needs_its_awareness(breach, noon):
    assert step_of(breach, noon).view == "aware"


def test_then_the_risk_is_assessed(aware, noon):
    assert step_of(aware, noon).view == "assess"


def test_an_assessment_is_followed_by_a_decision(aware, awa, noon):
    decided(aware, awa, noon).delete()
    assert step_of(aware, noon).view == "decide"


def test_a_proposed_awareness_waits_for_a_second_person(aware, awa, noon):
    awareness.propose_awareness(
        incident=aware, aware_at=noon + timedelta(minutes=5), stated_by="DSI", evidence="Journal", reason="Heure du journal",
        by=awa, at=noon + timedelta(hours=1),
    )
    assert step_of(aware, noon).ability == "incident.second"


def test_a_decision_not_to_notify_waits_for_a_second_person(aware, awa, noon):
    decided(aware, awa, noon, Duty.REGISTER_ONLY, DecisionState.PENDING)
    assert step_of(aware, noon).view == "second"


def test_a_decision_that_reopened_is_taken_again(aware, awa, noon):
    decided(aware, awa, noon, Duty.REGISTER_ONLY, DecisionState.REOPENED)
    step = step_of(aware, noon)
    assert (step.view, step.title) == ("decide", "Decide again: the facts changed")


def test_a_duty_to_notify_asks_for_a_draft(aware, awa, noon):
    decided(aware, awa, noon)
    assert step_of(aware, noon).view == "notification"


def test_after_the_initial_filing_the_first_unknown_without_an_owner_is_named(aware, awa, noon):
    decided(aware, awa, noon)
    filings.record_filing(incident=aware, kind=FilingKind.INITIAL, filed_at=noon, receipt_number="1", by=awa, at=noon)
    step = step_of(aware, noon)
    assert (step.view, step.title.partition(":")[0]) == ("promises", "Name who owes")


def test_when_everything_is_owed_the_notification_is_completed(aware, awa, noon):
    decided(aware, awa, noon)
    filings.record_filing(incident=aware, kind=FilingKind.INITIAL, filed_at=noon, receipt_number="1", by=awa, at=noon)
    for gap in Standing(aware, noon).gaps:
        Promise.objects.create(incident=aware, field=gap.fact.name, owed_by="DSI", recorded_at=noon, recorded_by=awa)
    assert step_of(aware, noon).title == "Complete the notification"


def test_a_high_risk_asks_to_tell_the_people(aware, awa, noon):
    decided(aware, awa, noon, Duty.NOTIFY_AND_TELL)
    filings.record_filing(incident=aware, kind=FilingKind.COMPLETE, filed_at=noon, receipt_number="1", by=awa, at=noon)
    assert step_of(aware, noon).view == "letters"


def test_open_measures_come_before_closing(aware, awa, noon):
    decided(aware, awa, noon, Duty.REGISTER_ONLY)
    task = Task.objects.create(incident=aware, what="Chiffrer les portables", created_at=noon, created_by=awa)
    assert step_of(aware, noon).title == "Finish: Chiffrer les portables"
    task.done_at, task.done_by = noon, awa
    task.save()
    assert step_of(aware, noon).view == "close"


def test_a_clock_that_runs_comes_before_closing(aware, hospital, awa, noon):
    decided(aware, awa, noon, Duty.REGISTER_ONLY)
    own_clocks.save_own_clock(
        organisation=hospital, name="Déclarer à l’assureur", addressee="Assureur", instant="aware", hours=120, source="Police, art. 7",
        by=awa, at=noon,
    )
    step = step_of(aware, noon)
    assert (step.title, step.view) == ("See to: Déclarer à l’assureur", "clocks")
    assert "is over" in step_of(aware, noon + timedelta(days=9)).reason
    met.meet_clock(deadline=aware.deadlines.get(own_clock__isnull=False), met_at=noon, reference="1", by=awa, at=noon)
    assert step_of(aware, noon).view == "close"


def test_what_is_not_a_breach_can_be_closed(incident, awa, noon):
    actions.conclude_not_a_breach(incident=incident, reasons="Aucune donnée personnelle.", by=awa, at=noon)
    assert step_of(incident, noon).view == "close"


def test_a_closed_incident_waits_for_nothing(incident, awa, noon):
    concluded = actions.conclude_not_a_breach(incident=incident, reasons="Aucune donnée.", by=awa, at=noon)
    actions.close_incident(incident=concluded, lessons=None, by=awa, at=noon)
    assert step_of(incident, noon) is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_step_speaks_both_languages(incident, noon, language):
    with translation.override(language):
        step = next_step(Standing(incident, noon))
    assert (step.action == "Qualify") == (language == "en")
