"""The canonical bytes of an entry and the keyed hashes that link it to the one before (docs/trail.md)."""

import hashlib
import hmac
import json

from django.conf import settings

from breachreg.audit.models import Entry, EntryContent

LINKED = (
    "number", "organisation_id", "organisation_number", "actor_id", "action", "object_type", "object_id",
    "content_hash", "previous_hash", "organisation_previous_hash",
)  # fmt: skip


def canonical(values: dict) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same bytes for the same values, on any machine."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def keyed_hash(message: bytes) -> str:
    """HMAC-SHA-256 under the key that lies outside the database, in hexadecimal."""
    return hmac.new(settings.AUDIT_KEY, message, hashlib.sha256).hexdigest()


def content_hash(content: EntryContent) -> str:
    """The keyed hash of what an entry says; the salt keeps a purged short content from being guessed."""
    names = ("salt", "actor", "object_label", "changes", "details")
    return keyed_hash(canonical({name: getattr(content, name) for name in names}))


def entry_hash(entry: Entry) -> str:
    """The keyed hash of an entry, over both links to what came before."""
    values = {name: getattr(entry, name) for name in LINKED}
    return keyed_hash(canonical({**values, "at": entry.at.isoformat(timespec="microseconds")}))
