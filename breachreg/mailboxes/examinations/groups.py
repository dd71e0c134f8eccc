"""Who is to be written to because of a mailbox: read again from the kept file when it is asked for, and kept nowhere.

Three groups: the owner; who received the false messages; whose data were found in the mailbox.
"""

from collections.abc import Iterator
from typing import NamedTuple

from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.census.finding import LIKELY
from breachreg.mailboxes.census.naming import concerned
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
    terms = counting.terms_of(file.examination)
    wanted = {OWNER: _owner, FALSE_MESSAGES: _told_falsely, IN_THE_MAILBOX: _whose_data}[group]
    for address in wanted(file, terms):
        yield Addressee(address, is_inside(domain_of(address), terms.own_domains))


def _owner(file: ExaminedFile, terms: Terms) -> Iterator[str]:
    yield terms.owner


def _told_falsely(file: ExaminedFile, terms: Terms) -> Iterator[str]:
    """From the heads of the messages alone."""
    with counting.opened_store(file) as store:
        counter, seen = Counter(terms), {terms.owner}
        for chunk in mbox.chunks(store):
            for _place, raw in mbox.messages(store, chunk):
                yield from counter.people_of(raw[: LIMITS.size]).told_falsely(seen)


def _whose_data(file: ExaminedFile, terms: Terms) -> Iterator[str]:
    """From the messages in which the census found something likely or sure."""
    with counting.opened_store(file) as store:
        yield from concerned(store, terms, counting.places_with_data(file, terms, store, LIKELY))
