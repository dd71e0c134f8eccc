"""The sending is killed twenty times, at whatever it does at that moment: nobody is forgotten, nobody gets two messages
unless under the same Message-ID. benchmarks/letters_fire.py does the same with 10,000 people, Celery and its broker.
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections

from breachreg.audit.verify import verify
from breachreg.letters import ledger, mailing, runs
from breachreg.letters.run_models import Run, RunState
from tests.kills import calls_of, killed_together
from tests.letters.mailserver import serving
from tests.letters.test_mailing import run_of

KILLS, PEOPLE, WORKERS = 20, 160, 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_of_two_workers_forget_nobody_and_double_nobody(sealed, awa, bruno, noon, settings, free_port):
    settings.LETTERS_EMAILS_PER_MINUTE = 0
    run = run_of(sealed, awa, bruno, noon, PEOPLE)
    chance, at, interrupted = random.Random(7), noon, 0
    with serving(settings, free_port) as sink:
        settings.LETTERS_EMAILS_PER_MINUTE = PEOPLE // 20  # so that there is something left to kill
        calls = calls_of(mailing.send_due, at)
        for _kill in range(KILLS):
            at += timedelta(minutes=6)  # the leases of the dead run out
            interrupted += killed_together([chance.randrange(1, calls) for _worker in range(WORKERS)], mailing.send_due, at)
        settings.LETTERS_EMAILS_PER_MINUTE = 0
        calls_of(mailing.send_due, at + timedelta(minutes=6))
    assert interrupted > KILLS // 2, "the kills came too late to show anything"
    taken = Counter(message["Message-ID"] for message in sink.messages)
    assert {message.strip("<>").partition("@")[0] for message in taken} == set(run.dispatches.values_list("message_id", flat=True))
    assert sum(taken.values()) - PEOPLE <= KILLS * WORKERS
    assert ledger.whole(ledger.progress(run)).percent == 100
    assert runs.end_due(at) == 1 and Run.objects.get().state == RunState.DONE
    assert verify(organisation_id=sealed.incident.organisation_id).holds


@pytest.mark.django_db(transaction=True)
def test_two_workers_who_claim_at_once_never_get_the_same_line(sealed, awa, bruno, noon, tmp_path):
    run = run_of(sealed, awa, bruno, noon, 40)

    def claim(place) -> int:
        connections.close_all()
        if worker := os.fork():
            return worker
        try:
            got = ledger.claim(way="email", at=noon, run=run, most=40)
            (tmp_path / str(place)).write_text(" ".join(str(line.pk) for line in got))
        finally:
            os._exit(0)

    for worker in [claim(place) for place in range(4)]:
        os.waitpid(worker, 0)
    claimed = " ".join(file.read_text() for file in tmp_path.iterdir()).split()
    assert len(claimed) == len(set(claimed)) == 40
