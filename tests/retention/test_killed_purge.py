"""The purge is killed twenty times, at whatever it does at that moment: nothing is half purged, and it ends complete."""

import io
import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connections

from breachreg.audit import personal
from breachreg.audit.models import Entry
from breachreg.audit.verify import verify
from breachreg.register import actions as register
from breachreg.register import evidence
from breachreg.register.models import Evidence, Incident, Tombstone
from breachreg.retention import purge
from breachreg.retention.models import Going
from tests.cast import NOON
from tests.retention.conftest import CLOSED, closed_at, words_of

KILLS = 20
INCIDENTS = 25


def work(at) -> int:
    """Start a worker of its own and return its number."""
    connections.close_all()  # what is open in both processes would be closed by the first that ends
    worker = os.fork()
    if worker:
        return worker
    try:
        purge.purge_due(at)
    finally:
        os._exit(0)


def half_purged() -> list[str]:
    """Incidents of which a part is gone: rows without their words, words without their rows, a stone beside the row."""
    wrong = []
    ways = personal.with_the_record()
    for going in Going.objects.all():
        there = Incident.objects.filter(pk=going.incident_key).exists()
        rows = sum(model._base_manager.filter(**{way or "pk": going.incident_key}).count() for model, way in ways.items())
        words = Entry.objects.filter(file_type="incident", file_id=str(going.incident_key), content__isnull=False).exists()
        stone = Tombstone.objects.filter(incident_key=going.incident_key).exists()
        if not (there == bool(rows) == words == (not stone) == (going.purged_at is None)):
            wrong.append(going.reference)
    return wrong


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_leave_nothing_half_purged(hospital, awa, approved, later):
    paths = []
    for number in range(INCIDENTS):
        reported = register.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=NOON)
        evidence.add_evidence(incident=reported, file=io.BytesIO(b"%PDF-1.7 " + bytes([number + 33])), name="a.pdf", by=awa, at=NOON)
        closed_at(reported, awa, CLOSED)
    paths = [Path(storages["default"].path(place)) for place in Evidence.objects.values_list("location", flat=True)]
    incidents = list(Incident.objects.all())
    approved(later)
    chance, at, interrupted = random.Random(6), later, 0
    for _kill in range(KILLS):
        worker = work(at)
        time.sleep(chance.uniform(0.02, 0.25))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        interrupted += Going.objects.filter(done_at=None).exists()
        assert half_purged() == []
        at += timedelta(minutes=16)  # the leases of the dead run out
    assert interrupted > 1, "the kills came too late to show anything"
    os.waitpid(work(at), 0)
    assert not Going.objects.filter(done_at=None).exists()
    assert not Incident.objects.exists()
    assert [words_of(incident) for incident in incidents] == [0] * INCIDENTS
    assert [path for path in paths if path.exists()] == []
    assert Entry.objects.filter(action="retention.purged").count() == Tombstone.objects.count() == INCIDENTS
    assert verify().holds
