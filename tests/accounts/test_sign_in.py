"""Signing in, out, and failing to, each leaves an entry with the person's organisations."""

import pytest
from django.urls import reverse

from breachreg.audit.models import Entry

PASSWORD = "quatre-chevaux-gris-trottent"


@pytest.fixture
def awa_with_password(awa):
    awa.set_password(PASSWORD)
    awa.save()
    return awa


def sign_in(client, email, password):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def entries(action, organisation):
    return Entry.objects.filter(action=action, organisation_id=organisation.pk).count()


def test_a_sign_in_is_recorded_with_the_organisation(client, awa_with_password, hospital):
    assert sign_in(client, "awa.diallo@example.org", PASSWORD).status_code == 302
    assert entries("person.signed_in", hospital) == 1


def test_the_address_may_be_typed_in_capitals(client, awa_with_password):
    assert sign_in(client, "AWA.DIALLO@example.org", PASSWORD).status_code == 302


def test_a_refused_sign_in_is_recorded_and_says_nothing_of_the_account(client, awa_with_password, hospital):
    known = sign_in(client, "awa.diallo@example.org", "faux").content.decode()
    unknown = sign_in(client, "personne@example.org", "faux").content.decode()
    assert known.replace("awa.diallo", "personne").count("erreur") == unknown.count("erreur")
    assert entries("person.sign_in_failed", hospital) == 1


def test_a_sign_out_is_recorded(client, awa_with_password, hospital):
    sign_in(client, "awa.diallo@example.org", PASSWORD)
    client.post(reverse("account_logout"))
    assert entries("person.signed_out", hospital) == 1


def test_nobody_opens_an_account_by_themselves(client, db):
    page = client.get(reverse("account_signup"))
    assert b'type="password"' not in page.content
