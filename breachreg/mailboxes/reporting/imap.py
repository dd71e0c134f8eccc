"""The reporting mailbox over IMAP (RFC 3501): what is not read yet, one message's bytes, and "read".

Bytes are asked for with BODY.PEEK, so that the server marks nothing as read by itself: that is done once the message
is kept. Never more than the reader's limit is asked for, whatever the server says about a message.
"""

import hashlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailboxFolderSelectError, MailboxLoginError, MailBoxStartTls
from imap_tools.errors import ImapToolsError

from breachreg.mailboxes.models import ReportingMailbox, Security
from breachreg.mailboxes.reading.mime import LIMITS
from breachreg.mailboxes.reporting import sealing

PATIENCE = 20
"""Seconds that a server may take to answer."""
ERRORS = (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError)
"""What a server that is away, refuses or talks nonsense makes the libraries raise."""


class Unreachable(Exception):
    """The mailbox could not be opened or read; says why in words, and what to do."""


@dataclass
class Box:
    """An open folder of the mailbox."""

    box: BaseMailBox
    key: str

    def unread(self) -> list[int]:
        """The numbers of the messages that nobody marked as read, the oldest first."""
        return sorted(int(uid) for uid in self.box.uids("UNSEEN"))

    def bytes_of(self, uid: int, most: int = LIMITS.size) -> tuple[bytes, bool] | None:
        """A message, and whether it is longer than what was fetched; None when it was deleted meanwhile."""
        answered, parts = self.box.client.uid("fetch", str(uid), f"(RFC822.SIZE BODY.PEEK[]<0.{most}>)")
        found = next((part for part in parts if isinstance(part, tuple)), None)
        if answered != "OK" or found is None:
            return None
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(part[0] if isinstance(part, tuple) else part or b"" for part in parts))
        return found[1], bool(size) and int(size[1]) > most

    def mark_read(self, uid: int) -> None:
        """Say that this message is read."""
        self.box.flag(str(uid), r"\Seen", True)


@contextmanager
def opened(mailbox: ReportingMailbox) -> Iterator[Box]:
    """The mailbox's folder, open for reading and marking. Raises Unreachable, also for trouble on the way."""
    try:
        with _signed_in(mailbox) as box:
            yield Box(box, _key(box, mailbox))
    except ERRORS as error:
        raise Unreachable(_words(error, mailbox)) from error


@contextmanager
def _signed_in(mailbox: ReportingMailbox) -> Iterator[BaseMailBox]:
    kind = MailBox if mailbox.security == Security.TLS else MailBoxStartTls
    box = kind(mailbox.host, mailbox.port, timeout=PATIENCE, ssl_context=ssl.create_default_context())
    password = sealing.open_password(mailbox.sealed_password, mailbox.organisation)
    try:
        box.login(mailbox.user, password, initial_folder=mailbox.folder)
        yield box
    finally:
        with suppress(*ERRORS):  # whatever went wrong before is what is said
            box.logout()
        with suppress(OSError):  # closed already by an orderly goodbye
            box.client.shutdown()


def _key(box: BaseMailBox, mailbox: ReportingMailbox) -> str:
    # Numbers name the same messages only in the same folder, and while its UIDVALIDITY stays (RFC 3501, 2.3.1.1).
    validity = box.folder.status(mailbox.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
    place = f"{mailbox.host}\n{mailbox.port}\n{mailbox.user}\n{mailbox.folder}\n{validity}"
    return hashlib.sha256(place.encode()).hexdigest()


def _words(error: Exception, mailbox: ReportingMailbox) -> str:
    server = {"host": mailbox.host, "port": mailbox.port, "folder": mailbox.folder, "why": str(error)[:200]}
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The certificate of %(host)s can't be trusted (%(why)s). Enter the name that stands in it, or have your IT service trust its issuer on this machine.") % server
    if isinstance(error, MailboxLoginError):
        return _("%(host)s refuses the user or the password. Check both; some providers want a password for applications.") % server
    if isinstance(error, MailboxFolderSelectError):
        return _("There is no folder “%(folder)s” in this mailbox. Enter it as the server names it, such as INBOX.") % server
    if isinstance(error, TimeoutError):
        return _("%(host)s does not answer on port %(port)s. Check name, port and firewall.") % server
    return _("%(host)s, port %(port)s: %(why)s. Check name, port and encryption.") % server
