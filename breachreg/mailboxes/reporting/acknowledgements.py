"""Thanks to the employee who reported: once for a message, never to an outsider, never to a machine.

Whoever may be answered is decided when the message is read: somebody inside, not a machine (RFC 3834), whose own mail
server does not say that the sender is forged, and who got no more than a few thanks that day. The thanks name nothing
of what was reported.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.audit.actions import record
from breachreg.mailboxes.models import Acknowledgement, IncomingMail, ReportingMailbox, Source
from breachreg.mailboxes.reading import intake as reading
from breachreg.mailboxes.reading import mime
from breachreg.mailboxes.reading.addresses import domain_of, is_inside
from breachreg.mailboxes.reading.authentication import failed, results_in
from breachreg.register.sending import send_each, send_once

MOST_A_DAY = 5
"""Thanks that one address gets in a day."""
MOST_AN_HOUR = 100
"""Thanks that an organisation sends in an hour: a flood of forged messages must not become a flood of ours."""


def plan(*, mail: IncomingMail, found: reading.Forwarded, raw: bytes, own: frozenset[str], at: datetime) -> bool:
    """Plan the thanks for a mail that was read, inside its transaction; whether there will be any."""
    mailbox = ReportingMailbox.objects.filter(organisation=mail.organisation).first()
    if mail.source != Source.IMAP or mailbox is None or not mailbox.acknowledges or not found.reporter:
        return False
    address = found.reporter.address
    if not (is_inside(domain_of(address), own) and _may_be_answered(address, found, raw, mailbox)):
        return False
    if _too_many(mail, address, at):
        return False
    Acknowledgement.objects.create(incoming=mail, recipient=address, planned_at=at, due_at=at)
    return True


def _may_be_answered(address: str, found: reading.Forwarded, raw: bytes, mailbox: ReportingMailbox) -> bool:
    ours = {mailbox.address.lower(), domain_free(settings.DEFAULT_FROM_EMAIL)}
    head = mime.parse(raw[:65536]).head
    checks = results_in([mime.header_text(value) for value in head.get_all("Authentication-Results", [])[:1]])
    is_list = any(head.get(name) for name in ("List-Id", "List-Unsubscribe", "X-Auto-Response-Suppress", "X-Loop"))
    return not (found.is_automatic or is_list or failed(checks) or address in ours or not _is_address(address))


def domain_free(sender: str) -> str:
    """The bare address of "Name <address>", lower-cased."""
    return sender.rpartition("<")[2].strip(" >").lower()


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _too_many(mail: IncomingMail, address: str, at: datetime) -> bool:
    planned = Acknowledgement.objects.filter(planned_at__lte=at)
    of_address = planned.filter(recipient=address, planned_at__gt=at - timedelta(days=1))
    of_organisation = planned.filter(incoming__organisation=mail.organisation_id, planned_at__gt=at - timedelta(hours=1))
    return of_address.count() >= MOST_A_DAY or of_organisation.count() >= MOST_AN_HOUR


def send_due(at: datetime) -> int:
    """Send the thanks that are due; the number of those that left."""
    return send_each(Acknowledgement.objects.claim(at), lambda thanks: _send(thanks, at))


def _send(thanks: Acknowledgement, at: datetime) -> bool:
    return send_once(thanks, at, send=compose(thanks).send, note=lambda: _note(thanks, at))


def _note(thanks: Acknowledgement, at: datetime) -> None:
    organisation = thanks.incoming.organisation
    record(
        action="message.acknowledged", by=None, at=at, organisation=organisation, subject=thanks.incoming,
        details={"to": thanks.recipient},
    )


def compose(thanks: Acknowledgement) -> EmailMessage:
    """The thanks in the organisation's language; nothing that the reported message holds stands in it."""
    organisation = thanks.incoming.organisation
    with translation.override(organisation.language):
        lines = [
            _("Thank you: your report has arrived at %(organisation)s and will be looked at.") % {"organisation": organisation.name},
            _("Until then: do not click, do not answer, do not open what is attached. You may delete the message."),
            _("If you clicked, typed a password, opened a file, or answered: call your IT service now, by telephone. Nobody will blame you, and every minute counts."),
        ]  # fmt: skip
        return EmailMessage(
            subject=_("Your report of a suspicious message has arrived"), body="\n\n".join(lines) + "\n", to=[thanks.recipient],
            headers={
                "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk",
                "Message-ID": f"<report-{thanks.incoming_id}@{urlsplit(settings.BASE_URL).hostname}>",
            },
        )
