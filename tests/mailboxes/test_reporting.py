"""The reporting mailbox on a real server: fetched once, marked as read only then, thanked once."""

import socket
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.mailboxes.models import Acknowledgement, IncomingMail, MailboxVisit, Report, ReportingMailbox
from breachreg.mailboxes.reading import mime
from breachreg.mailboxes.reporting import acknowledgements, fetching, imap, intake, mailbox, sealing
from tests.mailboxes.conftest import settings_of
from tests.mailboxes.dovecot import PASSWORD
from tests.mailboxes.makers import messages

LATER = timedelta(minutes=3)


def forwarded(subject="Votre colis", reporter="Rose Petit <rose.petit@example.org>", **headers) -> bytes:
    raw = messages.forwarding(messages.ordinary(subject=subject, sender="a@evil.example"), reporter=reporter)
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()).encode()
    return lines + raw


def test_a_forwarded_message_becomes_a_report_and_is_marked_as_read(dovecot, reporting, noon):
    dovecot.deliver(forwarded())
    assert fetching.fetch_due(noon) == 1
    report = Report.objects.get()
    assert (report.subject, report.sender_address) == ("Votre colis", "a@evil.example")
    assert report.incoming.reporter_address == "rose.petit@example.org"
    assert dovecot.unread() == 0
    assert fetching.fetch_due(noon + LATER) == 0
    assert Report.objects.count() == 1


def test_servers_that_do_not_answer_take_no_more_than_a_slice_of_a_sweep(hospital, town_hall, farid, noon, messages_folder, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call, and says nothing
        for organisation in (hospital, town_hall):
            mailbox.save_mailbox(
                organisation=organisation, by=farid, at=noon, password="x", address="signaler@example.org", host="127.0.0.1",
                port=silent.getsockname()[1], security="tls", user="signaler", folder="INBOX", domains=["example.org"],
                acknowledges=True,
            )  # fmt: skip
        monkeypatch.setattr(imap, "PATIENCE", 0.2)
        monkeypatch.setattr(fetching, "SLICE", 0.1)
        assert fetching.fetch_due(noon) == 0
        assert [visit.attempts for visit in MailboxVisit.objects.order_by("due_at")] == [0, 1]  # the other one stays due, and comes first
        assert fetching.fetch_due(noon + timedelta(minutes=1)) == 0
        assert [visit.attempts for visit in MailboxVisit.objects.all()] == [1, 1]


def test_over_starttls_it_is_the_same(dovecot, hospital, farid, noon, messages_folder):
    settings = settings_of(dovecot, port=dovecot.plain, security="starttls")
    mailbox.save_mailbox(organisation=hospital, by=farid, at=noon, password=PASSWORD, **settings)
    dovecot.deliver(forwarded())
    assert fetching.fetch_due(noon) == 1


def test_a_message_stays_unread_until_its_report_is_committed(dovecot, reporting, noon, monkeypatch):
    dovecot.deliver(forwarded())

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(intake, "facts_of", die)
        with pytest.raises(KeyboardInterrupt):
            fetching.fetch_due(noon)
    assert (Report.objects.count(), dovecot.unread()) == (0, 1)
    later = noon + timedelta(minutes=6)
    fetching.fetch_due(later)
    assert (IncomingMail.objects.count(), Report.objects.count(), dovecot.unread()) == (1, 1, 0)


def test_a_death_between_the_commit_and_the_mark_gives_no_double(dovecot, reporting, noon, monkeypatch):
    dovecot.deliver(forwarded())

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(imap.Box, "mark_read", die)
        with pytest.raises(KeyboardInterrupt):
            fetching.fetch_due(noon)
    assert (Report.objects.count(), dovecot.unread()) == (1, 1)
    assert fetching.fetch_due(noon + timedelta(minutes=6)) == 0
    assert (Report.objects.count(), dovecot.unread()) == (1, 0)


def test_every_broken_message_is_kept_whole(dovecot, reporting, noon):
    sent = [raw.replace(b"\x00", b"?") for raw in messages.BROKEN.values() if raw]  # IMAP carries no U+0000
    sent += [messages.nested(200), messages.messages_in_messages(200), messages.many_parts(5000), messages.suspicious()]
    dovecot.deliver(*sent)
    fetching.fetch_due(noon)
    assert dovecot.unread() == 0
    assert IncomingMail.objects.count() == len(sent)
    assert not IncomingMail.objects.filter(done_at=None).exists()


def test_a_message_longer_than_the_limit_is_taken_up_to_it(dovecot, reporting, noon, monkeypatch):
    dovecot.deliver(messages.ordinary(body="x" * 5000))
    fetch = imap.Box.bytes_of
    monkeypatch.setattr(imap.Box, "bytes_of", lambda self, uid: fetch(self, uid, 2000))
    fetching.fetch_due(noon)
    mail = IncomingMail.objects.get()
    assert (mail.size, mail.is_cut) == (2000, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"user": "x", "folder": "Rien"}, "Rien"), ({"port": 1}, "port 1"), ({"host": "localhost"}, "localhost")],
    ids=["folder", "port", "certificate"],
)
def test_what_is_wrong_with_a_mailbox_is_said_and_it_is_tried_again(changed, said, dovecot, hospital, farid, noon, messages_folder):
    settings = settings_of(dovecot, **changed)
    mailbox.save_mailbox(organisation=hospital, by=farid, at=noon, password=PASSWORD, **settings)
    assert fetching.fetch_due(noon) == 0
    visit = MailboxVisit.objects.get()
    assert said in visit.trouble
    for _ in range(12):
        at = visit.due_at
        fetching.fetch_due(at)
        visit.refresh_from_db()
    assert visit.parked_at is None
    assert visit.due_at - at == fetching.LATEST


