"""The sweep: one beat a minute, every room has its turn, and nobody's trouble is hidden."""

from datetime import UTC, datetime

import pytest
from celery.schedules import crontab
from django.conf import settings

from breachreg import tasks
from breachreg.celery import app

AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_the_beat_knows_one_task_and_sends_it_each_minute():
    (entry,) = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["task"] == tasks.sweep.name
    assert entry["schedule"] == crontab()
    assert entry["task"] in app.tasks


def test_a_sweep_that_nobody_took_in_its_minute_expires():
    (entry,) = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["options"]["expires"] < 60


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
