"""Playbooks: data that can be trusted, applied once with owners and due times; one's own, the contacts, the measures."""

import shutil
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.law.datafile import BadData
from breachreg.register import actions as register
from breachreg.register.models import Task
from breachreg.register.playbooks import actions, applying, book, measures
from breachreg.register.playbooks.models import AppliedPlaybook, Contact, OwnPlaybook, PreventionMeasure, Standing
from breachreg.register.work import finish_task

HOUR = timedelta(hours=1)


def test_the_files_as_they_are_can_be_trusted():
    book.check()
    assert set(book.playbooks()) == {"mailbox", "device", "missent", "ransomware", "published"}


def test_the_mailbox_playbook_has_what_the_scenario_asks_for():
    codes = {step.code for step in book.playbooks()["mailbox"].steps}
    assert codes >= {"contain", "revoke", "rules", "evidence", "disregard", "call_back", "complaint", "authority", "people"}


def test_every_role_of_a_task_and_every_code_is_a_short_name_that_fits_its_column():
    for playbook in book.playbooks().values():
        for step in playbook.steps:
            assert len(f"playbook:{playbook.code}:{step.code}") <= 60


SLIPS = [
    ("playbooks/mailbox.toml", 'role = "it"', 'role = "itt"', r"mailbox\.toml:\d+: “itt” is no role"),
    ("playbooks/mailbox.toml", "hours = 1", "hours = 0", r"mailbox\.toml:\d+: hours = 0"),
    ("playbooks/mailbox.toml", 'from = "first_signal"', 'from = "signal"', r"mailbox\.toml:\d+: from = signal"),
    ("playbooks/mailbox.toml", 'code = "revoke"', 'code = "contain"', r"mailbox\.toml:\d+: the task contain stands twice"),
    ("playbooks/mailbox.toml", 'media = ["mailbox"]', 'media = ["mail"]', r"mailbox\.toml:\d+: “mail” is no code of media"),
    ("playbooks/mailbox.toml", 'why_en = "By', 'wy_en = "By', r"mailbox\.toml:\d+: “wy_en”"),
    ("playbooks/device.toml", 'code = "device"', 'code = "divice"', r"device\.toml:1: the code divice is not the name"),
    ("playbooks/device.toml", 'source_fr = "', 'source_fr = "" # "', r"device\.toml:1: .*“source_fr”"),
    ("playbooks/device.toml", "[[task]]", "[[task]", r"device\.toml:\d+: not valid TOML"),
    ("prevention.toml", 'playbooks = ["device"]', 'playbooks = ["divice"]', r"prevention\.toml:\d+: “divice” is no playbook"),
    ("prevention.toml", 'kind = "people"', 'kind = "folk"', r"prevention\.toml:\d+: kind = folk"),
    ("roles.toml", 'code = "security"', 'code = "it"', r"roles\.toml:\d+: the role it stands twice"),
    ("roles.toml", "https://17cyber", "http://17cyber", r"roles\.toml:\d+: http://17cyber.* is no https"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), SLIPS)
def test_a_slip_in_the_data_is_named_with_file_and_line(name, old, new, said, tmp_path):
    folder = shutil.copytree(book.DATA, tmp_path / "data")
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, "the slip of this test no longer applies"
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadData, match=said):
        for read in (book.roles, book.public_contacts, book.playbooks, book.measures):
            read(folder)


def apply(incident, awa, at, key="mailbox"):
    return applying.apply_playbook(incident=incident, key=key, by=awa, at=at)


def task_of(incident, code, key="mailbox") -> Task:
    return incident.tasks.get(origin=f"playbook:{key}:{code}")


def test_a_playbook_gives_its_tasks_once(aware, awa, noon):
    apply(aware, awa, noon)
    assert aware.tasks.count() == len(book.playbooks()["mailbox"].steps)
    with pytest.raises(applying.AlreadyApplied):
        apply(aware, awa, noon)
    finish_task(task=task_of(aware, "contain"), by=awa, at=noon)
    with pytest.raises(applying.AlreadyApplied):
        apply(aware, awa, noon)
    assert aware.tasks.count() == len(book.playbooks()["mailbox"].steps)


def test_due_times_count_from_the_awareness_or_the_first_signal(aware, awa, noon):
    aware.first_signal_at = noon - 5 * HOUR
    apply(aware, awa, noon + HOUR)
    assert task_of(aware, "contain").due_at == noon - 4 * HOUR
    assert task_of(aware, "authority").due_at == noon + 60 * HOUR


def test_while_the_awareness_is_not_known_they_count_from_the_report(incident, awa, noon):
    apply(incident, awa, noon + 8 * HOUR)
    assert task_of(incident, "authority").due_at == incident.reported_at + 60 * HOUR


