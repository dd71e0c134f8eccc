"""Making the lines of a run: everybody on the lists, each with the text they get, or with what keeps them from getting it.

Small runs are prepared while the person waits, large ones in the background; a worker that dies goes on where it was.
"""

import json
import random
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg import celery
from breachreg.audit.actions import record
from breachreg.letters import glyphs, ledger, placeholders
from breachreg.letters.models import Channel, Letter, Recipient
from breachreg.letters.people import BadRecipient, Person
from breachreg.letters.recipients import Row, rows, to_write_to
from breachreg.letters.redaction import without_addresses
from breachreg.letters.run_models import OPEN, Dispatch, Result, Run, RunState
from breachreg.letters.wording import person_values

BATCH = 2000
SMALL = 2000
"""Runs up to this number of people are prepared while the person waits."""
DRAWN = 10
"""Letters drawn at random, and letters with the longest names, that are read before a run is approved."""


def prepare_due(at: datetime) -> None:
    """Make the lines of the runs that wait for it."""
    for run in Run.objects.filter(state=RunState.PREPARING).claim(at, most=10):
        _prepare(run, at)


def prepare_now(run: Run, at: datetime) -> None:
    """Make the lines of a small run while the person waits, unless a worker took it meanwhile; wake one up for a large run."""
    if sum(to_write_to(letter).count() for letter in run.letters.all()) > SMALL:
        celery.wake_up()
        return
    if claimed := Run.objects.filter(state=RunState.PREPARING).claim_one(run.pk, at):
        _prepare(claimed, at)


def _prepare(run: Run, at: datetime) -> None:
    with translation.override(run.prepared_by.language):
        for letter in run.letters.select_related("incident__organisation").order_by("number"):
            codes = personal_placeholders(letter)
            while batch := list(_not_yet(run, letter)[:BATCH]):
                if not _keep(run, letter, codes, batch, at):
                    return
        _finish(run, at)


def _not_yet(run: Run, letter: Letter):
    """Who stands on the letter's list and neither in this run nor, still open or told, in another one."""
    theirs = Dispatch.objects.filter(recipient=OuterRef("pk"))
    told = theirs.filter(result__in=[*OPEN, Result.SENT])
    left = to_write_to(letter).exclude(Exists(theirs.filter(run=run))).exclude(Exists(told))
    return left.order_by("number")


@transaction.atomic
def _keep(run: Run, letter: Letter, codes: frozenset[str], batch: list[Recipient], at: datetime) -> bool:
    if not run.extend(at):
        return False
    last = run.dispatches.aggregate(last=Max("place"))["last"] or 0
    found = list(rows(batch))
    signs = glyphs.absent(text for row in found if on_paper(run, row) for text in row.person.texts)
    made = (_line(run, letter, codes, row, last + number, at, signs) for number, row in enumerate(found, 1))
    Dispatch.objects.bulk_create(made, batch_size=BATCH)
    return True


def on_paper(run: Run, row: Row) -> bool:
    """Whether this person's letter becomes a page: by post, or attached to their e-mail."""
    return row.person is not None and (row.recipient.channel == Channel.POST or run.attaches_pdf)


def _line(
    run: Run, letter: Letter, codes: frozenset[str], row: Row, place: int, at: datetime, signs: frozenset[str] = frozenset()
) -> Dispatch:
    recipient, person = row.recipient, row.person
    is_email = recipient.channel == Channel.EMAIL
    return Dispatch(
        run=run, letter=letter, recipient=recipient, way=recipient.channel, place=place, due_at=at,
        text_sha256=letter.sealed_sha256, name_length=len(person.name(letter.language)) if person else 0,
        message_id=ledger.message_id(run, recipient.pk) if is_email else None,
        missing=without_addresses(" ".join([*problems(person, recipient, letter, codes), *(unprintable(person, signs) if on_paper(run, row) else ())])),
    )


def problems(person: Person | None, recipient: Recipient, letter: Letter, codes: Iterable[str]) -> Iterator[str]:
    """Everything that keeps a letter from this person, in words: no address for the way, no value for a placeholder."""
    if person is None:
        yield _("The addresses of this incident's recipients were purged.")
        return
    try:
        person.check(recipient.channel)
    except BadRecipient as error:
        yield str(error)
    values = person_values(person, recipient.reference, letter.language)
    for code in codes:
        if not (values.get(code) or "").strip():
            yield _("No value for {%(code)s}.") % {"code": code}


def unprintable(person: Person, absent: frozenset[str]) -> Iterator[str]:
    """What keeps a letter from being printed: the signs of this person that no font of this machine has."""
    if signs := sorted(absent.intersection("".join(person.texts))):
        yield _(
            "No font of this machine has “%(signs)s”. Have fonts of wide coverage installed (Debian: fonts-noto-core, fonts-noto-cjk), or write the name in Latin letters."
        ) % {"signs": " ".join(signs)}


def personal_placeholders(letter: Letter) -> frozenset[str]:
    """The placeholders of a sealed text that differ by person."""
    sealed = json.loads(letter.sealed_text)
    texts = [sealed["subject"], *sealed["parts"].values()]
    return frozenset(placeholder.code for text in texts for placeholder in placeholders.find(text) if placeholder.differs)


@transaction.atomic
def _finish(run: Run, at: datetime) -> None:
    missing = run.dispatches.exclude(missing="").count()
    people = run.dispatches.count()
    state = RunState.PREPARED if people and not missing else RunState.STOPPED
    if not run.finish(at) or not Run.objects.filter(pk=run.pk, state=RunState.PREPARING).update(state=state):
        return
    details = {"people": people, "missing values": missing}
    record(action="run.lines_made", by=None, at=at, organisation=run.incident.organisation, subject=run, details=details)


def drawn(run: Run, letter: Letter) -> list[Dispatch]:
    """Ten lines of a segment at random: the same ones for everybody, by the run's seed."""
    keys = list(of_segment(run, letter).order_by("place").values_list("pk", flat=True))
    chosen = random.Random(run.seed + letter.number).sample(keys, min(DRAWN, len(keys)))
    return list(of_segment(run, letter).filter(pk__in=chosen).order_by("place"))


def longest(run: Run, letter: Letter) -> list[Dispatch]:
    """The ten lines of a segment with the longest names."""
    return list(of_segment(run, letter).order_by("-name_length", "place")[:DRAWN])


def of_segment(run: Run, letter: Letter):
    """The lines of a segment, without second ways."""
    found = run.dispatches.filter(letter=letter, instead_of__isnull=True)
    return found.select_related("recipient__letter__incident__organisation", "letter__incident__organisation")
