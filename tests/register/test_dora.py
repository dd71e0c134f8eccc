"""DORA from the first page to the last: four hours and at most a day, 72 hours after the initial, a month after the latest."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from breachreg.register import own_clocks
from breachreg.register.models import Incident

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def place(client, hospital, aware, awa, noon):
    """Awa, DPO of a financial entity, with an incident that she said to be major."""
    own_clocks.choose_regimes(organisation=hospital, regimes=("dora",), contract_hours=None, by=awa, at=noon)
    client.force_login(awa)
    return ["hopital", aware.reference]


def local(instant: datetime) -> dict:
    read = instant.astimezone(PARIS)
    return {"day": read.date().isoformat(), "time": read.strftime("%H:%M")}


def board(client, place) -> str:
    return client.get(reverse("clocks", args=place)).content.decode()


def is_major(client, place, aware):
    aware.refresh_from_db()
    answer = client.post(reverse("clocks", args=place), {"risk_regimes": "dora", "version": aware.version})
    assert answer.status_code == 302


def state(client, place, kind, instant):
    when = local(instant)
    version = Incident.objects.get(reference=place[1]).version
    said = {"instant_day": when["day"], "instant_time": when["time"], "stated_by": "SOC", "evidence": "Journal", "version": version}
    assert client.post(reverse("instant", args=[*place, kind]), said).status_code == 302


def met(client, place, row, instant, reference):
    when = local(instant)
    said = {"met_at_day": when["day"], "met_at_time": when["time"], "reference": reference}
    assert client.post(reverse("clock-met", args=[*place, row.pk]), said).status_code == 302


def row(aware, rule):
    return aware.deadlines.get(rule=rule, cancelled_at=None)


def test_without_its_own_instant_the_board_says_what_stands_in_and_asks(client, place, aware, noon):
    is_major(client, place, aware)
    assert row(aware, "dora_initial").due_at == noon + timedelta(hours=24)
    page = board(client, place)
    assert "Ces délais sont comptés depuis un autre instant que le leur" in page
    assert "à sa place\u00a0: prise de connaissance de la violation" in page
    assert reverse("instant", args=[*place, "ict_incident_known"]) in page


def test_once_its_own_instant_is_stated_nothing_stands_in(client, place, aware, noon, time_machine):
    is_major(client, place, aware)
    time_machine.move_to(noon + timedelta(hours=1), tick=False)
    state(client, place, "ict_incident_known", noon - timedelta(hours=3))
    found = row(aware, "dora_initial")
    assert (found.due_at, found.is_assumed, found.started_from) == (noon + timedelta(hours=21), False, "ict_incident_known")
    page = board(client, place)
    assert "Ces délais sont comptés depuis un autre instant" not in page
    assert "Corriger\u00a0: connaissance de l’incident informatique (DORA)" in page


def test_every_report_of_dora_runs_from_its_own_instant(client, place, aware, noon, time_machine):
    is_major(client, place, aware)
    time_machine.move_to(noon + timedelta(hours=30), tick=False)
    state(client, place, "ict_incident_known", noon)
    state(client, place, "classified_major", noon + timedelta(hours=2))
    assert row(aware, "dora_initial").due_at == noon + timedelta(hours=6)  # four hours after the classification
    state(client, place, "classified_major", noon + timedelta(hours=23))
    assert row(aware, "dora_initial").due_at == noon + timedelta(hours=24)  # never later than a day after the knowledge
    met(client, place, row(aware, "dora_initial"), noon + timedelta(hours=5), "ACPR-1")
    assert row(aware, "dora_intermediate").due_at == noon + timedelta(hours=77)  # 72 hours after the initial notification
    time_machine.move_to(noon + timedelta(hours=80), tick=False)
    met(client, place, row(aware, "dora_intermediate"), noon + timedelta(hours=70), "ACPR-2")
    assert row(aware, "dora_final").due_at == datetime(2026, 4, 13, 21, 59, tzinfo=UTC)  # a month after the 13 March
    time_machine.move_to(noon + timedelta(hours=300), tick=False)
    state(client, place, "dora_intermediate_filed", noon + timedelta(hours=250))  # a later intermediate report
    assert row(aware, "dora_final").due_at == datetime(2026, 4, 20, 21, 59, tzinfo=UTC)
    page = board(client, place)
    for words in ("ACPR-1", "ACPR-2", "Rapport final DORA", "lundi 20 avril 2026"):
        assert words in page


def test_an_incident_that_is_not_major_starts_none_of_them(client, place, aware):
    aware.refresh_from_db()
    client.post(reverse("clocks", args=place), {"risk_regimes": "none_of_them", "version": aware.version})
    assert not aware.deadlines.filter(rule__startswith="dora", cancelled_at=None).exists()
