"""People, roles and settings: only an administrator of the organisation changes them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from breachreg.accounts import actions
from breachreg.accounts.access import can
from breachreg.accounts.models import Membership, Role, User
from breachreg.audit.models import Entry


@pytest.fixture
def as_farid(client, farid):
    client.force_login(farid)
    return client


def test_a_person_without_an_account_gets_one_with_the_role(as_farid, hospital):
    answer = as_farid.post(
        reverse("person_add", args=["hopital"]),
        {"email": "Lea.Roux@example.org", "full_name": "Léa Roux", "role": "auditor", "language": "fr"},
    )
    assert answer.status_code == 302
    lea = User.objects.get(email="lea.roux@example.org")
    assert can(lea, "incident.read", hospital)
    assert not lea.has_usable_password()


def test_a_role_given_twice_is_refused_and_what_was_typed_stays(as_farid, awa):
    answer = as_farid.post(
        reverse("person_add", args=["hopital"]),
        {"email": awa.email, "full_name": awa.full_name, "role": "dpo", "language": "fr"},
    )
    assert answer.status_code == 422
    assert "a déjà ce rôle" in answer.content.decode()
    assert awa.email in answer.content.decode()


def test_the_last_administrator_keeps_the_role(as_farid, farid):
    own = Membership.objects.get(user=farid)
    as_farid.post(reverse("role_take", args=["hopital", own.pk]))
    assert Membership.objects.filter(pk=own.pk).exists()


def test_taking_a_role_away_is_recorded(as_farid, bruno, hospital):
    as_farid.post(reverse("role_take", args=["hopital", Membership.objects.get(user=bruno).pk]))
    assert not can(bruno, "incident.read", hospital)
    assert Entry.objects.filter(action="role.taken").count() == 1


def test_a_role_of_another_organisation_is_out_of_reach(as_farid, dan):
    theirs = Membership.objects.get(user=dan)
    assert as_farid.post(reverse("role_take", args=["hopital", theirs.pk])).status_code == 404


def test_an_administrator_finds_the_other_settings_that_are_theirs(as_farid):
    """Neither retention nor the trail's addresses stand in their menu."""
    page = as_farid.get(reverse("organisation_settings", args=["hopital"])).text
    for name in ("retention-period", "reporting-mailbox", "our-clocks", "destinations"):
        place = reverse(name, args=["hopital"])
        assert f'href="{place}"' in page
        assert as_farid.get(place).status_code == 200


def test_the_settings_are_changed_with_their_old_and_new_values(as_farid, hospital):
    form = as_farid.get(reverse("organisation_settings", args=["hopital"])).context["form"]
    answers = {name: value for name, value in form.initial.items() if value not in (None, False)}
    assert as_farid.post(reverse("organisation_settings", args=["hopital"]), answers | {"city": "Brest"}).status_code == 302
    entry = Entry.objects.filter(action="organisation.changed").latest("number")
    assert entry.content.changes == {"city": ["Rennes", "Brest"]}


def test_a_time_zone_that_does_not_exist_is_refused_by_name(as_farid, hospital):
    form = as_farid.get(reverse("organisation_settings", args=["hopital"])).context["form"]
    answers = {name: value for name, value in form.initial.items() if value not in (None, False)}
    answer = as_farid.post(reverse("organisation_settings", args=["hopital"]), answers | {"time_zone": "Europe/Pariss"})
    assert answer.status_code == 422
    assert "Europe/Pariss" in answer.content.decode()


@pytest.mark.parametrize("who", ["awa", "bruno", "chloe", "rose"])
def test_nobody_else_opens_these_pages_and_the_refusal_is_recorded(client, request, hospital, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("people", args=["hopital"])).status_code == 403
    assert Entry.objects.filter(action="access.refused").count() == 1


def test_an_outsider_gets_the_answer_of_a_page_that_does_not_exist(client, hospital, dan):
    client.force_login(dan)
    assert client.get(reverse("people", args=["hopital"])).status_code == 404
    assert client.get(reverse("people", args=["nulle-part"])).status_code == 404


def test_the_language_is_remembered_with_the_person(client, awa):
    client.force_login(awa)
    client.post(reverse("language"), {"language": "en", "next": "/"})
    awa.refresh_from_db()
    assert awa.language == "en"


def test_the_language_switch_never_leads_to_another_site(client, db):
    answer = client.post(reverse("language"), {"language": "en", "next": "https://example.net/"})
    assert answer.headers["Location"] == "/"


def test_an_account_that_was_closed_may_do_nothing(hospital, awa):
    awa.is_active = False
    awa.save()
    assert not can(awa, "incident.read", hospital)


def test_two_roles_add_up(hospital, chloe, noon):
    actions.give_role(user=chloe, organisation=hospital, role=Role.REPORTER, by=None, at=noon + timedelta(days=1))
    assert can(chloe, "incident.read", hospital)
    assert can(chloe, "incident.report", hospital)
