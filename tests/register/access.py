"""Who is answered at the register's addresses."""

import io
from datetime import timedelta

from breachreg.register import actions, assessments, awareness, evidence, imports, own_clocks, parties, work
from breachreg.register.models import Duty
from breachreg.register.playbooks import actions as playbooks
from tests.access import ADMINISTRATOR, DPOS, LEGAL, READERS, Line


def furnish(world):
    """An incident with a proposed change, a file, a body and a task; a table that waits to be imported."""
    hospital, awa, noon = world.hospital, world.awa, world.noon
    reported = actions.report_incident(organisation=hospital, title="Ordinateur portable perdu", by=awa, at=noon)
    breach = actions.qualify_as_breach(incident=reported, reasons="Données de patients.", by=awa, at=noon)
    world.incident = awareness.become_aware(
        incident=breach, aware_at=noon, stated_by="Awa", evidence="Appel", by=awa, at=noon
    )
    world.statement = awareness.propose_awareness(
        incident=world.incident, aware_at=noon + timedelta(minutes=5), stated_by="Awa", evidence="Journal",
        reason="Heure exacte", by=world.second_dpo, at=noon + timedelta(hours=1),
    )
    world.evidence = evidence.add_evidence(
        incident=world.incident, file=io.BytesIO(b"%PDF-1.7 " + b"x" * 50), name="mail.pdf", by=awa, at=noon
    )
    world.party = parties.name_party(incident=world.incident, role="processor", name="Hébergeur", by=awa, at=noon)
    world.assessment = assessments.assess(incident=world.incident, answers={"our_role": "processor"}, by=awa, at=noon)
    world.incident.refresh_from_db()
    departs = world.assessment.recommended_duty != Duty.REGISTER_ONLY
    world.decision = assessments.decide(
        incident=world.incident, assessment=world.assessment, duty=Duty.REGISTER_ONLY, reasons="Disque chiffré.",
        departure_reasons="Le chiffrement est prouvé." if departs else None, by=world.second_dpo, at=noon,
    )
    world.deadline = world.incident.deadlines.get(rule="we_tell_controllers")
    world.own = own_clocks.save_own_clock(
        organisation=hospital, name="Prévenir l’assureur", addressee="Assureur", instant="aware", hours=48, source="Police", by=awa,
        at=noon,
    )
    world.task = work.give_task(incident=world.incident, what="Appeler", by=awa, at=noon)
    world.playbook = playbooks.write_playbook(organisation=hospital, title="Panne du portail", lead=None, origins=None, by=awa, at=noon)
    world.step = playbooks.add_step(
        playbook=world.playbook, what="Prévenir", why=None, role="it", hours=2, counted_from="applied", by=awa, at=noon
    )
    world.contact = playbooks.save_contact(
        organisation=hospital, role="it", name="Astreinte", phone="0200000009", email=None, note=None, user=None, by=awa, at=noon
    )
    world.brought = imports.bring_table(
        organisation=hospital, file=io.BytesIO("Titre;Nature\nVol;Perte de la confidentialité\n".encode()),
        name="registre.csv", by=awa, at=noon,
    )


def of_incident(*names):
    return lambda world: [world.incident.reference, *(getattr(world, name).pk for name in names)]


def page(get=DPOS, post=DPOS, *names, **more):
    return Line(get=get, post=post, args=of_incident(*names), **more)


SECONDS = DPOS | {LEGAL}
KEEPERS = DPOS | {ADMINISTRATOR}

LINES = {
    "incidents": Line(get=READERS),
    "qualify": page(),
    "close": page(),
    "reopen": page(),
    "facts": page(READERS, frozenset()),
    "facts-section": Line(get=DPOS, post=DPOS, args=lambda world: [world.incident.reference, "breach"]),
    "parties": page(),
    "party-remove": page(frozenset(), DPOS, "party"),
    "aware": page(),
    "aware-settle": page(frozenset(), SECONDS, "statement", data={"answer": "refuse"}),
    "assess": page(READERS, frozenset()),
    "assess-questions": page(),
    "assess-compare": Line(get=READERS, args=lambda world: [world.incident.reference, 1, 1]),
    "decide": page(),
    "decision-settle": page(frozenset(), SECONDS, "decision", data={"answer": "refuse", "note": "Non."}),
    "second": page(READERS, frozenset()),
    "instant": Line(get=DPOS, post=DPOS, args=lambda world: [world.incident.reference, "first_signal"]),
    "charge": page(DPOS, DPOS),
    "clocks": page(READERS, DPOS),
    "clock-met": page(DPOS, DPOS, "deadline"),
    "clock-reopen": page(DPOS, DPOS, "deadline"),
    "exemptions": page(READERS, frozenset()),
    "exemption": Line(get=DPOS, post=DPOS, args=lambda world: [world.incident.reference, "protection_before"]),
    "our-clocks": Line(get=READERS | {ADMINISTRATOR}, post=KEEPERS),
    "own-clock-add": Line(get=KEEPERS, post=KEEPERS),
    "own-clock": Line(get=KEEPERS, post=KEEPERS, args=lambda world: [world.own.pk]),
    "own-clock-end": Line(post=KEEPERS, args=lambda world: [world.own.pk]),
    "evidence": page(READERS, DPOS),
    "evidence-download": page(READERS, frozenset(), "evidence"),
    "timeline": page(READERS, DPOS),
    "tasks": page(READERS, DPOS),
    "task-done": page(frozenset(), SECONDS, "task"),
    "response": page(READERS, DPOS),
    "measures": page(READERS, DPOS),
    "measures-write": page(frozenset(), DPOS),
    "playbooks": Line(get=READERS),
    "playbook-new": Line(get=DPOS, post=DPOS),
    "playbook-ours": Line(get=READERS),
    "playbook-own": Line(get=READERS, post=DPOS, args=lambda world: [world.playbook.pk]),
    "playbook-end": Line(post=DPOS, args=lambda world: [world.playbook.pk]),
    "playbook-step": Line(get=DPOS, post=DPOS, args=lambda world: [world.playbook.pk, world.step.pk]),
    "playbook-step-remove": Line(post=DPOS, args=lambda world: [world.playbook.pk, world.step.pk]),
    "contacts": Line(get=READERS, post=DPOS),
    "contact": Line(get=DPOS, post=DPOS, args=lambda world: [world.contact.pk]),
    "contact-end": Line(post=DPOS, args=lambda world: [world.contact.pk]),
    "register-import": Line(get=DPOS, post=DPOS),
    "import-columns": Line(get=DPOS, post=DPOS, args=lambda world: [world.brought.pk]),
    "import-preview": Line(get=DPOS, post=DPOS, args=lambda world: [world.brought.pk], data={"closes": "on"}),
    "import-drop": Line(post=DPOS, args=lambda world: [world.brought.pk]),
}