def test_the_contact_book_says_who_does_a_task(aware, hospital, awa, second_dpo, noon):
    def add(role, **fields):
        values = {"name": "Astreinte", "phone": "0200000009", "email": None, "note": None, "user": None, **fields}
        return actions.save_contact(organisation=hospital, role=role, by=awa, at=noon, **values)

    add("it")
    add("security", name="Inès Caron", user=second_dpo)
    apply(aware, awa, noon)
    assert task_of(aware, "contain").owner_name == "Astreinte"
    assert task_of(aware, "others").owner == second_dpo
    assert task_of(aware, "authority").owner == awa
    assert task_of(aware, "call_back").owner_name == "Comptabilité"


def test_the_facts_propose_a_playbook(incident, hospital):
    offers = applying.offers(hospital, "fr")
    assert applying.fitting(incident, offers) == []
    incident.media, incident.origins = ("mailbox",), ("wrong_recipient",)
    assert {offer.key for offer in applying.fitting(incident, offers)} == {"mailbox", "missent"}


def own(hospital, awa, noon, **fields) -> OwnPlaybook:
    playbook = actions.write_playbook(organisation=hospital, by=awa, at=noon, **{"title": "Panne", "lead": None, "origins": ("hacking",), **fields})
    actions.add_step(playbook=playbook, what="Prévenir", why=None, role="it", hours=2, counted_from="applied", by=awa, at=noon)
    return playbook


def test_a_playbook_of_ones_own_is_proposed_applied_and_ended(aware, hospital, awa, noon):
    playbook = own(hospital, awa, noon)
    aware.origins = ("hacking",)
    key = f"own-{playbook.pk}"
    assert key in {offer.key for offer in applying.fitting(aware, applying.offers(hospital, "fr"))}
    apply(aware, awa, noon, key=key)
    assert aware.tasks.get().due_at == noon + 2 * HOUR
    assert actions.end_playbook(playbook=playbook, by=awa, at=noon)
    assert not actions.end_playbook(playbook=playbook, by=awa, at=noon)
    assert key not in {offer.key for offer in applying.offers(hospital, "fr")}
    assert aware.tasks.count() == 1
    with pytest.raises(actions.Ended):
        actions.add_step(playbook=playbook, what="x", why=None, role="it", hours=None, counted_from="aware", by=awa, at=noon)


def test_a_playbook_of_another_organisation_can_not_be_applied(aware, town_hall, dan, awa, noon):
    foreign = own(town_hall, dan, noon)
    with pytest.raises(applying.NoSuchPlaybook):
        apply(aware, awa, noon, key=f"own-{foreign.pk}")


def test_the_second_of_two_people_who_change_a_playbook_is_told(hospital, awa, second_dpo, noon):
    playbook = own(hospital, awa, noon)
    playbook.refresh_from_db()
    seen = OwnPlaybook.objects.get(pk=playbook.pk)
    actions.amend_playbook(playbook=playbook, title="Panne du portail", by=awa, at=noon)
    with pytest.raises(actions.Outdated):
        actions.amend_playbook(playbook=seen, title="Autre", by=second_dpo, at=noon)


def test_a_contact_that_nobody_can_reach_is_refused(hospital, awa, noon):
    with pytest.raises(ValidationError):
        actions.save_contact(
            organisation=hospital, role="it", name="Astreinte", phone=None, email=None, note=None, user=None, by=awa, at=noon
        )
    assert not Contact.objects.exists()


def cite(incident, awa, noon, **fields):
    return measures.cite_measure(incident=incident, by=awa, at=noon, **fields)


def test_a_measure_decided_after_needs_an_owner_and_a_date_and_becomes_a_task(aware, awa, noon):
    with pytest.raises(ValidationError):
        cite(aware, awa, noon, code="multi_factor", standing=Standing.AFTER)
    with pytest.raises(ValidationError):
        cite(aware, awa, noon, code="multi_factor", standing=Standing.AFTER, owner=awa)
    assert not Task.objects.exists()
    measure = cite(aware, awa, noon, code="multi_factor", standing=Standing.AFTER, owner=awa, due_at=noon + 240 * HOUR)
    assert measure.task.owner == awa
    with pytest.raises(measures.CitedAlready):
        cite(aware, awa, noon, code="multi_factor", standing=Standing.BEFORE)


