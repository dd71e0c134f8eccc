"""How the pages of a large register compare with those of a small one, in the same run and on the same database.

    python benchmarks/pages.py [--incidents 100000] [--entries 2000] [--rounds 15]
    scripts/with-postgresql python benchmarks/pages.py          # the same on PostgreSQL

For each page: the best time of several rounds and the number of queries with ten incidents (or an incident with ten timeline entries),
the same with many, and the ratio of the two. The goal is a ratio below 1.5 and the same number of queries; nothing is
asserted on seconds. The rows are written in bulk, past the actions, because it is reading that is measured.
"""

import argparse
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from breachreg.accounts import actions as accounts  # noqa: E402
from breachreg.accounts.models import Organisation, Role, User  # noqa: E402
from breachreg.audit.models import Entry  # noqa: E402
from breachreg.desk import search  # noqa: E402
from breachreg.desk.models import SearchProgress, SearchWord  # noqa: E402
from breachreg.desk.words import words_of  # noqa: E402
from breachreg.register import actions, awareness  # noqa: E402
from breachreg.register.models import Deadline, Incident, ReferenceCounter, TimelineEntry  # noqa: E402

FEW = 10
GOAL = 1.5
WORDS = ["portable", "perdu", "serveur", "patient", "courriel", "facture", "planning", "badge", "dossier", "hébergeur", "accès", "fichier"]


def register(slug: str, prefix: str) -> tuple[Organisation, User]:
    """An organisation with one DPO."""
    at = timezone.now() - timedelta(days=400)
    organisation = accounts.found_organisation(name=slug, slug=slug, reference_prefix=prefix, by=None, at=at)
    dpo = accounts.add_person(email=f"{slug}@example.org", full_name="Awa Diallo", by=None, at=at)
    accounts.give_role(user=dpo, organisation=organisation, role=Role.DPO, by=None, at=at)
    return organisation, dpo


def first_incident(organisation: Organisation, dpo: User, entries: int) -> Incident:
    """An incident whose clock runs, with this many entries on its timeline."""
    at = timezone.now() - timedelta(hours=20)
    reported = actions.report_incident(organisation=organisation, title="Portable perdu", report="…", by=dpo, at=at)
    breach = actions.qualify_as_breach(incident=reported, reasons="Oui.", by=dpo, at=at)
    incident = awareness.become_aware(incident=breach, aware_at=at, stated_by="Awa", evidence="Appel", by=dpo, at=at)
    have = incident.timeline.count()
    TimelineEntry.objects.bulk_create(
        [
            TimelineEntry(
                incident=incident, kind="note", happened_at=at + timedelta(seconds=number), text=f"Note {number}",
                recorded_at=at, recorded_by=dpo,
            )
            for number in range(entries - have)
        ],
        batch_size=1000,
    )
    return incident


