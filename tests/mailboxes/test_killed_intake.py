"""The intake is killed twenty times, at whatever it does at that moment: no report is lost, none is there twice."""

import io
import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db import connections

from breachreg.audit.verify import verify
from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.census.run import Census
from breachreg.mailboxes.examinations import actions
from breachreg.mailboxes.examinations import work as work_of_census
from breachreg.mailboxes.examinations.models import Kind
from breachreg.mailboxes.models import CampaignMark, IncomingMail, Report
from breachreg.mailboxes.reporting import fetching, intake
from tests.mailboxes.makers import known_truth, messages

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


CENSUS_SENT = 400


def count(at) -> int:
    """Start a worker of its own that reads what is due of the examined files, and return its number."""
    connections.close_all()
    worker = os.fork()
    if worker:
        return worker
    try:
        os.setsid()  # its readers are killed with it
        work_of_census.examine_due(at)
    finally:
        os._exit(0)


def figures_of(file) -> dict:
    return {name: value for name, value in file.result.items() if name != "trouble_list"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_leave_a_census_with_the_same_figures(incident, awa, noon, messages_folder, settings, tmp_path, monkeypatch):
    settings.CENSUS_DIR = messages_folder / "census"
    monkeypatch.setattr(mbox, "CHUNK", 24_000)
    monkeypatch.setattr(Census.__init__, "__kwdefaults__", {"workers": 1, "size": 24_000})
    store = tmp_path / "boite.mbox"
    known_truth.write_mbox(store, CENSUS_SENT)
    chance, at, examined = random.Random(8), noon, []
    for number in range(2):
        examination = actions.open_examination(incident=incident, mailbox=f"boite{number}@example.org", by=awa, at=at)
        file, _ = actions.bring_file(examination=examination, file=io.BytesIO(store.read_bytes()), name="b.mbox", by=awa, at=at)
        actions.confirm_kind(file=file, kind=Kind.STORE, by=awa, at=at)
        examined.append(file)
        if number == 0:  # the one that nobody kills says how long this machine takes
            began = time.monotonic()
            os.waitpid(count(at), 0)
            whole_time = time.monotonic() - began
    killed, interrupted = examined[1], 0
    for _kill in range(KILLS):
        worker = count(at)
        time.sleep(whole_time * chance.uniform(0.1, 0.6))
        os.killpg(worker, signal.SIGKILL) if killed_is_running(worker) else None
        os.waitpid(worker, 0)
        killed.refresh_from_db()
        interrupted += killed.state == "reading"
        at += timedelta(minutes=16)  # the lease of the dead runs out
    assert interrupted > KILLS // 4, "the kills came too late to show anything"
    while killed.state == "reading":
        os.waitpid(count(at), 0)
        killed.refresh_from_db()
        at += timedelta(minutes=16)
    whole = examined[0]
    whole.refresh_from_db()
    assert figures_of(killed) == figures_of(whole)
    assert killed.result["messages"] == CENSUS_SENT


def killed_is_running(worker: int) -> bool:
    """Whether the worker has a group of its own by now, that can be killed without killing ours."""
    try:
        return os.getpgid(worker) == worker
    except ProcessLookupError:
        return False
