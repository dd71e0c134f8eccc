"""Recipients' data at rest: AES-256-GCM under a key of the incident, itself wrapped by a key outside the database.

A stolen database shows nobody. A purge destroys the incident's key (back-ups made before hold it until they are deleted).
Keyed hashes (HMAC-SHA-256, cut to 16 bytes) let a person be found and a double be seen, without telling who it is.
"""

import hmac
import json
import os
import unicodedata
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from breachreg.letters.models import Vault
from breachreg.register.models import Incident

NONCE, HASH = 12, 16


class Purged(Exception):
    """The recipients of this incident were purged: their key is gone."""


class Hashes:
    """Keyed hashes of one incident: by them a person is found again, also after the data itself was purged."""

    def __init__(self, key: bytes):
        self._hash_key = _derive(key, b"recipients: hashes")

    def hash(self, *texts: str) -> bytes | None:
        """A keyed hash of these texts without regard to capitals, accents and blanks; None when all are empty."""
        plain = [_comparable(text) for text in texts]
        if not any(plain):
            return None
        return hmac.new(self._hash_key, "\x1f".join(plain).encode(), sha256).digest()[:HASH]


class Box(Hashes):
    """Seal and open the data of one incident's recipients."""

    def __init__(self, key: bytes, hash_key: bytes, incident_id: int):
        super().__init__(hash_key)
        self._cipher = AESGCM(_derive(key, b"recipients: data"))
        self._bound_to = f"incident {incident_id}".encode()
        self.file_key = _derive(key, b"recipients: files")

    def seal(self, value: dict[str, Any]) -> bytes:
        """Encrypt a value that JSON can hold."""
        return self.seal_bytes(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Decrypt it again. Raises InvalidTag when it was altered or belongs to another incident."""
        return json.loads(self.open_bytes(sealed))

    def seal_bytes(self, value: bytes, about: bytes = b"") -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, value, self._bound_to + about)

    def open_bytes(self, sealed: bytes, about: bytes = b"") -> bytes:
        sealed = bytes(sealed)
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound_to + about)


def keyed_hash(use: str, text: str) -> str:
    """A keyed hash, in hexadecimal, that nobody without the installation's key can make or guess."""
    return hmac.new(_derive(settings.RECIPIENTS_KEY, use.encode()), text.encode(), sha256).hexdigest()


def box_of(incident: Incident, at: datetime) -> Box:
    """The box of an incident; its key is made the first time. Raises Purged. ``at`` is UTC."""
    vault = Vault.objects.filter(incident=incident).first() or _make(incident, at)
    return _box(vault)


def box_for_reading(incident: Incident) -> Box:
    """The box of an incident that has recipients. Raises Purged, or Vault.DoesNotExist when it never had any."""
    return _box(Vault.objects.get(incident=incident))


def hashes_of(incident: Incident) -> Hashes:
    """The keyed hashes of an incident that has recipients, or had some. Raises Vault.DoesNotExist."""
    return Hashes(_unwrapped(bytes(Vault.objects.get(incident=incident).wrapped_hash_key), incident.pk, b"hashes"))


def is_purged(incident: Incident) -> bool:
    """Whether the recipients of this incident were purged."""
    return Vault.objects.filter(incident=incident, destroyed_at__isnull=False).exists()


def _box(vault: Vault) -> Box:
    if vault.wrapped_key is None:
        raise Purged(vault.destroyed_reason)
    return _opened(bytes(vault.wrapped_key), bytes(vault.wrapped_hash_key), vault.incident_id)


def _make(incident: Incident, at: datetime) -> Vault:
    keys = {"wrapped_key": _wrapped(incident.pk, b"data"), "wrapped_hash_key": _wrapped(incident.pk, b"hashes")}
    vault, _made = Vault.objects.get_or_create(incident=incident, defaults={**keys, "opened_at": at})
    return vault


@lru_cache(maxsize=64)
def _opened(wrapped: bytes, wrapped_hash_key: bytes, incident_id: int) -> Box:
    key, hash_key = _unwrapped(wrapped, incident_id, b"data"), _unwrapped(wrapped_hash_key, incident_id, b"hashes")
    return Box(key, hash_key, incident_id)


def _wrapped(incident_id: int, use: bytes) -> bytes:
    nonce, key = os.urandom(NONCE), AESGCM.generate_key(256)
    return nonce + AESGCM(_master()).encrypt(nonce, key, f"vault {incident_id} ".encode() + use)


def _unwrapped(wrapped: bytes, incident_id: int, use: bytes) -> bytes:
    return AESGCM(_master()).decrypt(wrapped[:NONCE], wrapped[NONCE:], f"vault {incident_id} ".encode() + use)


def _master() -> bytes:
    return _derive(settings.RECIPIENTS_KEY, b"recipients: vaults")


def _derive(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(key)


def _comparable(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum() or character == "@")
