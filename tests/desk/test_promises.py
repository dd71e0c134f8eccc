"""Unknown is information: who owes it, and for when; a promise ends when the fact is known."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.desk.standing import Standing
from breachreg.register import actions, assessments
from breachreg.register.models import Promise
from breachreg.register.promises import promise_fact, withdraw_promise


@pytest.fixture
def promised(aware, awa, bruno, noon):
    return promise_fact(
        incident=aware, field="people", owed_by_user=bruno, promised_for=noon + timedelta(hours=20), by=awa, at=noon
    )


def test_a_promise_names_who_and_when_and_is_recorded(promised, aware, noon):
    (gap,) = Standing(aware, noon).owed
    assert (gap.fact.name, gap.promise.owed_by) == ("people", "Bruno Lefèvre")
    assert Entry.objects.about(aware).filter(action="fact.promised").count() == 1


def test_a_promise_ends_by_itself_when_the_fact_is_known(promised, aware, awa, noon):
    actions.amend_facts(incident=aware, people_likely=12, by=awa, at=noon + timedelta(hours=1))
    promised.refresh_from_db()
    assert promised.kept_at == noon + timedelta(hours=1)
    assert Entry.objects.about(aware).filter(action="promise.kept").exists()


def test_another_fact_leaves_the_promise_open(promised, aware, awa, noon):
    actions.amend_facts(incident=aware, discovery="Par un patient.", by=awa, at=noon)
    promised.refresh_from_db()
    assert promised.kept_at is None


def test_a_second_promise_of_a_fact_replaces_the_first(promised, aware, awa, noon):
    promise_fact(incident=aware, field="people", owed_by="DSI", by=awa, at=noon)
    assert Promise.objects.get().owed_by == "DSI"


def test_a_withdrawn_promise_stays_in_the_trail(promised, aware, awa, noon):
    withdraw_promise(promise=promised, by=awa, at=noon)
    assert not Promise.objects.exists()
    assert Entry.objects.about(aware).filter(action="promise.withdrawn").exists()


def test_every_unknown_says_whether_the_initial_notification_needs_it(as_awa, aware, noon):
    standing = Standing(aware, noon)
    needed = {gap.fact.name for gap in standing.ledger if not gap.may_wait}
    assert {"natures", "narrative", "communication"} <= needed
    assert {"people", "records", "recipients", "key_safe"} & needed == set()
    assert [gap.may_wait for gap in standing.ledger] == sorted(gap.may_wait for gap in standing.ledger)
    page = as_awa.get(reverse("promises", args=["hopital", aware.reference])).content.decode()
    assert "Needs it" in page and "Goes without it" in page and "“Not determined for the moment” is an answer." in page


def test_a_promised_answer_of_the_assessment_ends_when_the_assessment_gives_it(aware, awa, noon):
    promise_fact(incident=aware, field="protection", owed_by="DSI", by=awa, at=noon)
    aware.refresh_from_db()
    (gap,) = [gap for gap in Standing(aware, noon).ledger if gap.promise]
    assert gap.fact.name == "protection" and gap.may_wait
    assessments.assess(incident=aware, answers={"protection": "strong"}, by=awa, at=noon)
    assert Promise.objects.get().kept_at


def test_a_promise_needs_one_person_and_a_date_ahead(aware, awa, bruno, noon):
    for wrong in ({}, {"owed_by": "DSI", "owed_by_user": bruno}, {"owed_by": "DSI", "promised_for": noon - timedelta(hours=1)}):
        with pytest.raises(ValidationError):
            promise_fact(incident=aware, field="people", by=awa, at=noon, **wrong)
    assert not Promise.objects.exists()


@pytest.fixture
def as_awa(client, awa):
    client.force_login(awa)
    client.cookies["django_language"] = "en"
    return client


def test_the_page_names_a_person_and_keeps_what_was_typed_when_it_is_refused(as_awa, aware, bruno, noon):
    address = reverse("promises", args=["hopital", aware.reference])
    with time_machine.travel(noon + timedelta(hours=1), tick=False):
        refused = as_awa.post(address, {"field": "people", "note": "à voir"})
        assert refused.status_code == 422 and "à voir" in refused.content.decode()
        assert as_awa.post(address, {"field": "people", "owed_by_user": bruno.pk}).status_code == 302
    assert Promise.objects.get().owed_by_user == bruno


def test_the_page_withdraws(as_awa, aware, promised):
    as_awa.post(reverse("promise_withdraw", args=["hopital", aware.reference, promised.pk]))
    assert not Promise.objects.exists()


@pytest.mark.parametrize(("person", "status"), [("chloe", 403), ("bruno", 403), ("rose", 403), ("dan", 404)])
def test_only_who_manages_incidents_names_people(client, request, aware, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("promises", args=["hopital", aware.reference])).status_code == status
