"""What did you know on the 14th at noon? The register, or one incident, as it stood at an instant."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from breachreg.audit.history import kept_models, row_of, state
from breachreg.audit.models import Entry
from breachreg.audit.purging import purge_words
from breachreg.exports import leaving
from breachreg.exports.past import as_it_stood
from breachreg.exports.views import past as past_views
from breachreg.register import actions as register
from breachreg.register import assessments, awareness, evidence, filings, instants, parties, promises, work
from breachreg.register.models import Duty, FilingKind, Incident, InstantKind
from tests.cast import NOON, Role, found_hospital, member


def everything():
    """Every row that keeps its history, column by column."""
    return {
        model.__name__: {row.pk: state(row) for row in model.objects.order_by("pk")} for model in kept_models()
    }


def test_the_replayed_trail_is_the_register_as_it_is(aware, awa, second_dpo, noon):
    """Through every verb that changes a row of the register."""
    later = noon + timedelta(hours=2)
    parties.name_party(incident=aware, role="processor", name="Hébergeur SA", by=awa, at=later, told_us_at=noon)
    party = parties.name_party(incident=aware, role="processor", name="Autre SA", by=awa, at=later)
    parties.remove_party(party=party, by=awa, at=later)
    promise = promises.promise_fact(incident=aware, field="people", owed_by="SI", by=awa, at=later)
    promises.promise_fact(incident=aware, field="people", owed_by="RH", by=awa, at=later)
    promises.withdraw_promise(promise=promises.promise_fact(incident=aware, field="media", owed_by="SI", by=awa, at=later), by=awa, at=later)
    incident = register.amend_facts(incident=aware, by=awa, at=later, people_likely=12, natures=("confidentiality",), told_on=noon.date())
    incident = instants.state_instant(incident=incident, kind=InstantKind.OCCURRED_FROM, instant=noon - timedelta(hours=5), by=awa, at=later)
    incident = instants.state_instant(incident=incident, kind=InstantKind.OCCURRED_FROM, instant=noon - timedelta(hours=4), by=awa, at=later)
    statement = awareness.propose_awareness(
        incident=incident, aware_at=noon + timedelta(hours=1), stated_by="Rose", evidence="Courriel", reason="Erreur", by=awa, at=later
    )
    incident = awareness.settle_awareness(statement=statement, accept=True, note="", by=second_dpo, at=later)
    first = assessments.assess(incident=incident, answers={}, by=awa, at=later)
    incident.refresh_from_db()
    decision = assessments.decide(
        incident=incident, assessment=first, duty=Duty.REGISTER_ONLY, reasons="Rien", departure_reasons="Chiffré", by=awa, at=later
    )
    assessments.settle_decision(decision=decision, accept=False, note="Non", by=second_dpo, at=later)
    task = work.give_task(incident=incident, what="Appeler", by=awa, at=later)
    work.finish_task(task=task, by=awa, at=later)
    evidence.add_evidence(incident=incident, file=io.BytesIO(b"preuve"), name="note.txt", by=awa, at=later)
    filings.record_filing(incident=incident, kind=FilingKind.INITIAL, filed_at=later, receipt_number="R1", by=awa, at=later)
    register.close_incident(incident=incident, lessons="Chiffrer", by=awa, at=later)
    assert promise.pk
    now = everything()
    assert {name for name in now if not now[name]} <= {"ExemptionSheet"}
    with as_it_stood(aware.organisation, later) as past:
        assert everything() == now
        assert past.is_whole
    assert everything() == now


def test_a_later_change_does_not_reach_into_the_past(aware, awa, noon):
    before = everything()
    later = noon + timedelta(days=4)
    register.amend_facts(incident=aware, by=awa, at=later, title="Autre titre", people_likely=40_000)
    work.give_task(incident=aware, what="Chiffrer", by=awa, at=later)
    register.report_incident(organisation=aware.organisation, title="Un autre", by=awa, at=later)
    with as_it_stood(aware.organisation, later - timedelta(microseconds=1)):
        assert everything() == before
    with as_it_stood(aware.organisation, later):
        assert Incident.objects.count() == 2


def test_before_its_report_an_incident_is_not_there(incident, noon):
    with as_it_stood(incident.organisation, noon - timedelta(seconds=1)) as past:
        assert not Incident.objects.exists()
    assert (past.rebuilt, past.purged) == (0, [])


def test_one_incident_alone_can_be_rebuilt(incident, awa, noon):
    register.report_incident(organisation=incident.organisation, title="Un autre", by=awa, at=noon)
    with as_it_stood(incident.organisation, noon, incident):
        assert list(Incident.objects.all()) == [incident]


def test_nothing_of_another_organisation_is_rebuilt(incident, town_hall, noon):
    with as_it_stood(town_hall, noon):
        assert not Incident.objects.exists()


def test_what_a_purge_removed_is_counted_and_left_out(incident, awa, noon):
    register.report_incident(organisation=incident.organisation, title="Un autre", by=awa, at=noon)
    entry = Entry.objects.in_file_of(incident).first()
    purge_words(of=lambda: [entry.number], organisation=incident.organisation, subject=incident, at=noon + timedelta(days=1), details={})
    with as_it_stood(incident.organisation, noon) as past:
        assert Incident.objects.get().title == "Un autre"
    assert past.purged == [entry.number]


def test_the_tables_are_uncovered_when_the_reading_fails(incident, noon):
    with pytest.raises(ZeroDivisionError), as_it_stood(incident.organisation, noon - timedelta(days=1)):
        assert 1 / 0
    assert Incident.objects.count() == 1


TEXT = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30).map(str.strip).filter(bool))
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "narrative": TEXT, "origin_other": TEXT, "people_likely": st.one_of(st.none(), st.integers(0, 10**6)),
        "natures": st.one_of(st.none(), st.just(()), st.just(("integrity", "confidentiality"))), "is_ongoing": st.sampled_from([None, True, False]),
        "told_on": st.one_of(st.none(), st.dates()), "risk_facts": st.sampled_from([{}, {"unlocked": ["nothing"]}]),
    },
)  # fmt: skip


class Replay(TestCase):
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(FACTS, max_size=4))
    def test_every_state_an_incident_went_through_can_be_read_again(self, amendments):
        hospital = found_hospital()
        awa = member("Awa Diallo", hospital, Role.DPO)
        incident = register.report_incident(organisation=hospital, title="Clé USB", by=awa, at=NOON)
        stood = [(NOON, everything())]
        for hour, facts in enumerate(amendments, start=1):
            at = NOON + timedelta(hours=hour)
            incident = register.amend_facts(incident=incident, by=awa, at=at, **facts)
            stood.append((at, everything()))
        for at, was in stood:
            with as_it_stood(hospital, at):
                assert everything() == was


def test_a_row_that_was_kept_is_the_row_again(aware):
    for model in kept_models():
        for row in model.objects.all():
            assert state(row_of(model, state(row))) == state(row)


def test_the_temporary_tables_are_gone_afterwards(incident, noon):
    with as_it_stood(incident.organisation, noon):
        pass
    assert not [table for table in connection.introspection.table_names() if table.startswith("past_")]


def of_then(incident, awa, form, as_of, at):
    export = leaving.order(organisation=incident.organisation, form=form, language="fr", by=awa, at=at, as_of=as_of)
    assert leaving.make_now(export, at), export.trouble
    export.refresh_from_db()
    with storages["exports"].open(export.location) as kept:
        return export, kept.read()


@pytest.mark.parametrize("form", ["csv", "open_data", "json", "xlsx"])
def test_the_file_of_the_past_is_the_file_that_was_made_then(aware, awa, noon, form):
    """All but the lines that say when it was made and how."""
    then, later = noon + timedelta(hours=1), noon + timedelta(days=9)
    filed = filings.record_filing(incident=aware, kind=FilingKind.INITIAL, filed_at=then, receipt_number="R1", by=awa, at=then)
    register.amend_facts(
        incident=Incident.objects.get(), by=awa, at=then, told_on=noon.date(), is_ongoing=False, natures=("integrity",), people_low=3
    )
    _, made_then = of_then(aware, awa, form, None, then)
    register.amend_facts(incident=Incident.objects.get(), by=awa, at=later, title="Autre titre", people_likely=9, causes=())
    register.report_incident(organisation=aware.organisation, title="Un autre", by=awa, at=later)
    export, made_later = of_then(aware, awa, form, then, later)
    assert filed.pk
    if form == "json":
        made_then, made_later = (json.loads(file)["breaches"] for file in (made_then, made_later))
        assert json.loads(of_then(aware, awa, form, then, later)[1])["as_of"] == "2026-03-10T12:00:00Z"
    if form == "xlsx":
        made_then, made_later = (
            [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]] for file in (made_then, made_later)
        )
    assert made_later == made_then
    assert "au-2026-03-10-13h00" in export.name


def test_a_file_of_the_past_says_what_a_purge_took(incident, awa, noon):
    entry = Entry.objects.in_file_of(incident).first()
    purge_words(of=lambda: [entry.number], organisation=incident.organisation, subject=incident, at=noon + timedelta(days=1), details={})
    assert json.loads(of_then(incident, awa, "json", noon, noon)[1])["not_rebuilt"] == 1


def answer(client, name, *args, at="2026-03-10", hour="12:30", language="fr"):
    return client.get(reverse(name, args=args), {"at_day": at, "at_time": hour}, headers={"accept-language": language})


def test_the_page_shows_an_incident_as_it_stood_beside_today(aware, awa, client, noon):
    register.amend_facts(incident=aware, by=awa, at=noon + timedelta(days=1), title="Autre titre", people_likely=41_300)
    client.force_login(awa)
    page = answer(client, "incident-past", "hopital", aware.reference).content.decode()
    assert "Ordinateur portable perdu" in page
    assert "Aujourd’hui" in page and "41300" in page
    entry = Entry.objects.get(action="register.past_read")
    assert entry.content.details == {"as_of": "2026-03-10T11:30:00+00:00"}
    assert "n’était pas encore au registre" in answer(client, "incident-past", "hopital", aware.reference, at="2026-01-01").content.decode()


def test_the_page_shows_the_register_as_it_stood(aware, awa, client, noon):
    register.report_incident(organisation=aware.organisation, title="Arrivé plus tard", by=awa, at=noon + timedelta(days=1))
    client.force_login(awa)
    page = answer(client, "register-past", "hopital").content.decode()
    assert "Ordinateur portable perdu" in page
    assert "Arrivé plus tard" not in page
    assert answer(client, "register-past", "hopital", at="2099-01-01").status_code == 422
    assert client.get(reverse("register-past", args=["hopital"])).status_code == 200


def test_a_register_of_which_a_purge_took_all_is_not_called_empty(incident, awa, client, noon):
    client.force_login(awa)
    assert "Le registre était vide alors" in answer(client, "register-past", "hopital", at="2026-01-01").text
    entry = Entry.objects.in_file_of(incident).first()
    purge_words(of=lambda: [entry.number], organisation=incident.organisation, subject=incident, at=noon + timedelta(days=1), details={})
    told = answer(client, "register-past", "hopital").text
    assert "1 incident qui figurait ici alors" in told and "vide" not in told


def test_a_long_register_of_the_past_is_ordered_as_a_file(aware, awa, client, monkeypatch):
    monkeypatch.setattr(past_views, "MOST", 0)
    client.force_login(awa)
    assert "en arrière-plan" in answer(client, "register-past", "hopital").content.decode()