def test_a_wrong_password_is_said(dovecot, hospital, farid, noon, messages_folder):
    box = mailbox.save_mailbox(organisation=hospital, by=farid, at=noon, password="faux", **settings_of(dovecot))
    with pytest.raises(imap.Unreachable, match=r"127\.0\.0\.1"):
        mailbox.try_out(mailbox=box)


def test_a_stopped_mailbox_is_left_alone(dovecot, reporting, farid, noon):
    dovecot.deliver(forwarded())
    assert mailbox.stop_mailbox(mailbox=reporting, by=farid, at=noon)
    assert not mailbox.stop_mailbox(mailbox=reporting, by=farid, at=noon)
    assert fetching.fetch_due(noon) == 0
    assert dovecot.unread() == 1


def test_the_password_is_encrypted_and_never_in_the_trail(reporting):
    assert PASSWORD.encode() not in bytes(reporting.sealed_password)
    assert sealing.open_password(reporting.sealed_password, reporting.organisation) == PASSWORD
    entry = Entry.objects.get(action="reporting.saved")
    assert "sealed_password" not in entry.content.changes and PASSWORD not in str(entry.content.changes)


def test_the_kept_password_is_never_sent_to_another_server(dovecot, reporting, farid, noon):
    with pytest.raises(mailbox.PasswordNeeded):
        mailbox.save_mailbox(
            organisation=reporting.organisation, by=farid, at=noon, password=None, **settings_of(dovecot, host="evil.example")
        )
    kept = mailbox.save_mailbox(
        organisation=reporting.organisation, by=farid, at=noon, password=None, **settings_of(dovecot, acknowledges=False)
    )
    assert sealing.open_password(kept.sealed_password, kept.organisation) == PASSWORD


def test_the_second_of_two_people_who_change_the_settings_is_told(dovecot, reporting, awa, farid, noon):
    settings = settings_of(dovecot)
    organisation = reporting.organisation
    mailbox.save_mailbox(organisation=organisation, by=awa, at=noon, password=None, version=1, **settings)
    with pytest.raises(mailbox.Stale):
        mailbox.save_mailbox(organisation=organisation, by=farid, at=noon, password=None, version=1, **settings)


