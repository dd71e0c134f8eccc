"""People who stand on a list twice: rows of a table shown beside whom they double, until a person decided.

Two are the same when their name and address are (a keyed hash), on any list of the incident that is still in use.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters.models import ImportState, Recipient, RecipientImport
from breachreg.letters.people import Person
from breachreg.letters.recipients import rows

CHUNK = 5_000


@dataclass(frozen=True)
class Pair:
    """A row of a table, and the person on the list (or earlier in the table) whom it doubles."""

    recipient: Recipient
    person: Person | None
    other: Recipient | None
    other_person: Person | None


def of_table(entry: RecipientImport) -> QuerySet[Recipient]:
    """Rows of a table whose person stands on a list of the incident, or earlier in the same table."""
    same = _others(entry).filter(same_hash=OuterRef("same_hash"), number__lt=OuterRef("number"))
    return entry.recipients.filter(Exists(same))


def undecided(entry: RecipientImport) -> QuerySet[Recipient]:
    """Doubles that nobody decided yet."""
    return of_table(entry).filter(is_double=None)


def pairs(entry: RecipientImport, doubles: Iterable[Recipient]) -> Iterator[Pair]:
    """Each of these doubles with the first person whom it doubles."""
    doubles = list(doubles)
    firsts: dict[bytes, Recipient] = {}
    hashes = [bytes(double.same_hash) for double in doubles]
    others = _others(entry).filter(same_hash__in=hashes).select_related("letter__incident").order_by("number")
    for other in others:
        firsts.setdefault(bytes(other.same_hash), other)
    shown = {row.recipient.pk: row.person for row in rows([*doubles, *firsts.values()])}
    for double in doubles:
        other = firsts.get(bytes(double.same_hash))
        yield Pair(double, shown[double.pk], other, shown[other.pk] if other else None)


@transaction.atomic
def decide(*, entry: RecipientImport, decisions: Mapping[int, bool], by: User, at: datetime) -> int:
    """Say of doubles, by number, whether it is the same person (True: one letter) or another one; return how many.

    Only what waits for the table's confirmation is decided; the rest is left as it is.
    """
    decided = 0
    for is_double in (True, False):
        numbers = [number for number, said in decisions.items() if said is is_double]
        waiting = entry.recipients.filter(source__state=ImportState.READ, number__in=numbers)
        decided += waiting.update(is_double=is_double)
    if decided:
        letter = entry.letter
        record(
            action="recipients.doubles_decided", by=by, at=at, organisation=letter.incident.organisation, subject=letter,
            details={"table": entry.pk, "decided": decided, "same": sum(decisions.values())},
        )  # fmt: skip
    return decided


def leave_out(found: QuerySet[Recipient]) -> int:
    """Take rows of an unconfirmed table away, a few thousand at a time; return how many went."""
    gone = 0
    while keys := list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        gone += Recipient.objects.filter(pk__in=keys).delete()[0]
    return gone


def _others(entry: RecipientImport) -> QuerySet[Recipient]:
    listed = Q(source__isnull=True) | Q(source__state=ImportState.DONE) | Q(source=entry)
    in_use = Q(letter__incident=entry.letter.incident_id, letter__replaced_by=None)
    return Recipient.objects.current().filter(listed, in_use)
