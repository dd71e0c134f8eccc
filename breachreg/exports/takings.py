"""Who took which file: the DPOs are told of each file that left, once, by e-mail."""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.exports.kinds import Instant, Reader
from breachreg.exports.models import Taking
from breachreg.web.zones import place_of

log = logging.getLogger(__name__)


def tell_due(at: datetime) -> int:
    """Tell the DPOs of every file that was taken since; the number of messages that left."""
    return sum(_tell(taking, at) for taking in Taking.objects.claim(at))


def _tell(taking: Taking, at: datetime) -> bool:
    """Send, then note it: while the mail server makes us wait, everybody else can write."""
    told = [
        person for person in holders("incident.manage", taking.export.organisation) if person.pk != taking.taken_by_id
    ]  # fmt: skip
    try:
        for person in told:
            _message(taking, person).send()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("nobody was told that %s was taken: %s", taking.export, error)
        taking.give_back(at, trouble=str(error)[:500])
        return False
    return _note(taking, told, at)


@transaction.atomic
def _note(taking: Taking, told: list[User], at: datetime) -> bool:
    if not taking.finish(at):
        return False
    record(
        action="export.taking_told", by=None, at=at, organisation=taking.export.organisation, subject=taking.export,
        details={"taken_by": str(taking.taken_by), "told": [person.email for person in told]},
    )
    return bool(told)


def _message(taking: Taking, person: User) -> EmailMessage:
    export = taking.export
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
            headers={"Message-ID": f"<taking-{taking.pk}-{person.pk}@breachreg>"},
        )
