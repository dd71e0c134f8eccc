"""Trusted timestamps: what an authority dated can be shown to a stranger; what it did not answer well is refused."""

import hashlib
import socket

import pytest
from django.utils import translation

from breachreg.audit import timestamps
from tests.certificates import DATED_AT, authority, write_root

DIGEST = hashlib.sha256(b"a checkpoint").digest()


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def dating(settings, tmp_path):
    settings.TIMESTAMP_ROOTS = str(write_root(tmp_path))
    with authority() as one:
        settings.TIMESTAMP_URL = one.url
        yield one


def test_an_authority_dates_a_digest_and_anybody_can_check_it_later_without_the_authority(dating, settings):
    given = timestamps.obtain(DIGEST)
    settings.TIMESTAMP_URL = ""

    checked = timestamps.check(given.token, DIGEST)

    assert checked == given
    assert (given.at, given.is_trusted) == (DATED_AT, True)
    assert "Test authority" in given.authority


def test_only_the_digest_leaves_the_machine(dating):
    timestamps.obtain(DIGEST)

    (asked,) = dating.asked
    assert DIGEST in asked and len(asked) < 100


def test_a_timestamp_of_other_bytes_is_none_of_these(dating):
    given = timestamps.obtain(DIGEST)

    with pytest.raises(timestamps.NotATimestamp, match="other bytes"):
        timestamps.check(given.token, hashlib.sha256(b"something else").digest())


def test_a_token_whose_instant_was_changed_is_refused(dating):
    given = timestamps.obtain(DIGEST)
    changed = given.token.replace(b"20260310110500Z", b"20250310110500Z")

    assert changed != given.token
    with pytest.raises(timestamps.NotATimestamp):
        timestamps.check(changed, DIGEST)


@pytest.mark.parametrize("token", [b"", b"no token", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(timestamps.NotATimestamp):
        timestamps.check(token, DIGEST)


def test_without_roots_nobody_says_whether_the_authority_is_trusted(dating, settings):
    settings.TIMESTAMP_ROOTS = ""

    assert timestamps.obtain(DIGEST).is_trusted is None


def test_an_authority_below_another_root_is_not_trusted(dating, settings, tmp_path):
    from cryptography.hazmat.primitives.serialization import Encoding

    from tests.certificates import issue

    given = timestamps.obtain(DIGEST)
    other = tmp_path / "other.pem"
    other.write_bytes(issue("Another root").certificate.public_bytes(Encoding.PEM))
    settings.TIMESTAMP_ROOTS = str(other)

    assert timestamps.check(given.token, DIGEST).is_trusted is False


def test_an_authority_that_is_down_is_named_with_what_happened(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.TIMESTAMP_URL = f"http://127.0.0.1:{free.getsockname()[1]}/tsa"

        with pytest.raises(timestamps.NoTimestamp, match=r"127\.0\.0\.1:\d+ gave no timestamp: it refuses the connection"):
            timestamps.obtain(DIGEST)


@pytest.mark.parametrize(
    ("status", "content"),
    [(503, b""), (200, b"<html>Sign in first</html>"), (200, b""), (302, b""), (200, b"\x30" * 70_000)],
    ids=["unavailable", "a page", "nothing", "sent on", "far too much"],
)
def test_an_answer_that_is_no_timestamp_is_none(settings, status, content):
    with authority(answer=lambda request: (status, content)) as one:
        settings.TIMESTAMP_URL = one.url

        with pytest.raises(timestamps.NoTimestamp, match="gave no timestamp"):
            timestamps.obtain(DIGEST)


def test_a_refusal_is_told_in_the_words_of_the_authority(settings):
    from asn1crypto import core, tsp

    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["Quota used up"]})
    refusal = core.SequenceOf([status], spec=tsp.PKIStatusInfo).dump()
    with authority(answer=lambda request: (200, refusal)) as one:
        settings.TIMESTAMP_URL = one.url

        with pytest.raises(timestamps.NoTimestamp, match="it refused: Quota used up"):
            timestamps.obtain(DIGEST)


def test_an_old_answer_played_again_is_refused_by_its_nonce(settings, dating):
    import urllib.request

    timestamps.obtain(DIGEST)
    request = urllib.request.Request(dating.url, data=dating.asked[0])
    with urllib.request.build_opener().open(request) as answer:
        old = answer.read()

    with authority(answer=lambda request: (200, old)) as replaying:
        settings.TIMESTAMP_URL = replaying.url
        with pytest.raises(timestamps.NoTimestamp, match="another question"):
            timestamps.obtain(DIGEST)


def test_an_authority_that_never_answers_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(timestamps, "LONGEST_WAIT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.TIMESTAMP_URL = f"http://127.0.0.1:{silent.getsockname()[1]}/tsa"

        with pytest.raises(timestamps.NoTimestamp, match=r"within 0\.1 seconds"):
            timestamps.obtain(DIGEST)
