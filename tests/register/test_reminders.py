"""A reminder leaves once, however late, doubled or interrupted the job that sends it."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from breachreg import tasks
from breachreg.audit.models import Entry
from breachreg.register import awareness, deadlines, filings, reminders
from breachreg.register.models import FilingKind, Reminder


def hours(noon, count):
    return noon + timedelta(hours=count)


def test_each_reminder_leaves_once_however_often_the_job_runs(aware, noon):
    for _ in range(3):
        reminders.send_due(hours(noon, 24))
    assert [message.to for message in mail.outbox] == [["awa.diallo@example.org"]]
    assert "48 h" in mail.outbox[0].body.replace("\xa0", " ")


def test_a_job_that_skipped_a_day_loses_none(aware, noon):
    reminders.send_due(hours(noon, 71))
    assert len(mail.outbox) == 5
    assert Reminder.objects.filter(done_at=None).count() == 1


def test_a_late_reminder_says_the_time_that_is_left_now(aware, noon):
    reminders.send_due(hours(noon, 47))
    assert "25 h" in mail.outbox[0].body.replace("\xa0", " ")


def test_nothing_leaves_before_its_time(aware, noon):
    assert reminders.send_due(hours(noon, 23)) == 0
    assert mail.outbox == []


def test_a_reminder_is_sent_when_the_time_is_over(aware, noon):
    reminders.send_due(hours(noon, 73))
    assert "retard" in mail.outbox[-1].subject


def test_a_filing_silences_what_was_not_sent(aware, awa, noon):
    reminders.send_due(hours(noon, 24))
    filings.record_filing(
        incident=aware, kind=FilingKind.COMPLETE, filed_at=hours(noon, 30), receipt_number="1", by=awa, at=hours(noon, 30)
    )
    reminders.send_due(hours(noon, 200))
    assert len(mail.outbox) == 1


def test_two_jobs_at_once_send_one_message(aware, noon):
    at = hours(noon, 24)
    first = list(Reminder.objects.all().claim(at))
    second = list(Reminder.objects.all().claim(at))
    assert (len(first), len(second)) == (1, 0)


def test_a_worker_that_died_leaves_a_row_that_is_found_again(aware, noon):
    at = hours(noon, 24)
    assert list(Reminder.objects.all().claim(at))
    assert reminders.send_due(at + timedelta(minutes=1)) == 0
    assert reminders.send_due(at + timedelta(minutes=6)) == 1


def test_a_mail_server_that_refuses_loses_nothing_and_records_nothing(aware, noon, monkeypatch):
    def refuse(self, fail_silently=False):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", refuse)
        assert reminders.send_due(hours(noon, 24)) == 0
    assert not Entry.objects.filter(action="reminder.sent").exists()
    assert Reminder.objects.get(hours_before=48).trouble == "gone"
    assert reminders.send_due(hours(noon, 25)) == 1
    assert Entry.objects.filter(action="reminder.sent").count() == 1


def test_an_awareness_that_moved_earlier_moves_what_is_left_and_repeats_nothing(aware, awa, second_dpo, noon):
    reminders.send_due(hours(noon, 24))
    sent = len(mail.outbox)
    awareness.propose_awareness(
        incident=aware, aware_at=hours(noon, -10), stated_by="Awa", evidence="Journal", reason="Premier appel retrouvé",
        by=awa, at=hours(noon, 25),
    )
    deadline = aware.deadlines.get()
    assert deadline.due_at == hours(noon, 62)
    reminders.send_due(hours(noon, 38))
    told = [(r.recipient.full_name, r.hours_before) for r in Reminder.objects.exclude(done_at=None)]
    assert sorted(told) == [("Awa Diallo", 24), ("Awa Diallo", 48), ("Inès Caron", 24)]
    assert len(mail.outbox) == sent + 2


def test_the_owner_alone_is_reminded_when_there_is_one(breach, awa, second_dpo, noon):
    breach.owner = second_dpo
    breach.save(update_fields=["owner"])
    assert deadlines.responsible(breach) == [second_dpo]


def test_the_message_speaks_the_language_of_its_reader_and_names_the_zone(aware, awa, noon):
    awa.language = "en"
    awa.save(update_fields=["language"])
    reminders.send_due(hours(noon, 24))
    message = mail.outbox[0]
    assert "48 h left" in message.subject.replace("\xa0", " ")
    assert "Paris time" in message.body
    assert aware.reference in message.body
    assert message.extra_headers["Message-ID"].startswith("<reminder-")


@pytest.mark.parametrize("minutes", [0, 1])
def test_the_sweep_asks_for_the_reminders(aware, noon, minutes):
    tasks.sweep_at(hours(noon, 24) + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1
