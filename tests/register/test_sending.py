"""A message leaves once, while nobody waits for the mail server, and never when it could not be noted."""

import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

import breachreg
from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.register import reminders
from breachreg.register.models import Reminder
from tests.audit.conftest import broken_trail  # noqa: F401


def entries():
    return Entry.objects.filter(action="reminder.sent").count()


def test_while_the_mail_server_makes_us_wait_no_transaction_is_open(aware, noon, monkeypatch):
    """Whoever writes meanwhile would wait for it, too."""
    seen = []
    monkeypatch.setattr(mail.EmailMessage, "send", lambda self: seen.append((len(connection.savepoint_ids), entries())))
    before = len(connection.savepoint_ids)
    assert reminders.send_due(noon + timedelta(hours=24)) == 1
    assert seen == [(before, 0)]
    assert entries() == 1


def test_what_can_not_be_noted_does_not_leave_and_leaves_once_when_it_can(aware, noon, broken_trail):  # noqa: F811
    for minutes in (0, 10, 20):
        with broken_trail(), pytest.raises(TrailUnavailable):
            reminders.send_due(noon + timedelta(hours=24, minutes=minutes))
    assert mail.outbox == []
    assert reminders.send_due(noon + timedelta(hours=25)) == 1
    assert (len(mail.outbox), entries()) == (1, 1)


def test_a_worker_killed_between_the_message_and_its_note_sends_it_once_more_under_the_same_name(aware, noon, monkeypatch):
    class Killed(BaseException):
        """The process ends here."""

    sent = []

    def send(message):
        sent.append(message.extra_headers["Message-ID"])
        if len(sent) == 1:
            raise Killed

    monkeypatch.setattr(mail.EmailMessage, "send", send)
    with pytest.raises(Killed):
        reminders.send_due(noon + timedelta(hours=24))
    assert reminders.send_due(noon + timedelta(hours=24, minutes=1)) == 0  # its lease still runs
    assert reminders.send_due(noon + timedelta(hours=24, minutes=6)) == 1
    assert sent[0] == sent[1]
    assert (len(sent), entries()) == (2, 1)


def refusing(trouble, tried):
    def refuse(message):
        tried.append(message)
        raise trouble

    return refuse


@pytest.mark.parametrize("trouble", [smtplib.SMTPServerDisconnected("gone"), TimeoutError("timed out")])
def test_a_server_that_is_away_for_a_night_is_asked_once_a_sweep_and_takes_everything_when_it_is_back(
    second_dpo, aware, awa, noon, monkeypatch, trouble
):
    tried = []
    start = noon + timedelta(hours=24)
    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", refusing(trouble, tried))
        for minutes in range(0, 12 * 60, 3):
            assert reminders.send_due(start + timedelta(minutes=minutes)) == 0
    assert len(tried) == 12 * 20
    assert reminders.stuck(aware.organisation).trouble == str(trouble)
    assert entries() == 0
    back = start + timedelta(hours=12)
    assert reminders.send_due(back) == Reminder.objects.filter(due_at__lte=back).count() >= 2
    assert reminders.stuck(aware.organisation) is None


def test_an_address_that_is_refused_keeps_nobody_else_waiting_and_is_given_up_in_the_end(second_dpo, aware, awa, noon, monkeypatch):
    tried = []
    with monkeypatch.context() as patched:
        refusal = smtplib.SMTPRecipientsRefused({"awa@example.org": (550, b"no such box")})
        patched.setattr(mail.EmailMessage, "send", refusing(refusal, tried))
        reminders.send_due(noon + timedelta(hours=24))
        assert {message.to[0] for message in tried} == {awa.email, second_dpo.email}
        for hours in range(25, 47):
            reminders.send_due(noon + timedelta(hours=hours))
    assert Reminder.objects.filter(hours_before=48, parked_at=None).count() == 0


def test_a_message_says_that_a_machine_wrote_it(aware, noon):
    reminders.send_due(noon + timedelta(hours=24))
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_every_room_that_writes_an_email_sends_it_this_one_way():
    """But the letters, which have a ledger of their own, and the demo, whose mails are those that arrive."""
    root = Path(breachreg.__file__).parent
    writers = [path for path in root.rglob("*.py") if " EmailMessage(" in path.read_text(encoding="utf-8") and "demo" not in path.parts]
    assert len(writers) >= 7
    assert [str(path) for path in writers if "send_once(" not in path.read_text(encoding="utf-8")] == []
