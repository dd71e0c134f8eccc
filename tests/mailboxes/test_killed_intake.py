"""The intake and the census are killed twenty times, at whatever they do at that moment: nothing is lost, nothing is there
twice."""

import io
import random
from datetime import timedelta
from pathlib import Path

import pytest

from breachreg.audit.verify import verify
from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.census.run import Census
from breachreg.mailboxes.examinations import actions
from breachreg.mailboxes.examinations import work as work_of_census
from breachreg.mailboxes.examinations.models import Kind
from breachreg.mailboxes.models import CampaignMark, IncomingMail, Report
from breachreg.mailboxes.reporting import fetching, intake
from tests.kills import calls_of, killed_at
from tests.mailboxes.makers import known_truth, messages

KILLS = 20
AT_ONCE = 3


def look(at) -> None:
    """What a worker does: it looks at the mailbox and reads what is due."""
    fetching.fetch_due(at)
    intake.read_due(at)


def report_of(number: int) -> bytes:
    raw = messages.ordinary(subject=f"Colis {number % 7}", sender=f"a{number % 7}@evil.example", body=f"http://evil.example/{number % 7}")
    return messages.forwarding(raw, note=f"Signalement {number}")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_lose_no_report_and_double_none(dovecot, reporting, noon):
    chance, at, sent = random.Random(8), noon, 0

    def deliver() -> None:
        nonlocal sent
        dovecot.deliver(*(report_of(sent + number) for number in range(AT_ONCE)))
        sent += AT_ONCE

    deliver()
    whole = calls_of(look, at)  # the only run that nobody kills; those that follow find at least as much to do
    for kill in range(KILLS):
        deliver()
        at += timedelta(minutes=6)  # the leases of the dead ran out
        assert killed_at(chance.randrange(whole * 9 // 10), look, at), f"kill {kill} came too late"
    at += timedelta(minutes=6)
    look(at)
    assert dovecot.unread() == 0
    notes = sorted(Report.objects.values_list("incoming__note", flat=True))
    assert notes == sorted(f"Signalement {number}" for number in range(sent))
    assert IncomingMail.objects.filter(done_at=None).count() == 0
    assert CampaignMark.objects.values("campaign").distinct().count() == 7
    assert verify(organisation_id=reporting.organisation_id).holds


CENSUS_SENT = 400


def figures_of(file) -> dict:
    file.refresh_from_db()
    return {name: value for name, value in file.result.items() if name != "trouble_list"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_leave_a_census_with_the_same_figures(incident, awa, noon, messages_folder, settings, tmp_path, monkeypatch):
    settings.CENSUS_DIR = messages_folder / "census"
    monkeypatch.setattr(mbox, "CHUNK", 24_000)
    monkeypatch.setattr(Census.__init__, "__kwdefaults__", {"workers": 1, "size": 24_000})
    small, store = tmp_path / "une.mbox", tmp_path / "boite.mbox"
    known_truth.write_mbox(small, 1)
    known_truth.write_mbox(store, CENSUS_SENT)

    def bring(mailbox: str, store: Path):
        examination = actions.open_examination(incident=incident, mailbox=mailbox, by=awa, at=noon)
        file, _ = actions.bring_file(examination=examination, file=io.BytesIO(store.read_bytes()), name="b.mbox", by=awa, at=noon)
        actions.confirm_kind(file=file, kind=Kind.STORE, by=awa, at=noon)
        return file

    bring("une@example.org", small)
    start = calls_of(work_of_census.examine_due, noon)
    whole = bring("entiere@example.org", store)
    calls = calls_of(work_of_census.examine_due, noon)
    killed, chance, at, counted = bring("tuee@example.org", store), random.Random(8), noon, set()
    late = 0
    for _kill in range(KILLS):
        # What twenty of these count together is less than the whole, so that there is always something left to kill.
        late += not killed_at(chance.randrange(start // 2, start + calls // 24), work_of_census.examine_due, at)
        killed.refresh_from_db()
        counted.add(killed.done_units)
        at += timedelta(minutes=16)  # the lease of the dead runs out
    assert late < KILLS // 4, "the kills came too late to show anything"
    assert len(counted) > 5, "the kills came too early to show anything"
    work_of_census.examine_due(at)
    assert figures_of(killed) == figures_of(whole)
    assert killed.result["messages"] == CENSUS_SENT
