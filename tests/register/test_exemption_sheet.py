"""The worksheet of Art. 34(3): versions with their evidence; only an exemption that holds becomes the ground."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.law.exemptions import Shown
from breachreg.register import actions, exemptions


def examine(incident, by, at, code, claims, **more):
    incident.refresh_from_db()
    shown = {claim: Shown(True, "Rapport du RSSI") for claim in claims}
    return exemptions.review_exemption(incident=incident, code=code, shown=shown, by=by, at=at, **more)


EFFORT = ("effort", "public_communication")


def test_each_saving_is_a_version(aware, awa, noon):
    first = examine(aware, awa, noon, "disproportionate_effort", EFFORT[:1], takes_over=False)
    second = examine(aware, awa, noon, "disproportionate_effort", EFFORT, takes_over=False)
    assert [(one.number, one.holds) for one in (first, second)] == [(1, False), (2, True)]
    assert exemptions.latest(aware)["disproportionate_effort"] == second
    assert Entry.objects.filter(action="exemption.reviewed").count() == 2


def test_one_that_does_not_hold_is_never_the_ground(aware, awa, noon):
    with pytest.raises(ValidationError):
        examine(aware, awa, noon, "disproportionate_effort", EFFORT[:1], takes_over=True)
    aware.refresh_from_db()
    assert aware.not_telling_reason is None
    assert not aware.exemption_sheets.exists()


def test_one_that_holds_feeds_the_answers_of_the_notification(aware, awa, noon):
    examine(aware, awa, noon, "disproportionate_effort", EFFORT, takes_over=True)
    aware.refresh_from_db()
    assert (aware.communication, aware.not_telling_reason) == ("not_planned", "disproportionate_effort")
    assert "Rapport du RSSI" in aware.not_telling_evidence


def test_encryption_does_not_help_while_the_key_is_not_safe(aware, awa, noon):
    aware.refresh_from_db()
    actions.amend_facts(incident=aware, by=awa, at=noon, risk_facts={"protection": "strong", "key_safe": False})
    claims = ("applied_before", "state_of_the_art", "key_safe")
    sheet = examine(aware, awa, noon, "protection_before", claims, takes_over=False)
    assert (sheet.holds, sheet.contradicted_by) == (False, ["key_safe"])


def test_a_person_examines_an_exemption_in_the_form(client, aware, awa):
    client.force_login(awa)
    place = [aware.organisation.slug, aware.reference]
    address = reverse("exemption", args=[*place, "disproportionate_effort"])
    answer = {"version": aware.version, "takes_over": "on"}
    for claim in EFFORT:
        answer |= {claim: "yes", f"{claim}_evidence": "Rapport du RSSI"}
    refused = client.post(address, {"version": aware.version, "takes_over": "on", "effort": "yes"})
    assert refused.status_code == 422
    assert client.post(address, answer).status_code == 302
    shown = client.get(reverse("exemptions", args=place)).content.decode()
    assert "Vaut, au vu de ce qui est démontré" in shown
    assert "Communication publique" in shown
