"""People of an examined mailbox become recipients: its owner, who received the false messages, whose data were found in it.

Their addresses are read anew from the kept file; all that is known of them is an e-mail address.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import QuerySet

from breachreg.letters.models import Channel, Group, Letter, RecipientImport, Whose
from breachreg.letters.people import BadRecipient, Person
from breachreg.letters.rows import Problem
from breachreg.mailboxes.examinations import groups
from breachreg.mailboxes.examinations.models import ExaminedFile, Kind

GROUPS = {Group.OWNER: groups.OWNER, Group.DECEIVED: groups.FALSE_MESSAGES, Group.INSIDE: groups.IN_THE_MAILBOX}


class TakenOver(NamedTuple):
    """Somebody of a mailbox, the way they can be told, and what is wrong with their address."""

    person: Person
    channel: str
    problems: tuple[Problem, ...]


def mailboxes(letter: Letter) -> QuerySet[ExaminedFile]:
    """The counted mailboxes from which this letter's group can be taken; none for a group that no mailbox knows."""
    stores = ExaminedFile.objects.filter(
        examination__incident=letter.incident, kind=Kind.STORE, done_at__isnull=False, parked_at=None
    )
    stores = stores.select_related("examination__incident", "evidence")
    return stores if letter.group in GROUPS else stores.none()


def people_of(entry: RecipientImport) -> Iterator[TakenOver]:
    """The people of the letter's group in the mailbox, each once. Raises FileNotFoundError when its bytes are gone."""
    for found in groups.addressees(entry.mailbox_file, GROUPS[entry.letter.group]):
        if entry.whose == Whose.ALL or found.is_inside == (entry.whose == Whose.INSIDE):
            yield _taken(found.address)


def _taken(address: str) -> TakenOver:
    person = Person("", email=address)
    try:
        person.check(Channel.EMAIL)
    except BadRecipient as error:
        return TakenOver(person, Channel.EMAIL, tuple(error.problems))
    return TakenOver(person, Channel.EMAIL, ())
