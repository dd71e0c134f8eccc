"""Each regime starts its own clock, from its own instant; what is met starts what follows; what falls away is quiet."""


import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from breachreg.audit.models import Entry
from breachreg.law.board import State
from breachreg.register import actions, assessments, awareness, clocks, filings, instants, met, own_clocks, reminders
from breachreg.register.clock_words import lines_of
from breachreg.register.models import Duty, FilingKind, InstantKind
from tests.register.boards import amend, decide, hours, running


@pytest.fixture
def bank(hospital, awa, noon):
    """The organisation says which regimes concern it, before the incident."""
    own_clocks.choose_regimes(
        organisation=hospital, regimes=("dora", "nis2", "insurance", "health"), contract_hours=24, by=awa, at=noon
    )
    return hospital


def state(incident, by, at, kind, instant):
    incident.refresh_from_db()
    return instants.state_instant(incident=incident, kind=kind, instant=instant, stated_by="SOC", evidence="Journal", by=by, at=at)


def trigger(incident, by, at, *regimes):
    return amend(incident, by, at, risk_regimes=regimes)


def test_without_regimes_only_article_33_runs(aware):
    assert set(running(aware)) == {"gdpr_33"}


def test_a_regime_whose_condition_is_open_is_possible_and_has_no_row(bank, aware, noon):
    assert set(running(aware)) == {"gdpr_33"}
    possible = {line.clock.rule.code for line in lines_of(aware, noon) if not line.is_certain}
    assert {"nis2_early_warning", "dora_initial", "insurance_complaint", "health_report"} <= possible


def test_dora_counts_four_hours_from_the_classification_and_at_most_a_day_from_awareness(bank, aware, awa, noon):
    trigger(aware, awa, hours(noon, 1), "dora")
    assert running(aware)["dora_initial"].due_at == hours(noon, 24)
    state(aware, awa, hours(noon, 2), InstantKind.CLASSIFIED_MAJOR, hours(noon, 2))
    row = running(aware)["dora_initial"]
    assert (row.due_at, row.started_from) == (hours(noon, 6), "classified_major")


def test_a_report_that_is_met_starts_the_one_that_follows(bank, aware, awa, noon):
    trigger(aware, awa, hours(noon, 1), "dora", "nis2")
    met.meet_clock(
        deadline=running(aware)["dora_initial"], met_at=hours(noon, 3), reference="DORA-1", by=awa, at=hours(noon, 4)
    )
    done = aware.deadlines.get(rule="dora_initial")
    assert (done.met_at, done.met_reference, done.met_by) == (hours(noon, 3), "DORA-1", awa)
    assert running(aware)["dora_intermediate"].due_at == hours(noon, 75)
    assert "dora_final" not in running(aware)


def test_a_condition_that_falls_away_cancels_its_clock_and_one_that_comes_back_starts_it_again(bank, aware, awa, noon):
    trigger(aware, awa, hours(noon, 1), "nis2")
    assert {"nis2_early_warning", "nis2_notification"} <= set(running(aware))
    trigger(aware, awa, hours(noon, 2))
    assert set(running(aware)) == {"gdpr_33"}
    cancelled = aware.deadlines.get(rule="nis2_notification")
    assert not cancelled.reminders.filter(cancelled_at=None).exists()
    trigger(aware, awa, hours(noon, 3), "nis2")
    assert cancelled.reminders.filter(cancelled_at=None).exists()


def test_the_knowledge_of_the_attack_replaces_the_first_signal(bank, aware, awa, noon):
    state(aware, awa, noon, InstantKind.FIRST_SIGNAL, hours(noon, -10))
    aware.refresh_from_db()
    actions.amend_facts(incident=aware, by=awa, at=hours(noon, 1), causes=("external_malicious",), origins=("hacking",))
    row = running(aware)["insurance_complaint"]
    assert (row.due_at, row.is_assumed) == (hours(noon, 62), True)
    state(aware, awa, hours(noon, 2), InstantKind.ATTACK_KNOWN, hours(noon, -2))
    row.refresh_from_db()
    assert (row.due_at, row.is_assumed) == (hours(noon, 70), False)


def test_the_complementary_clock_is_indicative_and_counts_from_the_initial_filing(aware, awa, noon):
    filings.record_filing(
        incident=aware, kind=FilingKind.INITIAL, filed_at=hours(noon, 10), receipt_number="1", by=awa, at=hours(noon, 10)
    )
    row = running(aware)["cnil_complementary"]
    assert (row.due_at, row.is_binding) == (hours(noon, 82), False)
    filings.record_filing(
        incident=aware, kind=FilingKind.COMPLEMENTARY, filed_at=hours(noon, 40), receipt_number="2", by=awa, at=hours(noon, 40)
    )
    assert running(aware) == {}


def test_a_complete_filing_starts_no_complementary_clock(aware, awa, noon):
    filings.record_filing(
        incident=aware, kind=FilingKind.COMPLETE, filed_at=hours(noon, 10), receipt_number="1", by=awa, at=hours(noon, 10)
    )
    assert running(aware) == {}


def test_telling_the_people_shows_the_time_since_the_high_risk_was_known_and_reminds(aware, awa, noon):
    decide(aware, awa, hours(noon, 5), Duty.NOTIFY_AND_TELL)
    row = running(aware)["gdpr_34"]
    assert (row.started_at, row.due_at) == (hours(noon, 5), None)
    line = next(line for line in lines_of(aware, hours(noon, 8)) if line.row == row)
    assert line.state is State.OPEN
    assert "3" in line.words
    reminders.send_due(hours(noon, 30))
    assert any("personnes concernées" in message.subject for message in mail.outbox)


