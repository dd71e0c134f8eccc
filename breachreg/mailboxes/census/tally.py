"""One message to its share of the census, and many shares to one: counts, keyed hashes, pointers, masked samples.

No value leaves this module: what stands for it is a hash under the census's own key.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from breachreg.mailboxes.census import documents
from breachreg.mailboxes.census.detectors import findings
from breachreg.mailboxes.census.finding import BY_WORD, LIKELY, Finding, masked
from breachreg.mailboxes.census.staging import is_mark
from breachreg.mailboxes.reading import mime, quick
from breachreg.mailboxes.reading.addresses import addresses_in, domain_of, is_inside, mailboxes_in
from breachreg.mailboxes.reading.archives import Budget, members_of_zip, unzipped_gzip
from breachreg.mailboxes.reading.message import instant_of
from breachreg.mailboxes.reading.outlook import NotAMessage, is_outlook_message, to_message
from breachreg.mailboxes.reading.texts import from_html

# Where a person stands in the mailbox: bits, so that one column holds them all.
SENDER, RECIPIENT, IN_TEXT, IN_ATTACHMENT, TOLD_FALSELY, INSIDE, AUTOMATIC, DATA_FOUND = 1, 2, 4, 8, 16, 32, 64, 128
PIECE, OVERLAP = 2**20, 256
"""A long text is read in pieces that overlap by more than the longest value."""
UNPACKED = 32 * 2**20
"""Bytes that all archives of one message may unpack to."""
SAMPLES = 12
"""Kept for each category and confidence: the first ones, so that how the mailbox was divided changes nothing."""
MOST_ADDRESSES = 2000
_AUTOMATIC = re.compile(r"no-?reply|ne-?pas-?repondre|do-?not-?reply|mailer-daemon|postmaster|bounce|notification|newsletter|automat")
LIMITS = mime.Limits(size=100 * 2**20, depth=30, parts=2000, boundaries=600, text=2**20)


@dataclass(frozen=True)
class Terms:
    """What a census needs to know: its key, the own domains, and whose sent messages in which window were false."""

    key: bytes
    own_domains: frozenset[str] = frozenset()
    owner: str | None = None
    window: tuple[datetime, datetime] | None = None


class Sample(NamedTuple):
    category: str
    confidence: int
    shown: str
    pointer: int


@dataclass
class Tally:
    """The shares of some messages: what a worker hands over for one chunk."""

    messages: int = 0
    bytes: int = 0
    people: dict[bytes, int] = field(default_factory=dict)
    values: dict[tuple[str, bytes], int] = field(default_factory=dict)
    concerned: dict[tuple[str, bytes], int] = field(default_factory=dict)
    found_in: list[tuple[str, int, int]] = field(default_factory=list)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)
    trouble_at: list[tuple[str, int, str]] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None

    TROUBLES = 200

    def trouble(self, code: str, pointer: int, what: str = "") -> None:
        """Note something that could not be read, with its message."""
        self.troubles[code] = self.troubles.get(code, 0) + 1
        if len(self.trouble_at) < self.TROUBLES:
            self.trouble_at.append((code, pointer, what[:200]))


class People(NamedTuple):
    """The people of one message by address, machines left out."""

    roles: dict[str, int]

    def told_falsely(self, seen: set[str]) -> Iterator[str]:
        """Who was sent a false message and is not in ``seen`` yet; from now on they are."""
        for address, has in self.roles.items():
            if has & TOLD_FALSELY and address not in seen:
                seen.add(address)
                yield address


class Counter:
    """Counts messages one by one into a tally."""

    def __init__(self, terms: Terms, *, without_documents: frozenset[int] = frozenset(), before_document=None):
        self.terms, self.tally = terms, Tally()
        self.without_documents, self.before_document = without_documents, before_document
        self._hashes: dict[str, bytes] = {}

    def take(self) -> Tally:
        """Hand over what was counted since the last time."""
        done, self.tally, self._hashes = self.tally, Tally(), {}
        return done

    def digest(self, value: str) -> bytes:
        """The keyed hash that stands for a value: 12 bytes, so that a million values collide less than once in 10^17."""
        found = self._hashes.get(value)
        if found is None:
            found = hashlib.blake2b(value.encode("utf-8", "replace"), key=self.terms.key, digest_size=12).digest()
            if len(self._hashes) < 20_000:
                self._hashes[value] = found
        return found

    def count(self, raw: bytes, pointer: int) -> None:
        """Count one message (RFC 5322 bytes) that stands at this place of the store."""
        self.tally.bytes += len(raw)
        if missing := is_mark(raw):
            self.tally.trouble(f"member_{missing[0]}", pointer, missing[1])
            return
        self.tally.messages += 1
        self._enter(*self._read(raw, pointer), pointer)

    def concerned(self, raw: bytes, pointer: int) -> list[str]:
        """The addresses of those whose data stand in one message, as ``count`` counts them; empty when nobody's do."""
        people, found = self._read(raw, pointer)
        self.take()
        return self._concerned(people) if _is_found(found) else []

    def _read(self, raw: bytes, pointer: int) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        """The people of a message with their roles, and what was found in it with its confidence."""
        tally = self.tally
        if len(raw) > LIMITS.size:
            tally.trouble("too_large", pointer, str(len(raw)))
            raw = raw[: LIMITS.size]
        head, parts, troubles = quick.opened(raw, LIMITS)
        people = self._people(head)
        found: dict[tuple[str, str], int] = {}
        known: set[str] = set()
        for text, role in self._texts(head, parts, pointer):
            self._count_text(text, role, people, found, known)
        for trouble in troubles:
            tally.trouble(trouble.code, pointer, trouble.what)
        return people, found

    def _concerned(self, people: dict[str, int]) -> list[str]:
        """Whose data a message with data in it holds: who wrote it and who is named in it, but neither machines nor the owner.

        Who is only written to learns of somebody else's data; unless a colleague writes to them from inside.
        """
        inside = self.terms.own_domains
        is_ours = any(roles & SENDER and is_inside(domain_of(address), inside) for address, roles in people.items())
        return [
            address for address, roles in people.items()
            if address != self.terms.owner and not _AUTOMATIC.search(address)
            and (roles & (SENDER | IN_TEXT | IN_ATTACHMENT) or (is_ours and not is_inside(domain_of(address), inside)))
        ]  # fmt: skip

    def people_of(self, raw: bytes) -> "People":
        """Who stands in the heads of one message; nothing is counted."""
        people = self._people(quick.heads_of(raw))
        return People({address: roles for address, roles in people.items() if not _AUTOMATIC.search(address)})

    def _people(self, head: quick.Head) -> dict[str, int]:
        people: dict[str, int] = {}
        sent_at = instant_of(mime.header_text(head["date"][0]).strip()) if "date" in head else None
        if sent_at:
            self.tally.first_at = min(self.tally.first_at or sent_at, sent_at)
            self.tally.last_at = max(self.tally.last_at or sent_at, sent_at)
        senders = [address for name in ("from", "reply-to", "sender") for address in _mailboxes(head, name)]
        told = TOLD_FALSELY if self._is_false(senders, sent_at) else 0
        for address in senders:
            people[address] = people.get(address, 0) | SENDER
        for name in ("to", "cc", "bcc"):
            for address in _mailboxes(head, name):
                people[address] = people.get(address, 0) | RECIPIENT | told
        return people

    def _is_false(self, senders: list[str], sent_at: datetime | None) -> bool:
        terms = self.terms
        if not terms.window or not terms.owner or not sent_at or terms.owner not in senders[:1]:
            return False
        return terms.window[0] <= sent_at <= terms.window[1]

    def _count_text(self, text: str, role: int, people: dict[str, int], found: dict, known: set[str]) -> None:
        if len(text) > PIECE:
            for start in range(0, len(text), PIECE - OVERLAP):
                self._count_text(text[start : start + PIECE], role, people, found, set())
            return
        if len(people) < MOST_ADDRESSES:
            for address in addresses_in(text):
                people[address] = people.get(address, 0) | role
        for category, confidence, value in findings(text, known if role == IN_TEXT else None):
            key = (category, value)
            if found.get(key, 0) < confidence:
                found[key] = confidence

    def _enter(self, people: dict[str, int], found: dict[tuple[str, str], int], pointer: int) -> None:
        tally, inside = self.tally, self.terms.own_domains
        hashes = {address: self.digest(address) for address in people}
        concerned = frozenset(self._concerned(people)) if _is_found(found) else frozenset()
        for address, roles in people.items():
            bits = roles | (INSIDE if is_inside(domain_of(address), inside) else 0)
            bits |= AUTOMATIC if _AUTOMATIC.search(address) else 0
            bits |= DATA_FOUND if address in concerned else 0
            tally.people[hashes[address]] = tally.people.get(hashes[address], 0) | bits
        best: dict[str, int] = {}
        for (category, value), confidence in found.items():
            best[category] = max(best.get(category, 0), confidence)
            key = (category, self.digest(category + value))
            tally.values[key] = max(tally.values.get(key, 0), confidence)
        for category, confidence in best.items():
            tally.found_in.append((category, confidence, pointer))
            self._sample(category, found, pointer)
            if category in BY_WORD:
                self._concern_by_word(category, confidence, people, hashes)

    def _concern_by_word(self, category: str, confidence: int, people: dict[str, int], hashes: dict[str, bytes]) -> None:
        """The people of a message with such words: its senders as found, everybody else in it only possibly."""
        for address, roles in people.items():
            if _AUTOMATIC.search(address):
                continue
            key, level = (category, hashes[address]), confidence if roles & SENDER else 1
            self.tally.concerned[key] = max(self.tally.concerned.get(key, 0), level)

    def _sample(self, category: str, found: dict[tuple[str, str], int], pointer: int) -> None:
        (_, value), confidence = max(((k, c) for k, c in found.items() if k[0] == category), key=lambda item: (item[1], item[0]))
        samples = self.tally.samples.setdefault(category, [])
        if sum(sample.confidence == confidence for sample in samples) < SAMPLES:
            samples.append(Sample(category, confidence, masked(Finding(category, confidence, value)), pointer))

    # Texts

    def _texts(self, head: quick.Head, parts: list[mime.Part], pointer: int) -> Iterator[tuple[str, int]]:
        budget = Budget(bytes=UNPACKED)
        yield mime.one_line(_decoded(str(head.get("subject", [""])[0]))), IN_TEXT
        for part in parts:
            if part.is_message:
                yield _told(quick.heads_of(part.data)), IN_ATTACHMENT
            elif part.content_type.startswith("text/") and not part.is_attachment:
                yield _text_of_body(part), IN_TEXT
            elif part.data:
                yield from ((text, IN_ATTACHMENT) for text in self._texts_of_file(part.data, part.name, budget, pointer, 0))

    def _texts_of_file(self, data: bytes, name: str | None, budget: Budget, pointer: int, depth: int) -> Iterator[str]:
        if is_outlook_message(data):
            yield from self._texts_of_outlook(data, budget, pointer, depth)
            return
        kind = documents.kind_of(data)
        if kind == "zip" or kind == "gzip":
            yield from self._texts_of_archive(data, name, kind, budget, pointer, depth)
        elif kind == "text" and (name or "").lower().endswith(".eml") and depth < 5:
            yield from self._texts_of_message(data, budget, pointer, depth)
        elif kind in documents.READABLE and (text := self._text_of_document(data, name, kind, budget, pointer)):
            yield text

    def _text_of_document(self, data: bytes, name: str | None, kind: str, budget: Budget, pointer: int) -> str | None:
        if pointer in self.without_documents and kind not in ("text", "html", "rtf"):
            self.tally.trouble("document_stopped_the_reader", pointer, name or kind)
            return None
        if self.before_document and kind not in ("text", "html", "rtf"):
            self.before_document(pointer)
        try:
            text = documents.text_of(data, name, kind, budget)
            if len(text) >= documents.MOST_TEXT:
                self.tally.trouble("text_cut", pointer, name or kind)
            return text
        except documents.Unreadable as error:
            self.tally.trouble("document_unreadable", pointer, f"{name or kind}: {error}")
            return None

    def _texts_of_archive(self, data: bytes, name: str | None, kind: str, budget: Budget, pointer: int, depth: int) -> Iterator[str]:
        if depth >= 5:
            self.tally.trouble("nested_too_deep", pointer, name or "")
            return
        members = members_of_zip(data, budget) if kind == "zip" else [((name or "").removesuffix(".gz"), unzipped_gzip(data, budget))]
        for member, content in members:
            if content is None:
                self.tally.trouble("archive_unreadable", pointer, f"{name or kind}: {member}")
            elif content:
                yield from self._texts_of_file(content, member, budget, pointer, depth + 1)

    def _texts_of_message(self, raw: bytes, budget: Budget, pointer: int, depth: int) -> Iterator[str]:
        head, parts, troubles = quick.opened(raw, LIMITS)
        yield _told(head)
        for part in parts:
            if part.is_message:
                yield _told(quick.heads_of(part.data))
            elif part.content_type.startswith("text/") and not part.is_attachment:
                yield _text_of_body(part)
            elif part.data:
                yield from self._texts_of_file(part.data, part.name, budget, pointer, depth + 1)
        for trouble in troubles:
            self.tally.trouble(trouble.code, pointer, trouble.what)

    def _texts_of_outlook(self, data: bytes, budget: Budget, pointer: int, depth: int) -> Iterator[str]:
        try:
            raw = to_message(data)
        except NotAMessage:
            self.tally.trouble("document_unreadable", pointer, "OLE")
            return
        if depth < 5:
            yield from self._texts_of_message(raw, budget, pointer, depth + 1)


def _is_found(found: dict[tuple[str, str], int]) -> bool:
    """Whether something stands in a message that is more than a possibility."""
    return any(confidence >= LIKELY for confidence in found.values())


_TOLD = ("from", "to", "cc", "subject")


@lru_cache(maxsize=4096)
def _decoded(value: str) -> str:
    return mime.decoded(value)


@lru_cache(maxsize=4096)
def _addresses(value: str) -> tuple[str, ...]:
    return tuple(address for _, address in mailboxes_in(mime.decoded(value)))


def _mailboxes(head: quick.Head, name: str) -> list[str]:
    return [address for value in head.get(name, ())[:20] for address in _addresses(str(value))]


def _told(head: quick.Head) -> str:
    """What the headers of a nested message say, as text."""
    return " ".join(mime.one_line(_decoded(value)) for name in _TOLD for value in head.get(name, ()))


def _text_of_body(part: mime.Part) -> str:
    text, _ = mime.text_of(part.data, part.charset)
    return from_html(text) if part.content_type == "text/html" else text
