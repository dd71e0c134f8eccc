"""Who is answered at the addresses of mailboxes."""

import io

from breachreg.mailboxes.examinations import actions as examining
from breachreg.mailboxes.examinations.models import ExaminedFile
from breachreg.mailboxes.indicators import actions
from breachreg.mailboxes.models import Verdict
from breachreg.mailboxes.reporting import intake, mailbox, triage
from breachreg.mailboxes.rules.rule import Action, Rule
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
    world.examination = examining.open_examination(incident=world.incident, mailbox="compta@example.org", by=world.awa, at=world.noon)
    message = io.BytesIO(messages.ordinary(subject="Rien"))
    world.examined, _is_new = examining.bring_file(examination=world.examination, file=message, name="a.eml", by=world.awa, at=world.noon)
    examining.confirm_kind(file=world.examined, kind="store", by=world.awa, at=world.noon)
    ExaminedFile.objects.filter(pk=world.examined.pk).update(done_at=world.noon, result=NOTHING_COUNTED)
    rule = Rule((), (Action("delete"),), name=".")
    RULES["rules"] = [rule.as_json()]
    rules = io.BytesIO(b"Name,DeleteMessage,MarkAsRead\n.,True,False\n")
    file, _is_new = examining.bring_file(examination=world.examination, file=rules, name="r.csv", by=world.awa, at=world.noon)
    examining.confirm_kind(file=file, kind="rules", by=world.awa, at=world.noon)
    ExaminedFile.objects.filter(pk=file.pk).update(done_at=world.noon, result=RULES)
    world.rule = rule.shape
    triage.judge(reports=[world.followed], verdict=Verdict.FOLLOWED, reason="Un agent a cliqué.", by=world.awa, at=world.noon)


RULES = {"unreadable": []}
NOTHING_COUNTED = {
    "messages": 1, "bytes": 1, "people": [1, 1, 1], "groups": {"told_falsely": 0, "data_found": 0}, "categories": {}, "troubles": {}, "trouble_list": [],
}  # fmt: skip


def examined(*more):
    """Incident, examination, then what ``more`` names of the world: a row's key, or a text as it is."""
    def args(world):
        found = [getattr(world, name, name) for name in more]
        return [world.incident.reference, world.examination.pk, *(getattr(one, "pk", one) for one in found)]

    return args


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
    "examinations": Line(get=DPOS, post=DPOS, args=lambda world: [world.incident.reference]),
    "examination": Line(get=DPOS, post=DPOS, args=examined()),
    "examination-progress": Line(get=DPOS, args=examined()),
    "examination-confirm": Line(post=DPOS, args=examined("examined")),
    "examination-stop": Line(post=DPOS, args=examined("examined")),
    "examination-resume": Line(post=DPOS, args=examined("examined")),
    "examination-rules": Line(get=DPOS, args=examined()),
    "examination-rules-file": Line(post=DPOS, args=examined()),
    "rule-known": Line(get=DPOS, post=DPOS, args=examined("rule")),
    "rule-undo": Line(post=DPOS, args=examined("rule")),
    "examination-log": Line(get=DPOS, args=examined()),
    "examination-log-copy": Line(post=DPOS, args=examined()),
    "examination-window": Line(post=DPOS, args=examined()),
    "examination-census": Line(get=DPOS, args=examined()),
    "examination-take-over": Line(get=DPOS, post=DPOS, args=examined("examined")),
    "examination-people": Line(post=DPOS, args=examined("examined", "owner")),
    "message-file": Line(get=DPOS, post=NOBODY, args=of("message")),
}
