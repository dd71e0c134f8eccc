"""Letters that came back by e-mail: a delivery report finds its line by our Message-ID, and by nothing else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from breachreg.audit.models import Entry
from breachreg.letters import bounces, ledger, preparing, recipients, returns, runs
from breachreg.letters.bounce_models import BounceMailbox
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.redaction import without_addresses
from breachreg.letters.run_models import Result
from tests.mailboxes.conftest import dovecot  # noqa: F401 (a fixture)
from tests.mailboxes.dovecot import PASSWORD, USER

RETURNS = "/o/hopital/letters/returns/"
POSTFIX = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: registre@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 10 Mar 2026 12:00:00 +0100

Final-Recipient: rfc822; j1@example.net
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <j1@example.net>: Recipient address
 rejected: User unknown
--b
Content-Type: {kind}

{head}: <{message_id}@localhost>
Subject: Information importante

--b--
"""


def report(line, action="failed", status="5.1.1", kind="message/rfc822", head="Message-ID") -> bytes:
    text = POSTFIX.format(action=action, status=status, kind=kind, head=head, message_id=line.message_id)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def sent(sealed, awa, bruno, noon):
    """The line of somebody who was written to by e-mail."""
    person = Person("Martin", "Jeanne", "madam", line4="1 rue A", postcode="35000", city="Rennes", email="j1@example.net")
    recipients.add_recipient(letter=sealed, person=person, channel=Channel.EMAIL, by=awa, at=noon)
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(run, noon)
    run.refresh_from_db()
    runs.approve(run=runs.check(run=run, by=awa, at=noon), by=bruno, at=noon)
    runs.start(run=run, by=awa, at=noon)
    [line] = ledger.claim(way=Channel.EMAIL, at=noon, run=run)
    ledger.note_sent(line, at=noon)
    line.refresh_from_db()
    return line


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("head", ["Message-ID", "Message-Id"])
def test_a_report_marks_its_line_as_returned_with_the_reason_in_words(sent, hospital, noon, kind, head):
    assert bounces.note(organisation=hospital, raw=report(sent, kind=kind, head=head), by=None, at=noon) == sent
    sent.refresh_from_db()
    assert sent.result == Result.RETURNED and sent.offers_second_way
    assert sent.explanation.startswith("la boîte n’existe pas (5.1.1 550 5.1.1 <…>: Recipient address rejected")


def test_an_address_that_a_server_repeats_is_kept_neither_in_the_ledger_nor_in_the_trail(sent, hospital, noon):
    bounces.note(organisation=hospital, raw=report(sent), by=None, at=noon)
    sent.refresh_from_db()
    said = [sent.explanation, str(Entry.objects.get(action="dispatch.returned").content.details), *ledger.lines(sent.run)]
    assert not any("j1@" in text or "example.net" in text for text in said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <jeanne.martin@example.net>: unknown", "550 5.1.1 <…>: unknown"),
        ("550 No such user jeanne.martin here", "550 No such user … here"),
        ("550 to=jeanne.martin@example.net, relay=mx.example.net", "550 to=…, relay=mx.example.net"),
        ("452 4.2.2 JEANNE.MARTIN is over quota.", "452 4.2.2 … is over quota."),
        ("421 Try again later", "421 Try again later"),
    ],
)
def test_what_a_server_says_is_kept_without_the_address(said, kept):
    assert without_addresses(said, "jeanne.martin@example.net") == kept


def test_the_same_report_twice_is_one_return(sent, hospital, noon):
    for _again in range(2):
        bounces.note(organisation=hospital, raw=report(sent), by=None, at=noon)
    assert Entry.objects.filter(action="dispatch.returned").count() == 1


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0")])
def test_a_mere_delay_or_a_success_returns_nothing(sent, hospital, noon, action, status):
    assert bounces.note(organisation=hospital, raw=report(sent, action, status), by=None, at=noon) is None
    sent.refresh_from_db()
    assert sent.result == Result.SENT