def fill(organisation: Organisation, dpo: User, count: int) -> None:
    """Write incidents in bulk until there are this many, spread over ten years; one in five is a breach that was filed."""
    now = timezone.now()
    have = Incident.objects.filter(organisation=organisation).count()
    years = {1000 + number // 9000 for number in range(have, count)}
    ReferenceCounter.objects.bulk_create([ReferenceCounter(organisation=organisation, year=year, last=9000) for year in years])
    for start in range(have, count, 5000):
        made = Incident.objects.bulk_create(
            [incident_number(organisation, dpo, number, now) for number in range(start, min(start + 5000, count))], batch_size=500
        )
        Deadline.objects.bulk_create(
            [
                Deadline(
                    incident=one, rule="gdpr_33", rule_version="x", started_at=one.aware_at,
                    due_at=one.aware_at + timedelta(hours=72), met_at=one.aware_at + timedelta(hours=50),
                )
                for one in made if one.aware_at
            ],
            batch_size=500,
        )  # fmt: skip
        SearchWord.objects.bulk_create([row for one in made for row in search_rows(one, dpo)], batch_size=2000)
    while search.catch_up(organisation):
        pass
    SearchProgress.objects.filter(organisation=organisation).update(number=Entry.objects.order_by("-number").first().number)


def search_rows(incident: Incident, dpo: User) -> list[SearchWord]:
    """What the search would keep of this incident."""
    title, facts, people = (words_of([text]) for text in (f"{incident.reference} {incident.title}", incident.report, dpo.full_name))
    return [
        SearchWord(
            incident=incident, organisation=incident.organisation, word=word,
            places=search.TITLE * (word in title) | search.A_FACT * (word in facts) | search.PEOPLE * (word in people),
        )
        for word in title | facts | people
    ]


def incident_number(organisation: Organisation, dpo: User, number: int, now) -> Incident:
    at = now - timedelta(days=3600 * (number % 9973) / 9973 + 30)
    is_breach = number % 5 == 0
    return Incident(
        organisation=organisation, year=1000 + number // 9000, number=number + 2, reference=f"{organisation.reference_prefix}-{number}",
        title=f"{WORDS[number % 12]} {WORDS[number % 7]} {number}{' hélicoptère' if number < 3 else ''}", report=f"Un {WORDS[number % 11]} et un {WORDS[number % 5]}.",
        reported_at=at, reported_by=dpo, qualification="breach" if is_breach else "not_a_breach", qualified_at=at, qualified_by=dpo,
        qualification_reasons="…", aware_at=at if is_breach else None, closed_at=at, closed_by=dpo,
        natures=("confidentiality",), origins=("hacking",) if number % 2 else None, people_likely=number % 500,
    )  # fmt: skip


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes the second time; the first one lets the search catch up."""
    client.get(address)
    asked = []
    with connection.execute_wrapper(lambda run, *query: (asked.append(query), run(*query))[1]):
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(asked)


def times_of(clients: list[Client], addresses: list[str], rounds: int) -> list[float]:
    """The best time of each address in milliseconds, asked in turn: what a busy machine adds is left out as far as possible."""
    times: list[list[float]] = [[] for _address in addresses]
    for _round in range(rounds):
        for place, (client, address) in enumerate(zip(clients, addresses, strict=True)):
            start = time.perf_counter()
            client.get(address)
            times[place].append(time.perf_counter() - start)
    return [1000 * min(found) for found in times]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--incidents", type=int, default=100_000)
    arguments.add_argument("--entries", type=int, default=2_000)
    arguments.add_argument("--rounds", type=int, default=15)
    chosen = arguments.parse_args()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    pages = {}
    for slug, prefix, incidents, entries in [("small", "SMA", FEW, FEW), ("large", "LAR", chosen.incidents, chosen.entries)]:
        organisation, dpo = register(slug, prefix)
        one = first_incident(organisation, dpo, entries)
        fill(organisation, dpo, incidents)
        client = Client(headers={"host": "localhost"})
        client.force_login(dpo)
        pages[slug] = (client, slug, one.reference)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")  # as the database does by itself
    print(f"{connection.vendor}: {chosen.incidents:,} incidents and {chosen.entries:,} timeline entries against {FEW}")
    print(f"{'page':<28}{'small':>10}{'large':>10}{'ratio':>8}{'queries':>12}")
    clients = [client for client, _slug, _reference in pages.values()]
    for name, view, of_incident, query, is_goal in PAGES:
        addresses = [
            reverse(view, args=[slug, reference] if of_incident else [slug]) + query for _client, slug, reference in pages.values()
        ]
        few, many = (queries_of(client, address) for client, address in zip(clients, addresses, strict=True))
        small, large = times_of(clients, addresses, chosen.rounds)
        mark = "" if not is_goal else "  goal met" if large / small < GOAL and few == many else "  OVER THE GOAL"
        print(f"{name:<28}{small:>7.1f} ms{large:>7.1f} ms{large / small:>8.2f}{f'{few} / {many}':>12}{mark}")


# name, address, whether it is of one incident, query, whether the goal is set for it
PAGES = [
    ("list", "incidents", False, "", True),
    ("list, last page", "incidents", False, "?page=999999", False),
    ("list, by due instant", "incidents", False, "?sort=due", False),
    ("list, narrowed", "incidents", False, "?nature=confidentiality", True),
    ("desk", "desk", False, "", True),
    ("calendar", "calendar", False, "", False),  # shows more: a month of a large register holds more deadlines
    ("one incident", "incident", True, "", True),
    ("its timeline", "timeline", True, "", True),
    ("search, a rare word", "search", False, "?q=helicopteres", True),
    ("search, a common word", "search", False, "?q=portables", False),  # shows more: a page of many, and where they stand
    ("search, a beginning", "search", False, "?q=po", False),
]

if __name__ == "__main__":
    main()
