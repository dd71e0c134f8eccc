"""The census of one kept file: its working folder, its key, its ledger, and one turn of counting.

While it counts, the folder holds the mailbox as one file, where it came as another kind, a key, and a ledger of hashes
under that key. When it is done the key, the hashes and the mailbox go; where the messages with data stand is what stays,
until the incident is purged (``remove_census``).
"""

import fcntl
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from breachreg.mailboxes.census import mbox, staging
from breachreg.mailboxes.census.ledger import Ledger
from breachreg.mailboxes.census.run import Census
from breachreg.mailboxes.census.tally import Terms
from breachreg.mailboxes.examinations.actions import path_of
from breachreg.mailboxes.examinations.domains import own_domains_of
from breachreg.mailboxes.examinations.models import Examination, ExaminedFile, Kind

TROUBLES = 200
STORE = "store.mbox"
FORM = 2
"""Of what a ledger holds: one of another form is not gone on with."""


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
            store = staging.stage(path_of(file.evidence), folder / STORE)
        except staging.NotAMailStore as refusal:
            return Outcome(refusal=_REFUSALS[str(refusal)]())
        ExaminedFile.objects.filter(pk=file.pk).update(total_bytes=store.stat().st_size)
        terms = terms_of(file.examination, _key(folder))
        with closing(_open_books(folder, terms)) as ledger:
            if not Census(store, ledger, terms, workers=settings.CENSUS_WORKERS).run(go_on):
                return Outcome()
            figures = ledger.figures() | {"trouble_list": ledger.troubles(TROUBLES)}
            ledger.close_books()
        _tidy(folder, terms)
        return Outcome(figures=figures)


def _open_books(folder: Path, terms: Terms) -> Ledger:
    """The ledger to go on with; a new one when the old one was closed, because nothing can be added to that."""
    path = _ledger_path(folder, terms)
    ledger = Ledger(path)
    if not ledger.is_closed:
        return ledger
    ledger.close()
    path.unlink()
    return Ledger(path)


def _tidy(folder: Path, terms: Terms) -> None:
    """Leave nothing of a census that is done but its closed ledger."""
    kept = _ledger_path(folder, terms).name
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in (kept, "lock"):
            path.unlink()


def remove_census(*keys: int | str) -> int:
    """Remove the working folders of these examined files, for the purge of their incident; how many there were."""
    folders = [folder for key in keys if (folder := settings.CENSUS_DIR / str(key)).is_dir()]
    for folder in folders:
        shutil.rmtree(folder)
    return len(folders)


def remove_orphans() -> int:
    """Remove the working folders whose examined file is gone; how many there were."""
    if not settings.CENSUS_DIR.is_dir():
        return 0
    known = {str(key) for key in ExaminedFile.objects.filter(kind=Kind.STORE).values_list("pk", flat=True)}
    orphans = [folder for folder in settings.CENSUS_DIR.iterdir() if folder.is_dir() and folder.name not in known]
    for folder in orphans:
        shutil.rmtree(folder)
    return len(orphans)


def folder_of(file: ExaminedFile) -> Path:
    """The working folder of a census, which only we read."""
    folder = settings.CENSUS_DIR / str(file.pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def opened_store(file: ExaminedFile) -> Iterator[Path]:
    """The mailbox as one mbox file: the kept one itself, or one made for as long as it is read. Raises NotAMailStore."""
    with tempfile.TemporaryDirectory(prefix="reading-", dir=folder_of(file)) as folder:
        yield staging.stage(path_of(file.evidence), Path(folder) / STORE)


def places_with_data(file: ExaminedFile, terms: Terms, store: Path, confidence: int) -> Iterator[int]:
    """Where the messages stand in which the census found something with at least this confidence.

    Every message's place when no census was made under these terms: the list is then longer to make, not shorter.
    """
    path = _ledger_path(folder_of(file), terms)
    if path.exists():
        with closing(Ledger(path)) as ledger:
            yield from list(ledger.places_with_data(confidence))
    else:
        yield from (place for chunk in mbox.chunks(store) for place, _raw in mbox.messages(store, chunk))


def terms_of(examination: Examination, key: bytes = b"") -> Terms:
    """What the census has to know of its mailbox; the key only where something is hashed."""
    window = (examination.access_from, examination.access_to) if examination.access_from else _proposed(examination)
    return Terms(key, own_domains_of(examination), examination.mailbox, window)


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
    said = repr((FORM, mbox.CHUNK, sorted(terms.own_domains), terms.owner, terms.window)).encode()
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
