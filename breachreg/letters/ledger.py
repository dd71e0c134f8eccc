"""The ledger of a run: one line a person and way. Lines are claimed in batches, and what became of each is noted once.

For whoever sends (the post, the e-mail)::

    for run, letter in ledger.open_segments(Channel.POST): …
    batch = ledger.claim(way=Channel.POST, at=at, run=run, letter=letter, most=2000)   # one update, ours for a while
    ledger.note_produced(batch, at=at)        # printed: waits to be handed over; the number that was still ours
    ledger.note_handed_over(dispatches, at=at, sent_at=day)     # given to the mailer: now these people were told
    ledger.note_sent(dispatch, at=at)         # left in one step (e-mail)
    ledger.note_failed(dispatch, reason, at=at)                 # can't go this way; a second way is offered
    ledger.note_returned(dispatch, reason, by=…, at=at)         # came back
    ledger.give_back(batch, at=at, trouble="…")                 # not done: somebody tries again later

A claim runs out after its lease, so a worker that dies loses nothing. None of these notes a line twice,
and none keeps an e-mail address that a server repeated.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Count, F, Max
from django.utils.translation import gettext as _

from breachreg import celery
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters.models import Channel, Letter
from breachreg.letters.people import BadRecipient
from breachreg.letters.recipients import rows
from breachreg.letters.redaction import without_addresses
from breachreg.letters.run_models import NOT_REACHED, OPEN, Dispatch, DispatchQuerySet, Result, Run, RunState
from breachreg.letters.vault import keyed_hash
from breachreg.register.leases import LEASE

HEADER = ("place", "reference", "way", "result", "sent_at", "returned_at", "text_sha256", "message_id", "explanation")


class NoSecondWay(Exception):
    """This person was reached, was tried another way already, or has no address for it; says which."""


@dataclass
class Counts:
    """How many lines of a segment (or of a whole run) are where."""

    letter: Letter | None = None
    by_result: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_result.values())

    @property
    def open(self) -> int:
        return sum(self.by_result.get(result, 0) for result in OPEN)

    @property
    def done(self) -> int:
        return self.total - self.open

    @property
    def not_reached(self) -> int:
        return sum(self.by_result.get(result, 0) for result in NOT_REACHED)

    @property
    def percent(self) -> int:
        """Of the work that is done, rounded down: 100 only at the very end."""
        return 100 * self.done // self.total if self.total else 0

    def __getattr__(self, name: str) -> int:
        if name in Result.values:
            return self.by_result.get(name, 0)
        raise AttributeError(name)


def open_segments(way: str) -> list[tuple[Run, Letter]]:
    """The runs that are being sent and their letters that still have lines waiting for this way."""
    pairs = Dispatch.objects.to_be_sent(way).order_by().values_list("run", "letter").distinct()
    runs = Run.objects.select_related("incident__organisation").in_bulk({run for run, _letter in pairs})
    letters = Letter.objects.select_related("incident__organisation").in_bulk({letter for _run, letter in pairs})
    return [(runs[run], letters[letter]) for run, letter in sorted(pairs)]


def claim(
    *, way: str, at: datetime, run: Run, letter: Letter | None = None, most: int = 2000, lease: timedelta = LEASE
) -> list[Dispatch]:
    """Claim up to ``most`` waiting lines of a run by one conditional update; empty when there are none left for us."""
    waiting = Dispatch.objects.to_be_sent(way).due(at).filter(run=run)
    if letter:
        waiting = waiting.filter(letter=letter)
    keys = list(waiting.order_by("place").values_list("pk", flat=True)[:most])
    token = uuid.uuid4()
    claimed = waiting.filter(pk__in=keys).update(claimed_until=at + lease, claim=token, attempts=F("attempts") + 1)
    if not claimed:
        return []
    found = Dispatch.objects.filter(claim=token).order_by("place")
    return list(found.select_related("run", "letter__incident__organisation", "recipient__letter__incident"))


def note_sent(dispatch: Dispatch, *, at: datetime) -> bool:
    """The line left, in one step; False when the claim was lost to somebody else."""
    return bool(_mine([dispatch]).update(result=Result.SENT, sent_at=at, done_at=at, claimed_until=None, trouble=""))


@transaction.atomic
def note_produced(batch: Iterable[Dispatch], *, at: datetime) -> int:
    """These letters are printed and wait to be handed over; how many of the lines were still ours."""
    return _mine(batch).update(result=Result.PRODUCED, done_at=at, claimed_until=None, trouble="")


def note_handed_over(dispatches: DispatchQuerySet, *, at: datetime, sent_at: datetime) -> int:
    """These printed letters were given to the post at ``sent_at``; the caller's action writes the entry. How many."""
    return dispatches.filter(result=Result.PRODUCED).update(result=Result.SENT, sent_at=sent_at)


