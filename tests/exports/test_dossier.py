"""One complete incident file leaves as a sealed pack that a stranger can check, whole or without personal data."""

import io
import json
import smtplib
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.urls import reverse

from breachreg.audit import checkpoints
from breachreg.audit.models import Entry
from breachreg.exports import leaving, takings, verifier
from breachreg.exports.models import Form, Taking
from breachreg.register import evidence, filings, parties
from breachreg.register.models import Evidence, FilingKind


@pytest.fixture
def rich(aware, awa, noon):
    """An incident with a kept file, a processor and a filing."""
    evidence.add_evidence(incident=aware, file=io.BytesIO(b"journal du serveur"), name="../../journal.txt", by=awa, at=noon)
    parties.name_party(incident=aware, role="processor", name="Hébergeur SA", by=awa, at=noon)
    filings.record_filing(
        incident=aware, kind=FilingKind.INITIAL, filed_at=noon + timedelta(hours=1), receipt_number="R-77", by=awa,
        at=noon + timedelta(hours=1),
    )
    return aware


@pytest.fixture
def dossier(rich, awa, noon, tmp_path):
    """Make the sealed file of the incident, and give its path."""

    def make(**options):
        at = noon + timedelta(hours=2)
        export = leaving.order(organisation=rich.organisation, form=Form.INCIDENT, language="fr", by=awa, at=at, incident=rich, **options)
        assert leaving.make_now(export, at), export.trouble
        export.refresh_from_db()
        with storages["exports"].open(export.location) as kept:
            path = tmp_path / export.name
            path.write_bytes(kept.read())
        return path

    return make


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def kept_name():
    return f"evidence/{Evidence.objects.get().pk}-journal.txt"


def key():
    return checkpoints.public_key().hex()


def test_the_file_of_an_incident_holds_all_that_is_kept_of_it(dossier):
    files = members(dossier())
    assert files[kept_name()] == b"journal du serveur"
    assert files["incident.pdf"].startswith(b"%PDF")
    assert json.loads(files["incident.json"])["breaches"][0]["reference"] == "HOP-2026-0001"
    filing = json.loads(files["record/filing.jsonl"])
    assert (filing["receipt_number"], filing["recorded_by"]) == ("R-77", "Awa Diallo")
    assert {"record/incident.jsonl", "record/party.jsonl", "record/deadline.jsonl", "record/timelineentry.jsonl"} <= set(files)
    assert not [name for name in files if "search" in name]


def test_it_is_sound_on_a_machine_that_has_nothing_of_ours(dossier, tmp_path):
    path = dossier()
    with zipfile.ZipFile(path) as archive:
        archive.extract("verify.py", tmp_path)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(path), "--key", key()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "HOP-2026-0001" in done.stdout
    assert done.stdout.splitlines()[-1] == "SOUND."


def test_only_the_entries_of_this_incident_keep_their_words(dossier, rich):
    lines = [json.loads(line) for line in members(dossier())["trail.jsonl"].splitlines()]
    said = {line["entry"][0] for line in lines if "content" in line}
    assert said == set(Entry.objects.in_file_of(rich).filter(number__lte=lines[-1]["entry"][0]).values_list("number", flat=True))
    assert len(lines) > len(said)


def test_a_redacted_file_holds_no_name_no_words_and_no_file_and_still_verifies(dossier, capsys):
    path = dossier(is_redacted=True)
    files = members(path)
    everything = b"".join(data for name, data in files.items() if not name.endswith(".pdf")).decode()
    for word in ("Awa", "Diallo", "portable", "Hébergeur", "journal.txt", "Appel du service"):
        assert word not in everything
    assert "R-77" in everything
    assert not [name for name in files if name.startswith(("evidence/", "documents/"))]
    assert json.loads(files["record/evidence.jsonl"])["sha256"]
    assert verifier.main([str(path), "--key", key()]) == 0
    assert "Not in the pack: the words of" in capsys.readouterr().out


def test_a_kept_file_that_is_gone_or_changed_is_named_and_not_passed_over(dossier, rich, capsys):
    place = Path(storages["default"].path(Evidence.objects.get().location))
    place.write_bytes(place.read_bytes() + b"!")
    path = dossier()
    assert kept_name() not in members(path)
    assert verifier.main([str(path), "--key", key()]) == 0
    assert f"Missing when the pack was made: {kept_name()}" in capsys.readouterr().out


