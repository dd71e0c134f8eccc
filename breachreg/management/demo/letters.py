"""The 1,200 people whose letters were in the compromised mailbox, and the letter that tells them. All names are made up."""

import csv
import io
from collections.abc import Iterator

from breachreg.letters import actions, imports, prefill, reading
from breachreg.letters.columns import guess
from breachreg.letters.models import Capacity, Group
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
    segment = prefill.Segment(
        language="fr", group=Group.INSIDE, capacity=Capacity.PERSON, data_categories=incident.data_categories,
        sensitive_categories=incident.sensitive_categories, details=("bank_account",),
    )
    letter = actions.write_letter(
        incident=incident, by=cast.awa, at=at, language=segment.language, group=segment.group,
        capacity=segment.capacity, data_categories=segment.data_categories,
        sensitive_categories=segment.sensitive_categories, details=list(segment.details),
        **prefill.first_draft(incident, segment),
    )
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
