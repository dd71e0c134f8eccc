"""A signed checkpoint, and the witness outside the database, reveal what a chain alone can't."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from breachreg.audit import actions, checkpoints, witness
from breachreg.audit.models import ChainHead, Checkpoint, Entry
from breachreg.audit.verify import verify


@pytest.fixture
def checkpoint(incident, noon):
    with transaction.atomic():
        return checkpoints.make(at=noon, organisation_id=incident.organisation_id)


def test_a_checkpoint_names_the_last_entry_of_its_chain(checkpoint, incident):
    last = Entry.objects.of_organisation(incident.organisation).last()
    said = checkpoints.read(checkpoint.text)
    assert (said.number, said.organisation_number, said.hash) == (last.number, last.organisation_number, last.hash)
    assert said.at == "2026-03-10T11:00:00.000000Z"


def test_there_is_no_checkpoint_of_an_empty_chain(db, noon):
    with transaction.atomic():
        assert checkpoints.make(at=noon) is None


def test_anybody_can_check_the_signature_with_the_public_key_alone(checkpoint):
    body, _, signature = checkpoint.text.rpartition("signature: ")
    key = Ed25519PublicKey.from_public_bytes(checkpoints.public_key())
    key.verify(base64.b64decode(signature), body.encode())


def test_a_checkpoint_survives_what_mail_does_to_text(checkpoint):
    mailed = "\r\n".join("  " + line for line in checkpoint.text.splitlines()) + "\r\n\r\n"
    assert checkpoints.read(mailed).hash == checkpoint.hash


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("entry: 5", "entry: 6").replace("entry: 4", "entry: 5"), "does not fit"),
        (lambda text: text.replace("signature: ", "signature: AAAA"), "does not fit"),
        (lambda text: text.replace("signature: ", "signature: é"), "does not fit"),
        (lambda text: text.partition("at:")[0], "no checkpoint"),
        (lambda text: "", "no checkpoint"),
    ],
)
def test_a_changed_checkpoint_is_refused(checkpoint, change, message, settings):
    from django.utils.translation import override

    with override("en"), pytest.raises(checkpoints.NotACheckpoint, match=message):
        checkpoints.read(change(checkpoint.text))


def test_a_checkpoint_of_another_key_is_refused(checkpoint, settings):
    settings.AUDIT_KEY = b"another key"
    with pytest.raises(checkpoints.NotACheckpoint):
        checkpoints.read(checkpoint.text)


def test_a_checkpoint_that_the_chain_no_longer_bears_out_is_found(checkpoint, trail_without_triggers):
    sql = trail_without_triggers
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", checkpoint.number)
    sql("DELETE FROM breachreg_entry WHERE number = %s", checkpoint.number)
    last = Entry.objects.last()
    ChainHead.objects.filter(scope=0).update(number=last.number, hash=last.hash)
    own = Entry.objects.filter(organisation_id=checkpoint.organisation_id).last()
    ChainHead.objects.filter(scope=own.organisation_id).update(number=own.organisation_number, hash=own.hash)
    assert verify(marks=[]).holds, "the cut is clean: the chain alone does not show it"
    assert verify().trouble.kind == "cut"
    assert verify(organisation_id=checkpoint.organisation_id).trouble.kind == "cut"


def test_a_checkpoint_changed_in_the_database_is_found(checkpoint, trail_without_triggers):
    trail_without_triggers("UPDATE breachreg_checkpoint SET number = 1")
    found = verify(organisation_id=checkpoint.organisation_id).trouble
    assert (found.number, found.kind) == (1, "checkpoint")


def test_the_database_refuses_to_change_a_checkpoint(checkpoint):
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match="signed checkpoint"), transaction.atomic():
        Checkpoint.objects.update(number=1)


def test_the_witness_notes_what_was_committed_and_only_moves_forward(
    hospital, noon, django_capture_on_commit_callbacks, monkeypatch, tmp_path, settings
):
    settings.DATA_DIR = tmp_path
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        first = actions.record(action="organisation.changed", by=None, at=noon, organisation=hospital)
    assert witness.read() == (first.number, first.hash)
    witness.note(first.number - 1, "f" * 64)
    assert witness.read() == (first.number, first.hash)


def test_a_clean_cut_since_the_last_checkpoint_is_found_by_the_witness(incident, settings, tmp_path, trail_without_triggers):
    settings.DATA_DIR = tmp_path
    last = Entry.objects.last()
    witness.note(last.number, last.hash)
    trail_without_triggers("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", last.number)
    trail_without_triggers("DELETE FROM breachreg_entry WHERE number = %s", last.number)
    before = Entry.objects.last()
    ChainHead.objects.filter(scope=0).update(number=before.number, hash=before.hash)
    own = Entry.objects.filter(organisation_id=last.organisation_id).last()
    ChainHead.objects.filter(scope=last.organisation_id).update(number=own.organisation_number, hash=own.hash)
    found = verify().trouble
    assert (found.number, found.kind) == (last.number, "cut")


def test_a_forged_witness_counts_for_nothing(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    witness.file().write_text(f"99 {'f' * 64} {'0' * 64}\n", encoding="ascii")
    assert witness.read() is None


def test_a_witness_that_can_not_be_written_is_only_logged(settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path / "gone"
    witness.note(1, "f" * 64)
    assert "could not be written" in caplog.text
