"""Checkpoints leave the machine by themselves, each once, and say nothing of any incident."""

import base64
import hashlib
import smtplib
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from breachreg import tasks
from breachreg.audit import checkpoints, timestamps
from breachreg.audit.models import Checkpoint, Entry
from breachreg.exports import deliveries, finders, stamps, trail
from breachreg.exports.models import Channel, Delivery, Destination
from breachreg.register import actions as register
from tests.certificates import DATED_AT, authority, write_root


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


def test_while_the_mail_server_makes_us_wait_no_transaction_is_open(mailed, noon, monkeypatch):
    """Whoever writes meanwhile would wait for it, too."""
    open_ones = []
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: open_ones.append(len(connection.savepoint_ids)))
    deliveries.sign_due(noon)
    before = len(connection.savepoint_ids)
    assert deliveries.send_due(noon) == 1
    assert open_ones == [before]


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
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
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


def test_where_an_authority_dated_the_checkpoint_its_timestamp_leaves_with_it(called, mailed, noon, settings, tmp_path):
    settings.TIMESTAMP_ROOTS = str(write_root(tmp_path))
    with authority() as one:
        settings.TIMESTAMP_URL = one.url
        deliveries.sign_due(noon)
        stamps.stamp_due(noon)
    assert deliveries.send_due(noon) == 2
    kept, digest = Checkpoint.objects.get(), hashlib.sha256(Checkpoint.objects.get().text.encode()).digest()
    called_with = _Hook.seen[0].decode()
    [message] = [message for message in mail.outbox if message.to == ["commissaire@example.net"]]
    token = base64.b64decode(called_with.removeprefix(kept.text).removeprefix("timestamp: "))
    assert timestamps.check(token, digest).at == DATED_AT
    assert [(one.filename, one.content) for one in message.attachments] == [("checkpoint.txt", kept.text), ("checkpoint.tst", token)]
    assert checkpoints.read(called_with).hash == kept.hash
    assert trail.compare(organisation=called.organisation, text=called_with).holds


def test_an_address_that_was_removed_gets_nothing_that_was_still_on_its_way(called, farid, noon):
    deliveries.sign_due(noon)
    trail.remove_destination(destination=called, by=farid, at=noon)
    assert deliveries.send_due(noon) == 0
    assert _Hook.seen == []


def test_a_checkpoint_that_did_not_arrive_is_found_until_a_later_one_has(called, awa, noon, hospital):
    _Hook.status = 500
    deliveries.sign_due(noon)
    for hour in range(9):
        deliveries.send_due(noon + timedelta(hours=2 * hour))
    assert Delivery.objects.get().parked_at
    found = finders.checkpoint_not_delivered(hospital, days(noon, 2), days(noon, 1))
    assert [delivery.trouble for delivery in found] == ["il refuse (HTTP 500)"]
    _Hook.status = 204
    trail.make_checkpoint(organisation=hospital, by=awa, at=days(noon, 2), reason="asked")
    assert deliveries.send_due(days(noon, 2)) == 1
    assert not finders.checkpoint_not_delivered(hospital, days(noon, 2), days(noon, 1)).exists()


def test_the_page_says_why_a_checkpoint_did_not_arrive_and_when_it_is_tried_again(client, called, chloe, noon):
    _Hook.status = 500
    deliveries.sign_due(noon)
    client.force_login(chloe)
    page = reverse("checkpoints", args=["hopital"])
    assert "en route" in client.get(page).text.lower()
    deliveries.send_due(noon)
    told = client.get(page).text
    assert "Il refuse (HTTP 500). Prochain essai :" in " ".join(told.split())
    for hour in range(9):
        deliveries.send_due(noon + timedelta(hours=2 * hour))
    assert "signez de nouveau le journal" in client.get(page).text


@pytest.mark.parametrize("status", [500, 302])
def test_a_webhook_that_fails_or_leads_elsewhere_is_tried_again(called, noon, status):
    _Hook.status = status
    deliveries.sign_due(noon)
    assert deliveries.send_due(noon) == 0
    assert str(status) in Delivery.objects.get().trouble
    _Hook.status = 204
    assert deliveries.send_due(days(noon, 0.5)) == 1
