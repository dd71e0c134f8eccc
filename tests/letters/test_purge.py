"""Recipients' data ends on a schedule or by a person, and leaves the proof; a stolen database shows nobody."""

import subprocess
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from breachreg.audit.models import Entry
from breachreg.letters import ledger, post, preparing, purge, recipients, runs
from breachreg.letters.models import Channel, Recipient, Vault
from breachreg.letters.people import Person
from breachreg.letters.run_models import Result, Run
from breachreg.letters.vault import Purged, box_for_reading

ODD = Person("Zwingelstein", "Philomène", line4="77 quai Unique", postcode="35000", city="Trifouillis", email="zw@exemple-rare.fr")
SECRETS = ("Zwingelstein", "Philomène", "quai Unique", "QUAI UNIQUE", "Trifouillis", "TRIFOUILLIS", "exemple-rare")


def started(sealed, awa, bruno, noon) -> Run:
    """A started run to whoever stands on the list."""
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(run, noon)
    runs.approve(run=runs.check(run=run, by=awa, at=noon), by=bruno, at=noon)
    return runs.start(run=run, by=awa, at=noon)


@pytest.fixture
def told(sealed, awa, bruno, noon):
    """A run that ended: Philomène was told by post."""
    recipients.add_recipient(letter=sealed, person=ODD, channel=Channel.POST, by=awa, at=noon)
    run = started(sealed, awa, bruno, noon)
    post.produce_due(noon)
    batch = run.batches.select_related("run__incident__organisation").get()
    post.hand_over(batch=batch, to="La Poste", handed_over_at=noon, by=awa, at=noon)
    runs.end_due(noon)
    return Run.objects.get()


def test_a_purge_leaves_the_proof_and_nobodys_name(told, sealed, awa, noon):
    before = list(ledger.lines(told))
    assert purge.purge(incident=sealed.incident, reason="Fin", by=awa, at=noon) == 1
    with pytest.raises(Purged):
        box_for_reading(sealed.incident)
    assert Recipient.objects.get().sealed is None
    assert list(ledger.lines(told)) == before
    assert told.batches.get().location is None
    entry = Entry.objects.get(action="recipients.purged")
    assert entry.content.details["ledger"] == {Result.SENT: 1}
    assert purge.purge(incident=sealed.incident, reason="Fin", by=awa, at=noon) == 0


@pytest.mark.parametrize("words", ["Zwingelstein", "zw@exemple-rare.fr"])
def test_after_the_purge_it_can_still_be_said_whether_a_person_was_told(told, sealed, awa, noon, words):
    purge.purge(incident=sealed.incident, reason="Fin", by=awa, at=noon)
    assert recipients.search(sealed, words).get().dispatches.get().result == Result.SENT
    assert not recipients.search(sealed, "Durand").exists()


def test_recipients_that_are_still_needed_are_not_purged(sealed, jeanne, awa, noon):
    runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    with pytest.raises(purge.NotYet, match="R1"):
        purge.purge(incident=sealed.incident, reason="Fin", by=awa, at=noon)
    assert box_for_reading(sealed.incident)


def test_the_schedule_purges_on_its_day_and_not_before(told, hospital, awa, noon):
    purge.purge_due(noon + timedelta(days=400))
    assert Recipient.objects.get().sealed, "no term was set"
    purge.set_term(organisation=hospital, days=90, by=awa, at=noon)
    purge.purge_due(noon + timedelta(days=89, hours=23))
    assert Recipient.objects.get().sealed
    assert purge.purge_due(noon + timedelta(days=90)) == 1
    assert Recipient.objects.get().sealed is None
    assert Entry.objects.get(action="recipients.purged").content.details["people"] == 1


def test_when_the_trail_refuses_nothing_is_purged(told, sealed, awa, noon, monkeypatch):
    def refuses(**_said):
        raise DatabaseError("the trail is full")

    monkeypatch.setattr(purge, "record", refuses)
    with pytest.raises(DatabaseError):
        purge.purge(incident=sealed.incident, reason="Fin", by=awa, at=noon)
    assert Vault.objects.get().wrapped_key
    assert Recipient.objects.get().sealed


def test_a_term_that_would_purge_at_once_is_shown_before_it_is_confirmed(told, awa, as_):
    browser = as_(awa)
    assert "HOP-2026-0001" in browser.get("/o/hopital/recipients-kept/").content.decode()
    shown = browser.post("/o/hopital/recipients-kept/term/", {"days": "0"}).content.decode()
    assert "HOP-2026-0001" in shown and purge.term_of(told.incident.organisation) is None
    browser.post("/o/hopital/recipients-kept/term/", {"days": "0", "confirmed": "1"})
    assert purge.term_of(told.incident.organisation) == 0


def test_a_person_purges_after_seeing_what_goes_and_what_stays(told, awa, as_):
    browser = as_(awa)
    address = "/o/hopital/incidents/HOP-2026-0001/letters/purge/"
    page = browser.get(address).content.decode()
    assert "Ce qui reste" in page
    assert browser.post(address, {"reason": "Fin"}).status_code == 422
    assert browser.post(address, {"reason": "Fin", "understood": "on"}).status_code == 302
    assert Recipient.objects.get().sealed is None
    assert "Aucun nom" in browser.get(address).content.decode()
    people = "/o/hopital/incidents/HOP-2026-0001/letters/1/recipients/"
    assert "effacé" in browser.get(people).content.decode()
    assert browser.get(people + "1/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_stolen_database_shows_no_recipient_in_clear(sealed, awa, bruno, noon, tmp_path):
    recipients.add_recipient(letter=sealed, person=ODD, channel=Channel.EMAIL, by=awa, at=noon)
    line = started(sealed, awa, bruno, noon).dispatches.get()
    [claimed] = ledger.claim(way=Channel.EMAIL, at=noon, run=line.run)
    ledger.give_back([claimed], at=noon, trouble=f"450 <{ODD.email}>: greylisted")
    [claimed] = ledger.claim(way=Channel.EMAIL, at=noon, run=line.run)
    ledger.note_sent(claimed, at=noon)
    ledger.note_returned(claimed, f"550 5.1.1 <{ODD.email}>: unknown", by=None, at=noon)
    stolen = _raw_bytes(tmp_path)
    assert b"HOP-2026-0001" in stolen, "this is not the database"
    for secret in SECRETS:
        assert secret.encode() not in stolen, secret
        assert secret.encode("utf-16-le") not in stolen, secret


def _raw_bytes(tmp_path) -> bytes:
    """What a thief carries away: the pages of the SQLite file, or a dump of PostgreSQL."""
    if connection.vendor == "sqlite":
        copy = tmp_path / "stolen.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        return copy.read_bytes()
    at = connection.settings_dict
    command = ["pg_dump", "--inserts", "-h", at["HOST"], "-p", str(at["PORT"]), "-U", at["USER"], at["NAME"]]
    import os

    environment = {**os.environ, "PGPASSWORD": at["PASSWORD"]}
    return subprocess.run([part for part in command if part], capture_output=True, check=True, env=environment).stdout
