"""The intake is killed twenty times, at whatever it does at that moment: no report is lost, none is there twice."""

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db import connections

from breachreg.audit.verify import verify
from breachreg.mailboxes.models import CampaignMark, IncomingMail, Report
from breachreg.mailboxes.reporting import fetching, intake
from tests.mailboxes.makers import messages

KILLS = 20
SENT = 60


def work(at) -> int:
    """Start a worker of its own and return its number; it looks at the mailbox and reads what is due."""
    connections.close_all()  # what is open in both processes would be closed by the first that ends
    worker = os.fork()
    if worker:
        return worker
    try:
        fetching.fetch_due(at)
        intake.read_due(at)
    finally:
        os._exit(0)


def report_of(number: int) -> bytes:
    raw = messages.ordinary(subject=f"Colis {number % 7}", sender=f"a{number % 7}@evil.example", body=f"http://evil.example/{number % 7}")
    return messages.forwarding(raw, note=f"Signalement {number}")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_lose_no_report_and_double_none(dovecot, reporting, noon):
    chance, at, interrupted = random.Random(8), noon, 0
    for kill in range(KILLS):
        dovecot.deliver(*(report_of(number) for number in range(kill * SENT // KILLS, (kill + 1) * SENT // KILLS)))
        worker = work(at)
        time.sleep(chance.uniform(0.02, 0.3))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        interrupted += dovecot.unread() > 0
        at += timedelta(minutes=6)  # the leases of the dead run out
    assert interrupted > KILLS // 4, "the kills came too late to show anything"
    os.waitpid(work(at), 0)
    assert dovecot.unread() == 0
    notes = sorted(Report.objects.values_list("incoming__note", flat=True))
    assert notes == sorted(f"Signalement {number}" for number in range(SENT))
    assert IncomingMail.objects.filter(done_at=None).count() == 0
    assert CampaignMark.objects.values("campaign").distinct().count() == 7
    assert verify(organisation_id=reporting.organisation_id).holds
