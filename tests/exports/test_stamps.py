"""An authority dates the checkpoints, where the settings name one; an authority that is down holds nobody up."""

import hashlib
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

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


def page_of_checkpoints(client, person):
    client.force_login(person)
    return " ".join(client.get(reverse("checkpoints", args=["hopital"])).text.split())


def test_the_page_says_who_dated_a_checkpoint_and_hands_out_the_token(client, dating, checkpoint, chloe, noon):
    stamps.stamp_due(noon)
    told = page_of_checkpoints(client, chloe)
    assert "Test authority" in told and "racine de confiance" in told.lower()
    token = client.get(reverse("checkpoint-stamp", args=["hopital", checkpoint.pk])).content
    assert timestamps.check(token, hashlib.sha256(checkpoint.text.encode()).digest()).at == DATED_AT
    assert Entry.objects.last().action == "checkpoint.downloaded"


def test_the_page_says_that_an_authority_that_is_down_is_asked_again_and_until_when(client, awa, chloe, incident, settings):
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    trail.make_checkpoint(organisation=incident.organisation, by=awa, at=timezone.now(), reason="asked")
    assert "demandé à nouveau chaque minute, jusqu’au" in page_of_checkpoints(client, chloe)


def test_the_page_says_why_an_authority_gave_no_timestamp_until_it_gives_one(client, dating, chloe, awa, incident, settings):
    trail.make_checkpoint(organisation=incident.organisation, by=awa, at=timezone.now(), reason="asked")
    client.force_login(chloe)
    settings.TIMESTAMP_URL, working = "http://127.0.0.1:9/", settings.TIMESTAMP_URL
    assert stamps.stamp_due(timezone.now()) == 0
    page = client.get(reverse("checkpoints", args=["hopital"])).text
    assert "L’autorité d’horodatage 127.0.0.1:9 n’a pas donné d’horodatage" in page
    settings.TIMESTAMP_URL = working
    assert stamps.stamp_due(timezone.now()) == 1
    assert stamps.trouble() == ""


def test_the_page_says_nothing_of_timestamps_where_no_authority_is_named(client, checkpoint, chloe, settings):
    settings.TIMESTAMP_URL = ""
    assert "Daté par une autorité" not in page_of_checkpoints(client, chloe)
