"""Who comes next in a review is told by e-mail, once, and no fact of the incident leaves with it."""

import smtplib
from datetime import timedelta

from django.core import mail

from breachreg.notifications import messages, review
from breachreg.notifications.models import MessageKind, ReviewMessage


def recipients(kind):
    return sorted(message.recipient.email for message in ReviewMessage.objects.filter(kind=kind))


def test_reviewers_are_called_when_a_text_is_submitted_but_not_its_authors(draft, bruno, awa, noon):
    from breachreg.notifications import actions

    actions.submit(notification=draft, seen=1, by=awa, at=noon)
    assert recipients(MessageKind.SUBMITTED) == [bruno.email]


def test_the_author_hears_of_the_outcome(draft, bruno, awa, noon):
    from breachreg.notifications import actions

    actions.submit(notification=draft, seen=1, by=awa, at=noon)
    review.send_back(notification=draft, seen=2, summary="À revoir.", by=bruno, at=noon)
    assert recipients(MessageKind.SENT_BACK) == [awa.email]


def test_a_mention_calls_the_person_and_nobody_oneself(draft, awa, bruno, noon):
    review.comment(notification=draft, field="description", text="@Awa Diallo, @Bruno Lefèvre ?", by=bruno, at=noon)
    assert recipients(MessageKind.MENTIONED) == [awa.email]


def test_each_message_leaves_once_in_the_readers_language_without_a_fact(draft, bruno, awa, noon):
    from breachreg.notifications import actions

    actions.submit(notification=draft, seen=1, by=awa, at=noon)
    assert [messages.send_due(noon), messages.send_due(noon)] == [1, 0]
    (message,) = mail.outbox
    assert message.subject == "HOP-2026-0001\u00a0: une notification attend votre relecture"
    assert draft.incident.title not in message.body
    assert f"/incidents/HOP-2026-0001/notification/{draft.number}/" in message.body


def test_a_mail_server_that_refuses_is_tried_again(draft, bruno, awa, noon, monkeypatch):
    from breachreg.notifications import actions

    actions.submit(notification=draft, seen=1, by=awa, at=noon)

    def refuse(self):
        raise smtplib.SMTPServerDisconnected("closed")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        assert messages.send_due(noon) == 0
    assert messages.send_due(noon + timedelta(hours=3)) == 1
