"""Every address of the product, for every role of its organisation, for other organisations and for nobody.

A new address without a line in ``tests/<room>/access.py`` fails here.
"""

import importlib
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from breachreg.audit.models import Entry
from tests import cast
from tests.access import ROLES, Line, OutsideOrganisations
from tests.cast import NOON

INSIDE = "o/<slug:organisation>/"
OF_LIBRARIES = ("account/",)
"""Addresses of django-allauth: public or personal by themselves, and tested there."""
NAMES = ("Rose Petit", "Awa Diallo", "Bruno Lefèvre", "Chloé Martin", "Farid Benali")
ANSWERED = {200, 201, 204, 302, 303, 400, 405, 409, 422}


def patterns(resolver=None, before="") -> list[tuple[str, URLPattern]]:
    """Every address with its pattern, libraries left out."""
    found = []
    for one in (resolver or get_resolver()).url_patterns:
        address = before + str(one.pattern)
        if address.startswith(OF_LIBRARIES):
            continue
        found += patterns(one, address) if isinstance(one, URLResolver) else [(address, one)]
    return found


def rooms() -> list:
    """The `access` modules of the tests' rooms."""
    names = [f"tests.{room}.access" for room in settings.ROOMS if (settings.BASE_DIR / "tests" / room / "access.py").exists()]
    return [importlib.import_module(name) for name in names]


def lines() -> dict[str, Line | OutsideOrganisations]:
    return {name: line for room in rooms() for name, line in room.LINES.items()}


INSIDE_NAMES = sorted(one.name or address for address, one in patterns() if address.startswith(INSIDE))
OUTSIDE = sorted((address, one.name or address) for address, one in patterns() if not address.startswith(INSIDE))


@pytest.fixture(scope="module")
def furnished(django_db_setup, django_db_blocker):
    """An organisation with one person for each role, another organisation, and what the rooms put into them.

    Built once for the module, inside one transaction that is thrown away.
    """
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(NOON.replace(hour=15), tick=False):
        hospital, town_hall = cast.found_hospital(), cast.found_town_hall()
        people = {role: cast.member(name, hospital, role) for role, name in zip(ROLES, NAMES, strict=True)}
        world = SimpleNamespace(
            hospital=hospital, town_hall=town_hall, people=people, awa=people["dpo"], bruno=people["legal_reviewer"],
            second_dpo=cast.member("Inès Caron", hospital, "dpo"), dan=cast.member("Dan Novak", town_hall, "dpo"), noon=NOON,
        )
        for room in rooms():
            if hasattr(room, "furnish"):
                room.furnish(world)
        world.clients = {user: signed_in(user) for user in (None, world.dan, *people.values())}
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(furnished, db):
    """The furnished world; what a test changes in it is undone after the test."""
    return furnished


def signed_in(user) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def ask(world, user, method: str, address: str, data: dict):
    answer = getattr(world.clients[user], method)(address, data)
    if answer.streaming:
        list(answer.streaming_content)  # to its end, which closes the file
    return answer


def test_every_address_has_its_line():
    names = {*INSIDE_NAMES, *(name for _, name in OUTSIDE)}
    assert sorted(names - set(lines())) == [], "write a line for these in tests/<room>/access.py"


def test_every_line_has_its_address():
    names = {*INSIDE_NAMES, *(name for _, name in OUTSIDE)}
    assert sorted(set(lines()) - names) == []


@pytest.mark.parametrize("name", INSIDE_NAMES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_is_answered_or_refused(name, method, world):
    line = lines()[name]
    assert isinstance(line, Line)
    address = reverse(name, args=[world.hospital.slug, *line.args(world)])
    if not getattr(line, method):
        assert ask(world, world.awa, method, address, {}).status_code == 405
        return
    wrong = {}
    for role in ROLES:
        refused_before = Entry.objects.filter(action="access.refused").count()
        answer = ask(world, world.people[role], method, address, line.data if method == "post" else {})
        expected = _expected(role, line, method)
        if answer.status_code not in expected:
            wrong[role] = answer.status_code
        if answer.status_code == 403:
            assert Entry.objects.filter(action="access.refused").count() == refused_before + 1
    assert wrong == {}


@pytest.mark.parametrize("name", INSIDE_NAMES)
def test_another_organisation_finds_nothing(name, world):
    line = lines()[name]
    args = line.args(world)
    foreign = reverse(name, args=[world.hospital.slug, *args])
    mine_with_foreign_things = reverse(name, args=[world.town_hall.slug, *args])
    for method in ("get", "post"):
        data = line.data if method == "post" else {}
        if getattr(line, method):
            assert ask(world, world.dan, method, foreign, data).status_code == 404
            noted = Entry.objects.of_organisation(world.hospital).latest("number")
            assert (noted.action, noted.actor_id) == ("access.refused", world.dan.pk)
            if args:
                assert ask(world, world.dan, method, mine_with_foreign_things, data).status_code in (404, 403)


@pytest.mark.parametrize("name", INSIDE_NAMES)
def test_nobody_is_asked_to_sign_in(name, world):
    line = lines()[name]
    address = reverse(name, args=[world.hospital.slug, *line.args(world)])
    method = "get" if line.get else "post"
    answer = ask(world, None, method, address, {})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse(settings.LOGIN_URL))


@pytest.mark.parametrize(("address", "name"), OUTSIDE)
def test_an_address_outside_organisations_says_whether_it_needs_a_person(address, name, world):
    line = lines()[name]
    assert isinstance(line, OutsideOrganisations)
    if line.needs_sign_in and "<" not in address:
        assert ask(world, None, "get", f"/{address}", {}).status_code in (302, 405)


def _expected(role: str, line: Line, method: str) -> set[int]:
    if role in line.finds_nothing:
        return {404}
    return ANSWERED if role in getattr(line, method) else {403}
