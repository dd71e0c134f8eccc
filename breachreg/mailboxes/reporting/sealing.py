"""Secrets and messages at rest: AES-256-GCM under keys derived from the one that lies outside the database.

A stolen database shows no password of a mailbox, and stolen files show no message. A message's file is named by a keyed
hash of its bytes: keeping the same message again after a crash writes the same file, and leaves none behind.
"""

import hmac
import os
import uuid
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.storage import storages

from breachreg.accounts.models import Organisation

NONCE = 12
FOLDER = "messages"
"""Where messages lie: with the evidence, so that a back-up takes them along."""


def seal_password(password: str, organisation: Organisation) -> bytes:
    """Encrypt the password of an organisation's mailbox."""
    return _seal(b"mailboxes: passwords", password.encode(), _bound_to(organisation))


def open_password(sealed: bytes, organisation: Organisation) -> str:
    """Decrypt it again. Raises InvalidTag when it was altered or belongs to another organisation."""
    return _open(b"mailboxes: passwords", bytes(sealed), _bound_to(organisation)).decode()


def keep(raw: bytes, organisation: Organisation, about: str) -> str:
    """Store the bytes of a message encrypted, and return where; the same bytes about the same row have the same place."""
    name = hmac.new(_derive(b"mailboxes: names"), _bound_to(organisation) + about.encode() + raw, sha256).hexdigest()
    location = f"{FOLDER}/{name}"
    place = Path(storages["default"].path(location))
    if not place.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_suffix(f".{uuid.uuid4().hex}")
        beside.touch(mode=0o600)
        with beside.open("wb") as file:
            file.write(_seal(b"mailboxes: messages", raw, location.encode()))
            file.flush()
            os.fsync(file.fileno())  # on the disc before the mail server is told that the message is read
        beside.replace(place)
    return location


def read(location: str) -> bytes:
    """The bytes of a kept message. Raises FileNotFoundError, or InvalidTag when the file was altered."""
    with storages["default"].open(location) as stored:
        return _open(b"mailboxes: messages", stored.read(), location.encode())


def _seal(use: bytes, value: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_derive(use)).encrypt(nonce, value, about)


def _open(use: bytes, sealed: bytes, about: bytes) -> bytes:
    return AESGCM(_derive(use)).decrypt(sealed[:NONCE], sealed[NONCE:], about)


def _bound_to(organisation: Organisation) -> bytes:
    return f"organisation {organisation.pk}".encode()


def _derive(use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(settings.RECIPIENTS_KEY)
