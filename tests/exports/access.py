"""Who is answered at the addresses of the trail and of what leaves."""

import uuid

from breachreg.exports import leaving, trail
from breachreg.exports.models import Channel, CheckpointStamp
from tests.access import ADMINISTRATOR, AUDITOR, DPO, READERS, Line

TRAIL_READERS = frozenset({DPO, AUDITOR})
KEEPERS = frozenset({DPO, ADMINISTRATOR})


def furnish(world):
    world.checkpoint = trail.make_checkpoint(organisation=world.hospital, by=world.awa, at=world.noon, reason="asked")
    CheckpointStamp.objects.create(
        checkpoint=world.checkpoint, token=b"0", dated_at=world.noon, authority="CN=Horodatage", kept_at=world.noon
    )
    world.export = leaving.order(organisation=world.hospital, form="csv", language="fr", by=world.awa, at=world.noon)
    leaving.make_now(world.export, world.noon)
    world.destination = trail.add_destination(
        organisation=world.hospital, channel=Channel.EMAIL, address="temoin@example.net", by=world.awa, at=world.noon
    )


ORDER = {"form": "csv", "language": "fr", "submission": str(uuid.UUID(int=1))}

LINES = {
    "incident-pack": Line(
        get=TRAIL_READERS, post=TRAIL_READERS, args=lambda world: [world.incident.reference],
        data={"language": "fr", "submission": str(uuid.UUID(int=2))},
    ),
    "register-past": Line(get=READERS),
    "incident-past": Line(get=READERS, args=lambda world: [world.incident.reference]),
    "exports": Line(get=TRAIL_READERS, post=TRAIL_READERS, data=ORDER),
    "export-files": Line(get=TRAIL_READERS),
    "export-download": Line(get=TRAIL_READERS, args=lambda world: [world.export.pk]),
    "export-schema": Line(get=TRAIL_READERS),
    "trail": Line(get=TRAIL_READERS),
    "trail-verify": Line(post=TRAIL_READERS),
    "checkpoints": Line(get=TRAIL_READERS, post=TRAIL_READERS),
    "checkpoint-make": Line(post=TRAIL_READERS),
    "checkpoint-file": Line(get=TRAIL_READERS, args=lambda world: [world.checkpoint.pk]),
    "checkpoint-stamp": Line(get=TRAIL_READERS, args=lambda world: [world.checkpoint.pk]),
    "destinations": Line(get=KEEPERS, post=KEEPERS),
    "destination-remove": Line(post=KEEPERS, args=lambda world: [world.destination.pk]),
    "incident-trail": Line(get=TRAIL_READERS, args=lambda world: [world.incident.reference]),
}
