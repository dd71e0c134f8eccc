"""The cast: Awa is DPO of the hospital, Bruno reviews, Chloé audits, Farid keeps it running, Rose reports.

Dan is DPO of another organisation and must see nothing. Everything is built through the actions.
"""

from datetime import UTC, datetime, timedelta

import pytest

from breachreg.accounts import actions as accounts
from breachreg.accounts.models import Role
from breachreg.register import actions as register
from breachreg.register import awareness

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
"""Tuesday 10 March 2026 at noon in Paris: the instant at which the tests' stories begin."""


@pytest.fixture
def noon() -> datetime:
    return NOON


def found_hospital():
    return accounts.found_organisation(
        name="Hôpital des Trois Rivières", slug="hopital", reference_prefix="HOP", by=None, at=NOON,
        siren="123456782", sector="health_social", address="1 rue des Saules", postal_code="35000", city="Rennes",
        legal_representative_civility="sir", legal_representative_last_name="Morel",
        legal_representative_first_name="Étienne", legal_representative_email="direction@example.org",
        contact_civility="madam", contact_last_name="Diallo", contact_first_name="Awa", contact_function="DPO",
        contact_email="awa.diallo@example.org", contact_phone="0200000000",
    )


def found_town_hall():
    return accounts.found_organisation(
        name="Mairie de Valbourg", slug="mairie", reference_prefix="MAI", by=None, at=NOON
    )


@pytest.fixture
def hospital(db):
    return found_hospital()


@pytest.fixture
def town_hall(db):
    return found_town_hall()


def member(name: str, organisation, role: Role):
    """A person with one role in one organisation; the password is never used, tests sign in by force."""
    first, last = name.lower().replace("é", "e").replace("è", "e").split()
    user = accounts.add_person(email=f"{first}.{last}@example.org", full_name=name, by=None, at=NOON)
    accounts.give_role(user=user, organisation=organisation, role=role, by=None, at=NOON)
    return user


@pytest.fixture
def awa(hospital):
    return member("Awa Diallo", hospital, Role.DPO)


@pytest.fixture
def second_dpo(hospital):
    return member("Inès Caron", hospital, Role.DPO)


@pytest.fixture
def bruno(hospital):
    return member("Bruno Lefèvre", hospital, Role.LEGAL_REVIEWER)


@pytest.fixture
def chloe(hospital):
    return member("Chloé Martin", hospital, Role.AUDITOR)


@pytest.fixture
def farid(hospital):
    return member("Farid Benali", hospital, Role.ADMINISTRATOR)


@pytest.fixture
def rose(hospital):
    return member("Rose Petit", hospital, Role.REPORTER)


@pytest.fixture
def dan(town_hall):
    return member("Dan Novak", town_hall, Role.DPO)


@pytest.fixture
def incident(hospital, awa):
    """An incident just reported by Awa, with everything still unknown."""
    return register.report_incident(
        organisation=hospital, title="Ordinateur portable perdu", report="Perdu dans le train.", by=awa, at=NOON
    )


@pytest.fixture
def breach(incident, awa):
    """The same, qualified as a breach ten minutes later."""
    return register.qualify_as_breach(
        incident=incident, reasons="Des données de patients y sont enregistrées.", by=awa,
        at=NOON + timedelta(minutes=10),
    )


@pytest.fixture
def aware(breach, awa):
    """The same, with the awareness at noon: the clock runs until Friday noon."""
    return awareness.become_aware(
        incident=breach, aware_at=NOON, stated_by="Awa Diallo", evidence="Appel du service informatique", by=awa,
        at=NOON + timedelta(minutes=15),
    )
