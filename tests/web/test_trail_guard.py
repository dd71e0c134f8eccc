"""When the entry can't be written the change does not happen, and the answer says so."""

import errno

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.urls import reverse

from breachreg.accounts.models import Membership
from breachreg.audit import actions
from breachreg.audit.models import Entry


@pytest.fixture
def broken_trail(monkeypatch):
    def refuse(*_, **__):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(actions, "_append", refuse)


def test_a_change_without_its_entry_is_not_made(client, farid, bruno, broken_trail):
    client.force_login(farid)
    role = Membership.objects.get(user=bruno)
    answer = client.post(reverse("role_take", args=["hopital", role.pk]))
    assert answer.status_code == 503
    assert Membership.objects.filter(pk=role.pk).exists()


def test_the_answer_names_the_remedy_and_no_trace(client, farid, bruno, broken_trail):
    client.force_login(farid)
    answer = client.post(reverse("role_take", args=["hopital", Membership.objects.get(user=bruno).pk]))
    page = answer.content.decode()
    assert "Traceback" not in page
    assert answer.headers["Retry-After"] == "60"
    assert "disk is full" not in page


def test_a_reading_that_can_not_be_recorded_is_not_called_a_change(client, awa, incident, broken_trail):
    client.force_login(awa)
    answer = client.get(reverse("incident", args=["hopital", incident.reference]))
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Rien n’est affiché" in page and "Chaque lecture est inscrite au journal" in page
    assert "votre saisie y est toujours" not in page


def test_after_the_trouble_everything_works_without_a_restart(client, farid, bruno):
    client.force_login(farid)
    role = Membership.objects.get(user=bruno)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_append", lambda *_: (_ for _ in ()).throw(OperationalError("locked")))
        assert client.post(reverse("role_take", args=["hopital", role.pk])).status_code == 503
    before = Entry.objects.count()
    assert client.post(reverse("role_take", args=["hopital", role.pk])).status_code == 302
    assert Entry.objects.count() == before + 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_sign_in_that_a_full_disk_does_not_let_count_is_answered_alike(client, farid, monkeypatch, number):
    def refuse(*_, **__):
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(caches["default"].__class__, "set", refuse)
    monkeypatch.setattr(caches["default"].__class__, "add", refuse)
    answer = client.post(reverse("account_login"), {"login": farid.email, "password": "wrong"})
    assert answer.status_code == 503
    assert "le disque est peut-être plein" in answer.content.decode()
