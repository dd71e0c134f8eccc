"""An authority dates the checkpoints, where the settings name one; an authority that is down holds nobody up."""

import hashlib
import zipfile

import pytest

from breachreg.audit import timestamps
from breachreg.audit.models import Entry
from breachreg.exports import leaving, stamps, trail, verifier
from breachreg.exports.models import CheckpointStamp, Form
from tests.certificates import DATED_AT, authority, write_root
from tests.exports.test_dossier import key


@pytest.fixture
def dating(settings, tmp_path):
    settings.TIMESTAMP_ROOTS = str(write_root(tmp_path))
    with authority() as one:
        settings.TIMESTAMP_URL = one.url
        yield one


@pytest.fixture
def checkpoint(incident, awa, noon):
    return trail.make_checkpoint(organisation=incident.organisation, by=awa, at=noon, reason="asked")


def test_a_checkpoint_is_dated_once(dating, checkpoint, noon):
    assert stamps.stamp_due(noon) == 1
    assert stamps.stamp_due(noon) == 0
    stamp = CheckpointStamp.objects.get()
    assert (stamp.checkpoint, stamp.dated_at, stamp.is_trusted) == (checkpoint, DATED_AT, True)
    assert Entry.objects.filter(action="checkpoint.dated").count() == 1


def test_without_an_authority_nothing_is_asked(checkpoint, noon, settings):
    settings.TIMESTAMP_URL = ""
    assert stamps.stamp_due(noon) == 0


def test_an_authority_that_is_down_is_asked_again_later(checkpoint, noon, settings):
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    assert stamps.stamp_due(noon) == 0
    assert not CheckpointStamp.objects.exists()


def test_a_pack_carries_the_timestamp_of_its_checkpoint(dating, incident, awa, noon, tmp_path, capsys):
    export = leaving.order(organisation=incident.organisation, form=Form.PACK, language="fr", by=awa, at=noon)
    assert leaving.make_now(export, noon)
    export.refresh_from_db()
    path = tmp_path / "pack.zip"
    with leaving.hand_out(export=export, by=awa, at=noon) as kept:
        path.write_bytes(kept.read())
    with zipfile.ZipFile(path) as archive:
        digest = hashlib.sha256(archive.read("checkpoint.txt")).digest()
        assert timestamps.check(archive.read("checkpoint.tst"), digest).at == DATED_AT
    assert verifier.main([str(path), "--key", key()]) == 0
    assert "it speaks of this checkpoint" in capsys.readouterr().out
