"""A message leaves once, and nobody waits for the mail server but the message.

1. The row that asks for it was claimed (``leases``).
2. In a transaction that is undone, the row is marked as done and the trail gets its entry: what could not be noted
   does not leave, and does not leave again and again.
3. The message leaves, outside any transaction. A server that refuses it puts the row back for later, and after several
   times parks it; one that is away lets every row wait, for as long as it takes.
4. The row is marked as done and the trail gets its entry, in one transaction.

Killed between 3 and 4, the row comes back when its lease has run out and the message leaves once more, under the same
name (Message-ID), by which a mail system can tell the second one.
"""

import logging
import smtplib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from breachreg.register.leases import Lease

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Lease)

REFUSED = (OSError, smtplib.SMTPException)
"""What a mail server that is away, full or unwilling raises."""
ABOUT_THIS_ONE = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
"""What a mail server raises that will not have this message, and may well take the next."""
AGAIN_AFTER = timedelta(minutes=2)
"""When a row is tried again that a mail server was away for."""


def name_of(row: Lease) -> str:
    """The Message-ID of what this row sends, the same each time it leaves."""
    return f"<{row._meta.model_name}-{row.pk}@{urlsplit(settings.BASE_URL).hostname}>"


def headers_of(row: Lease) -> dict[str, str]:
    """Its name, and that a machine wrote it (RFC 3834): nobody's note of absence answers it."""
    return {"Message-ID": name_of(row), "Auto-Submitted": "auto-generated"}


class Away(Exception):
    """The mail server takes no message now; the row that found out waits."""


def send_each(rows: Iterable[Row], send: Callable[[Row], bool]) -> int:
    """Send what these claimed rows ask for, until the mail server is away: each would only wait for it in turn."""
    left = 0
    for row in rows:
        try:
            left += send(row)
        except Away:
            break
    return left


def send_once(
    row: Lease, at: datetime, *, send: Callable[[], object], note: Callable[[], object],
    refused: tuple[type[Exception], ...] = REFUSED,
) -> bool:
    """Do what this claimed row asks for: ``send`` reaches for the network, ``note`` writes what was done and its entry.

    ``at`` is UTC. False when nothing left: somebody else has the row, or ``send`` raised one of ``refused``, and the row
    comes back later with the reason. Raises Away, and what ``note`` raises (TrailUnavailable), and then nothing left.
    """
    if not _rehearse(row, at, note):
        return False
    try:
        send()
    except refused as trouble:
        log.warning("%s %s did not leave: %s", row._meta.model_name, row.pk, trouble)
        if isinstance(trouble, REFUSED) and not isinstance(trouble, ABOUT_THIS_ONE):
            row.wait(trouble=str(trouble)[:500], until=at + AGAIN_AFTER)
            raise Away from trouble
        row.give_back(at, trouble=str(trouble)[:500])
        return False
    return _finish(row, at, note)


@transaction.atomic
def _rehearse(row: Lease, at: datetime, note: Callable[[], object]) -> bool:
    could = _finish(row, at, note)
    transaction.set_rollback(True)
    return could


@transaction.atomic
def _finish(row: Lease, at: datetime, note: Callable[[], object]) -> bool:
    if not row.finish(at):
        return False
    note()
    return True
