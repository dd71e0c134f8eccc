"""The census of one kept file: its working folder, its key, its ledger, and one turn of counting.

The folder holds the mailbox as one file, where it came as another kind, and the ledger; of no value more than a hash
under a key that lies in this folder only.
"""

import fcntl
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from breachreg.mailboxes.census import staging
from breachreg.mailboxes.census.ledger import Ledger
from breachreg.mailboxes.census.run import Census
from breachreg.mailboxes.census.tally import Terms
from breachreg.mailboxes.examinations.actions import path_of
from breachreg.mailboxes.examinations.models import Examination, ExaminedFile
from breachreg.mailboxes.reporting.intake import own_domains

TROUBLES = 200


class Outcome(NamedTuple):
    """What one turn gave: the figures when everything is counted, or why nothing can be; neither when there is more."""

    figures: dict | None = None
    refusal: str | None = None


def count(file: ExaminedFile, go_on: Callable[[int, int], bool]) -> Outcome:
    """Count for as long as ``go_on`` says so."""
    folder = folder_of(file)
    with _alone(folder) as is_alone:
        if not is_alone:
            return Outcome()
        try:
            store = store_of(file)
        except staging.NotAMailStore as refusal:
            return Outcome(refusal=_REFUSALS[str(refusal)]())
        ExaminedFile.objects.filter(pk=file.pk).update(total_bytes=store.stat().st_size)
        terms = terms_of(file.examination, folder)
        with closing(Ledger(_ledger_path(folder, terms))) as ledger:
            if not Census(store, ledger, terms, workers=settings.CENSUS_WORKERS).run(go_on):
                return Outcome()
            return Outcome(figures=ledger.figures() | {"trouble_list": ledger.troubles(TROUBLES)})


def folder_of(file: ExaminedFile) -> Path:
    """The working folder of a census, which only we read."""
    folder = settings.CENSUS_DIR / str(file.pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def store_of(file: ExaminedFile) -> Path:
    """The mailbox as one mbox file: the kept one itself, or the one in the working folder. Raises NotAMailStore."""
    return staging.stage(path_of(file.evidence), folder_of(file) / "store.mbox")


def terms_of(examination: Examination, folder: Path) -> Terms:
    """What the census has to know of its mailbox."""
    window = (examination.access_from, examination.access_to) if examination.access_from else _proposed(examination)
    return Terms(_key(folder), own_domains(examination.incident.organisation), examination.mailbox, window)


def _proposed(examination: Examination) -> tuple[datetime, datetime] | None:
    found = examination.analysis or {}
    if not found.get("start"):
        return None
    return datetime.fromisoformat(found["start"]), datetime.fromisoformat(found["end"])


def _key(folder: Path) -> bytes:
    path = folder / "key"
    if not path.exists():
        unfinished = folder / "key.unfinished"
        unfinished.write_bytes(secrets.token_bytes(32))
        unfinished.chmod(0o600)
        unfinished.replace(path)
    return path.read_bytes()


def _ledger_path(folder: Path, terms: Terms) -> Path:
    """A ledger for these terms: counts made under others do not mix with them."""
    said = repr((sorted(terms.own_domains), terms.owner, terms.window)).encode()
    return folder / f"ledger-{hashlib.sha256(said).hexdigest()[:16]}.sqlite"


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else counts in this folder; the lock ends with the process, however it ends."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


_REFUSALS = {
    "unknown": lambda: _("This is no mailbox that we know. Choose mbox, PST, or a ZIP or TAR archive of messages or of a Maildir."),
    "no_maildir": lambda: _("There is no Maildir in it: the folders “cur” and “new” are missing."),
    "no_messages": lambda: _("There is no message in this file. Choose another export."),
    "no_readpst": lambda: _("PST files are read by “readpst”, which is not installed. Ask the administrator to install Debian's pst-utils, then confirm the kind again."),
    "broken_pst": lambda: _("This PST file is damaged. Repair it with Outlook's scanpst, or export it again."),
    "broken_zip": lambda: _("This archive is damaged. Make it again."),
    "no_room": lambda: _("There is not enough room on the disc to unpack this mailbox. Ask the administrator for room, then confirm the kind again."),
}  # fmt: skip
