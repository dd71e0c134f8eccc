"""What entries say goes when its time is over, and the chain still holds: it covers a keyed hash, whose salt goes along.

The entry of the purge names the entries that lost their words (verify.py reads it there), and the database lets go of
those only (0002, 0004). It holds no personal data itself, so that every pack can carry it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from django.db import models, transaction

from breachreg.audit.actions import lock_chains, record
from breachreg.audit.models import ContentPurge, Entry, EntryContent
from breachreg.audit.verify import PURGE

AT_ONCE = 500


@transaction.atomic
def purge_words(
    *, of: Callable[[], Iterable[int]], organisation: models.Model, subject: models.Model, at: datetime, details: Mapping
) -> Entry:
    """Remove the words of these entries, and record it with ``details`` and the spans of their numbers.

    ``of`` is called when nobody else can write an entry any more, so that none slips in between.
    """
    lock_chains(organisation)
    numbers = sorted(of())
    purge = record(
        action=PURGE, by=None, at=at, organisation=organisation, subject=subject,
        details={**details, "words": len(numbers), "entries": spans(numbers)},
    )
    left = iter(numbers)
    while some := list(islice(left, AT_ONCE)):
        ContentPurge.objects.bulk_create([ContentPurge(entry_id=number, purged_by_entry=purge) for number in some])
        EntryContent.objects.filter(entry_id__in=some).delete()
    return purge


def spans(numbers: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as [first, last] of each unbroken run."""
    return [[run[0], run[-1]] for run in _runs(numbers)]


def _runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run
