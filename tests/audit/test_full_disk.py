"""The disk is full during two hundred requests: no change without its entry, no entry without its change."""

import random
import uuid
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.test import Client
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.audit.verify import verify
from breachreg.register import actions as register
from breachreg.register.models import Incident
from tests.audit.test_many_at_once import state_of_everything
from tests.cast import NOON

MANY = "x" * 3000
ENTRIES = Entry._meta.db_table


def pragma(text):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {text}").fetchone()[0]


@contextmanager
def full_disk():
    """Let SQLite's file grow no further, on this connection and on those that follow it, and fill what room it has."""
    most, now = pragma("max_page_count"), pragma("page_count") + 2

    def limit(**_):
        pragma(f"max_page_count = {now}")

    connection_created.connect(limit)
    try:
        with connection.cursor() as cursor, pytest.raises(OperationalError, match="full"):
            cursor.execute("CREATE TABLE filler (x)")
            limit()
            while True:
                cursor.execute("INSERT INTO filler VALUES (%s)", [MANY])
        yield
    finally:
        connection_created.disconnect(limit)
        pragma(f"max_page_count = {most}")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE filler")


def ask(client, incident, chance):
    """The status of one of the things that people do all day: reading, reporting, exporting (which is several steps)."""
    slug = incident.organisation.slug
    way = chance.randrange(4)
    if way == 0:
        return client.get(reverse(chance.choice(["trail", "incidents", "exports"]), args=[slug])).status_code
    if way == 1:
        return client.get(reverse("incident", args=[slug, incident.reference])).status_code
    once = str(uuid.UUID(int=chance.getrandbits(128)))
    if way == 2:
        answers = {"what": MANY, "submission": once}
        return client.post(reverse("report", args=[slug]), answers).status_code
    response = client.post(reverse("exports", args=[slug]), {"form": "csv", "language": "fr", "submission": once})
    if response.streaming:
        b"".join(response.streaming_content)
        response.close()
    return response.status_code


@pytest.mark.slow
@pytest.mark.sqlite  # it alone says how large its file may grow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_mixed_requests_on_a_full_disk_change_nothing_without_its_entry(hospital, awa):
    incident = register.report_incident(organisation=hospital, title="Clé USB", by=awa, at=NOON)
    client, chance = Client(), random.Random(11)
    client.force_login(awa)
    statuses = {200: 0, 302: 0, 503: 0}
    for _round in range(10):
        for _ in range(10):
            assert ask(client, incident, chance) in (200, 302)
        with full_disk():
            state = state_of_everything()
            for _ in range(10):
                statuses[ask(client, incident, chance)] += 1
                before, state = state, state_of_everything()
                assert state == before or len(state[ENTRIES]) > len(before[ENTRIES])
        assert ask(client, incident, chance) in (200, 302)  # without a restart
    assert statuses[503] > 30 and sum(statuses.values()) == 100
    reported = set(Entry.objects.filter(action="incident.reported").values_list("object_id", flat=True))
    assert reported == {str(pk) for pk in Incident.objects.values_list("pk", flat=True)}
    assert verify().holds
