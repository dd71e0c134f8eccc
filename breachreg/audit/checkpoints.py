"""Signed checkpoints: a short text that says how far a chain had come, for somebody else to keep.

A chain inside one database cannot show that its tail was cut, nor that all of it was computed again by one who has its
key. A checkpoint kept elsewhere does: the entry that it names must still be there, with that hash.
The signature is Ed25519 (RFC 8032); its key is derived from AUDIT_KEY and so lies outside the database as well.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from breachreg.audit.chain import instant
from breachreg.audit.models import INSTALLATION, ChainHead, Checkpoint, Entry

FORM = "breachreg checkpoint 1"
NAMES = ("organisation", "organisation entry", "entry", "hash", "at", "key")
SIGNATURE = "signature: "
TIMESTAMP = "timestamp: "
"""Begins the line below a checkpoint that left by webhook, with the token of the authority that dated it; signed by that authority."""


class NotACheckpoint(ValueError):
    """The text is no checkpoint, or its signature is not that of the key; says which."""


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says: the entry's numbers in both chains (null for a chain it is not in), its hash, when."""

    organisation_id: int | None
    organisation_number: int | None
    number: int
    hash: str
    at: str
    key: str


def public_key() -> bytes:
    """The 32 bytes with which anybody checks our signatures."""
    return _private_key(settings.AUDIT_KEY).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(key: bytes) -> str:
    """The name of a public key: the first 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key).hexdigest()[:32]


def sign(message: bytes) -> str:
    """The signature of these bytes, in base64."""
    return base64.b64encode(_private_key(settings.AUDIT_KEY).sign(message)).decode()


def make(*, at: datetime, organisation_id: int | None = None) -> Checkpoint | None:
    """Sign the head of a chain and keep the checkpoint; call it in a transaction. None when the chain is empty."""
    scope = INSTALLATION if organisation_id is None else organisation_id
    head = ChainHead.objects.select_for_update().filter(scope=scope, number__gt=0).first()
    if head is None:
        return None
    place = {"organisation_number": head.number, "organisation_id": scope} if scope else {"number": head.number}
    entry = Entry.objects.get(**place)
    return Checkpoint.objects.create(
        organisation_id=organisation_id, organisation_number=head.number if scope else None, number=entry.number,
        hash=entry.hash, at=at, text=_signed(entry, organisation_id, at),
    )


def read(text: str, key: bytes | None = None) -> Statement:
    """What a checkpoint says, once its signature is checked (with our own key by default). Raises NotACheckpoint."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(TIMESTAMP)]
    names = [line.partition(": ")[0] for line in lines[1:]]
    if len(lines) != len(NAMES) + 2 or lines[0] != FORM or names != [*NAMES, "signature"]:
        raise NotACheckpoint(_("This is no checkpoint. Paste all of its lines, from “breachreg checkpoint” to “signature”."))
    _check_signature(lines, key or public_key())
    values = [line.partition(": ")[2] for line in lines[1:-1]]
    return Statement(
        organisation_id=_number(values[0]), organisation_number=_number(values[1]), number=int(values[2]),
        hash=values[3], at=values[4], key=values[5],
    )


def _check_signature(lines: list[str], key: bytes) -> None:
    message = "".join(line + "\n" for line in lines[:-1]).encode()
    try:
        signature = base64.b64decode(lines[-1].removeprefix(SIGNATURE), validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise NotACheckpoint(_("The signature of this checkpoint does not fit: it was changed, or another key made it.")) from error


def _signed(entry: Entry, organisation_id: int | None, at: datetime) -> str:
    values = (
        organisation_id or "-", entry.organisation_number if organisation_id else "-", entry.number, entry.hash,
        instant(at), fingerprint(public_key()),
    )  # fmt: skip
    body = f"{FORM}\n" + "".join(f"{name}: {value}\n" for name, value in zip(NAMES, values, strict=True))
    return f"{body}{SIGNATURE}{sign(body.encode())}\n"


def _number(value: str) -> int | None:
    return None if value == "-" else int(value)


@lru_cache(maxsize=2)
def _private_key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(secret, b"breachreg checkpoint key 1", "sha256"))
