"""What the tests of the auditor's room share: a trail that can't be written, a table of tickets, a browser."""

import io

import pytest

from breachreg.scrutiny import questions, tickets
from tests.audit.conftest import broken_trail, trail_without_triggers  # noqa: F401

TABLE = "Numéro;Date d'ouverture;Objet\nINC-0041;09/03/2026;Portable volé à la gare\nINC-0042;10/03/2026;Imprimante en panne\n"


@pytest.fixture
def brought(hospital, chloe, noon):
    """A table of two tickets that Chloé brought."""
    return tickets.bring(organisation=hospital, file=io.BytesIO(TABLE.encode("cp1252")), name="tickets.csv", by=chloe, at=noon)


@pytest.fixture
def imported(brought, chloe, noon):
    """The same, imported."""
    tickets.import_tickets(brought=brought, mapping=brought.mapping, header_row=None, by=chloe, at=noon)
    brought.refresh_from_db()
    return brought


@pytest.fixture
def question(incident, hospital, chloe, awa, second_dpo, noon):
    """Chloé asks about the incident."""
    return questions.ask(organisation=hospital, incident=incident, text="Qui a trouvé l’ordinateur ?", by=chloe, at=noon)


@pytest.fixture
def as_(client):
    """The test's browser, signed in as somebody."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