def note_failed(dispatch: Dispatch, reason: str, *, at: datetime) -> bool:
    """The line can't go this way, for good; False when the claim was lost."""
    columns = {"result": Result.FAILED, "done_at": at, "claimed_until": None, "explanation": without_addresses(reason)[:1000], "trouble": ""}
    return bool(_mine([dispatch]).update(**columns))


def note_cancelled(dispatch: Dispatch, reason: str, *, at: datetime) -> bool:
    """The line must not leave any more; False when the claim was lost."""
    columns = {"result": Result.CANCELLED, "done_at": at, "claimed_until": None, "explanation": without_addresses(reason)[:1000], "trouble": ""}
    return bool(_mine([dispatch]).update(**columns))


def give_back(
    batch: Iterable[Dispatch], *, at: datetime, trouble: str, again_at: datetime | None = None, untried: bool = False
) -> int:
    """Not done: somebody tries these again, at ``again_at`` or at once. ``untried`` does not count as a try."""
    tries = F("attempts") - 1 if untried else F("attempts")
    return _mine(batch).update(claimed_until=again_at, claim=None, trouble=without_addresses(trouble)[:1000], attempts=tries)


@transaction.atomic
def note_returned(dispatch: Dispatch, reason: str, *, by: User | None, at: datetime) -> bool:
    """A letter or message that was sent came back; False when it was noted before, or never left."""
    said = without_addresses(reason)[:1000]
    returned = Dispatch.objects.filter(pk=dispatch.pk, result=Result.SENT).update(
        result=Result.RETURNED, returned_at=at, explanation=said
    )
    if returned:
        _record(dispatch, "dispatch.returned", by, at, {"reason": said})
    return bool(returned)


@transaction.atomic
def try_second_way(*, dispatch: Dispatch, by: User, at: datetime) -> Dispatch:
    """Try the other way for somebody who was not reached; the run is open again. Raises NoSecondWay."""
    run = Run.objects.select_for_update().select_related("incident__organisation").get(pk=dispatch.run_id)
    way = Channel.EMAIL if dispatch.way == Channel.POST else Channel.POST
    if dispatch.result not in NOT_REACHED or run.state == RunState.CANCELLED:
        raise NoSecondWay(_("A second way is for those whose letter was refused or came back."))
    if Dispatch.objects.filter(run=run, recipient=dispatch.recipient_id, way=way).exists():
        raise NoSecondWay(_("The other way was tried already."))
    row = next(rows([dispatch.recipient]))
    if row.person is None:
        raise NoSecondWay(_("The addresses of this incident's recipients were purged."))
    try:
        row.person.check(way)
    except BadRecipient as error:
        raise NoSecondWay(str(error)) from error
    second = Dispatch.objects.create(
        run=run, letter_id=dispatch.letter_id, recipient_id=dispatch.recipient_id, way=way, instead_of=dispatch, due_at=at,
        place=run.dispatches.aggregate(last=Max("place"))["last"] + 1, text_sha256=dispatch.text_sha256,
        name_length=dispatch.name_length, message_id=message_id(run, dispatch.recipient_id) if way == Channel.EMAIL else None,
    )
    Run.objects.filter(pk=run.pk, state=RunState.DONE).update(state=RunState.SENDING, ended_at=None, ledger_sha256=None)
    _record(second, "dispatch.second_way", by, at, {"way": way})
    celery.wake_up()
    return second


