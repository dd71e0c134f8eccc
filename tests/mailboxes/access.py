"""Who is answered at the addresses of mailboxes."""

from breachreg.mailboxes.models import Verdict
from breachreg.mailboxes.reporting import intake, triage
from tests.access import DPOS, NOBODY, Line
from tests.mailboxes.makers import messages


def furnish(world):
    """Two reported messages: one that waits, one that was followed."""
    brought = {
        name: intake.bring_file(organisation=world.hospital, raw=raw, name=f"{name}.eml", by=world.awa, at=world.noon)[0][0]
        for name, raw in (("waiting", messages.suspicious()), ("followed", messages.ordinary(subject="Votre colis")))
    }
    world.message, world.followed = brought["waiting"], brought["followed"]
    triage.judge(reports=[world.followed], verdict=Verdict.FOLLOWED, reason="Un agent a cliqué.", by=world.awa, at=world.noon)


def of(name):
    return lambda world: [getattr(world, name).pk]


LINES = {
    "mailboxes": Line(get=DPOS),
    "message-bring": Line(get=DPOS, post=DPOS),
    "message-report": Line(get=DPOS, post=DPOS, args=of("message")),
    "message-undo": Line(post=DPOS, args=of("followed")),
    "message-apart": Line(post=DPOS, args=of("message")),
    "message-incident": Line(get=DPOS, post=DPOS, args=of("followed")),
    "message-file": Line(get=DPOS, post=NOBODY, args=of("message")),
}
