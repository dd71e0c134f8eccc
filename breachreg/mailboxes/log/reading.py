"""A log file to records: Unified Audit Log (CSV, JSON), Entra sign-ins (CSV, JSON), Google activities (JSON).

Real logs are dirty. A row that cannot be read is listed with its number; a record that stands there a thousand times
counts once; a cell that a spreadsheet cut off gives what is left of it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from breachreg.mailboxes import tables
from breachreg.mailboxes.log.kinds import kind_of
from breachreg.mailboxes.log.record import FAILED_SIGN_IN, SIGN_IN, Record, client_address, instant, named_values
from breachreg.mailboxes.log.spelling import spelled, unquoted
from breachreg.mailboxes.reading.addresses import addresses_in

MOST_UNREADABLE = 1000
"""Rows listed one by one; beyond that they are only counted."""


@dataclass
class Tally:
    """What happened while a log was read."""

    rows: int = 0
    repeated: int = 0
    partial: int = 0
    unreadable: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, row: int, why: str) -> None:
        self.unreadable += 1
        if len(self.examples) < MOST_UNREADABLE:
            self.examples.append((row, why))


class NotALog(Exception):
    """The file is no log that we know."""


def read_log(file: BinaryIO, tally: Tally) -> Iterator[Record]:
    """The distinct records of a log, in its order. Raises NotALog when not one row is a record."""
    seen: set[bytes] = set()
    found = False
    for row in _rows(file):
        tally.rows += 1
        if row.trouble and not _is_worth_reading(row):
            tally.refuse(row.number, row.trouble)
            continue
        record = _record(row)
        if isinstance(record, str):
            tally.refuse(row.number, record)
            continue
        found = True
        digest = bytes.fromhex(record.fingerprint)[:12]
        if digest in seen:
            tally.repeated += 1
            continue
        seen.add(digest)
        tally.partial += record.is_partial
        yield record
    if not found and (tally.rows == 0 or tally.unreadable == tally.rows):
        raise NotALog


def _rows(file: BinaryIO) -> Iterator[tables.Row]:
    start = file.read(4096).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    file.seek(0)
    return tables.rows_of_json(file) if start.startswith((b"{", b"[")) else tables.rows_of_csv(file)


def _is_worth_reading(row: tables.Row) -> bool:
    return row.trouble == "columns" and bool(_column(row.cells, "auditdata") or _column(row.cells, "operations", "operation"))


def _column(cells: Mapping, *names: str):
    folded = {str(key).lower().strip(): value for key, value in cells.items()}
    return next((folded[name] for name in names if folded.get(name) not in (None, "")), None)


def _record(row: tables.Row) -> Record | str:
    cells = row.cells
    if isinstance(cells.get("events"), list):
        return _google(row)
    data = _column(cells, "auditdata")
    if data is None and _column(cells, "operation", "operations") is None:
        return _sign_in(row)
    if data is None:
        return _audited(row.number, cells, cells, is_partial=row.trouble is not None)
    parsed, is_whole = _parsed(data)
    if not parsed and _column(cells, "operations", "operation") is None:
        return "AuditData"
    return _audited(row.number, parsed, cells, is_partial=not is_whole)


def _parsed(data: object) -> tuple[Mapping, bool]:
    """The JSON of an AuditData cell, and whether it is whole; of one that was cut off, the plain values left."""
    if isinstance(data, Mapping):
        return data, True
    text = str(data).strip()
    for candidate in (text, text.replace('""', '"')):
        try:
            parsed = unquoted(json.loads(candidate))
        except (ValueError, RecursionError):
            continue
        return (parsed, True) if isinstance(parsed, Mapping) else ({}, False)
    return _left_of(text.replace('""', '"')[:200_000]), False


def _left_of(text: str) -> dict:
    """What a record says that was cut off: its plain values, and the parameters that stand before the cut."""
    start = text.find('"Parameters"')
    pairs = _PAIR.findall(text, start) if start >= 0 else []
    parameters = [{"Name": name, "Value": _unescaped(value)} for name, value in pairs]
    return {name: _unescaped(value) for name, value in _SCALAR.findall(text)} | ({"Parameters": parameters} if parameters else {})


def _unescaped(text: str) -> str:
    try:
        return json.loads(f'"{text}"')
    except ValueError:
        return text


_SCALAR = re.compile(
    r'"(CreationTime|Id|Operation|UserId|ClientIP|ClientIPAddress|ClientInfoString|ResultStatus|ObjectId|SessionId|Workload)"'
    r'\s*:\s*"((?:[^"\\]|\\.){0,2000})"'
)
_PAIR = re.compile(r'"Name"\s*:\s*"([^"\\]{1,100})"\s*,\s*"Value"\s*:\s*"((?:[^"\\]|\\.){0,4000})"')


def _audited(number: int, data: Mapping, cells: Mapping, *, is_partial: bool) -> Record | str:
    data = spelled(data)
    operation = str(data.get("Operation") or _column(cells, "operations", "operation") or "").strip()
    at = instant(data.get("CreationTime")) or instant(_column(cells, "creationdate", "creationtime", "createddatetime"))
    if not operation or not at:
        return "Operation" if not operation else "CreationTime"
    parameters = named_values(data.get("Parameters"))
    properties = named_values(data.get("OperationProperties")) | named_values(data.get("ExtendedProperties"))
    modified = named_values(data.get("ModifiedProperties"))
    kind = kind_of(operation, parameters, properties | modified)
    return Record(
        row=number, at=at, operation=operation, kind=kind, user=_user(data, cells),
        address=_address(data, cells), client=_client(data, properties), session=_session(data, properties),
        result=str(data.get("ResultStatus") or "") or None, target=str(data.get("ObjectId") or "")[:500] or None,
        identifier=str(data.get("Id") or _column(cells, "identity") or "") or None,
        details=_details(data, parameters, properties, modified), is_partial=is_partial,
    )  # fmt: skip


def _user(data: Mapping, cells: Mapping) -> str | None:
    user = data.get("UserId") or data.get("MailboxOwnerUPN") or _column(cells, "userids", "userid", "user")
    return str(user).strip().lower()[:320] if user else None


def _address(data: Mapping, cells: Mapping):
    for name in ("ClientIP", "ClientIPAddress", "ActorIpAddress"):
        if found := client_address(data.get(name)):
            return found
    return client_address(_column(cells, "clientip", "ipaddress", "ip address"))


def _client(data: Mapping, properties: Mapping) -> str | None:
    client = data.get("ClientInfoString") or properties.get("ClientInfoString") or properties.get("UserAgent") or data.get("UserAgent")
    return str(client)[:300] if client else None


def _session(data: Mapping, properties: Mapping) -> str | None:
    context = data.get("AppAccessContext")
    inner = context.get("AADSessionId") if isinstance(context, Mapping) else None
    session = data.get("SessionId") or properties.get("SessionId") or inner
    return str(session)[:100] if session else None


_KEPT = ("MailAccessType", "IsThrottled", "RuleOperation", "RuleName", "RuleCondition", "RuleActions", "UserAgent")


def _details(data: Mapping, parameters: Mapping, properties: Mapping, modified: Mapping) -> dict:
    """What the timeline and the rules need of a record, and nothing more: a log holds the data of many people."""
    kept = {name: properties[name] for name in _KEPT if properties.get(name) not in (None, "")}
    folders = [f for f in data.get("Folders") or [] if isinstance(f, Mapping)] if isinstance(data.get("Folders"), list) else []
    items = [item for f in folders for item in (f.get("FolderItems") or []) if isinstance(item, Mapping)]
    item = data.get("Item") if isinstance(data.get("Item"), Mapping) else {}
    affected = data.get("AffectedItems") if isinstance(data.get("AffectedItems"), list) else []
    found = {
        "parameters": {str(k)[:100]: str(v)[:4000] for k, v in parameters.items()},
        "properties": {k: str(v)[:4000] for k, v in kept.items()},
        "modified": {str(k)[:100]: "" for k in modified},
        "folders": sorted({str(f["Path"])[:300] for f in [*folders, _folder_of(item)] if f.get("Path")})[:50],
        "messages": [str(i.get("InternetMessageId"))[:300] for i in items if i.get("InternetMessageId")][:1000],
        "message_count": len(items) or len(affected),
        "subject": str(item.get("Subject") or "")[:300],
        "message_id": str(item.get("InternetMessageId") or "")[:300],
        "recipients": addresses_in(str(item.get("Recipients") or ""))[:200],
    }
    return {key: value for key, value in found.items() if value}


def _folder_of(item: Mapping) -> Mapping:
    """The folder of a synchronisation, which stands with its item."""
    folder = item.get("ParentFolder")
    return folder if isinstance(folder, Mapping) else {}


_FAILED = ("failure", "échec", "echec", "interrupted", "interrompu", "interrompue")


def _sign_in(row: tables.Row) -> Record | str:
    """A row of Entra's sign-in log, JSON (createdDateTime, ipAddress...) or CSV, whose heads are in the language of who
    exported it ("IP address", "Adresse IP"). One that names neither a user nor an address is not understood.
    """
    cells = row.cells
    at = instant(_column(cells, "createddatetime", "date (utc)", "date", "creationtime", "time"))
    if not at:
        return row.trouble or "createdDateTime"
    status = _column(cells, "status", "état", "etat", "statut")
    code = status.get("errorCode") if isinstance(status, Mapping) else _column(cells, *_ERROR_CODES)
    is_success = code in (0, "0", None) and str(status).strip().lower() not in _FAILED
    place = _column(cells, "location", "emplacement", "localisation")
    place = ", ".join(str(place[k]) for k in ("city", "countryOrRegion") if place.get(k)) if isinstance(place, Mapping) else place
    user, address = _column(cells, *_USERS), client_address(_column(cells, "ipaddress", "ip address", "adresse ip", "ip"))
    if not user and not address:
        return "userPrincipalName, ipAddress"
    return Record(
        row=row.number, at=at, operation="SignIn", kind=SIGN_IN if is_success else FAILED_SIGN_IN,
        user=str(user).strip().lower()[:320] if user else None,
        address=address, client=str(_column(cells, *_CLIENTS) or "")[:300] or None,
        session=str(_column(cells, "correlationid", "correlation id", "id de corrélation", "sessionid") or "")[:100] or None,
        place=str(place)[:200] if place else None, result=str(code) if code is not None else None,
        target=str(_column(cells, "appdisplayname", "application", "resourcedisplayname") or "")[:300] or None,
        identifier=str(_column(cells, *_REQUESTS) or "") or None,
    )  # fmt: skip


_USERS = (
    "userprincipalname", "username", "user principal name", "nom d'utilisateur", "nom d’utilisateur", "nom d'utilisateur principal",
    "nom d’utilisateur principal", "user", "utilisateur",
)  # fmt: skip
_CLIENTS = ("clientappused", "client app", "application cliente", "useragent", "user agent", "agent utilisateur")
_ERROR_CODES = (
    "sign-in error code", "errorcode", "code d'erreur de connexion", "code d’erreur de connexion", "code d'erreur d'authentification",
)  # fmt: skip
_REQUESTS = ("id", "request id", "requestid", "id de la demande", "id de demande", "id de la requête", "id de requête")


def _google(row: tables.Row) -> Record | str:
    data = row.cells
    identity, actor = data.get("id") or {}, data.get("actor") or {}
    events = [event for event in data["events"] if isinstance(event, Mapping)]
    at = instant(identity.get("time")) if isinstance(identity, Mapping) else None
    if not at or not events:
        return "id.time" if not at else "events"
    operation = str(events[0].get("name") or "")
    parameters = named_values(events[0].get("parameters"))
    user = actor.get("email") if isinstance(actor, Mapping) else None
    return Record(
        row=row.number, at=at, operation=operation, kind=kind_of(operation, parameters, {}),
        user=str(user).lower()[:320] if user else None, address=client_address(data.get("ipAddress")),
        identifier=str(identity.get("uniqueQualifier") or "") or None,
        details={"parameters": {str(k)[:100]: str(v)[:4000] for k, v in parameters.items()}},
    )  # fmt: skip