def test_whoever_reports_is_thanked_once(dovecot, reporting, noon):
    dovecot.deliver(forwarded())
    fetching.fetch_due(noon)
    assert acknowledgements.send_due(noon) == 1
    assert acknowledgements.send_due(noon + LATER) == 0
    [sent] = outbox.outbox
    assert sent.to == ["rose.petit@example.org"]
    assert sent.message()["Auto-Submitted"] == "auto-replied"
    assert "colis" not in sent.body and "evil" not in sent.message().as_string()


@pytest.mark.parametrize(
    "raw",
    [
        forwarded(reporter="Dehors <x@evil.example>"),
        forwarded(reporter="Boucle <alerte@example.org>"),
        forwarded(reporter="Robot <mailer-daemon@example.org>"),
        forwarded(Auto_Submitted="auto-generated"),
        forwarded(Precedence="bulk"),
        forwarded(List_Id="<tous.example.org>"),
        forwarded(Return_Path="<>"),
        forwarded(Authentication_Results="mx.example.org; spf=fail smtp.mailfrom=example.org"),
        forwarded(reporter="Rose <rose.petit@example.org,victime@evil.example>"),
    ],
    ids=["outsider", "ourselves", "daemon", "automatic", "bulk", "list", "bounce", "forged", "two addresses"],
)
def test_no_thanks_go_to_outsiders_and_machines(raw, dovecot, reporting, noon):
    dovecot.deliver(raw)
    assert fetching.fetch_due(noon) == 1
    assert Report.objects.exists()
    assert not Acknowledgement.objects.exists()


def test_a_flood_is_not_answered_by_a_flood(dovecot, reporting, noon):
    dovecot.deliver(*(forwarded(subject=f"Colis {number}") for number in range(9)))
    assert fetching.fetch_due(noon) == 9
    assert Acknowledgement.objects.count() == acknowledgements.MOST_A_DAY
    tomorrow = noon + timedelta(days=1, minutes=1)
    dovecot.deliver(forwarded(subject="Encore"))
    fetching.fetch_due(tomorrow)
    assert Acknowledgement.objects.count() == acknowledgements.MOST_A_DAY + 1


def test_another_organisation_with_the_same_message_has_its_own(dovecot, reporting, town_hall, dan, noon):
    mailbox.save_mailbox(organisation=town_hall, by=dan, at=noon, password=PASSWORD, **settings_of(dovecot))
    dovecot.deliver(forwarded())
    first = MailboxVisit.objects.get(mailbox=reporting)
    fetching.fetch(first.mailbox, noon)
    with dovecot.client() as box:
        box.uid("store", "1", "-FLAGS", r"(\Seen)")
    fetching.fetch(ReportingMailbox.objects.get(organisation=town_hall), noon)
    assert sorted(Report.objects.values_list("organisation__slug", flat=True)) == ["hopital", "mairie"]


def test_the_settings_are_kept_tried_and_never_show_the_password(dovecot, client, hospital, farid, noon, messages_folder):
    client.force_login(farid)
    address = reverse("reporting-mailbox", args=[hospital.slug])
    typed = {**settings_of(dovecot), "domains": "example.org\n@mairie.example", "password": PASSWORD}
    assert client.post(address, {**typed, "domains": "pas un domaine"}).status_code == 422
    assert client.post(address, {**typed, "password": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    dovecot.deliver(forwarded())
    tried = client.post(reverse("reporting-try", args=[hospital.slug]), follow=True).content.decode()
    assert "1 message" in tried and PASSWORD not in tried
    assert dovecot.unread() == 1
    assert client.get(reverse("mailboxes", args=[hospital.slug])).status_code == 403


def test_the_limits_of_reading_hold_for_what_is_fetched():
    assert imap.LIMITS is mime.LIMITS
