"""Fifty writers at once make one chain without a fork; a trail that can't be written lets no change through."""

import random
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.test import Client
from django.urls import reverse

from breachreg.audit import actions
from breachreg.audit.models import Entry
from breachreg.audit.verify import verify
from breachreg.register import actions as register
from breachreg.register.models import Incident
from tests.cast import NOON

WRITERS, EACH = 50, 2


def together(work, count):
    """Run this work in as many threads, all starting at once; give what went wrong in them."""
    start, troubles = threading.Barrier(count), []

    def run(number):
        try:
            start.wait(timeout=60)
            work(number)
        except (DatabaseError, actions.TrailUnavailable, AssertionError) as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    return troubles


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_writers_at_once_make_one_chain(hospital, town_hall):
    def write(number):
        for _ in range(EACH):
            with transaction.atomic():
                actions.record(
                    action="organisation.changed", by=None, at=NOON, organisation=[hospital, town_hall, None][number % 3]
                )

    before = Entry.objects.count()
    assert together(write, WRITERS) == []
    result = verify()
    assert result.holds, str(result)
    assert result.checked == before + WRITERS * EACH
    for organisation in (hospital, town_hall):
        assert verify(organisation_id=organisation.pk).holds


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_reporters_at_once_get_ten_references_and_ten_entries(hospital, awa):
    def report(number):
        register.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=NOON)

    assert together(report, 10) == []
    assert sorted(Incident.objects.values_list("number", flat=True)) == list(range(1, 11))
    assert Entry.objects.filter(action="incident.reported").count() == 10
    assert verify().holds


def request_of(client, incident, chance):
    """The status of one of the things that people do all day."""
    name = incident.organisation.slug
    reading = [reverse("incident", args=[name, incident.reference]), reverse("trail", args=[name])]
    if chance.random() < 0.5:
        return client.get(chance.choice(reading)).status_code
    answers = {"form": "csv", "language": "fr", "submission": str(uuid.UUID(int=chance.getrandbits(128)))}
    response = client.post(reverse("exports", args=[name]), answers)
    if response.streaming:
        b"".join(response.streaming_content)
        response.close()
    return response.status_code


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_mixed_requests_while_the_trail_comes_and_goes(hospital, awa, broken_trail):
    incident = register.report_incident(organisation=hospital, title="Clé USB", by=awa, at=NOON)
    client, chance = Client(), random.Random(7)
    client.force_login(awa)
    statuses = {200: 0, 503: 0}
    for _round in range(10):
        for _ in range(10):
            statuses[request_of(client, incident, chance)] += 1
        with broken_trail():
            entries, state = Entry.objects.count(), state_of_everything()
            for hour in range(10):
                if chance.random() < 0.5:
                    statuses[request_of(client, incident, chance)] += 1
                else:
                    statuses[503] += 1
                    with pytest.raises(actions.TrailUnavailable):
                        register.amend_facts(incident=incident, by=awa, at=NOON + timedelta(hours=hour), people_likely=chance.randrange(10**6))
            assert state_of_everything() == state
            assert Entry.objects.count() == entries
        incident = register.amend_facts(incident=incident, by=awa, at=NOON, people_likely=_round)
    assert statuses == {200: 100, 503: 100}
    assert verify().holds


def state_of_everything():
    """Every row of every table that is not the session's, as it stands."""
    from django.apps import apps

    return {
        model._meta.db_table: list(model.objects.order_by("pk").values_list())
        for model in apps.get_app_config("breachreg").get_models(include_auto_created=True)
    }


