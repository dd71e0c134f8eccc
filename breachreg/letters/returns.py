"""Looking for returns: every few minutes in a mailbox by IMAP, or in files that a person brings.

Only delivery reports about our own messages are marked as read; everything else in that mailbox is left to people.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.letters import bounces
from breachreg.letters.bounce_models import BounceMailbox
from breachreg.mailboxes.reporting import imap, sealing

log = logging.getLogger(__name__)

SETTINGS = ("address", "host", "port", "security", "user", "folder")
EVERY, LATEST = timedelta(minutes=5), timedelta(hours=1)
MOST_AT_ONCE = 500


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
) -> BounceMailbox:
    """Set up the mailbox for returns or change it; it is looked at within a minute. Raises PasswordNeeded, Stale or ValidationError."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = BounceMailbox.objects.filter(organisation=organisation).first()
    if known and version is not None and known.version != version:
        raise Stale(known.version)
    mailbox = known or BounceMailbox(organisation=organisation, version=0)
    before = snapshot(mailbox, SETTINGS) if known else {}
    # Whoever may change the server's name must not be able to have the kept password sent there.
    is_elsewhere = known is None or any(getattr(known, name) != settings[name] for name in ("host", "port", "user"))
    if not password and is_elsewhere:
        raise PasswordNeeded(_("Enter the password: it is asked again whenever the server or the user changes."))
    for name, value in settings.items():
        setattr(mailbox, name, value)
    if password:
        mailbox.sealed_password = sealing.seal_password(password, organisation)
    mailbox.saved_at, mailbox.saved_by, mailbox.version = at, by, mailbox.version + 1
    mailbox.due_at, mailbox.claim, mailbox.claimed_until, mailbox.attempts, mailbox.trouble = at, None, None, 0, ""
    mailbox.full_clean(exclude=["sealed_password"])
    mailbox.save()
    changes, details = difference(before, snapshot(mailbox, SETTINGS)), {"password": "changed"} if password else {}
    record(action="returns.mailbox_saved", by=by, at=at, organisation=organisation, subject=mailbox, changes=changes, details=details)
    return mailbox


@transaction.atomic
def forget_mailbox(*, organisation: Organisation, by: User, at: datetime) -> bool:
    """Forget the mailbox and its password; False when there was none."""
    known = BounceMailbox.objects.filter(organisation=organisation).first()
    if known is None:
        return False
    record(action="returns.mailbox_forgotten", by=by, at=at, organisation=organisation, subject=known, details={"address": known.address})
    known.delete()
    return True


@transaction.atomic
def take_files(*, organisation: Organisation, files: Iterable[bytes], by: User, at: datetime) -> tuple[int, int]:
    """Read messages that a person brings; how many told of a return, and how many did not."""
    found = [bounces.note(organisation=organisation, raw=raw, by=by, at=at) for raw in files]
    returned = sum(line is not None for line in found)
    record(action="returns.read", by=by, at=at, organisation=organisation, details={"files": len(found), "returns": returned})
    return returned, len(found) - returned


# In the background


def fetch_due(at: datetime) -> int:
    """Look at every mailbox that is due; the number of returns found."""
    return sum(_visit(mailbox, at) for mailbox in BounceMailbox.objects.select_related("organisation").claim(at))


def _visit(mailbox: BounceMailbox, at: datetime) -> int:
    mailbox = BounceMailbox.objects.select_related("organisation").get(pk=mailbox.pk)
    try:
        found, is_all = fetch(mailbox, at)
    except imap.Unreachable as trouble:
        log.warning("the mailbox for returns %s could not be read: %s", mailbox.pk, trouble)
        _come_back(mailbox, at + min(EVERY * 2 ** min(mailbox.attempts, 8), LATEST), trouble=str(trouble))
        return 0
    _come_back(mailbox, at + (EVERY if is_all else timedelta(0)), visited_at=at, attempts=0, trouble="")
    return found


def _come_back(mailbox: BounceMailbox, due_at: datetime, **columns) -> None:
    mine = BounceMailbox.objects.filter(pk=mailbox.pk, claim=mailbox.claim)
    mine.update(due_at=due_at, claim=None, claimed_until=None, **columns)


def fetch(mailbox: BounceMailbox, at: datetime) -> tuple[int, bool]:
    """Read what came since the last visit: how many returns, and whether nothing is left. Raises imap.Unreachable."""
    found = 0
    with imap.opened(mailbox) as box:
        seen = mailbox.seen_uid if mailbox.box_key == box.key else 0
        unread = [uid for uid in box.unread() if uid > seen]
        for uid in unread[:MOST_AT_ONCE]:
            found += _take(mailbox, box, uid, at)
            BounceMailbox.objects.filter(pk=mailbox.pk, claim=mailbox.claim).update(box_key=box.key, seen_uid=uid)
            if not mailbox.extend(at):
                break  # the lease was lost: somebody else is at it
    return found, len(unread) <= MOST_AT_ONCE


def _take(mailbox: BounceMailbox, box: imap.Box, uid: int, at: datetime) -> bool:
    fetched = box.bytes_of(uid, bounces.LARGEST)
    if fetched is None:
        return False
    line = bounces.note(organisation=mailbox.organisation, raw=fetched[0], by=None, at=at)
    if line is not None:
        box.mark_read(uid)
    return line is not None
