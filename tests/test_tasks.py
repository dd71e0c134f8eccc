"""The sweep: one beat a minute, every room has its turn, and nobody's trouble is hidden."""

from datetime import UTC, datetime
from unittest import mock

import pytest
from celery.schedules import crontab
from django.conf import settings
from kombu.exceptions import OperationalError

from breachreg import tasks
from breachreg.celery import EXPIRES, SWEEP, app, wake_up

AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_the_beat_knows_one_task_and_sends_it_each_minute():
    (entry,) = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["task"] == tasks.sweep.name == SWEEP
    assert entry["schedule"] == crontab()
    assert entry["task"] in app.tasks


def test_a_sweep_that_nobody_took_in_its_minute_expires():
    (entry,) = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["options"]["expires"] == EXPIRES < 60


def test_every_room_has_its_turn_at_the_same_instant(monkeypatch):
    seen = []
    monkeypatch.setattr(
        tasks, "DUE_WORK", [lambda at: seen.append(("first", at)), lambda at: seen.append(("second", at))]
    )
    tasks.sweep_at(AT)
    assert seen == [("first", AT), ("second", AT)]


def test_a_room_that_fails_keeps_nobody_from_their_turn_and_is_not_hidden(monkeypatch):
    seen = []

    def fail(at):
        raise ValueError("the mail server is away")

    monkeypatch.setattr(tasks, "DUE_WORK", [fail, seen.append])
    with pytest.raises(ExceptionGroup) as raised:
        tasks.sweep_at(AT)
    assert seen == [AT]
    assert [str(trouble) for trouble in raised.value.exceptions] == ["the mail server is away"]


@pytest.fixture
def sent(monkeypatch):
    """What was sent to the broker."""
    sending = mock.Mock()
    monkeypatch.setattr(app, "send_task", sending)
    return sending


def test_a_wake_up_is_sent_when_the_transaction_is_committed(db, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        wake_up()
        assert not sent.called
    assert sent.call_args.args == (SWEEP,)


@pytest.mark.parametrize("trouble", [OperationalError("no broker"), OSError("disc full")])
def test_a_broker_that_is_away_fails_nobody(db, sent, caplog, django_capture_on_commit_callbacks, trouble):
    sent.side_effect = trouble
    with django_capture_on_commit_callbacks(execute=True):
        wake_up()
    assert "found at the next minute" in caplog.text
