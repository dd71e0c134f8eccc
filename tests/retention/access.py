"""Who is answered at the addresses of retention."""

import uuid
from datetime import timedelta

from breachreg.register import actions as register
from breachreg.retention import proposals
from breachreg.retention.due import shifted
from tests.access import ADMINISTRATOR, DPOS, LEGAL, READERS, Line

SECONDS = DPOS | {LEGAL}
KEEPERS = DPOS | {ADMINISTRATOR}


def furnish(world):
    """An incident of six years ago, whose purge the second DPO proposed."""
    long_ago = shifted(world.noon, -6, world.hospital)
    old = register.report_incident(organisation=world.hospital, title="Badge perdu", by=world.awa, at=long_ago)
    old = register.conclude_not_a_breach(incident=old, reasons="Sans nom.", by=world.awa, at=long_ago)
    register.close_incident(incident=old, lessons=None, by=world.awa, at=long_ago + timedelta(days=1))
    world.purge = proposals.propose(organisation=world.hospital, by=world.second_dpo, at=world.noon)


def purge(get=frozenset(), post=frozenset(), **more):
    return Line(get=get, post=post, args=lambda world: [world.purge.number], **more)


LINES = {
    "retention": Line(get=READERS),
    "retention-period": Line(get=KEEPERS, post=KEEPERS),
    "purge-propose": Line(post=DPOS, data={"submission": str(uuid.UUID(int=3))}),
    "purged": Line(get=READERS),
    "purge": purge(get=READERS),
    "purge-answer": purge(post=SECONDS, data={"answer": "refuse", "reason": "Non."}),
    "purge-progress": purge(get=READERS),
    "purge-again": purge(post=DPOS),
    "hold": Line(get=READERS, post=DPOS, args=lambda world: [world.incident.reference], data={"reason": "Contentieux"}),
}
