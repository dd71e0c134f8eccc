"""The reporting mailbox of an organisation: its settings, a try-out, and when it is looked at.

The password is kept encrypted under a key outside the database, and never shown again.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.mailboxes.models import MailboxVisit, ReportingMailbox
from breachreg.mailboxes.reporting import imap, sealing

SETTINGS = ("address", "host", "port", "security", "user", "folder", "domains", "acknowledges", "stopped_at")


class Stale(Exception):
    """Somebody else saved the settings since this page was opened; carries their version."""

    def __init__(self, version: int):
        super().__init__(_("Somebody else changed these settings meanwhile."))
        self.version = version


class PasswordNeeded(Exception):
    """A mailbox needs a password the first time, and again when it is on another server."""


@transaction.atomic
def save_mailbox(
    *, organisation: Organisation, password: str | None, by: User, at: datetime, version: int | None = None, **settings
) -> ReportingMailbox:
    """Set up the reporting mailbox or change it; it is looked at within a minute.

    Without a password the one kept before stays, as long as server and user are the same: whoever may change the
    address of the server must not be able to have the password sent there. Raises PasswordNeeded, Stale or
    ValidationError.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = ReportingMailbox.objects.filter(organisation=organisation).first()
    if known and version is not None and known.version != version:
        raise Stale(known.version)
    mailbox = known or ReportingMailbox(organisation=organisation)
    before = snapshot(mailbox, SETTINGS) if known else {}
    is_elsewhere = any(getattr(mailbox, name) != settings[name] for name in ("host", "port", "user"))
    if not password and (known is None or is_elsewhere):
        raise PasswordNeeded(_("Enter the password: it is asked again whenever the server or the user changes."))
    for name, value in settings.items():
        setattr(mailbox, name, value)
    if password:
        mailbox.sealed_password = sealing.seal_password(password, organisation)
    mailbox.saved_at, mailbox.saved_by, mailbox.stopped_at, mailbox.stopped_by = at, by, None, None
    mailbox.version = mailbox.version + 1 if known else 1
    mailbox.full_clean(exclude=["sealed_password"])
    mailbox.save()
    MailboxVisit.objects.update_or_create(mailbox=mailbox, defaults=_due(at))
    changes = difference(before, snapshot(mailbox, SETTINGS))
    details = {"password": "changed"} if password else {}
    record(action="reporting.saved", by=by, at=at, organisation=organisation, subject=mailbox, changes=changes, details=details)
    return mailbox


@transaction.atomic
def stop_mailbox(*, mailbox: ReportingMailbox, by: User, at: datetime) -> bool:
    """Look at the mailbox no longer; False when it was stopped before. Saving it starts it again."""
    stopped = ReportingMailbox.objects.filter(pk=mailbox.pk, stopped_at=None).update(stopped_at=at, stopped_by=by)
    if stopped:
        record(action="reporting.stopped", by=by, at=at, organisation=mailbox.organisation, subject=mailbox)
    return bool(stopped)


@transaction.atomic
def look_now(*, mailbox: ReportingMailbox, by: User, at: datetime) -> None:
    """Have the mailbox looked at by the next sweep, whatever kept us from it before."""
    MailboxVisit.objects.filter(mailbox=mailbox).update(due_at=at, claimed_until=None, attempts=0)
    record(action="reporting.looked_at", by=by, at=at, organisation=mailbox.organisation, subject=mailbox)


def try_out(*, mailbox: ReportingMailbox) -> int:
    """Open the mailbox once, change nothing there, and count what is not read yet. Raises imap.Unreachable."""
    with imap.opened(mailbox) as box:
        return len(box.unread())


def _due(at: datetime) -> dict:
    return {"due_at": at, "claim": None, "claimed_until": None, "attempts": 0, "parked_at": None, "trouble": "", "done_at": None}
