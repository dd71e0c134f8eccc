"""Who took which file: the DPOs are told of each file that left, once, by e-mail."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.access import holders
from breachreg.audit.actions import record
from breachreg.exports.kinds import Instant, Reader
from breachreg.exports.models import Taking, TakingMail
from breachreg.register.sending import headers_of, send_each, send_once
from breachreg.web.zones import place_of


def call(taking: Taking) -> None:
    """Plan an e-mail to each DPO but the one who took the file, inside the transaction in which it was taken."""
    others = holders("incident.manage", taking.export.organisation).exclude(pk=taking.taken_by_id)
    TakingMail.objects.bulk_create(TakingMail(taking=taking, recipient=person, due_at=taking.taken_at) for person in others)


def tell_due(at: datetime) -> int:
    """Send every message that is due at this instant (UTC); the number of those that left."""
    return send_each(TakingMail.objects.claim(at), lambda mail: _send(mail, at))


def _send(mail: TakingMail, at: datetime) -> bool:
    return send_once(mail, at, send=compose(mail).send, note=lambda: _note(mail, at))


def _note(mail: TakingMail, at: datetime) -> None:
    taking, export = mail.taking, mail.taking.export
    record(
        action="export.taking_told", by=None, at=at, organisation=export.organisation, subject=export,
        details={"taken_by": str(taking.taken_by), "to": mail.recipient.email},
    )


def compose(mail: TakingMail) -> EmailMessage:
    """The message in the recipient's language and the organisation's zone, with the address of the page of the files."""
    taking, person, export = mail.taking, mail.recipient, mail.taking.export
    reader = Reader(person.language, export.organisation.zone, on_paper=True)
    with translation.override(person.language):
        at = f"{Instant().words(reader, '')(taking.taken_at)} ({place_of(export.organisation.time_zone)})"
        words = {"who": taking.taken_by.full_name, "file": export.name, "at": at, "organisation": export.organisation.name}
        lines = [
            _("%(who)s took the file %(file)s of %(organisation)s on %(at)s.") % words,
            _("Names and free text are left out of it.") if export.is_redacted else _("It holds names and free text."),
            f"SHA-256 {export.sha256}", "",
            _("Every file that was made, and who took it:"),
            settings.BASE_URL + reverse("exports", args=[export.organisation.slug]),
        ]  # fmt: skip
        return EmailMessage(
            subject=_("%(who)s took a file of the register of %(organisation)s") % words, body="\n".join(lines), to=[person.email],
            headers=headers_of(mail),
        )
