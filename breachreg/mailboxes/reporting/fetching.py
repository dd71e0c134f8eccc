"""The reporting mailbox is looked at every few minutes: each message is kept, read, and only then marked as read.

A worker that dies anywhere in between leaves the message unread on the server. The next one finds its number and its
bytes kept already, adds nothing, and marks it. A mailbox that is away is tried again, ever later, for as long as it
takes: nobody has to remember to switch it on again.
"""

import logging
import time
from datetime import datetime, timedelta

from breachreg.mailboxes.models import IncomingMail, MailboxVisit, ReportingMailbox, Source
from breachreg.mailboxes.reporting import imap, intake

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=2)
LATEST = timedelta(hours=1)
MOST_AT_ONCE = 200
"""Messages taken in one visit; the rest waits for the next one, a minute later."""
SLICE = 40.0
"""Seconds of one sweep for all mailboxes: servers that do not answer must not keep the other work waiting one by one."""


def fetch_due(at: datetime) -> int:
    """Look at the mailboxes that are due, for the time of one slice; the number of messages that are new.

    Those that are not reached stay due, and come first in the next sweep.
    """
    end, new = time.monotonic() + SLICE, 0
    for visit in MailboxVisit.objects.filter(mailbox__stopped_at=None).claim(at):
        new += _visit(visit, at, end)
        if time.monotonic() >= end:
            break
    return new


def _visit(visit: MailboxVisit, at: datetime, end: float) -> int:
    try:
        found, is_all = fetch(visit.mailbox, at, visit, end)
    except imap.Unreachable as trouble:
        log.warning("the reporting mailbox %s could not be read: %s", visit.mailbox_id, trouble)
        _come_back(visit, at, min(EVERY * 2**visit.attempts, LATEST), trouble=str(trouble))
        return 0
    _come_back(visit, at, EVERY if is_all else timedelta(0), visited_at=at, attempts=0, trouble="")
    return found


def _come_back(visit: MailboxVisit, at: datetime, after: timedelta, **columns) -> None:
    mine = MailboxVisit.objects.filter(pk=visit.pk, claim=visit.claim)
    mine.update(due_at=at + after, claim=None, claimed_until=None, **columns)


def fetch(
    mailbox: ReportingMailbox, at: datetime, visit: MailboxVisit | None = None, end: float | None = None
) -> tuple[int, bool]:
    """Take in what is not read yet: how much of it is new, and whether nothing is left. Raises imap.Unreachable.

    ``end`` is the instant of the monotonic clock after which the rest is left for later.
    """
    new = 0
    with imap.opened(mailbox) as box:
        unread = box.unread()
        for uid in unread[:MOST_AT_ONCE]:
            new += _take_in(mailbox, box, uid, at)
            if end and time.monotonic() >= end:
                return new, uid == unread[-1]
            if visit and not visit.extend(at):
                break  # the lease was lost: somebody else is at it
    return new, len(unread) <= MOST_AT_ONCE


def _take_in(mailbox: ReportingMailbox, box: imap.Box, uid: int, at: datetime) -> bool:
    known = IncomingMail.objects.filter(organisation=mailbox.organisation_id, box=box.key, uid=uid).first()
    is_new = False
    if known is None:
        fetched = box.bytes_of(uid)
        if fetched is None:
            return False
        raw, is_cut = fetched
        known, is_new = intake.keep_mail(
            organisation=mailbox.organisation, raw=raw, source=Source.IMAP, by=None, at=at, box=box.key,
            uid=uid, is_cut=is_cut,
        )
    if known.done_at is None and known.parked_at is None:
        intake.read_now(known, at)
        known.refresh_from_db()
    if known.done_at or known.parked_at:
        box.mark_read(uid)
    return is_new
