"""Read the trail again from its first entry and say whether it holds; if not, which entry is the first bad one.

What is checked of each entry: its number, both links to what came before, its hash, its seal, and what it says.
At the end: the heads of the chains, the marks that lie outside the database, leave to remove words, and words without an
entry. Words that are missing wait until the chain is read, because what is broken may be the entry of their purge.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from breachreg.audit import chain, checkpoints, witness
from breachreg.audit.gathering import bytes_for_broken_text
from breachreg.audit.models import INSTALLATION, START, ChainHead, Checkpoint
from breachreg.audit.stored import Columns, all_written, as_stored, batches, written
from breachreg.audit.troubles import Broken, Trouble

PURGE = "retention.purged"
"""The action whose entry names, in its details, the entries whose content a lawful purge removed."""

SIGNING = "trail.signed"
"""The action whose entry is always named by a checkpoint."""

BEFORE = (0, START)
"""The place of a chain before its first entry, and the hash that stands for one there."""

@dataclass
class Result:
    """What was read: how many entries, how many of them purged of their words, the last of them, and the trouble."""

    checked: int = 0
    purged: int = 0
    last_number: int = 0
    last_hash: str = START
    trouble: Trouble | None = None

    @property
    def holds(self) -> bool:
        return self.trouble is None

    def __str__(self):
        if self.trouble:
            return str(self.trouble)
        words = _("%(count)s entries read; every link, hash and seal fits.") % {"count": self.checked}
        if self.purged:
            words += " " + _("%(count)s of them lost their words by a lawful purge.") % {"count": self.purged}
        return words


@dataclass(frozen=True)
class Mark:
    """An entry that is known from outside the database to have been written: its number, and its hash."""

    number: int
    hash: str


def verify(*, organisation_id: int | None = None, marks: Iterable[Mark] | None = None) -> Result:
    """Check the whole installation's chain, or one organisation's, and every mark; stop at the first bad entry.

    The marks are, unless given, the signed checkpoints of that chain, and the witness for the installation's. Entries
    that are written meanwhile are checked as well. Memory stays constant but for one number per purged entry.
    """
    result = Result()
    try:
        with bytes_for_broken_text():
            known = known_marks(organisation_id) if marks is None else marks
            reader = _Reader(result, organisation_id, {mark.number: mark.hash for mark in known}, all_marks=marks is None)
            reader.read_all()
            _check_leave(organisation_id)
            if organisation_id is None:
                _check_strays()
            elif marks is None:
                _check_witness()
    except Broken as broken:
        result.trouble = broken.trouble
    return result


def known_marks(organisation_id: int | None) -> list[Mark]:
    """The marks of a chain that this machine knows. Raises Broken for a checkpoint that was changed."""
    kept = Checkpoint.objects.all()
    if organisation_id is not None:
        kept = kept.filter(organisation_id=organisation_id)
    columns = ("number", "hash", "organisation_id", "organisation_number", as_stored("at"), "text")
    marks = [_mark(*values) for values in kept.values_list(*columns)]
    if organisation_id is None and (last := witness.read()):
        marks.append(Mark(*last))
    return marks


def _mark(number: int, hash_: str, organisation_id: int | None, organisation_number: int | None, at: datetime | str, text: str) -> Mark:
    try:
        said = checkpoints.read(text)
        row = (number, hash_, organisation_id, organisation_number, written(at))
    except (checkpoints.NotACheckpoint, ValueError, TypeError, AttributeError) as error:
        raise Broken(number, "checkpoint") from error
    if row != (said.number, said.hash, said.organisation_id, said.organisation_number, said.at):
        raise Broken(number, "checkpoint")
    return Mark(said.number, said.hash)


class _Reader:
    """Walks one chain in its order and keeps the links; a chain is the installation's or one organisation's."""

    def __init__(self, result: Result, organisation_id: int | None, marks: dict[int, str], *, all_marks: bool):
        self.all_marks = all_marks
        self.result = result
        self.organisation_id = organisation_id
        self.marks = marks
        self.key = settings.AUDIT_KEY
        self.purged = _purged_entries(organisation_id)
        self.unexplained: int | None = None
        self.own: dict[int, tuple[int, str]] = {}
        self.heads: dict[int, tuple[int, str]] = {}

    def read_all(self) -> None:
        try:
            self._read_all()
        except Broken as broken:
            self._weigh(broken.trouble)
            raise
        self._weigh(None)

    def _read_all(self) -> None:
        while True:
            before = self.result.checked
            for columns in batches(self.organisation_id, after=self._place()):
                if not self._fits(columns):
                    self.read(zip(*columns, strict=True))
            self.heads = {head.scope: (head.number, head.hash) for head in ChainHead.objects.all()}
            if self.result.checked == before or self._at_head():
                break
        self._check_heads()
        self._check_marks()

    def _fits(self, columns: Columns) -> bool:
        """Whether every entry of a batch is good, checked column by column in half the time; then they count as read.

        False does not say that one is bad, only that they have to be read one by one.
        """
        numbers, organisations, own_numbers, instants = columns[:4]
        actions, (said, previous, own_previous, hashes, sealed, salts), contents = columns[5], columns[10:16], columns[16:]
        place = self.result.last_number, self.result.last_hash
        own = self._own_after(organisations, own_numbers, own_previous, hashes)
        if None in salts or own is None or _holds_empty_text(columns) or not self._marks_fit(numbers, actions, hashes):
            return False
        if self.organisation_id is None and not _follow(place, numbers, previous, hashes):
            return False
        try:
            messages = chain.bytes_of_entries([*columns[:3], all_written(instants), *columns[4:13]])
            fits = (
                chain.entry_hashes(messages) == hashes
                and chain.seals(self.key, hashes) == sealed
                and chain.content_hashes(salts, chain.bytes_of_contents(*contents)) == said
            )
        except (TypeError, ValueError, AttributeError):
            return False
        if fits:
            self.own |= own
            self.result.checked += len(numbers)
            self.result.last_number, self.result.last_hash = numbers[-1], hashes[-1]
        return fits

    def _own_after(self, organisations: list, numbers: list, previous: list, hashes: list) -> dict | None:
        """The places of the organisations' chains after these entries; None when one does not follow from the one before."""
        before, own = self.own, {}
        first = organisations[0]
        if first is not None and organisations.count(first) == len(organisations):  # in a tenth of the time
            return {first: (numbers[-1], hashes[-1])} if _follow(before.get(first, BEFORE), numbers, previous, hashes) else None
        for organisation, number, hash_before, hash_ in zip(organisations, numbers, previous, hashes, strict=True):
            if organisation is not None:
                place = own.get(organisation) or before.get(organisation, BEFORE)
                if place != (number - 1 if type(number) is int else None, hash_before):
                    return None
                own[organisation] = number, hash_
        return own

    def _marks_fit(self, numbers: Sequence, actions: Sequence, hashes: Sequence) -> bool:
        if self.all_marks and SIGNING in actions:
            signed = [number for number, action in zip(numbers, actions, strict=True) if action == SIGNING]
            if not self.marks.keys() >= set(signed):
                return False
        if self.marks.keys().isdisjoint(numbers):
            return True
        return list(map(self.marks.get, numbers, hashes)) == hashes

    def read(self, rows: Iterable[tuple]) -> None:
        """Check entry by entry, and stop at the first bad one."""
        result, key, marks, own, is_whole = self.result, self.key, self.marks, self.own, self.organisation_id is None
        last_number, last_hash = result.last_number, result.last_hash
        for (number, organisation_id, organisation_number, at, actor_id, action, object_type, object_id, file_type, file_id,
             said_hash, previous, own_previous, hash_, seal_, salt, actor, label, changes, details, kept) in rows:  # fmt: skip
            if is_whole and number != last_number + 1:
                raise Broken(last_number + 1, "missing", found=number)
            if is_whole and previous != last_hash:
                raise Broken(number, "link")
            if organisation_id is not None:
                own_number, own_hash = own.get(organisation_id, BEFORE)
                if organisation_number != own_number + 1:
                    raise Broken(number, "misplaced")
                if own_previous != own_hash:
                    raise Broken(number, "link")
                own[organisation_id] = organisation_number, hash_
            if "" in (organisation_id, organisation_number, actor_id, object_type, object_id, file_type, file_id, own_previous):
                raise Broken(number, "unreadable", why=_("it holds an empty text where nothing was written"))
            try:
                message = chain.entry_bytes(
                    number, organisation_id, organisation_number, written(at), actor_id, action, object_type, object_id,
                    file_type, file_id, said_hash, previous, own_previous,
                )
                fits = salt is None or chain.content_hash(salt, chain.content_bytes(actor, label, changes, details, kept)) == said_hash
            except (TypeError, ValueError, AttributeError) as error:
                raise Broken(number, "unreadable", why=error) from error
            if chain.entry_hash(message) != hash_:
                raise Broken(number, "hash")
            if chain.seals(key, [hash_]) != [seal_]:
                raise Broken(number, "seal")
            if not fits:
                raise Broken(number, "content")
            if salt is None:
                self._check_purged(number)
            if marks.get(number, hash_) != hash_:
                raise Broken(number, "link")
            if action == SIGNING and self.all_marks and number not in marks:
                raise Broken(number, "checkpoint_missing")
            result.checked += 1
            result.last_number, result.last_hash = last_number, last_hash = number, hash_

    def _check_purged(self, number: int) -> None:
        if number not in self.purged:  # it may have gone after the reading began
            self.purged = _purged_entries(self.organisation_id)
        if number in self.purged:
            self.result.purged += 1
        elif self.unexplained is None:
            self.unexplained = number

    def _weigh(self, other: Trouble | None) -> None:
        """Words that are missing come before what is wrong later on, unless a purge removed them that is itself in doubt."""
        if self.unexplained is None:
            return
        purge, has_words = _leave_for(self.unexplained)
        if other and (purge is not None or other.kind in ("missing", "cut")):
            return
        raise Broken(self.unexplained if purge is None or has_words else purge, "content_missing")

    def _place(self) -> int:
        if self.organisation_id is None:
            return self.result.last_number
        return self.own.get(self.organisation_id, BEFORE)[0]

    def _at_head(self) -> bool:
        scope = INSTALLATION if self.organisation_id is None else self.organisation_id
        return scope in self.heads and self.heads[scope][0] == self._place()

    def _check_heads(self) -> None:
        seen = dict(self.own)
        if self.organisation_id is None:
            seen[INSTALLATION] = (self.result.last_number, self.result.last_hash)
        wanted = set(seen) | (set(self.heads) if self.organisation_id is None else {self.organisation_id})
        for scope in sorted(wanted, key=str):
            self._check_head(scope, *seen.get(scope, BEFORE))

    def _check_head(self, scope: int, number: int, hash_: str) -> None:
        if scope not in self.heads:
            if number:
                raise Broken(self.result.last_number, "head_missing")
            return
        head_number, head_hash = self.heads[scope]
        if scope == INSTALLATION and head_number > number:
            raise Broken(number + 1, "cut", found=number)
        if (head_number, head_hash) != (number, hash_):
            raise Broken(self.result.last_number, "head")

    def _check_marks(self) -> None:
        last = self.result.last_number
        beyond = [number for number in self.marks if number > last]
        if beyond:
            raise Broken(last + 1, "cut", found=last)


