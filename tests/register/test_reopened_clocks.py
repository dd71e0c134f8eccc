"""A clock that was stopped by mistake runs again: with a reason when a person had said so, by itself when a fact had."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.register import actions, clocks, instants, met, own_clocks, parties, reminders, stops
from breachreg.register.models import Deadline, Duty, InstantKind, TimelineEntry
from tests.audit.conftest import broken_trail  # noqa: F401
from tests.register.boards import OWN, amend, decide, hours


def waiting(row) -> set[str]:
    return set(row.reminders.filter(done_at=None, cancelled_at=None).values_list("step", flat=True))


@pytest.fixture
def insured(aware, awa, noon):
    """The clock of the insurer's contract, said to be met ten hours after the awareness."""
    own = own_clocks.save_own_clock(organisation=aware.organisation, by=awa, at=hours(noon, 1), **OWN)
    row = aware.deadlines.get(rule=own.code)
    met.meet_clock(deadline=row, met_at=hours(noon, 10), reference="Sinistre 7", by=awa, at=hours(noon, 11))
    return aware.deadlines.get(rule=own.code)


@pytest.fixture
def told(aware, awa, noon):
    """The people are to be told, and the record says that they were told on the next day."""
    decide(aware, awa, hours(noon, 5), Duty.NOTIFY_AND_TELL)
    amend(aware, awa, hours(noon, 40), communication="informed", told_on=hours(noon, 24).date())
    return aware


def test_a_clock_met_by_mistake_runs_again_from_its_own_start_and_reminds(insured, awa, noon):
    assert waiting(insured) == set()
    met.reopen_clock(deadline=insured, reason="Le courrier n’est pas parti.", by=awa, at=hours(noon, 20))
    insured.refresh_from_db()
    assert (insured.met_at, insured.met_by, insured.met_reference) == (None, None, None)
    assert insured.due_at == hours(noon, 48)
    assert {"before_24", "before_6", "before_0"} <= waiting(insured)
    mail.outbox.clear()
    reminders.send_due(hours(noon, 24))
    assert any("Prévenir l’assureur" in message.subject for message in mail.outbox)


def test_the_correction_keeps_its_reason_and_what_had_been_said(insured, awa, noon):
    met.reopen_clock(deadline=insured, reason=" Le courrier n’est pas parti. ", by=awa, at=hours(noon, 20))
    entry = Entry.objects.get(action="deadline.reopened")
    assert entry.content.details["reason"] == "Le courrier n’est pas parti."
    assert entry.content.changes["met_at"] == [hours(noon, 10).isoformat(), None]
    assert entry.content.changes["reference"] == ["Sinistre 7", None]
    assert TimelineEntry.objects.get(event="deadline.reopened").text == "Le courrier n’est pas parti."


def test_a_clock_that_is_overdue_meanwhile_says_so_at_once(insured, awa, noon):
    met.reopen_clock(deadline=insured, reason="Pas parti.", by=awa, at=hours(noon, 60))
    mail.outbox.clear()
    assert reminders.send_due(hours(noon, 60)) > 0
    assert all("en retard" in message.subject for message in mail.outbox if "assureur" in message.subject)


def test_a_correction_needs_its_reason_and_a_clock_that_is_stopped(insured, awa, noon):
    with pytest.raises(ValidationError) as refused:
        met.reopen_clock(deadline=insured, reason="  ", by=awa, at=hours(noon, 20))
    assert "reason" in refused.value.message_dict
    met.reopen_clock(deadline=insured, reason="Pas parti.", by=awa, at=hours(noon, 20))
    with pytest.raises(ValidationError, match="déjà"):
        met.reopen_clock(deadline=insured, reason="Pas parti.", by=awa, at=hours(noon, 21))
    assert Entry.objects.filter(action="deadline.reopened").count() == 1


def test_a_closed_incident_is_reopened_first(insured, aware, awa, noon):
    aware.refresh_from_db()
    actions.close_incident(incident=aware, lessons="—", by=awa, at=hours(noon, 12))
    insured.incident.refresh_from_db()
    with pytest.raises(actions.AlreadyClosed):
        met.reopen_clock(deadline=insured, reason="Pas parti.", by=awa, at=hours(noon, 20))


def test_what_had_started_from_a_filing_that_was_not_made_stops(aware, awa, noon):
    own_clocks.choose_regimes(organisation=aware.organisation, regimes=("dora",), contract_hours=None, by=awa, at=noon)
    amend(aware, awa, hours(noon, 1), risk_regimes=("dora",))
    first = aware.deadlines.get(rule="dora_initial")
    met.meet_clock(deadline=first, met_at=hours(noon, 3), reference=None, by=awa, at=hours(noon, 4))
    second = aware.deadlines.get(rule="dora_intermediate")
    assert waiting(second)
    first.refresh_from_db()
    met.reopen_clock(deadline=first, reason="Le portail a refusé le dépôt.", by=awa, at=hours(noon, 5))
    second.refresh_from_db()
    assert second.cancelled_at == hours(noon, 5)
    assert waiting(second) == set()
    first.refresh_from_db()
    met.meet_clock(deadline=first, met_at=hours(noon, 6), reference=None, by=awa, at=hours(noon, 7))
    second.refresh_from_db()
    assert (second.cancelled_at, second.due_at) == (None, hours(noon, 78))


