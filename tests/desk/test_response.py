"""The desk and the page of an incident say what waits in the mailbox and how the response goes."""

import pytest
from django.urls import reverse

from breachreg.mailboxes.indicators.actions import add_indicator
from breachreg.mailboxes.reporting import intake
from breachreg.register import actions as register
from breachreg.register.playbooks.applying import apply_playbook
from tests.mailboxes.makers import messages


@pytest.fixture
def dpo(client, awa):
    client.force_login(awa)
    return client


def test_the_desk_counts_reported_messages_for_who_judges_them(dpo, client, incident, hospital, awa, chloe, noon):
    address = reverse("desk", args=[hospital.slug])
    waits = reverse("mailboxes", args=[hospital.slug])
    assert "message signalé" not in dpo.get(address).content.decode()
    intake.bring_file(organisation=hospital, raw=messages.ordinary(), name="m.eml", by=awa, at=noon)
    shown = dpo.get(address).content.decode()
    assert "Juger 1 message signalé" in shown.replace("\u00a0", " ") and waits in shown
    client.force_login(chloe)
    assert "message signalé" not in client.get(address).content.decode()


def test_the_page_of_an_incident_proposes_a_playbook_then_says_how_far_it_is(dpo, aware, hospital, awa, noon):
    register.amend_facts(incident=aware, origins=("lost_device",), by=awa, at=noon)
    address = reverse("incident", args=[hospital.slug, aware.reference])
    assert "Appareil perdu ou volé" in dpo.get(address).content.decode()
    apply_playbook(incident=aware, key="device", by=awa, at=noon)
    add_indicator(incident=aware, text="evil.example", by=awa, at=noon)
    shown = dpo.get(address).content.decode()
    assert "0 sur 8" in shown
    assert reverse("indicators", args=[hospital.slug, aware.reference]) in shown
