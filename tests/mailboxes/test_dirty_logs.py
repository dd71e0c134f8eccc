"""Logs as tenants really export them: local dates, numbers for names, odd encodings, columns moved, files cut off."""

import csv
import io
import json

import pytest

from breachreg.mailboxes import tables
from breachreg.mailboxes.log.reading import NotALog, Tally, read_log
from breachreg.mailboxes.log.record import Record, client_address
from breachreg.mailboxes.log.rules import rule_in
from tests.mailboxes.makers import logs


def read(raw: bytes) -> tuple[list[Record], Tally]:
    tally = Tally()
    return list(read_log(io.BytesIO(raw), tally)), tally


def table(header: list[str], rows: list[list], *, delimiter=",", encoding="utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([header, *rows])
    return text.getvalue().encode(encoding)


def data(**changed) -> str:
    return json.dumps(logs.event("Send", at="2026-09-14T19:03:22", number=5) | changed)


@pytest.mark.parametrize("date", ["9/14/2026 7:03:22 PM", "14/09/2026 19:03:22", "2026-09-14T19:03:22.0000000Z", "2026-09-14 19:03:22", "2026-09-14T19:03:22", "2026-09-14T21:03:22+02:00", "9/14/2026 7:03:22\u202fPM"])
def test_a_date_in_any_shape_is_the_same_instant(date):
    raw = table(["CreationDate", "UserIds", "Operations", "AuditData"], [[date, logs.OWNER, "Send", data(CreationTime=None)]])
    (record,), _tally = read(raw)
    assert record.at.isoformat() == "2026-09-14T19:03:22+00:00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_separator_are_found(encoding, delimiter):
    row = ["", "hélène@hopital.example", "Send", data(UserId="hélène@hopital.example")]
    (record,), _tally = read(table(["CreationDate", "UserIds", "Operations", "AuditData"], [row], delimiter=delimiter, encoding=encoding))
    assert record.operation == "Send"
    assert record.user == "hélène@hopital.example"


@pytest.mark.parametrize(
    "header",
    [
        ["AuditData", "Operations", "UserIds", "CreationDate"],
        ["RecordId", "CreationDate", "RecordType", "Operation", "AuditData", "UserId", "AssociatedAdminUnits", "AssociatedAdminUnitsNames"],
        ["RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "AuditData", "Operations"],
    ],
)
def test_columns_stand_in_any_order_with_others_and_twice(header):
    cells = {"AuditData": data(), "Operations": "Send", "Operation": "Send", "CreationDate": "9/14/2026 7:03:22 PM", "RecordType": "2"}
    (record,), tally = read(table(header, [[cells.get(name, "") for name in header]]))
    assert (record.kind, tally.unreadable) == ("sent", 0)


def test_a_second_copy_of_a_column_that_is_empty_hides_nothing():
    header = ["CreationDate", "AuditData", "Operations", "AuditData"]
    (record,), _tally = read(table(header, [["9/14/2026 7:03:22 PM", data(), "Send", ""]]))
    assert record.address.ip == logs.USUAL


@pytest.mark.parametrize(
    "changed",
    [
        {"RecordType": 2}, {"RecordType": "ExchangeItem"}, {"ClientIP": None}, {"ClientIP": ""}, {"ClientIP": "fe80::1%eth0"},
        {"Parameters": None}, {"Parameters": "x"}, {"Parameters": [None, 1, {"Name": None}]}, {"Folders": {"a": 1}},
        {"Folders": [None, {"FolderItems": None}, {"FolderItems": "x"}, {"FolderItems": [1, None]}]}, {"Item": []}, {"Item": {"Recipients": [1]}},
        {"AffectedItems": "x"}, {"OperationProperties": {"a": 1}}, {"ExtendedProperties": "[]"}, {"UserId": 7}, {"UserId": None},
        {"ModifiedProperties": [{"Name": "a", "NewValue": None}]}, {"AppAccessContext": "x"}, {"SessionId": {"a": 1}}, {"Id": None}, {"Id": 3},
    ],
)  # fmt: skip
def test_an_odd_value_stops_nothing(changed):
    (record,), tally = read(table(["CreationDate", "UserIds", "Operations", "AuditData"], [["", logs.OWNER, "Send", data(**changed)]]))
    assert (record.operation, tally.unreadable) == ("Send", 0)
    assert Record.from_json(json.loads(json.dumps(record.as_json()))).fingerprint == record.fingerprint


def test_a_record_repeated_thousands_of_times_is_one():
    records, tally = read(table(["CreationDate", "UserIds", "Operations", "AuditData"], [["", logs.OWNER, "Send", data()]] * 3000))
    assert (len(records), tally.repeated) == (1, 2999)


def test_nul_bytes_and_half_characters_stop_nothing():
    raw = table(["CreationDate", "UserIds", "Operations", "AuditData"], [["", logs.OWNER, "Send", data()]]).replace(b"\r\n", b"\x00\r\n", 1)
    records, _tally = read(raw.replace(logs.OWNER.encode(), b"\xffx" + logs.OWNER.encode(), 1))
    assert len(records) == 1


def sign_ins(count: int) -> list[dict]:
    return [{"id": str(n), "createdDateTime": "2026-09-14T19:03:22Z", "userPrincipalName": logs.OWNER, "ipAddress": logs.STRANGE, "status": {"errorCode": 0}} for n in range(count)]


@pytest.mark.parametrize("opening", ["[", '{"value": [', '{"@odata.context": "https://graph.microsoft.com/x", "value": ['])
def test_a_json_log_that_was_cut_off_gives_what_is_whole_and_says_so(opening):
    raw = (opening + json.dumps(sign_ins(50))[1:-1]).encode()[:-30]
    records, tally = read(raw)
    assert (len(records), tally.unreadable) == (49, 1)


def test_a_json_log_is_read_object_by_object(monkeypatch):
    monkeypatch.setattr(tables._Window, "BLOCK", 64)
    records, tally = read(json.dumps(sign_ins(200), indent=2).encode("utf-16"))
    assert (len(records), tally.unreadable) == (200, 0)


def test_json_lines_with_a_broken_one_lose_only_that():
    lines = [json.dumps(one) for one in sign_ins(3)]
    records, tally = read("\n".join([lines[0], lines[1][:-9], lines[2]]).encode())
    assert (len(records), tally.unreadable) == (2, 1)


def rule_made(**changed) -> dict:
    given = logs.parameters(Name=".", ForwardTo="collecte@evil.example", DeleteMessage="True")
    return logs.event("New-InboxRule", number=7, Parameters=given) | changed


def in_csv(data: str) -> bytes:
    return table(["CreationDate", "UserIds", "Operations", "AuditData"], [["9/14/2026 7:03:22 PM", logs.OWNER, "New-InboxRule", data]])


SENTINEL = {
    "TimeGenerated [UTC]": "9/14/2026, 7:03:22.123 PM", "Operation": "New-InboxRule", "UserId": logs.OWNER, "ClientIP": "",
    "Client_IPAddress": "203.0.113.7:4431", "OfficeObjectId": "compta\\.", "Parameters": json.dumps(rule_made()["Parameters"]),
}  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        in_csv(json.dumps(rule_made(Parameters=json.dumps(rule_made()["Parameters"])))),
        in_csv(json.dumps(json.dumps(rule_made()))),
        in_csv(json.dumps(rule_made(Other="x" * 40_000))[:32_767]),
        table(list(SENTINEL), [list(SENTINEL.values())]),
        json.dumps([{key[0].lower() + key[1:]: value for key, value in rule_made().items()}]).encode(),
    ],
    ids=["a list in quotes", "quoted twice", "cut off by a spreadsheet", "flattened by Sentinel", "keys in lower case"],
)
def test_a_rule_is_found_however_its_record_was_exported(raw):
    (record,), tally = read(raw)
    rule = rule_in(record)
    assert (rule.name, rule.actions[0].values, tally.unreadable) == (".", ("collecte@evil.example",), 0)
    assert record.address is not None