def test_cited_measures_are_written_into_the_record_once(aware, awa, noon):
    register.amend_facts(incident=aware, by=awa, at=noon, measures_before="Antivirus.")
    aware.refresh_from_db()
    cite(aware, awa, noon, code="updates", standing=Standing.BEFORE)
    cite(aware, awa, noon, text="Portes fermées", standing=Standing.AFTER, owner_name="Gardien", due_at=noon + HOUR)
    assert len(measures.unwritten(aware)) == 2
    changed = measures.write_into_record(incident=aware, by=awa, at=noon)
    assert changed.measures_before.splitlines()[0] == "Antivirus."
    assert len(changed.measures_before.splitlines()) == 2
    assert changed.measures_after == "Portes fermées"
    assert measures.unwritten(changed) == []
    again = measures.write_into_record(incident=changed, by=awa, at=noon)
    assert (again.measures_before, again.version) == (changed.measures_before, changed.version)


def test_nothing_is_applied_or_cited_when_the_trail_cannot_be_written(aware, hospital, awa, noon, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("the trail is away")

    monkeypatch.setattr("breachreg.audit.actions._append", refuse)
    for attempt in (
        lambda: apply(aware, awa, noon),
        lambda: cite(aware, awa, noon, code="updates", standing=Standing.BEFORE),
        lambda: actions.write_playbook(organisation=hospital, title="x", lead=None, origins=None, by=awa, at=noon),
    ):
        with pytest.raises(TrailUnavailable):
            attempt()
    counts = [model.objects.count() for model in (Task, AppliedPlaybook, PreventionMeasure, OwnPlaybook)]
    assert counts == [0, 0, 0, 0]


@pytest.fixture
def dpo(client, awa):
    client.force_login(awa)
    return client


def test_the_page_applies_a_playbook_and_marks_its_tasks_as_done(aware, dpo, hospital, django_assert_num_queries):
    address = reverse("response", args=[hospital.slug, aware.reference])
    assert "Messagerie compromise" in dpo.get(address).content.decode()
    dpo.post(address, {"playbook": "mailbox"})
    with django_assert_num_queries(12):
        shown = dpo.get(address).content.decode()
    assert "0 sur 12" in shown
    done = reverse("task-done", args=[hospital.slug, aware.reference, task_of(aware, "contain").pk])
    assert dpo.post(done, {"next": "response"}).url == address
    assert "1 sur 12" in dpo.get(address).content.decode()
    dpo.post(address, {"playbook": "mailbox"})
    assert AppliedPlaybook.objects.count() == 1


def test_a_playbook_of_ones_own_is_written_on_its_page(dpo, hospital):
    dpo.post(reverse("playbook-new", args=[hospital.slug]), {"title": "Panne du portail", "lead": "", "origins": ["hacking"]})
    playbook = OwnPlaybook.objects.get()
    address = reverse("playbook-own", args=[hospital.slug, playbook.pk])
    assert dpo.post(address, {"what": ""}).status_code == 422
    dpo.post(address, {"what": "Prévenir", "role": "it", "hours": "2", "counted_from": "aware"})
    step = playbook.steps.get()
    change = reverse("playbook-step", args=[hospital.slug, playbook.pk, step.pk])
    dpo.post(change, {"what": "Prévenir tout le monde", "role": "it", "hours": "", "counted_from": "aware"})
    dpo.post(address, {"title": "Panne", "lead": "Quand rien ne va", "origins": ["hacking"], "version": OwnPlaybook.objects.get().version})
    shown = dpo.get(address).content.decode()
    assert "Prévenir tout le monde" in shown and "Quand rien ne va" in shown
    dpo.post(reverse("playbook-step-remove", args=[hospital.slug, playbook.pk, step.pk]))
    assert not playbook.steps.exists()


def test_contacts_are_added_changed_and_taken_out(dpo, hospital):
    address = reverse("contacts", args=[hospital.slug])
    assert dpo.post(address, {"role": "it", "name": "Astreinte"}).status_code == 422
    dpo.post(address, {"role": "it", "name": "Astreinte", "phone": "02 00 00 00 09"})
    contact = Contact.objects.get()
    page = reverse("contact", args=[hospital.slug, contact.pk])
    dpo.post(page, {"role": "it", "name": "Astreinte de nuit", "phone": "02 00 00 00 09", "version": contact.version})
    assert "Astreinte de nuit" in dpo.get(address).content.decode()
    dpo.post(reverse("contact-end", args=[hospital.slug, contact.pk]))
    assert "Astreinte de nuit" not in dpo.get(address).content.decode()


def test_measures_are_cited_and_written_from_the_page(aware, dpo, hospital):
    address = reverse("measures", args=[hospital.slug, aware.reference])
    assert dpo.post(address, {"code": "updates", "standing": "after"}).status_code == 422
    assert dpo.post(address, {"code": "updates", "standing": "before"}).status_code == 302
    dpo.post(reverse("measures-write", args=[hospital.slug, aware.reference]))
    aware.refresh_from_db()
    assert "antivirus" in aware.measures_before
