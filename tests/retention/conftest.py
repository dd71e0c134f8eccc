"""Incidents of long ago, and everything that rooms hang on one."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from breachreg.audit.models import Entry
from breachreg.mailboxes.reporting import triage
from breachreg.register import actions as register
from breachreg.register.models import Incident
from breachreg.retention import proposals, purge
from breachreg.retention.due import shifted
from tests import cast
from tests.access import ROLES
from tests.audit.conftest import broken_trail  # noqa: F401
from tests.cast import NOON
from tests.test_access_matrix import NAMES, rooms

CLOSED = NOON + timedelta(days=30)


@pytest.fixture
def later(hospital) -> datetime:
    """Five years and a day after the closure."""
    return shifted(CLOSED, 5, hospital) + timedelta(days=1)


@pytest.fixture
def closed(hospital, awa):
    """Makes an incident that was reported at noon and closed a month later."""

    def make(title: str = "Clé USB perdue", at: datetime = CLOSED) -> Incident:
        reported = register.report_incident(organisation=hospital, title=title, by=awa, at=NOON)
        return closed_at(reported, awa, at)

    return make


def closed_at(incident: Incident, by, at: datetime) -> Incident:
    """Close an incident, whatever is still to do on it."""
    incident.refresh_from_db()
    if incident.qualification is None:
        incident = register.conclude_not_a_breach(incident=incident, reasons="Rien n’a été lu.", by=by, at=at)
    return register.close_incident(incident=incident, lessons="À refaire", by=by, at=at)


@pytest.fixture
def approved(hospital, awa, second_dpo):
    """Has Awa propose what is due, and Inès approve it."""

    def decide(at: datetime):
        proposal = proposals.propose(organisation=hospital, by=awa, at=at)
        proposals.approve(proposal=proposal, by=second_dpo, at=at)
        return proposal

    return decide


@pytest.fixture
def purged(approved):
    """The same, and the work in the background is done."""

    def do(at: datetime):
        proposal = approved(at)
        purge.purge_due(at)
        return proposal

    return do


@pytest.fixture
def everything(db):
    """The hospital with all that each room can put into a file, every incident of it closed; and a town hall beside it."""
    hospital, town_hall = cast.found_hospital(), cast.found_town_hall()
    people = {role: cast.member(name, hospital, role) for role, name in zip(ROLES, NAMES, strict=True)}
    world = SimpleNamespace(
        hospital=hospital, town_hall=town_hall, people=people, awa=people["dpo"], bruno=people["legal_reviewer"],
        second_dpo=cast.member("Inès Caron", hospital, "dpo"), dan=cast.member("Dan Novak", town_hall, "dpo"), noon=NOON,
    )
    for room in rooms():
        if hasattr(room, "furnish") and "retention" not in room.__name__:
            room.furnish(world)
    triage.open_incident(report=world.followed, title="Hameçonnage suivi", by=world.awa, at=NOON)
    register.report_incident(organisation=town_hall, title="Registre égaré", by=world.dan, at=NOON)
    for incident in Incident.objects.filter(organisation=hospital, closed_at=None):
        closed_at(incident, world.awa, CLOSED)
    return world


def words_of(incident: Incident) -> int:
    """How many entries in the file of an incident still have their words."""
    return Entry.objects.in_file_of(incident).filter(content__isnull=False).count()
