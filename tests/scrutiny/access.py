"""Who is answered in the auditor's room."""

import io

from breachreg.scrutiny import questions, sampling, tickets
from tests.access import AUDITOR, DPO, DPOS, Line

ROOM = frozenset({AUDITOR, DPO})
AUDITORS = frozenset({AUDITOR})
COLUMNS = {"number": 0, "opened_on": 1, "title": 2}


def furnish(world):
    """A question on the incident, a sample, one table that waits, and tickets of another."""
    hospital, chloe, noon = world.hospital, world.people[AUDITOR], world.noon
    world.question = questions.ask(organisation=hospital, incident=world.incident, text="Pourquoi ?", by=chloe, at=noon)
    world.sample = sampling.draw(organisation=hospital, size=1, scope="all", by=chloe, at=noon)
    for name in ("tickets_imported", "tickets_waiting"):
        brought = tickets.bring(
            organisation=hospital, file=io.BytesIO(b"Number;Date;Title\nINC-1;2026-03-09;Lost laptop\n"), name=f"{name}.csv",
            by=chloe, at=noon,
        )
        setattr(world, name, brought)
    tickets.import_tickets(brought=world.tickets_imported, mapping=COLUMNS, header_row=None, by=chloe, at=noon)
    world.ticket = world.tickets_imported.tickets.get()
    world.ticket_link = tickets.note_on(incident=world.incident, number="INC-9", by=world.awa, at=noon)


def number_of(name):
    return lambda world: [getattr(world, name).number]


LINES = {
    "audit-room": Line(get=ROOM),
    "finding": Line(get=ROOM),
    "findings-csv": Line(get=ROOM),
    "incident-findings": Line(get=ROOM, args=lambda world: [world.incident.reference]),
    "questions": Line(get=ROOM),
    "question": Line(get=ROOM, post=ROOM, args=number_of("question")),
    "question-ask": Line(get=AUDITORS, post=AUDITORS),
    "question-close": Line(post=AUDITORS, args=number_of("question")),
    "samples": Line(get=AUDITORS, post=AUDITORS),
    "sample": Line(get=AUDITORS, args=number_of("sample")),
    "sample-item": Line(get=AUDITORS, post=AUDITORS, args=lambda world: [world.sample.number, 1]),
    "sample-csv": Line(get=AUDITORS, args=number_of("sample")),
    "sample-population": Line(get=AUDITORS, args=number_of("sample")),
    "tickets": Line(get=ROOM),
    "ticket-import": Line(get=ROOM, post=ROOM),
    "ticket-table": Line(get=ROOM, post=ROOM, args=lambda world: [world.tickets_waiting.pk]),
    "ticket-drop": Line(post=ROOM, args=lambda world: [world.tickets_waiting.pk]),
    "ticket": Line(get=DPOS, post=DPOS, args=lambda world: [world.ticket.pk]),
    "ticket-take-back": Line(post=DPOS, args=lambda world: [world.ticket.pk]),
    "incident-tickets": Line(get=DPOS, post=DPOS, args=lambda world: [world.incident.reference]),
    "incident-ticket-off": Line(post=DPOS, args=lambda world: [world.incident.reference, world.ticket_link.pk]),
}
