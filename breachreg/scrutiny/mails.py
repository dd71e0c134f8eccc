"""E-mails about the auditor's questions: rows planned by the actions, sent once by the background's sweep."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from breachreg.audit.actions import record
from breachreg.register.sending import headers_of, send_each, send_once
from breachreg.scrutiny.models import MailKind, QuestionMail

# The subject, and what to do. Nothing that was asked or answered leaves by e-mail: it is read after signing in.
WORDS = {
    MailKind.ASKED: (
        gettext_noop("Question %(number)s of the auditor waits for you"),
        gettext_noop("The auditor of %(organisation)s asks a question about the register. Read it and answer it here:"),
    ),
    MailKind.ANSWERED: (
        gettext_noop("Your question %(number)s was answered"),
        gettext_noop("A DPO of %(organisation)s answered your question. Read the answer, ask again or close it here:"),
    ),
}


def send_due(at: datetime) -> int:
    """Send every message that is due at this instant (UTC); the number of those that left."""
    return send_each(QuestionMail.objects.claim(at), lambda mail: _send(mail, at))


def _send(mail: QuestionMail, at: datetime) -> bool:
    return send_once(mail, at, send=compose(mail).send, note=lambda: _note(mail, at))


def _note(mail: QuestionMail, at: datetime) -> None:
    record(
        action="question_mail.sent", by=None, at=at, organisation=mail.question.organisation, subject=mail.question,
        details={"to": mail.recipient.email, "kind": mail.kind},
    )


def compose(mail: QuestionMail) -> EmailMessage:
    """The message in the recipient's language, with the address of the question and nothing of what it says."""
    question = mail.question
    address = settings.BASE_URL + reverse("question", args=[question.organisation.slug, question.number])
    subject, text = WORDS[MailKind(mail.kind)]
    with translation.override(mail.recipient.language):
        said = {"number": question.number, "organisation": question.organisation.name}
        return EmailMessage(
            subject=_(subject) % said, body=f"{_(text) % said}\n\n{address}\n", to=[mail.recipient.email],
            headers=headers_of(mail),
        )
