"""What IT exported from the compromised mailbox: its rules, its audit log, its messages. All of it is made up."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from breachreg.mailboxes.examinations import actions, work
from breachreg.mailboxes.examinations.judging import judged_rules
from breachreg.mailboxes.examinations.models import LogLine
from breachreg.management.demo.cast import Cast
from breachreg.management.demo.stage import Story, ago
from breachreg.register.models import Incident

MAILBOX = "admissions@hopital-troisrivieres.example"
STRANGE, USUAL = "203.0.113.66", "192.0.2.10"
RULES = (
    b"Name,Enabled,SubjectOrBodyContainsWords,ForwardTo,DeleteMessage,MarkAsRead,MoveToFolder\r\n"
    b'.,True,"facture, RIB, virement",collecte@paiement-rib.example,False,True,Flux RSS\r\n'
    b"Alertes,True,\"phishing, piratage\",,True,True,\r\n"
    b"Parapheur,True,parapheur,signature@parapheur.example,False,False,\r\n"
    b"Lettres d'information,True,newsletter,,False,False,Lettres\r\n"
)


def examine_mailbox(cast: Cast, incident: Incident) -> Story:
    """Rules, log and messages are read; the window is confirmed, lines are copied, a rule of our own is known."""
    at = yield ago(days=5, hours=11)
    broken_in = at - timedelta(days=8, hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    examination = actions.open_examination(incident=incident, mailbox=MAILBOX, by=cast.awa, at=at)
    for name, raw in (
        ("regles-admissions.csv", RULES), ("journal-audit.csv", _log(broken_in)), ("boite-admissions.mbox", _store(broken_in)),
    ):  # fmt: skip
        file, _is_new = actions.bring_file(examination=examination, file=io.BytesIO(raw), name=name, by=cast.awa, at=at)
        actions.confirm_kind(file=file, kind=file.guessed_kind, by=cast.awa, at=at)
        work.examine_due(at)
    examination.refresh_from_db()
    start, end = broken_in, broken_in + timedelta(days=6, hours=23)
    actions.set_window(examination=examination, start=start, end=end, by=cast.awa, at=at)
    work.examine_due(at)
    known = next(one.rule for one in judged_rules(examination) if one.rule.name == "Parapheur")
    reason = "Le parapheur électronique de l'hôpital (DSI, ticket 4512)"
    actions.declare_known(organisation=cast.hospital, rule=known, reason=reason, by=cast.awa, at=at)
    lines = LogLine.objects.filter(examination=examination, kind__in=("rule", "forwarding", "synced"))
    actions.copy_lines(examination=examination, lines=list(lines.values_list("pk", flat=True)), by=cast.awa, at=at)


def _log(start: datetime) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["CreationDate", "UserIds", "Operations", "AuditData"])
    for event in _events(start):
        writer.writerow([event["CreationTime"], MAILBOX, event["Operation"], json.dumps(event, ensure_ascii=False)])
    writer.writerow(["", MAILBOX, "Send", '{"CreationTime": "'])  # a cell that the export cut off
    return text.getvalue().encode("utf-8-sig")


def _events(start: datetime) -> Iterator[dict]:
    for day in range(-6, 7):
        yield _event(start + timedelta(days=day, hours=8), "UserLoggedIn", f"{USUAL}:44312", UserAgent="Outlook")
    there = f"{STRANGE}:51022"
    yield _event(start + timedelta(minutes=5), "UserLoginFailed", there)
    yield _event(start + timedelta(minutes=10), "UserLoggedIn", there, UserAgent="axios/1.7", SessionId="demo-1")
    yield _event(
        start + timedelta(minutes=14), "New-InboxRule", there, ObjectId=f"{MAILBOX}\\.",
        Parameters=_named(
            Name=".", SubjectOrBodyContainsWords="facture;RIB;virement", ForwardTo="collecte@paiement-rib.example",
            MarkAsRead="True", MoveToFolder="Flux RSS",
        ),
    )  # fmt: skip
    yield _event(
        start + timedelta(minutes=20), "MailItemsAccessed", there, SessionId="demo-1",
        OperationProperties=_named(MailAccessType="Sync", IsThrottled="False"), Folders=[{"Path": "\\Boîte de réception"}],
    )  # fmt: skip
    yield _event(
        start + timedelta(minutes=31), "MailItemsAccessed", there,
        OperationProperties=_named(MailAccessType="Bind", IsThrottled="True"),
        Folders=[{"Path": "\\Admissions", "FolderItems": [{"InternetMessageId": f"<{n}@demo.example>"} for n in range(12)]}],
    )  # fmt: skip
    for day in range(1, 7):
        yield _event(
            start + timedelta(days=day, hours=1), "Send", there, Item={"Subject": "Changement de RIB", "InternetMessageId": f"<r{day}@demo.example>"}
        )
    yield _event(start + timedelta(days=6, hours=2), "HardDelete", there, AffectedItems=[{}, {}])


def _event(at: datetime, operation: str, address: str, **more) -> dict:
    return {
        "CreationTime": f"{at:%Y-%m-%dT%H:%M:%S}", "Id": f"demo-{operation}-{at:%m%d%H%M}", "Operation": operation,
        "UserId": MAILBOX, "ClientIP": address, "Workload": "Exchange", **more,
    }  # fmt: skip


def _named(**given: str) -> list[dict]:
    return [{"Name": name, "Value": value} for name, value in given.items()]


def _store(start: datetime) -> bytes:
    return b"".join(
        b"From demo Thu Jan  1 00:00:00 1970\n" + message.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n\n" for message in _messages(start)
    )


def _messages(start: datetime) -> Iterator[EmailMessage]:
    for number in range(60):
        body = f"Bonjour,\n\nJe confirme ma venue. Mon téléphone : 06 39 98 {number:02d} 10.\n"
        if number % 4 == 0:
            body += f"Je suis né le {1 + number % 27:02d}/0{1 + number % 9}/19{40 + number}.\n"
        if number % 5 == 0:
            body += f"Mon RIB : FR{_iban_key(number)}300060000112345678{number:03d}89\n"
        if number % 6 == 0:
            body += "Mon traitement contre le diabète a changé, voir l'ordonnance.\n"
        yield _message(f"patient{number:02d}@courriel.example", MAILBOX, "Admission", body, start - timedelta(days=90 - number))
    for number in range(40):
        body = "Bonjour,\n\nNotre RIB a changé, merci de régler votre facture sur le nouveau compte.\n"
        yield _message(MAILBOX, f"patient{number:02d}@courriel.example", "Changement de RIB", body, start + timedelta(days=1 + number % 6, hours=1))


def _iban_key(number: int) -> str:
    account = f"300060000112345678{number:03d}89"
    return f"{98 - int(account + '152700') % 97:02d}"


def _message(sender: str, recipient: str, subject: str, body: str, at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = sender, recipient, subject, format_datetime(at)
    message.set_content(body)
    return message
