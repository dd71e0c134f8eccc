"""Who is answered at the addresses of the trail and of what leaves."""

from breachreg.exports import trail
from breachreg.exports.models import Channel
from tests.access import ADMINISTRATOR, AUDITOR, DPO, Line

TRAIL_READERS = frozenset({DPO, AUDITOR})
KEEPERS = frozenset({DPO, ADMINISTRATOR})


def furnish(world):
    world.checkpoint = trail.make_checkpoint(organisation=world.hospital, by=world.awa, at=world.noon, reason="asked")
    world.destination = trail.add_destination(
        organisation=world.hospital, channel=Channel.EMAIL, address="temoin@example.net", by=world.awa, at=world.noon
    )


LINES = {
    "trail": Line(get=TRAIL_READERS),
    "trail-verify": Line(post=TRAIL_READERS),
    "checkpoints": Line(get=TRAIL_READERS, post=TRAIL_READERS),
    "checkpoint-make": Line(post=TRAIL_READERS),
    "checkpoint-file": Line(get=TRAIL_READERS, args=lambda world: [world.checkpoint.pk]),
    "destinations": Line(get=KEEPERS, post=KEEPERS),
    "destination-remove": Line(post=KEEPERS, args=lambda world: [world.destination.pk]),
    "incident-trail": Line(get=TRAIL_READERS, args=lambda world: [world.incident.reference]),
}
