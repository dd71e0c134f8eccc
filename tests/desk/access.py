"""Who is answered at the desk's addresses: the pages that look across rooms, and those of people and settings."""

from breachreg.register import actions, promises
from tests.access import ADMINISTRATOR, DPO, DPOS, EVERYBODY, LEGAL, PERSONAL, PUBLIC, READERS, REPORTER, Line

ADMINISTRATORS = frozenset({ADMINISTRATOR})
REPORTERS = frozenset({REPORTER, DPO, LEGAL})


def furnish(world):
    rose = world.people[REPORTER]
    world.report = actions.report_incident(organisation=world.hospital, title="Clé USB perdue", by=rose, at=world.noon)
    world.promise = promises.promise_fact(
        incident=world.incident, field="people", owed_by="Service informatique", by=world.awa, at=world.noon
    )
    world.membership = world.hospital.memberships.get(user=world.people["reporter"])


def incident(world):
    return [world.incident.reference]


LINES = {
    "home": PERSONAL,
    "language": PUBLIC,
    "calendar-feed": PERSONAL,
    "calendar-file": PUBLIC,
    "desk": Line(get=EVERYBODY),
    "calendar": Line(get=READERS),
    "figures": Line(get=READERS),
    "incident": Line(get=READERS, args=incident),
    "search": Line(get=READERS),
    "report": Line(get=REPORTERS, post=REPORTERS),
    "my_reports": Line(get=REPORTERS),
    "report_receipt": Line(
        get=frozenset({REPORTER}), post=frozenset({REPORTER}), finds_nothing=frozenset({DPO, LEGAL}),
        args=lambda world: [world.report.reference],
    ),
    "situation": Line(get=READERS, args=incident),
    "promises": Line(get=DPOS, post=DPOS, args=incident),
    "promise_withdraw": Line(post=DPOS, args=lambda world: [world.incident.reference, world.promise.pk]),
    "people": Line(get=ADMINISTRATORS),
    "person_add": Line(get=ADMINISTRATORS, post=ADMINISTRATORS),
    "role_take": Line(post=ADMINISTRATORS, args=lambda world: [world.membership.pk]),
    "organisation_settings": Line(get=ADMINISTRATORS, post=ADMINISTRATORS),
}
