"""What several tests of mailboxes need: a folder for kept messages, a real IMAP server, an examination."""

import io
import socket
from pathlib import Path

import pytest
from django.urls import reverse

from breachreg.mailboxes.examinations import actions, work
from breachreg.mailboxes.examinations.models import ExaminedFile
from breachreg.mailboxes.reporting import mailbox
from tests.mailboxes.dovecot import PASSWORD, PROGRAM, USER, Dovecot
from tests.mailboxes.makers import known_truth, logs


@pytest.fixture
def messages_folder(settings, tmp_path):
    """Where kept messages lie during a test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def dovecot(monkeypatch):
    """A running IMAP server with an empty mailbox, whose certificate this process trusts."""
    if not Path(PROGRAM).exists():
        pytest.skip("no dovecot-imapd on this machine")
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = one.getsockname()[1], other.getsockname()[1]
    server = Dovecot(*ports)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    yield server
    server.end()


@pytest.fixture
def reporting(dovecot, hospital, farid, noon, messages_folder):
    """The hospital's reporting mailbox on that server."""
    return mailbox.save_mailbox(organisation=hospital, by=farid, at=noon, password=PASSWORD, **settings_of(dovecot))


def settings_of(server: Dovecot, **changed) -> dict:
    """The settings of a mailbox on this server."""
    return {
        "address": USER, "host": "127.0.0.1", "port": server.port, "security": "tls", "user": USER, "folder": "INBOX",
        "domains": ["example.org"], "acknowledges": True, **changed,
    }  # fmt: skip


@pytest.fixture
def folder(messages_folder, settings):
    """Where kept files and the working folders of censuses lie during a test."""
    settings.CENSUS_DIR = messages_folder / "census"
    return messages_folder


@pytest.fixture
def examination(incident, awa, noon, folder):
    return actions.open_examination(incident=incident, mailbox=logs.OWNER, by=awa, at=noon)


@pytest.fixture
def bring(examination, awa, noon):
    def bring(raw: bytes, name: str, kind=None) -> ExaminedFile:
        file, _is_new = actions.bring_file(examination=examination, file=io.BytesIO(raw), name=name, by=awa, at=noon)
        actions.confirm_kind(file=file, kind=kind or file.guessed_kind, by=awa, at=noon)
        work.examine_due(noon)
        file.refresh_from_db()
        examination.refresh_from_db()
        return file

    return bring


@pytest.fixture
def pages(client, awa, incident, hospital, folder):
    client.force_login(awa)

    def address(name, *args):
        return reverse(name, args=[hospital.slug, incident.reference, *args])

    pages.get = lambda name, *args, **query: client.get(address(name, *args), query)
    pages.post = lambda name, *args, **data: client.post(address(name, *args), data)
    return pages


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "known.mbox"
    known_truth.write_mbox(path, 60)
    return path.read_bytes()
