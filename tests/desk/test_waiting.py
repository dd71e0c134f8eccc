"""Texts on their way wait for the person who can move them on, and for nobody else."""

from datetime import timedelta

import pytest

from breachreg.desk.waiting import waiting
from breachreg.mailboxes.reporting import intake
from breachreg.notifications import actions, review
from breachreg.register.models import FilingKind
from tests.letters.conftest import draft, in_review, known_breach  # noqa: F401
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
