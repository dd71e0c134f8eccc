"""One record of a log, in one shape for the Unified Audit Log, Entra's sign-in log and Google's activities."""

import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

# Kinds of events, by what they mean for a mailbox.
SIGN_IN, FAILED_SIGN_IN, RULE, FORWARDING, TRANSPORT_RULE = "sign_in", "failed_sign_in", "rule", "forwarding", "transport_rule"
PERMISSION, CONSENT, SECURITY_METHOD, PASSWORD, AUDITING = "permission", "consent", "security_method", "password", "auditing"
READ, SYNCED, SENT, DELETED, MOVED, FILE, SEARCH, RULE_REMOVED, OTHER = (
    "read", "synced", "sent", "deleted", "moved", "file", "search", "rule_removed", "other",
)  # fmt: skip


class ClientAddress(NamedTuple):
    """Where a client stood: the address in its plain form, and the port when the log gives one."""

    ip: str
    port: int | None = None


@dataclass(frozen=True)
class Record:
    """What a row of a log says; ``None`` is what it does not say. Instants are UTC."""

    row: int
    at: datetime | None
    operation: str
    kind: str
    user: str | None = None
    address: ClientAddress | None = None
    client: str | None = None
    session: str | None = None
    place: str | None = None
    result: str | None = None
    target: str | None = None
    identifier: str | None = None
    details: dict = field(default_factory=dict)
    is_partial: bool = False

    @property
    def fingerprint(self) -> str:
        """The same for the same record in whichever export: its own identifier, else its content."""
        if self.identifier:
            return hashlib.sha256(self.identifier.lower().encode()).hexdigest()
        what = [self.at.isoformat() if self.at else None, self.operation, self.user, self.address, self.client, self.session, self.target, self.details]
        return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()

    def as_json(self) -> dict:
        """The record as JSON holds it."""
        return asdict(self) | {"at": self.at.isoformat() if self.at else None}

    @classmethod
    def from_json(cls, data: dict) -> "Record":
        """The record that ``as_json`` gave."""
        at = datetime.fromisoformat(data["at"]) if data["at"] else None
        return cls(**data | {"at": at, "address": ClientAddress(*data["address"]) if data["address"] else None})


_BRACKETED = re.compile(r"^\[([0-9a-fA-F:.%\w]+)\](?::(\d{1,5}))?$")
_WITH_PORT = re.compile(r"^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$")


def client_address(text: object) -> ClientAddress | None:
    """An address in any of the four shapes of the logs: 1.2.3.4, 1.2.3.4:5, 2001:db8::1, [2001:db8::1]:5."""
    text = str(text or "").partition(",")[0].strip().strip("\"'")  # of a chain of proxies, who came first
    match = _BRACKETED.match(text) or _WITH_PORT.match(text)
    host, port = (match[1], int(match[2]) if match[2] else None) if match else (text, None)
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return ClientAddress(str(mapped or found), port)


_FORMATS = (
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%m/%d/%Y, %I:%M:%S.%f %p", "%m/%d/%Y, %I:%M:%S %p",
)  # fmt: skip
_OF_POWERSHELL = re.compile(r"^\\?/Date\((\d{1,13})(?:[+-]\d{4})?\)\\?/$")
"""ConvertTo-Json of Windows PowerShell: milliseconds since 1970."""
_ISO = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$", re.I)


def instant(text: object) -> datetime | None:
    """An instant of a log, in UTC; without a zone it is UTC, as Microsoft writes it. ``None`` when it is none."""
    text = str(text or "").strip().strip("\"'")
    if match := _ISO.match(text):
        fraction = (match[3] or "0")[:6].ljust(6, "0")
        zone = (match[4] or "Z").upper().replace("UTC", "Z").replace("Z", "+00:00")
        clock = match[2] if match[2].count(":") == 2 else match[2] + ":00"
        try:
            return datetime.fromisoformat(f"{match[1]}T{clock}.{fraction}{zone}").astimezone(UTC)
        except ValueError:
            return None
    if match := _OF_POWERSHELL.match(text):
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def named_values(items: object) -> dict[str, object]:
    """Microsoft's lists of {Name, Value} as a mapping; anything else is an empty one."""
    if isinstance(items, Mapping):
        return dict(items)
    if not isinstance(items, list):
        return {}
    return {
        str(item.get("Name") or item.get("name")): item.get("Value", item.get("value"))
        for item in items
        if isinstance(item, Mapping) and (item.get("Name") or item.get("name"))
    }
