"""Checkpoints leave the machine by themselves, each once, and say nothing of any incident."""

import smtplib
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail

from breachreg import tasks
from breachreg.audit import checkpoints
from breachreg.audit.models import Checkpoint, Entry
from breachreg.exports import deliveries, trail
from breachreg.exports.models import Channel, Delivery, Destination
from breachreg.register import actions as register


@pytest.fixture
def mailed(incident, farid, noon):
    return trail.add_destination(
        organisation=incident.organisation, channel=Channel.EMAIL, address="commissaire@example.net", by=farid, at=noon
    )


def days(noon, count):
    return noon + timedelta(days=count)


def test_a_day_in_which_something_was_done_is_signed_and_sent_once(mailed, noon):
    for _ in range(3):
        tasks.sweep_at(days(noon, 1))
    assert Checkpoint.objects.count() == 1
    [message] = [message for message in mail.outbox if message.to == ["commissaire@example.net"]]
    said = checkpoints.read(message.body[message.body.index("breachreg checkpoint") :])
    assert said.hash == Checkpoint.objects.get().hash


def test_a_day_in_which_nothing_was_done_is_not_signed(mailed, noon):
    deliveries.sign_due(noon)
    deliveries.send_due(noon)
    deliveries.sign_due(days(noon, 1))
    assert Checkpoint.objects.count() == 1


def test_a_checkpoint_says_nothing_of_any_incident(mailed, noon):
    deliveries.sign_due(noon)
    deliveries.send_due(noon)
    text = mail.outbox[-1].subject + mail.outbox[-1].body
    assert "HOP-2026" not in text
    assert "portable" not in text
    assert "Diallo" not in text  # a shorter name may stand in a signature by chance


def test_an_export_of_today_does_not_keep_the_daily_one_from_leaving(mailed, awa, noon):
    trail.make_checkpoint(organisation=mailed.organisation, by=awa, at=noon, reason="asked")
    register.report_incident(organisation=mailed.organisation, title="Autre", by=awa, at=noon)
    trail.make_checkpoint(
        organisation=mailed.organisation, by=awa, at=days(noon, 0.9), reason="export", sends=False
    )
    assert deliveries.sign_due(days(noon, 1)) == 1


def test_a_mail_server_that_refuses_loses_nothing(mailed, noon, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    deliveries.sign_due(noon)
    assert deliveries.send_due(noon) == 0
    assert not Entry.objects.filter(action="checkpoint.sent").exists()
    monkeypatch.undo()
    assert deliveries.send_due(days(noon, 0.5)) == 1
    assert "gone" not in Delivery.objects.get().trouble


class _Hook(BaseHTTPRequestHandler):
    status = 204
    seen: list[bytes] = []

    def do_POST(self):
        self.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def hook():
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Hook.seen, _Hook.status = [], 204
    yield f"http://127.0.0.1:{server.server_port}/points"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def called(incident, farid, noon, hook):
    # The page takes https only; the test's server has no certificate.
    return Destination.objects.create(
        organisation=incident.organisation, channel=Channel.WEBHOOK, address=hook, added_at=noon, added_by=farid
    )


def test_a_webhook_gets_the_signed_text(called, noon):
    deliveries.sign_due(noon)
    assert deliveries.send_due(noon) == 1
    assert [body.decode() for body in _Hook.seen] == [Checkpoint.objects.get().text]


@pytest.mark.parametrize("status", [500, 302])
def test_a_webhook_that_fails_or_leads_elsewhere_is_tried_again(called, noon, status):
    _Hook.status = status
    deliveries.sign_due(noon)
    assert deliveries.send_due(noon) == 0
    assert str(status) in Delivery.objects.get().trouble
    _Hook.status = 204
    assert deliveries.send_due(days(noon, 0.5)) == 1