def test_a_synchronisation_is_told_from_a_reading_also_when_its_properties_stand_in_quotes():
    properties = json.dumps(logs.parameters(MailAccessType="Sync"))
    folder = {"ParentFolder": {"Path": "\\Boîte de réception"}}
    raw = table(["AuditData"], [[json.dumps(logs.event("MailItemsAccessed", OperationProperties=properties, Item=folder))]])
    (record,), _tally = read(raw)
    assert (record.kind, record.details["folders"]) == ("synced", ["\\Boîte de réception"])


def test_a_record_of_graph_without_its_audit_data_keeps_who_and_from_where():
    item = {"createdDateTime": "2026-09-14T19:03:22Z", "operation": "Send", "userPrincipalName": logs.OWNER, "clientIp": "[2001:db8::1]:443"}
    (record,), _tally = read(json.dumps({"value": [item]}).encode())
    assert (record.user, record.address.ip) == (logs.OWNER, "2001:db8::1")


FRENCH = ["Date (UTC)", "ID de la demande", "Nom d'utilisateur", "Adresse IP", "Emplacement", "État", "Code d'erreur de connexion"]


def test_sign_ins_exported_in_french_are_read_and_failures_stay_failures():
    rows = [[f"2026-09-14T19:0{n}:00Z", f"r{n}", logs.OWNER, "203.0.113.7", "Lagos, NG", state, code] for n, state, code in ((1, "Réussite", ""), (2, "Échec", "50126"), (3, "Interrompu", ""))]
    records, _tally = read(table(FRENCH, rows, delimiter=";"))
    assert [(r.kind, r.user, r.address.ip) for r in records] == [(kind, logs.OWNER, "203.0.113.7") for kind in ("sign_in", "failed_sign_in", "failed_sign_in")]


def test_sign_ins_in_a_language_that_we_do_not_know_are_said_to_be_unreadable():
    with pytest.raises(NotALog):
        read(table(["Date (UTC)", "Benutzername", "IP-Adresse"], [["2026-09-14T19:03:22Z", logs.OWNER, "203.0.113.7"]]))


@pytest.mark.parametrize("date", ["/Date(1789412602000)/", "\\/Date(1789412602000)\\/", "9/14/2026, 7:03:22.000 PM"])
def test_a_date_as_powershell_and_sentinel_write_it(date):
    (record,), _tally = read(json.dumps([{"CreationDate": date, "UserIds": logs.OWNER, "Operations": "Send"}]).encode())
    assert record.at.isoformat() == "2026-09-14T19:03:22+00:00"


def test_of_a_chain_of_proxies_the_first_address_counts():
    assert client_address("203.0.113.7:50, 198.51.100.1") == ("203.0.113.7", 50)