def test_the_receipt_is_no_mistake_of_a_clock(aware, awa, noon):
    row = aware.deadlines.get(rule="gdpr_33")
    with pytest.raises(ValidationError, match="de lui-même"):
        met.reopen_clock(deadline=row, reason="Erreur", by=awa, at=hours(noon, 5))


def test_a_wrong_day_of_telling_is_corrected_where_it_stands_and_the_clock_of_article_34_follows(told, awa, noon):
    row = told.deadlines.get(rule="gdpr_34")
    assert row.is_met_by_record
    assert row.met_at.astimezone(told.organisation.zone).date() == hours(noon, 24).date()
    with pytest.raises(ValidationError):
        met.reopen_clock(deadline=row, reason="Erreur", by=awa, at=hours(noon, 41))
    amend(told, awa, hours(noon, 90), told_on=hours(noon, 72).date())
    row.refresh_from_db()
    assert row.met_at.astimezone(told.organisation.zone).date() == hours(noon, 72).date()


@pytest.mark.parametrize("facts", [{"communication": "planned", "told_on": None}, {"communication": "not_determined"}, {"told_on": None}])
def test_people_who_were_not_told_after_all_let_the_clock_of_article_34_run_again(told, awa, noon, facts):
    amend(told, awa, hours(noon, 41), **facts)
    row = told.deadlines.get(rule="gdpr_34")
    assert (row.met_at, row.is_met_by_record, row.started_at) == (None, False, hours(noon, 5))
    assert waiting(row) == {"after_48", "after_72", "after_120"}
    assert Entry.objects.filter(action="deadline.reopened").count() == 1


def test_a_clock_without_a_number_of_hours_that_runs_again_late_has_its_last_word(told, awa, noon):
    amend(told, awa, hours(noon, 300), told_on=None)
    row = told.deadlines.get(rule="gdpr_34")
    assert waiting(row) == {"after_120"}
    mail.outbox.clear()
    assert reminders.send_due(hours(noon, 300)) > 0


def test_the_instant_of_the_last_letter_is_finer_than_the_day_and_stands_until_the_day_changes(told, awa, noon):
    instant = hours(noon, 24) + timedelta(minutes=17)
    stops.people_told(incident=told, told_at=instant, reference="E-1", by=awa, at=hours(noon, 42))
    clocks.follow_facts(incident=told, by=awa, at=hours(noon, 43))
    row = told.deadlines.get(rule="gdpr_34")
    assert (row.met_at, row.met_reference) == (instant, "E-1")
    amend(told, awa, hours(noon, 44), told_on=hours(noon, -24).date())
    row.refresh_from_db()
    assert row.met_at == row.started_at


def test_what_a_person_said_to_be_done_follows_no_fact(told, awa, noon):
    amend(told, awa, hours(noon, 41), told_on=None)
    row = told.deadlines.get(rule="gdpr_34")
    met.meet_clock(deadline=row, met_at=hours(noon, 42), reference=None, by=awa, at=hours(noon, 43))
    amend(told, awa, hours(noon, 44), told_on=hours(noon, 24).date())
    row.refresh_from_db()
    assert row.met_at == hours(noon, 42)


def test_a_processor_taken_off_the_incident_told_us_nothing(aware, awa, noon):
    aware.refresh_from_db()
    instants.state_instant(incident=aware, kind=InstantKind.PROCESSOR_AWARE, instant=hours(noon, -40), by=awa, at=noon, stated_by="Hébergeur")
    party = parties.name_party(incident=aware, role="processor", name="Hébergeur", by=awa, at=noon, told_us_at=hours(noon, -2))
    row = aware.deadlines.get(rule="processor_tells_us")
    assert row.met_at == hours(noon, -2)
    parties.remove_party(party=party, by=awa, at=hours(noon, 1))
    row.refresh_from_db()
    assert row.met_at is None


def test_when_the_trail_can_not_be_written_a_clock_stays_stopped(insured, awa, noon, broken_trail):  # noqa: F811
    with broken_trail(), pytest.raises(TrailUnavailable):
        met.reopen_clock(deadline=insured, reason="Pas parti.", by=awa, at=hours(noon, 20))
    assert Deadline.objects.get(pk=insured.pk).met_at == hours(noon, 10)
    assert waiting(insured) == set()


def test_the_page_asks_for_the_mistake_and_lets_the_clock_run(client, insured, aware, awa):
    client.force_login(awa)
    place = ["hopital", aware.reference]
    address = reverse("clock-reopen", args=[*place, insured.pk])
    assert address in client.get(reverse("clocks", args=place)).content.decode()
    assert "Sinistre 7" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Le courrier n’est pas parti."}).status_code == 302
    insured.refresh_from_db()
    assert insured.met_at is None


def test_the_page_leads_to_the_fact_that_stopped_a_clock(client, told, awa):
    client.force_login(awa)
    row = told.deadlines.get(rule="gdpr_34")
    place = ["hopital", told.reference]
    where = reverse("facts-section", args=[*place, "communication"])
    for page in (reverse("clocks", args=place), reverse("clock-reopen", args=[*place, row.pk])):
        assert where in client.get(page).content.decode()
    assert "<textarea" not in client.get(reverse("clock-reopen", args=[*place, row.pk])).content.decode()
