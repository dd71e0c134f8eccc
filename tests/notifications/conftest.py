"""Notifications in the situations that the tests speak of, built through the actions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breachreg.notifications import actions, review
from breachreg.register import actions as register
from breachreg.register.models import FilingKind
from tests.audit.conftest import broken_trail  # noqa: F401
from tests.notifications.pages_once import _pages_are_drawn_once  # noqa: F401

FACTS = {
    "natures": ("confidentiality",),
    "origins": ("lost_device",),
    "causes": ("internal_accidental",),
    "data_categories": ("civil_status", "contact"),
    "sensitive_categories": ("health",),
    "people_categories": ("patients",),
    "people_low": 1000, "people_likely": 1200, "people_high": 1500,
    "measures_before": "Disque chiffré, à confirmer.",
    "communication": "undetermined",
}


@pytest.fixture
def told(aware, awa, noon):
    """The incident with the facts that are known an hour later."""
    return register.amend_facts(incident=aware, by=awa, at=noon + timedelta(hours=1), **FACTS)


@pytest.fixture
def represented(hospital):
    """The hospital with everything that the form asks about it."""
    type(hospital).objects.filter(pk=hospital.pk).update(
        legal_representative_civility="sir", legal_representative_last_name="Morvan",
        legal_representative_first_name="Yann", legal_representative_email="direction@example.org",
    )
    hospital.refresh_from_db()
    return hospital


@pytest.fixture
def draft(represented, told, awa, noon):
    """An initial notification drafted by Awa two hours after the awareness."""
    return actions.draft(incident=told, kind=FilingKind.INITIAL, by=awa, at=noon + timedelta(hours=2))


@pytest.fixture
def submitted(draft, awa, noon):
    """The same, submitted for review at once."""
    actions.submit(notification=draft, seen=draft.version, by=awa, at=noon + timedelta(hours=3))
    draft.refresh_from_db()
    return draft


@pytest.fixture
def approved(submitted, bruno, noon):
    """The same, approved by Bruno an hour later."""
    review.approve(notification=submitted, seen=submitted.version, by=bruno, at=noon + timedelta(hours=4))
    submitted.refresh_from_db()
    return submitted


@pytest.fixture
def at_noon(monkeypatch, noon):
    """Let the requests happen at an instant that the test chooses: `at_noon(hours)`."""
    def choose(hours: float):
        monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(hours=hours))

    choose(3)
    return choose


@pytest.fixture
def sign_in(client):
    def sign_in(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