def test_a_reply_that_quotes_our_message_id_is_no_return(sent, hospital, noon):
    reply = f"From: j1@example.net\r\nIn-Reply-To: <{sent.message_id}@localhost>\r\nReferences: <{sent.message_id}@localhost>\r\n\r\nMerci.\r\n"
    assert bounces.note(organisation=hospital, raw=reply.encode(), by=None, at=noon) is None


def test_another_organisation_cannot_return_our_letters(sent, town_hall, noon):
    assert bounces.note(organisation=town_hall, raw=report(sent), by=None, at=noon) is None


@pytest.mark.parametrize("raw", [b"", b"\xff\x00\xfe", b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n", b"Content-Type: message/delivery-status\r\n\r\n"])
def test_what_is_no_report_at_all_is_nothing(sent, hospital, noon, raw):
    assert bounces.note(organisation=hospital, raw=raw, by=None, at=noon) is None


@pytest.mark.parametrize("status", ["5.1.2", "5.2.2", "5.7.26", "5.9.9", "", "nonsense"])
def test_every_status_has_words(status):
    words = bounces.Report("letter-" + "0" * 32, True, status, "").words()
    assert words and "None" not in words


def test_returned_messages_are_brought_as_files(sent, awa, as_):
    files = [SimpleUploadedFile("a.eml", report(sent)), SimpleUploadedFile("b.eml", b"Subject: Bonjour\r\n\r\nMerci")]
    page = as_(awa).post(RETURNS + "files/", {"files": files}, follow=True).content.decode()
    assert "1 retour a été noté" in page and "1 fichier n’est pas" in page


def test_bringing_nothing_is_refused_at_its_question(hospital, awa, as_):
    answer = as_(awa).post(RETURNS + "files/", {"csrf": ""})
    assert answer.status_code == 422


def test_a_mailbox_for_returns_is_set_up_and_forgotten_and_its_password_never_shown(hospital, awa, as_):
    browser = as_(awa)
    said = {"address": "retours@example.org", "host": "imap.example.org", "security": "tls", "port": 993, "user": "retours", "folder": "INBOX"}
    assert "Saisissez le mot de passe" in browser.post(RETURNS, said).content.decode()
    browser.post(RETURNS, {**said, "password": "mot-de-passe-secret"})
    page = browser.get(RETURNS).content.decode()
    assert "imap.example.org" in page and "mot-de-passe-secret" not in page
    assert b"mot-de-passe-secret" not in bytes(BounceMailbox.objects.get().sealed_password)
    version = BounceMailbox.objects.get().version
    assert browser.post(RETURNS, {**said, "host": "voleur.example.org", "version": version}).status_code == 422
    browser.post(RETURNS + "forget/")
    assert not BounceMailbox.objects.exists()


def test_reports_in_the_mailbox_are_marked_as_read_and_everything_else_is_left(sent, dovecot, hospital, awa, noon):  # noqa: F811
    dovecot.deliver(report(sent), b"From: a@example.net\r\nSubject: Question\r\n\r\nEst-ce vrai ?\r\n")
    returns.save_mailbox(
        organisation=hospital, password=PASSWORD, by=awa, at=noon, address=USER, host="127.0.0.1", port=dovecot.port, security="tls",
        user=USER, folder="INBOX",
    )  # fmt: skip
    assert returns.fetch_due(noon) == 1
    sent.refresh_from_db()
    assert sent.result == Result.RETURNED and dovecot.unread() == 1
    later = BounceMailbox.objects.get().due_at
    assert later > noon and returns.fetch_due(later) == 0


def test_a_mailbox_that_is_away_is_tried_again_later_and_says_why(hospital, awa, noon, free_port):
    returns.save_mailbox(
        organisation=hospital, password="x", by=awa, at=noon, address=USER, host="127.0.0.1", port=free_port, security="tls", user=USER, folder="INBOX",
    )  # fmt: skip
    assert returns.fetch_due(noon) == 0
    mailbox = BounceMailbox.objects.get()
    assert mailbox.trouble and mailbox.due_at > noon