def test_a_confirmed_decision_not_to_notify_is_quiet_and_its_reopening_alarms_again(aware, awa, second_dpo, noon):
    decision = decide(aware, awa, hours(noon, 5), Duty.REGISTER_ONLY)
    assert "gdpr_33" in running(aware)
    assessments.settle_decision(decision=decision, accept=True, note="", by=second_dpo, at=hours(noon, 6))
    assert running(aware) == {}
    assert reminders.send_due(hours(noon, 80)) == 0
    aware.refresh_from_db()
    actions.amend_facts(incident=aware, by=awa, at=hours(noon, 20), people_low=100000, people_likely=100000, people_high=100000)
    made = aware.decisions.get()
    assert ("gdpr_33" in running(aware)) == (made.state == "reopened")


def test_not_a_breach_cancels_every_clock(aware, awa, noon):
    actions.conclude_not_a_breach(incident=aware, reasons="Fausse alerte.", by=awa, at=hours(noon, 5))
    assert running(aware) == {}


def test_a_clock_of_a_contract_starts_on_open_incidents_and_keeps_the_version_it_started_under(aware, awa, noon):
    said = {"name": "Prévenir l’assureur", "addressee": "Assureur", "instant": "aware", "source": "Police 2026, art. 4"}
    own = own_clocks.save_own_clock(organisation=aware.organisation, hours=48, by=awa, at=hours(noon, 1), **said)
    row = running(aware)[own.code]
    assert (row.due_at, row.own_clock) == (hours(noon, 48), own)
    later = own_clocks.save_own_clock(organisation=aware.organisation, hours=24, replaces=own, by=awa, at=hours(noon, 2), **said)
    clocks.follow_facts(incident=aware, by=awa, at=hours(noon, 3))
    row.refresh_from_db()
    assert later.code == own.code
    assert (row.due_at, row.own_clock) == (hours(noon, 48), own)
    with pytest.raises(own_clocks.ClockEnded):
        own_clocks.end_own_clock(own=own, by=awa, at=hours(noon, 4))
    own_clocks.end_own_clock(own=later, by=awa, at=hours(noon, 4))
    clocks.follow_facts(incident=aware, by=awa, at=hours(noon, 5))
    assert own.code in running(aware)


def test_what_was_done_lies_neither_ahead_nor_before_the_start(bank, aware, awa, noon):
    trigger(aware, awa, hours(noon, 1), "nis2")
    row = running(aware)["nis2_early_warning"]
    for met_at in (hours(noon, 9), hours(noon, -9)):
        with pytest.raises(ValidationError) as refused:
            met.meet_clock(deadline=row, met_at=met_at, reference=None, by=awa, at=hours(noon, 2))
        assert "met_at" in refused.value.message_dict


def test_the_notification_is_met_by_its_receipt_alone(aware, awa, noon):
    with pytest.raises(ValidationError):
        met.meet_clock(deadline=running(aware)["gdpr_33"], met_at=hours(noon, 1), reference=None, by=awa, at=hours(noon, 2))


def test_a_clock_met_is_met_once(bank, aware, awa, noon):
    trigger(aware, awa, hours(noon, 1), "nis2")
    row = running(aware)["nis2_early_warning"]
    met.meet_clock(deadline=row, met_at=hours(noon, 2), reference=None, by=awa, at=hours(noon, 3))
    with pytest.raises(ValidationError):
        met.meet_clock(deadline=row, met_at=hours(noon, 2), reference=None, by=awa, at=hours(noon, 3))


def test_when_the_owner_does_not_act_the_next_in_line_is_told_and_then_everybody(breach, awa, second_dpo, bruno, noon):
    breach.owner = awa
    breach.save(update_fields=["owner"])
    awareness.become_aware(incident=breach, aware_at=noon, stated_by="Awa", evidence="Appel", by=awa, at=noon)
    row = breach.deadlines.get()
    told = {step: {r.recipient for r in row.reminders.filter(step=step)} for step in ("before_24", "before_12", "before_2")}
    assert told == {"before_24": {awa}, "before_12": {awa, second_dpo}, "before_2": {awa, second_dpo, bruno}}


def test_alone_in_the_office_the_next_in_line_is_who_seconds(breach, awa, bruno, noon):
    awareness.become_aware(incident=breach, aware_at=noon, stated_by="Awa", evidence="Appel", by=awa, at=noon)
    assert {r.recipient for r in breach.deadlines.get().reminders.filter(step="before_12")} == {awa, bruno}


def test_a_clock_leaves_its_entries(bank, aware, awa, noon):
    trigger(aware, awa, hours(noon, 1), "nis2")
    met.meet_clock(
        deadline=running(aware)["nis2_early_warning"], met_at=hours(noon, 2), reference="N-1", by=awa, at=hours(noon, 3)
    )
    assert Entry.objects.filter(action="deadline.started").count() == 3
    assert Entry.objects.filter(action="deadline.met").count() == 1


def test_the_page_of_an_incident_that_is_not_notified_asks_for_no_awareness(client, aware, awa, second_dpo, noon):
    decision = decide(aware, awa, hours(noon, 5), Duty.REGISTER_ONLY)
    assessments.settle_decision(decision=decision, accept=True, note="", by=second_dpo, at=hours(noon, 6))
    client.force_login(awa)
    page = client.get(f"/o/hopital/incidents/{aware.reference}/").content.decode()
    assert "Aucun délai ne court" in page
    assert "Prise de connaissance à enregistrer" not in page
