"""What several tests of mailboxes need: a folder for kept messages, and a real IMAP server."""

import socket
from pathlib import Path

import pytest

from breachreg.mailboxes.reporting import mailbox
from tests.mailboxes.dovecot import PASSWORD, PROGRAM, USER, Dovecot


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
