"""The keys of an audit record in one spelling, whichever system exported it, and its lists out of their quotes.

Purview and PowerShell write AuditData, Sentinel flattens it into columns (OfficeActivity), Graph writes its keys in lower
case; some write a list as a text that holds JSON, or quote the whole record twice.
"""

import json
import re
from collections.abc import Mapping

_KEYS = (
    "Operation", "CreationTime", "Parameters", "OperationProperties", "ExtendedProperties", "ModifiedProperties", "ResultStatus",
    "ObjectId", "Id", "UserId", "MailboxOwnerUPN", "ClientIP", "ClientIPAddress", "ActorIpAddress", "ClientInfoString", "UserAgent",
    "AppAccessContext", "SessionId", "Folders", "Item", "AffectedItems",
)  # fmt: skip
_SPELLINGS = {key.lower(): key for key in _KEYS} | {
    "timegenerated": "CreationTime", "createddatetime": "CreationTime", "officeid": "Id", "officeobjectid": "ObjectId",
    "client_ipaddress": "ClientIPAddress", "userprincipalname": "UserId",
}  # fmt: skip
_LISTS = frozenset({"Parameters", "OperationProperties", "ExtendedProperties", "ModifiedProperties", "Folders", "Item", "AffectedItems", "AppAccessContext"})
_ZONE = re.compile(r"\s*\[utc\]$")
_DEEPEST = 3
"""How often a text may hold a text that holds JSON."""


def spelled(data: Mapping) -> dict:
    """The same with the keys as AuditData spells them; a key that says something wins over its synonyms that do not."""
    found: dict = {}
    for key, value in data.items():
        name = _SPELLINGS.get(_ZONE.sub("", str(key).strip().lower()), str(key))
        value = unquoted(value) if name in _LISTS else value
        if found.get(name) in (None, ""):
            found[name] = value
    return found


def unquoted(value: object) -> object:
    """The list or the object that a text holds; anything else as it is."""
    for _ in range(_DEEPEST):
        if not isinstance(value, str) or not value.lstrip().startswith(("[", "{", '"')):
            return value
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