def _holds_empty_text(columns: Columns) -> bool:
    """Whether an entry holds an empty text, which the chain can't tell from null and is never written."""
    return any(not all(values) and "" in values for values in columns[:13])


def _follow(place: tuple[int, str], numbers: list, previous: list, hashes: list) -> bool:
    """Whether entries follow one after the other from a place of their chain."""
    number, hash_ = place
    return numbers == [*range(number + 1, number + 1 + len(numbers))] and previous == [hash_, *hashes[:-1]]


def _purged_entries(organisation_id: int | None) -> set[int]:
    """The numbers that purges name; the entries of the purges themselves are verified like all others."""
    numbers: set[int] = set()
    for _purge, named in _purges(organisation_id):
        numbers |= named
    return numbers


def _purges(organisation_id: int | None) -> Iterator[tuple[int, set[int]]]:
    """The number of each entry of a purge, and the numbers of the entries whose words it says to have removed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.number, content.details FROM breachreg_entry AS entry"
            " JOIN breachreg_entrycontent AS content ON content.entry_id = entry.number"
            " WHERE entry.action = %s AND entry.organisation_id = COALESCE(%s, entry.organisation_id)",
            [PURGE, organisation_id],
        )
        for number, details in cursor.fetchall():
            yield number, _numbers_in(details)


def _numbers_in(details: str) -> set[int]:
    try:
        spans = json.loads(details)["entries"]
        return {number for first, last in spans for number in range(first, last + 1)}
    except (ValueError, KeyError, TypeError):
        return set()  # the entry of the purge was tampered with, and is found when it is read


def _leave_for(number: int) -> tuple[int | None, bool]:
    """The entry of the purge that gave leave to remove these words, as the database tells it, and whether it has its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leave.purged_by_entry_id, content.entry_id FROM breachreg_contentpurge AS leave"
            " LEFT JOIN breachreg_entrycontent AS content ON content.entry_id = leave.purged_by_entry_id"
            " WHERE leave.entry_id = %s",
            [number],
        )
        purge, words = cursor.fetchone() or (None, None)
    return purge, words is not None