def message_id(run: Run, recipient_id: int) -> str:
    """The part before the @ of a Message-ID: the same for this person and run whoever sends, and telling nobody who it is."""
    return "letter-" + keyed_hash("letters: message-id", f"{run.incident.organisation_id}:{run.pk}:{recipient_id}")[:32]


def progress(run: Run) -> list[Counts]:
    """Exact counts of each segment, by letter."""
    found: dict[int, Counts] = {}
    letters = Letter.objects.select_related("incident").in_bulk(run.letters.values_list("pk", flat=True))
    counted = run.dispatches.order_by("letter").values_list("letter", "result").annotate(lines=Count("pk"))
    for letter, result, lines in counted:
        found.setdefault(letter, Counts(letters[letter])).by_result[result] = lines
    return list(found.values())


def ways(run: Run) -> dict[str, int]:
    """How many lines go which way."""
    return dict(run.dispatches.order_by("way").values_list("way").annotate(lines=Count("pk")))


def search(run: Run, q: str = "", result: str = "", way: str = "") -> DispatchQuerySet:
    """The lines with this reference (whole, or its last digits), result and way, in the order of the run."""
    found = run.dispatches.select_related("recipient__letter__incident", "letter__incident", "instead_of", "second_way")
    digits = q.strip().rpartition("-")[2]
    if q.strip():
        found = found.filter(recipient__number=int(digits)) if digits.isdigit() and len(digits) < 10 else found.none()
        if match := re.search(r"\bL(\d+)-", q.upper()):
            found = found.filter(letter__number=int(match[1]))
    if result == "missing":
        found = found.exclude(missing="")
    elif result:
        found = found.filter(result=result)
    return (found.filter(way=way) if way else found).order_by("place")


def whole(segments: Iterable[Counts]) -> Counts:
    """The counts of several segments together."""
    together = Counts()
    for segment in segments:
        for result, lines in segment.by_result.items():
            together.by_result[result] = together.by_result.get(result, 0) + lines
    return together


def totals(run: Run) -> dict[str, int]:
    """How many lines of a run have which result."""
    return dict(run.dispatches.order_by("result").values_list("result").annotate(lines=Count("pk")))


def lines(run: Run) -> Iterator[str]:
    """The ledger as CSV, line by line: nothing in it says who a person is."""
    yield _csv(HEADER)
    found = run.dispatches.order_by("place").select_related("recipient", "letter__incident")
    for each in found.iterator(chunk_size=2000):
        yield _csv(
            (
                each.place, each.reference, each.way, each.result, _instant(each.sent_at), _instant(each.returned_at),
                each.text_sha256, each.message_id or "", each.explanation,
            )
        )


def sha256_of(run: Run) -> str:
    """SHA-256 of the ledger as it stands."""
    digest = sha256()
    for line in lines(run):
        digest.update(line.encode())
    return digest.hexdigest()


def _csv(cells: Iterable) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerow(cells)
    return out.getvalue()


def _instant(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _mine(batch: Iterable[Dispatch]) -> DispatchQuerySet:
    batch = list(batch)
    claims = {dispatch.claim for dispatch in batch}
    return Dispatch.objects.filter(
        pk__in=[dispatch.pk for dispatch in batch], claim__in=claims - {None}, result=Result.WAITING, done_at__isnull=True
    )


def _record(dispatch: Dispatch, action: str, by: User | None, at: datetime, details: dict) -> None:
    record(
        action=action, by=by, at=at, organisation=dispatch.run.incident.organisation, subject=dispatch, details=details
    )
