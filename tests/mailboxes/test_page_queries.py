"""Each page of the mailboxes and of the response takes as many queries with much to show as with little."""

import io

import pytest
from django.urls import reverse

from breachreg.mailboxes.examinations import actions as examining
from breachreg.mailboxes.examinations import work
from breachreg.mailboxes.examinations.models import Kind
from breachreg.mailboxes.indicators.actions import add_indicator
from breachreg.mailboxes.reporting import intake
from breachreg.register.playbooks import actions as playbooks
from breachreg.register.playbooks.applying import apply_playbook
from breachreg.register.playbooks.measures import cite_measure
from breachreg.register.playbooks.models import Standing
from tests.mailboxes.makers import logs, messages

MUCH = 12


@pytest.fixture
def bring(hospital, awa, noon, messages_folder):
    def bring(number: int):
        raw = messages.ordinary(subject=f"Colis {number}", sender="a@evil.example", body="http://evil.example/x", Message_ID=f"<{number}@x>")
        return intake.bring_file(organisation=hospital, raw=raw, name="m.eml", by=awa, at=noon)[0][0]

    return bring


@pytest.fixture
def count(client, awa, django_assert_max_num_queries):
    """How many queries a page takes."""
    client.force_login(awa)

    def count(address: str) -> int:
        client.get(address)  # what is cached once in a process is cached now
        with django_assert_max_num_queries(40) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    return count


def test_a_report_of_a_large_campaign_costs_as_much_as_one_of_two(bring, hospital, incident, awa, noon, count):
    add_indicator(incident=incident, text="evil.example", by=awa, at=noon)
    report = bring(0)
    bring(1)
    address = reverse("message-report", args=[hospital.slug, report.pk])
    before = count(address)
    for number in range(2, MUCH):
        bring(number)
    assert count(address) == before


def test_the_list_costs_as_much_with_many_reports_as_with_few(bring, hospital, count):
    bring(0)
    address = reverse("mailboxes", args=[hospital.slug])
    before = count(address)
    for number in range(1, MUCH):
        bring(number)
    assert count(address) == before


def test_the_indicators_cost_as_much_with_many_matches_as_with_few(bring, hospital, incident, awa, noon, count):
    add_indicator(incident=incident, text="evil.example", by=awa, at=noon)
    bring(0)
    address = reverse("indicators", args=[hospital.slug, incident.reference])
    before = count(address)
    for number in range(1, MUCH):
        bring(number)
        add_indicator(incident=incident, text=f"evil{number}.example", by=awa, at=noon)
    assert count(address) == before


def test_the_response_costs_as_much_with_a_full_book_as_with_an_empty_one(hospital, aware, awa, noon, count):
    address = reverse("response", args=[hospital.slug, aware.reference])
    measures = reverse("measures", args=[hospital.slug, aware.reference])
    playbooks.write_playbook(organisation=hospital, title="Panne", lead=None, origins=None, by=awa, at=noon)
    before = count(address), count(measures)
    for number in range(MUCH):
        playbooks.save_contact(
            organisation=hospital, role="it", name=f"Astreinte {number}", phone="02", email=None, note=None, user=awa, by=awa, at=noon
        )
        playbooks.write_playbook(organisation=hospital, title=f"Panne {number}", lead=None, origins=None, by=awa, at=noon)
        cite_measure(incident=aware, text=f"Mesure {number}", standing=Standing.BEFORE, by=awa, at=noon)
    assert (count(address), count(measures)) == before
    apply_playbook(incident=aware, key="mailbox", by=awa, at=noon)
    assert count(address) == before[0] + 1  # the tasks of what was applied, with their owners


STATED = {
    "examinations": 8, "examination": 9, "examination-progress": 8, "examination-rules": 15, "examination-log": 13, "examination-census": 9,
    "examination-take-over": 9,
}  # fmt: skip


def test_the_pages_of_an_examination_cost_as_much_with_many_files_as_with_few(hospital, incident, awa, noon, count, messages_folder, settings):
    settings.CENSUS_DIR = messages_folder / "census"
    examination = examining.open_examination(incident=incident, mailbox=logs.OWNER, by=awa, at=noon)
    stores = []

    def bring(number: int) -> None:
        rules = f"Name,ForwardTo,DeleteMessage,MarkAsRead\r\nR{number},a{number}@evil.example,True,True\r\n".encode()
        log = logs.portal_csv(logs.attack() if number == 0 else [logs.alarming_rule(at=f"2026-03-{number + 10}T10:00:00", ip=logs.STRANGE, name=f"R{number}")])
        store = b"From a@b Thu Jan  1 00:00:00 1970\nFrom: a%d@x.example\nSubject: x\n\nTel. 06 12 34 56 %d\n" % (number, number + 10)
        for kind, raw, ending in ((Kind.RULES, rules, "csv"), (Kind.LOG, log, "csv"), (Kind.STORE, store, "mbox")):
            file, _ = examining.bring_file(examination=examination, file=io.BytesIO(raw), name=f"{kind}{number}.{ending}", by=awa, at=noon)
            examining.confirm_kind(file=file, kind=kind, by=awa, at=noon)
            stores.extend([file] if kind == Kind.STORE else [])
        work.examine_due(noon)

    def counted() -> dict[str, int]:
        more = {"examinations": [], "examination-take-over": [examination.pk, stores[0].pk]}
        return {
            name: count(reverse(name, args=[hospital.slug, incident.reference, *more.get(name, [examination.pk])])) for name in STATED
        }  # fmt: skip

    bring(0)
    before = counted()
    for number in range(1, 4):
        bring(number)
    assert counted() == before
    assert before == STATED
