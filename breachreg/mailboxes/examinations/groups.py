"""Who is to be written to because of a mailbox: read again from the kept file when it is asked for, and kept nowhere.

Three groups: the owner; who received the false messages; everybody whose address stands in the mailbox.
"""

from collections.abc import Iterator
from typing import NamedTuple

from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.census.tally import LIMITS, Counter, Terms
from breachreg.mailboxes.examinations import counting
from breachreg.mailboxes.examinations.models import ExaminedFile
from breachreg.mailboxes.reading.addresses import domain_of, is_inside

OWNER, FALSE_MESSAGES, IN_THE_MAILBOX = "owner", "false-messages", "in-the-mailbox"
GROUPS = (OWNER, FALSE_MESSAGES, IN_THE_MAILBOX)


class Addressee(NamedTuple):
    """Somebody to be written to: the address, and whether it is one of the organisation's own."""

    address: str
    is_inside: bool


def addressees(file: ExaminedFile, group: str) -> Iterator[Addressee]:
    """The people of a group, each once, in the order in which they appear. Raises KeyError for an unknown group.

    Addresses of machines are left out. The mailbox is read anew: nothing but hashes was kept of the census.
    """
    terms = counting.terms_of(file.examination, counting.folder_of(file))
    wanted = {OWNER: _owner, FALSE_MESSAGES: _told_falsely, IN_THE_MAILBOX: _named}[group]
    for address in wanted(file, terms):
        yield Addressee(address, is_inside(domain_of(address), terms.own_domains))


def _owner(file: ExaminedFile, terms: Terms) -> Iterator[str]:
    yield terms.owner


def _told_falsely(file: ExaminedFile, terms: Terms) -> Iterator[str]:
    seen: set[str] = {terms.owner}
    for people in _people(file, terms):
        yield from people.told_falsely(seen)


def _named(file: ExaminedFile, terms: Terms) -> Iterator[str]:
    seen: set[str] = set()
    for people in _people(file, terms):
        yield from people.everybody(seen)


def _people(file: ExaminedFile, terms: Terms):
    store = counting.store_of(file)
    counter = Counter(terms)
    for chunk in mbox.chunks(store):
        for _place, raw in mbox.messages(store, chunk):
            yield counter.people_of(raw[: LIMITS.size])
