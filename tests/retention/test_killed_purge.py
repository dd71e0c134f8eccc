"""The purge is killed twenty times, at whatever it does at that moment: nothing is half purged, and it ends complete."""

import io
import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages

from breachreg.audit import personal
from breachreg.audit.models import Entry
from breachreg.audit.verify import verify
from breachreg.register import actions as register
from breachreg.register import evidence
from breachreg.register.models import Evidence, Incident, Tombstone
from breachreg.retention import purge
from breachreg.retention.models import Going
from tests.cast import NOON
from tests.kills import calls_of, killed_at
from tests.retention.conftest import CLOSED, closed_at, words_of

KILLS = 20
INCIDENTS = 12


def half_purged() -> list[str]:
    """Incidents of which a part is gone: rows without their words, words without their rows, a stone beside the row."""
    keys = list(Going.objects.values_list("incident_key", flat=True))
    rows = {
        key for model, way in personal.with_the_record().items()
        for key in model._base_manager.filter(**{f"{way or 'pk'}__in": keys}).values_list(way or "pk", flat=True)
    }  # fmt: skip
    there = set(Incident.objects.values_list("pk", flat=True))
    words = set(Entry.objects.filter(file_type="incident", content__isnull=False).values_list("file_id", flat=True))
    stones = set(Tombstone.objects.values_list("incident_key", flat=True))

    def is_whole(going: Going) -> bool:
        key = going.incident_key
        return (key in there) == (key in rows) == (str(key) in words) == (key not in stones) == (going.purged_at is None)

    return [going.reference for going in Going.objects.all() if not is_whole(going)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_leave_nothing_half_purged(hospital, awa, approved, later, monkeypatch):
    paths = []
    for number in range(INCIDENTS):
        reported = register.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=NOON)
        evidence.add_evidence(incident=reported, file=io.BytesIO(b"%PDF-1.7 " + bytes([number + 33])), name="a.pdf", by=awa, at=NOON)
        closed_at(reported, awa, CLOSED)
    paths = [Path(storages["default"].path(place)) for place in Evidence.objects.values_list("location", flat=True)]
    incidents = list(Incident.objects.all())
    approved(later)
    monkeypatch.setattr(purge, "MOST_AT_ONCE", 1)  # so that each kill falls into the purge of one incident
    chance, at, interrupted = random.Random(6), later, 0
    assert half_purged() == []
    calls = calls_of(purge.purge_due, at)
    for _kill in range(KILLS):
        interrupted += killed_at(chance.randrange(calls), purge.purge_due, at)  # one whose rows were gone is done sooner
        assert half_purged() == []
        at += timedelta(minutes=16)  # the leases of the dead run out
    assert interrupted > KILLS // 2, "the kills came too late to show anything"
    monkeypatch.setattr(purge, "MOST_AT_ONCE", INCIDENTS)
    calls_of(purge.purge_due, at)
    assert not Going.objects.filter(done_at=None).exists()
    assert not Incident.objects.exists()
    assert [words_of(incident) for incident in incidents] == [0] * INCIDENTS
    assert [path for path in paths if path.exists()] == []
    assert Entry.objects.filter(action="retention.purged").count() == Tombstone.objects.count() == INCIDENTS
    assert verify().holds
