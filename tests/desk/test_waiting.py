"""Texts on their way wait for the person who can move them on, and for nobody else."""

from datetime import timedelta

import pytest

from breachreg.desk.waiting import waiting
from breachreg.letters import runs
from breachreg.letters.run_models import Run, RunState
from breachreg.mailboxes.reporting import intake
from breachreg.notifications import actions, review
from breachreg.register import work
from breachreg.register.assessments import TASK_ORIGIN
from breachreg.register.models import FilingKind
from tests.letters.conftest import draft, in_review, known_breach, sealed  # noqa: F401
from tests.mailboxes.makers.messages import suspicious

WRITES = frozenset({"notification.write"})
REVIEWS = frozenset({"notification.review", "letter.review"})


@pytest.fixture
def submitted(aware, awa, noon):
    """Awa's notification, waiting for its review."""
    notification = actions.draft(incident=aware, kind=FilingKind.INITIAL, by=awa, at=noon)
    actions.submit(notification=notification, seen=notification.version, by=awa, at=noon)
    notification.refresh_from_db()
    return notification


def test_a_letter_waits_for_a_reviewer_who_did_not_write_it(in_review, awa, bruno, hospital, noon):  # noqa: F811
    [one] = waiting(bruno, hospital, REVIEWS, noon)
    assert (one.incident, one.url.endswith("/letters/1/")) == (in_review.incident, True)
    assert waiting(awa, hospital, REVIEWS, noon) == []


def test_a_checked_run_waits_for_who_did_not_prepare_it_and_an_approved_one_for_who_starts_it(sealed, awa, bruno, hospital, town_hall, noon):  # noqa: F811
    run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    Run.objects.update(state=RunState.PREPARED)
    second, writes = frozenset({"incident.second"}), frozenset({"letter.write"})
    assert waiting(bruno, hospital, second, noon) == []
    runs.check(run=run, by=awa, at=noon)
    [one] = waiting(bruno, hospital, second, noon)
    assert (one.incident, one.url.endswith("/letters/runs/1/")) == (sealed.incident, True)
    assert waiting(awa, hospital, second, noon) == waiting(bruno, town_hall, second, noon) == []
    runs.approve(run=run, by=bruno, at=noon)
    assert waiting(bruno, hospital, second, noon) == []
    [one] = waiting(awa, hospital, writes, noon)
    assert one.url.endswith("/letters/runs/1/")
    runs.start(run=run, by=awa, at=noon)
    assert waiting(awa, hospital, writes, noon) == []


def test_a_notification_that_was_sent_back_waits_for_who_submitted_it(submitted, awa, second_dpo, bruno, hospital, noon):
    review.send_back(notification=submitted, seen=submitted.version, summary="Plus précis.", by=bruno, at=noon + timedelta(hours=1))
    assert [one.incident for one in waiting(awa, hospital, WRITES, noon)] == [submitted.incident]
    assert waiting(second_dpo, hospital, WRITES, noon) == []


def test_reported_messages_wait_as_one_line_for_who_judges_them(hospital, town_hall, awa, noon):
    intake.bring_file(organisation=hospital, raw=suspicious(), name="message.eml", by=awa, at=noon)
    [one] = waiting(awa, hospital, frozenset({"mailbox.work"}), noon)
    assert (one.incident, one.url) == (None, "/o/hopital/mailboxes/")
    assert waiting(awa, town_hall, frozenset({"mailbox.work"}), noon) == []
    assert waiting(awa, hospital, WRITES, noon) == []


def test_a_decision_that_reopened_waits_once_for_whoever_manages_incidents(aware, awa, second_dpo, bruno, hospital, noon):
    work.give_task(incident=aware, what="Décider de nouveau", origin=TASK_ORIGIN, owner=awa, by=bruno, at=noon)
    manages = frozenset({"incident.manage"})
    for person in (awa, second_dpo):
        [one] = waiting(person, hospital, manages, noon)
        assert (one.incident, one.url.endswith("/decide/")) == (aware, True)
    assert waiting(bruno, hospital, frozenset(), noon) == []
    [own] = waiting(awa, hospital, frozenset(), noon)
    assert own.url.endswith("/tasks/")