def test_entries_exchanged_or_a_file_added_are_found(dossier, capsys):
    path = dossier()
    files = members(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("evidence/9-forged.txt", b"forged")
    assert verifier.main([str(path), "--key", key()]) == 1
    assert "evidence/9-forged.txt: not in the manifest" in capsys.readouterr().out
    lines = files["trail.jsonl"].splitlines(keepends=True)
    files["trail.jsonl"] = b"".join([lines[1], lines[0], *lines[2:]])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert verifier.main([str(path), "--key", key()]) == 1
    assert "trail.jsonl: changed since the pack was sealed" in capsys.readouterr().out


def test_the_dpos_are_told_once_who_took_it(rich, chloe, awa, second_dpo, noon):
    at = noon + timedelta(hours=2)
    export = leaving.order(organisation=rich.organisation, form=Form.INCIDENT, language="fr", by=chloe, at=at, incident=rich)
    assert leaving.make_now(export, at)
    export.refresh_from_db()
    leaving.hand_out(export=export, by=chloe, at=at).close()
    assert takings.tell_due(at) == 2
    assert takings.tell_due(at) == 0
    assert {message.to[0] for message in mail.outbox} == {awa.email, second_dpo.email}
    assert "Chloé Martin" in mail.outbox[0].subject
    assert export.sha256 in mail.outbox[0].body
    assert Entry.objects.filter(action="export.downloaded", file_type="incident", file_id=str(rich.pk)).exists()


def test_whoever_took_it_is_not_told_of_themselves(rich, awa, noon):
    export = leaving.order(organisation=rich.organisation, form="csv", language="fr", by=awa, at=noon)
    leaving.make_now(export, noon)
    export.refresh_from_db()
    leaving.hand_out(export=export, by=awa, at=noon).close()
    assert takings.tell_due(noon) == 0
    assert mail.outbox == []
    assert Taking.objects.get().taken_by == awa


def test_a_dpo_whom_the_mail_server_refuses_keeps_nobody_else_from_being_told_once(rich, chloe, awa, second_dpo, noon, monkeypatch):
    def refuse(message):
        if message.to == [awa.email]:
            raise smtplib.SMTPRecipientsRefused({awa.email: (550, b"no such box")})
        return sent.append(message.to)

    sent = []
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    export = leaving.order(organisation=rich.organisation, form="csv", language="fr", by=chloe, at=noon)
    leaving.make_now(export, noon)
    export.refresh_from_db()
    leaving.hand_out(export=export, by=chloe, at=noon).close()
    for minutes in (0, 10, 40):
        takings.tell_due(noon + timedelta(minutes=minutes))
    assert sent == [[second_dpo.email]]
    assert [entry.content.details["to"] for entry in Entry.objects.filter(action="export.taking_told")] == [second_dpo.email]


def test_the_page_makes_the_file_and_shows_who_took_it(rich, awa, client):
    client.force_login(awa)
    address = reverse("incident-pack", args=["hopital", rich.reference])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"language": "fr", "submission": "00000000-0000-4000-8000-000000000001"})
    assert answer["Content-Disposition"].startswith('attachment; filename="HOP-2026-0001-')
    b"".join(answer.streaming_content)
    assert "téléchargé par Awa Diallo" in client.get(address).content.decode()


def test_a_heavy_file_is_made_in_the_background(rich, awa, client, noon, monkeypatch):
    monkeypatch.setattr(leaving, "SIZE_AT_ONCE", 1)
    client.force_login(awa)
    address = reverse("incident-pack", args=["hopital", rich.reference])
    answer = client.post(address, {"language": "fr", "submission": "00000000-0000-4000-8000-000000000002"})
    assert answer.status_code == 302
    export = rich.organisation.exports.get()
    leaving.make_due(export.due_at)
    export.refresh_from_db()
    assert export.done_at
    assert export.written == len(members_of(export)) - 2  # the manifest and its signature are not listed in itself


def members_of(export):
    with storages["exports"].open(export.location) as kept, zipfile.ZipFile(kept) as archive:
        return archive.namelist()
