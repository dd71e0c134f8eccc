"""Letters of the hospital's breach: a first draft, one in review, one sealed; and people to write to."""

import pytest

from breachreg.letters import actions, prefill, recipients
from breachreg.letters.models import Capacity, Channel, Group
from breachreg.letters.people import Person
from breachreg.register import actions as register
from tests.audit.conftest import broken_trail  # noqa: F401 (a fixture)

SEGMENT = {
    "language": "fr", "group": Group.CONCERNED, "capacity": Capacity.PERSON,
    "data_categories": ("contact", "credentials"), "sensitive_categories": ("health",), "details": ["password"],
}  # fmt: skip


@pytest.fixture
def known_breach(aware, awa, noon):
    """The breach with what a letter needs: what happened, which data, what was done."""
    return register.amend_facts(
        incident=aware, by=awa, at=noon, natures=["confidentiality"], data_categories=["contact", "credentials"],
        sensitive_categories=["health"], occurred_from=noon,
        narrative="Un ordinateur portable a été volé dans un train. Il contenait des comptes rendus de consultation.",
        measures_after="Nous avons coupé l’accès de cet ordinateur à nos fichiers. Nous avons porté plainte.",
    )


@pytest.fixture
def draft(known_breach, awa, noon):
    """Awa's first draft, as the record and the advice make it."""
    texts = prefill.first_draft(known_breach, prefill.Segment(**SEGMENT))
    return actions.write_letter(incident=known_breach, by=awa, at=noon, **SEGMENT, **texts)


@pytest.fixture
def in_review(draft, awa, noon):
    return actions.submit_letter(letter=draft, by=awa, at=noon)


@pytest.fixture
def sealed(in_review, bruno, noon):
    return actions.approve_letter(letter=in_review, by=bruno, at=noon)


JEANNE = Person("Martin", "Jeanne", "madam", line4="12 rue des Lilas", postcode="35000", city="Rennes")


@pytest.fixture
def jeanne(sealed, awa, noon):
    """Somebody on the list of the sealed letter."""
    return recipients.add_recipient(letter=sealed, person=JEANNE, channel=Channel.POST, by=awa, at=noon)


@pytest.fixture
def as_(client):
    """The test's browser, signed in as somebody."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