def _check_leave(organisation_id: int | None) -> None:
    """The database may let go of what the purges say, and of nothing else; each gave its leave in its own transaction."""
    for purge, named in _purges(organisation_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT entry_id FROM breachreg_contentpurge WHERE purged_by_entry_id = %s", [purge])
            given = {number for (number,) in cursor.fetchall()}
        if named != given:
            raise Broken(min((number for number in named ^ given if isinstance(number, int)), default=purge), "leave")
    _none(
        "leave", "SELECT MIN(leave.entry_id) FROM breachreg_contentpurge AS leave LEFT JOIN breachreg_entry AS purge"
        " ON purge.number = leave.purged_by_entry_id AND purge.action = %s WHERE purge.number IS NULL", PURGE,
    )  # fmt: skip


def _check_witness() -> None:
    """The last entry that was noted outside the database is still there, whoever's it is: an older database has lost it."""
    noted = witness.read()
    if noted is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(number), MAX(CASE WHEN number = %s THEN hash END) FROM breachreg_entry", noted[:1])
        last, hash_ = cursor.fetchone()
    if hash_ is None:
        raise Broken((last or 0) + 1, "cut", found=last or 0)
    if hash_ != noted[1]:
        raise Broken(noted[0], "link")


def _check_strays() -> None:
    _none(
        "stray", "SELECT MIN(content.entry_id) FROM breachreg_entrycontent AS content"
        " LEFT JOIN breachreg_entry AS entry ON entry.number = content.entry_id WHERE entry.number IS NULL",
    )  # fmt: skip


def _none(kind: str, query: str, *parameters: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        (number,) = cursor.fetchone()
    if number is not None:
        raise Broken(number, kind)
