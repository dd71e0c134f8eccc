"""The 1,200 people whose letters were in the compromised mailbox, and the letter that tells them. All names are made up."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from breachreg.letters import actions, bounces, imports, ledger, prefill, preparing, reading, recipients, runs
from breachreg.letters.columns import guess
from breachreg.letters.models import Capacity, Channel, Group, Letter
from breachreg.letters.people import Person
from breachreg.letters.run_models import Run
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register.models import Incident

HOW_MANY = 1200
FIRST = ("Alice", "Bastien", "Camille", "Djamel", "Fanta", "Elliot", "Gaëlle", "Hugo", "Ioana", "Jules", "Kadiatou", "Léo", "Noëlle", "Minh", "Paola", "Ousmane")  # fmt: skip
LAST = ("Aubry", "Bensaïd", "Cœurdoux", "Da Silva", "Évrard", "Fofana", "Guéguen", "Hernández", "Ilić", "Jégou", "Kervella", "Łukasik", "Nguyễn", "O'Brien", "Țăranu")  # fmt: skip
STREETS = ("rue des Saules", "allée du Moulin", "quai de la Vilaine", "place du Marché", "impasse des Tilleuls")
TOWNS = (("35000", "Rennes"), ("35400", "Saint-Malo"), ("22100", "Dinan"), ("56000", "Vannes"), ("29200", "Brest"))
HEADER = ("civilite", "prenom", "nom", "adresse", "cp", "ville")


def letter_to_patients(cast: Cast, incident: Incident) -> Story:
    """Written by Awa, its recipients imported from a file, approved by Bruno."""
    at = yield ago(days=2, hours=20)
    incident.refresh_from_db()
    letter = first_draft(cast, incident, at, group=Group.INSIDE)
    at = yield ago(days=2, hours=18)
    table = imports.upload(
        letter=letter, file=io.BytesIO(people_table()), name="patients-boite-admissions.csv", by=cast.awa, at=at
    )
    table = imports.choose_columns(entry=table, columns=guess(HEADER), by=cast.awa, at=at)
    reading.read_now(table, at)
    table.refresh_from_db()
    imports.confirm(entry=table, by=cast.awa, at=at)
    at = yield ago(days=2, hours=16)
    letter.refresh_from_db()
    actions.submit_letter(letter=letter, by=cast.awa, at=at)
    at = yield ago(days=2, hours=2)
    letter.refresh_from_db()
    actions.approve_letter(letter=letter, by=cast.bruno, at=at)


def first_draft(cast: Cast, incident: Incident, at: datetime, **differently) -> Letter:
    """A letter as the record and the advice make it: to people who lost all that was lost, unless said differently."""
    lost = {"data_categories": incident.data_categories, "sensitive_categories": incident.sensitive_categories, "details": ("bank_account",)}
    segment = prefill.Segment(**{"language": "fr", "capacity": Capacity.PERSON, **lost, **differently})
    return actions.write_letter(incident=incident, by=cast.awa, at=at, **segment.columns, **prefill.first_draft(incident, segment))


def people_table() -> bytes:
    """A table as an admissions office exports it: semicolons, UTF-8, one person a line."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADER, *_people()])
    return text.getvalue().encode()


def _people() -> Iterator[tuple[str, ...]]:
    for number in range(HOW_MANY):
        first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
        street, (postcode, town) = STREETS[number % len(STREETS)], TOWNS[number // 7 % len(TOWNS)]
        yield ("M." if number % 2 else "Mme", first, last, f"{number % 97 + 1} {street}", postcode, town)


RECEIVERS = 36
LOST = ((4, "5.1.1", "550 5.1.1 User unknown"), (19, "5.2.2", "552 5.2.2 Mailbox full"))
REPORT = """\
From: MAILER-DAEMON@mx.example.net
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; somebody@example.net
Action: failed
Status: {status}
Diagnostic-Code: smtp; {diagnostic}
--part
Content-Type: text/rfc822-headers

Message-ID: <{message_id}@localhost>
--part--
"""


def letters_on_their_way(cast: Cast, incident: Incident) -> Story:
    """Those who got the fraudulent message are told by e-mail, with two returns; the letters to the patients wait for Bruno."""
    at = yield ago(days=2, hours=1, minutes=50)
    incident.refresh_from_db()
    letter = _letter_to_receivers(cast, incident, at)
    at = yield ago(days=2, hours=1, minutes=40)
    letter = actions.approve_letter(letter=letter, by=cast.bruno, at=at)
    at = yield ago(days=2, hours=1, minutes=30)
    run = _prepared(incident, [letter], cast, at)
    run = runs.check(run=run, by=cast.awa, at=at)
    at = yield ago(days=2, hours=1, minutes=20)
    run = runs.start(run=runs.approve(run=run, by=cast.bruno, at=at), by=cast.awa, at=at)
    at = yield ago(days=2, hours=1, minutes=19)
    for line in ledger.claim(way=Channel.EMAIL, at=at, run=run):
        ledger.note_sent(line, at=at)
    runs.end_if_done(run, at)
    at = yield ago(days=2, hours=1)
    for place, status, diagnostic in LOST:
        message_id = run.dispatches.get(place=place).message_id
        raw = REPORT.format(status=status, diagnostic=diagnostic, message_id=message_id).encode()
        bounces.note(organisation=cast.hospital, raw=raw, by=None, at=at)
    at = yield ago(days=2, minutes=50)
    run = _prepared(incident, list(incident.letters.filter(number=1)), cast, at)
    runs.check(run=run, by=cast.awa, at=at)


def _letter_to_receivers(cast: Cast, incident: Incident, at) -> Letter:
    lost = {"data_categories": ("contact",), "sensitive_categories": (), "details": ()}
    letter = first_draft(cast, incident, at, group=Group.DECEIVED, **lost)
    for number in range(RECEIVERS):
        first, last = FIRST[number * 5 % len(FIRST)], LAST[number * 7 % len(LAST)]
        person = Person(last, first, "sir" if number % 2 else "madam", line4=f"{number + 2} {STREETS[number % 5]}", postcode="35000", city="Rennes", email=f"contact{number + 1}@example.net")
        recipients.add_recipient(letter=letter, person=person, channel=Channel.EMAIL, by=cast.awa, at=at)
    return actions.submit_letter(letter=letter, by=cast.awa, at=at)


def _prepared(incident: Incident, letters: list[Letter], cast: Cast, at) -> Run:
    run = runs.prepare(incident=incident, letters=letters, by=cast.awa, at=at)
    preparing.prepare_now(run, at)
    run.refresh_from_db()
    return run
