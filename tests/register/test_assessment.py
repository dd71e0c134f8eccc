"""Assess, decide, second, reopen: the engine recommends, people decide, and nothing is decided silently."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.register import actions, assessments
from breachreg.register.changes import NotTheSecondPerson, Stale
from breachreg.register.models import Decision, DecisionState, Duty, Task
from tests.audit.conftest import broken_trail  # noqa: F401

MISSENT = {
    "natures": ("confidentiality",), "origins": ("wrong_recipient",), "causes": ("internal_accidental",),
    "data_categories": ("civil_status", "contact"), "has_sensitive_data": False, "people_likely": 12,
    "people_categories": ("customers",),
}  # fmt: skip
TRUSTED = {
    "simple_context": "nothing_more", "identity": "name_or_contact", "identifiability": "maximum",
    "recipients": "few_known", "recipient_trusted": True, "deletion_confirmed": True, "protection": "none",
    "continuing": False, "revealing_controller": False, "already_public": False,
}  # fmt: skip


@pytest.fixture
def later(noon):
    return lambda minutes: noon + timedelta(minutes=minutes)


@pytest.fixture
def missent(aware, awa, later):
    return actions.amend_facts(incident=aware, by=awa, at=later(20), **MISSENT)


@pytest.fixture
def assessed(missent, awa, later):
    return assessments.assess(incident=missent, answers=TRUSTED, by=awa, at=later(25))


def fresh(incident):
    incident.refresh_from_db()
    return incident


def decide(assessment, duty, by, at, **more):
    return assessments.decide(
        incident=assessment.incident, assessment=assessment, duty=duty, by=by, at=at,
        **({"reasons": "Destinataire de confiance.", "departure_reasons": None} | more),
    )


def test_everything_unknown_can_be_assessed_and_widens_the_range(aware, awa, later):
    made = assessments.assess(incident=aware, answers={}, by=awa, at=later(30))
    assert made.score_low < made.score_likely < made.score_high
    assert made.explanation["pulls"]


def test_a_trusted_recipient_who_deleted_leads_to_the_register_only(assessed):
    assert assessed.recommended_duty == Duty.REGISTER_ONLY
    assert assessed.explanation["tips"]


def test_every_line_of_the_sum_names_its_fact_and_its_method(assessed):
    lines = assessed.explanation["score"]["lines"]
    assert lines
    assert all(line["fact"] and line["method"]["fr"] and line["sentence"]["fr"] for line in lines)


def test_sensitive_data_of_a_kind_not_known_yet_weigh_as_sensitive(missent, awa, later):
    actions.amend_facts(incident=missent, by=awa, at=later(21), has_sensitive_data=True)
    assert "unspecified" in assessments.facts_of(fresh(missent)).sensitive_categories


def test_the_same_facts_make_no_second_version(assessed, awa, later):
    again = assessments.assess(incident=fresh(assessed.incident), answers=TRUSTED, by=awa, at=later(40))
    assert again == assessed


def test_other_answers_make_a_new_version_and_the_old_one_stands(assessed, awa, later):
    answers = TRUSTED | {"deletion_confirmed": False}
    second = assessments.assess(incident=fresh(assessed.incident), answers=answers, by=awa, at=later(40))
    assert (second.number, assessed.number) == (2, 1)
    assessed.refresh_from_db()
    assert assessed.recommended_duty == Duty.REGISTER_ONLY


def test_an_answer_that_the_question_does_not_allow_is_refused(missent, awa, later):
    with pytest.raises(ValidationError, match="recipients"):
        assessments.assess(incident=missent, answers={"recipients": "everybody"}, by=awa, at=later(25))


def test_an_assessment_of_a_stale_incident_is_refused(missent, awa, later):
    missent.version -= 1
    with pytest.raises(Stale):
        assessments.assess(incident=missent, answers=TRUSTED, by=awa, at=later(25))


def test_not_notifying_waits_for_a_second_person(assessed, awa, bruno, later):
    decision = decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    assert decision.state == DecisionState.PENDING
    with pytest.raises(NotTheSecondPerson):
        assessments.settle_decision(decision=decision, accept=True, note="", by=awa, at=later(31))
    settled = assessments.settle_decision(decision=decision, accept=True, note="Vu", by=bruno, at=later(32))
    assert settled.state == DecisionState.IN_FORCE
    with pytest.raises(assessments.AlreadySettled):
        assessments.settle_decision(decision=decision, accept=False, note="", by=bruno, at=later(33))


def test_a_decision_that_departs_from_the_recommendation_says_why(assessed, awa, later):
    with pytest.raises(ValidationError) as refused:
        decide(assessed, Duty.NOTIFY, awa, later(30))
    assert "departure_reasons" in refused.value.message_dict
    assert decide(assessed, Duty.NOTIFY, awa, later(30), departure_reasons="Par prudence.").state == DecisionState.IN_FORCE


def test_a_decision_needs_reasons(assessed, awa, later):
    with pytest.raises(ValidationError) as refused:
        decide(assessed, Duty.REGISTER_ONLY, awa, later(30), reasons="  ")
    assert "reasons" in refused.value.message_dict


def test_a_decision_rests_on_the_last_assessment(assessed, awa, later):
    assessments.assess(
        incident=fresh(assessed.incident), answers=TRUSTED | {"recipient_trusted": False}, by=awa, at=later(30)
    )
    with pytest.raises(ValidationError):
        decide(assessed, Duty.REGISTER_ONLY, awa, later(31))


def test_graver_facts_reopen_a_decision_not_to_notify_with_a_task(assessed, awa, bruno, later):
    decision = decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    assessments.settle_decision(decision=decision, accept=True, note="", by=bruno, at=later(31))
    actions.amend_facts(
        incident=fresh(assessed.incident), by=awa, at=later(60), has_sensitive_data=True,
        sensitive_categories=("health",), people_likely=900, causes=("external_malicious",), origins=("hacking",),
    )
    decision.refresh_from_db()
    assert decision.state == DecisionState.REOPENED
    assert Task.objects.get(origin=assessments.TASK_ORIGIN).owner == awa
    assert Entry.objects.filter(action="task.given").count() == 1


def reopen(assessed, awa, at):
    """Somebody who works in English notes that the deletion was never confirmed."""
    with translation.override("en"):
        assessments.assess(incident=fresh(assessed.incident), answers=TRUSTED | {"recipient_trusted": False}, by=awa, at=at)


def test_the_task_of_a_reopened_decision_speaks_the_language_of_the_organisation(assessed, awa, later):
    decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    reopen(assessed, awa, later(60))
    task = Task.objects.get(origin=assessments.TASK_ORIGIN)
    assert task.what == "Décider de nouveau\xa0: les faits recommandent désormais «\xa0Notifier l’autorité\xa0»."
    assert task.why == "Les faits ont changé après la décision «\xa0Inscrire au registre seulement\xa0»."


def test_deciding_anew_does_the_task_that_asked_for_it(assessed, awa, second_dpo, later):
    decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    reopen(assessed, awa, later(60))
    last = assessed.incident.assessments.last()
    decide(last, Duty(last.recommended_duty), second_dpo, later(70))
    task = Task.objects.get(origin=assessments.TASK_ORIGIN)
    assert (task.done_by, task.done_at) == (second_dpo, later(70))


def test_a_task_that_can_not_be_recorded_reopens_nothing(assessed, awa, later, broken_trail):  # noqa: F811
    decision = decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    with broken_trail(), pytest.raises(TrailUnavailable):
        reopen(assessed, awa, later(60))
    decision.refresh_from_db()
    assert decision.state == DecisionState.PENDING and not Task.objects.exists()


def test_harmless_facts_reopen_nothing(assessed, awa, bruno, later):
    decision = decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    actions.amend_facts(incident=fresh(assessed.incident), by=awa, at=later(60), dates_comment="Le matin.")
    decision.refresh_from_db()
    assert decision.state == DecisionState.PENDING


def test_a_new_decision_replaces_the_one_before(assessed, awa, later):
    first = decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    decide(assessed, Duty.NOTIFY, awa, later(31), departure_reasons="Par prudence.")
    first.refresh_from_db()
    assert first.state == DecisionState.REPLACED
    assert Decision.objects.filter(state=DecisionState.IN_FORCE).count() == 1


def test_each_step_leaves_its_entry(assessed, awa, bruno, later):
    decision = decide(assessed, Duty.REGISTER_ONLY, awa, later(30))
    assessments.settle_decision(decision=decision, accept=False, note="Trop tôt", by=bruno, at=later(31))
    actions_done = set(Entry.objects.values_list("action", flat=True))
    assert {"assessment.made", "decision.made", "decision.refused"} <= actions_done


def address(name, incident, *more):
    return reverse(name, args=["hopital", incident.reference, *more])


def test_the_pages_lead_from_questions_to_arithmetic_to_decision(client, missent, awa, bruno):
    client.force_login(awa)
    form = client.get(address("assess-questions", missent)).context["form"]
    answers = {name: "yes" if value is True else "no" if value is False else value for name, value in TRUSTED.items()}
    posted = {name: value for name, value in answers.items() if name in form.fields} | {"version": missent.version}
    assert client.post(address("assess-questions", missent), posted).status_code == 302
    page = client.get(address("assess", missent)).content.decode()
    assert "SE = " in page
    assert "ENISA, DPC, données simples\u00a0: note de base 1" in page
    assert "CEPD, lignes directrices" in page and "EDPB" not in page
    decision = {"duty": "register_only", "reasons": "Rien ne fait craindre un risque.", "assessment": "1"}
    assert client.post(address("decide", missent), decision).status_code == 302
    waiting = Decision.objects.get(state=DecisionState.PENDING)
    client.force_login(bruno)
    assert "Rien ne fait craindre" in client.get(address("second", missent)).content.decode()
    client.post(address("decision-settle", missent, waiting.pk), {"answer": "accept", "note": "D'accord"})
    waiting.refresh_from_db()
    assert waiting.state == DecisionState.IN_FORCE


def test_a_decision_without_its_reasons_says_what_to_write_and_keeps_what_was_typed(client, assessed, awa):
    client.force_login(awa)
    typed = {"duty": "notify", "reasons": "", "departure_reasons": "Par prudence.", "assessment": "1"}
    answer = client.post(address("decide", assessed.incident), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Écrivez les motifs" in page and "Par prudence." in page and "Ce champ est obligatoire" not in page
    answer = client.post(address("decide", assessed.incident), typed | {"reasons": "Clients inquiets.", "departure_reasons": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "s’écarte de la recommandation. Dites pourquoi" in page and "Clients inquiets." in page


def test_two_versions_stand_side_by_side(client, assessed, awa, later):
    answers = TRUSTED | {"deletion_confirmed": False}
    assessments.assess(incident=fresh(assessed.incident), answers=answers, by=awa, at=later(40))
    client.force_login(awa)
    page = client.get(address("assess-compare", assessed.incident, 1, 2)).content.decode()
    assert page.count("<del>") == 1


def test_deciding_without_an_assessment_leads_to_the_questions(client, aware, awa):
    client.force_login(awa)
    assert client.get(address("decide", aware)).headers["Location"] == address("assess-questions", aware)


@pytest.mark.parametrize("who", ["chloe", "bruno"])
def test_readers_see_the_assessment_and_cannot_change_it(client, request, assessed, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(address("assess", assessed.incident)).status_code == 200
    assert client.get(address("assess-questions", assessed.incident)).status_code == 403
    assert client.get(address("decide", assessed.incident)).status_code == 403
