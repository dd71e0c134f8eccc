"""Who is answered at the addresses of mailboxes."""

from breachreg.mailboxes.indicators import actions
from breachreg.mailboxes.models import Verdict
from breachreg.mailboxes.reporting import intake, mailbox, triage
from tests.access import ADMINISTRATOR, DPOS, NOBODY, READERS, Line
from tests.mailboxes.makers import messages


def furnish(world):
    """Two reported messages: one that waits, one that was followed."""
    brought = {
        name: intake.bring_file(organisation=world.hospital, raw=raw, name=f"{name}.eml", by=world.awa, at=world.noon)[0][0]
        for name, raw in (("waiting", messages.suspicious()), ("followed", messages.ordinary(subject="Votre colis")))
    }
    mailbox.save_mailbox(
        organisation=world.hospital, address="alerte@example.org", host="127.0.0.1", port=9, security="tls", user="alerte",
        password="secret", folder="INBOX", domains=["example.org"], acknowledges=True, by=world.awa, at=world.noon,
    )
    world.message, world.followed = brought["waiting"], brought["followed"]
    actions.add_indicator(incident=world.incident, text="evil.example", by=world.awa, at=world.noon)
    world.indicator = world.incident.indicators.get()
    triage.judge(reports=[world.followed], verdict=Verdict.FOLLOWED, reason="Un agent a cliqué.", by=world.awa, at=world.noon)


def of(name):
    return lambda world: [getattr(world, name).pk]


KEEPERS = DPOS | {ADMINISTRATOR}

LINES = {
    "mailboxes": Line(get=DPOS),
    "message-bring": Line(get=DPOS, post=DPOS),
    "reporting-mailbox": Line(get=KEEPERS, post=KEEPERS),
    "reporting-try": Line(post=KEEPERS),
    "reporting-now": Line(post=KEEPERS),
    "reporting-stop": Line(post=KEEPERS),
    "message-report": Line(get=DPOS, post=DPOS, args=of("message")),
    "message-undo": Line(post=DPOS, args=of("followed")),
    "message-apart": Line(post=DPOS, args=of("message")),
    "message-incident": Line(get=DPOS, post=DPOS, args=of("followed")),
    "message-attach": Line(post=DPOS, args=of("followed")),
    "message-indicators": Line(post=DPOS, args=of("followed")),
    "indicator-look-up": Line(get=DPOS),
    "indicators": Line(get=READERS, post=DPOS, args=lambda world: [world.incident.reference]),
    "indicators-import": Line(get=DPOS, post=DPOS, args=lambda world: [world.incident.reference]),
    "indicator-remove": Line(post=DPOS, args=lambda world: [world.incident.reference, world.indicator.pk]),
    "message-file": Line(get=DPOS, post=NOBODY, args=of("message")),
}
