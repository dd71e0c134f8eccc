"""What is done to a run: prepared, checked, approved by a second person, started, paused, resumed, cancelled, ended.

The rows are the queue. Who sends asks letters/ledger.py for rows of runs that are being sent, and notes there what
became of each: ``ledger.claim(way=…)`` for a batch, ``ledger.note_sent``, ``note_produced``, ``note_handed_over``,
``note_failed``, ``note_returned``. A run that is paused or cancelled gives no more rows.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from breachreg import celery
from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.letters import ledger
from breachreg.letters.models import Letter
from breachreg.letters.recipients import to_write_to
from breachreg.letters.run_models import BEFORE_SENDING, ENDED, OPEN, Dispatch, Result, Run, RunState
from breachreg.register.actions import note_event
from breachreg.register.models import Incident


class NotThisState(Exception):
    """The run is in another state than this step needs, or somebody was first; says which."""


class NotTheSecondPerson(Exception):
    """Who prepared a run does not approve it."""


# What a step needs, where it leads, which columns it sets, and what is said when the run is elsewhere.
_NEEDS = {
    "check": gettext_lazy("Only a run that was prepared, and misses nothing, can be checked."),
    "approve": gettext_lazy("This run does not wait for an approval: it is checked first, and approved once."),
    "start": gettext_lazy("Only an approved run can be started."),
    "pause": gettext_lazy("This run is not being sent."),
    "resume": gettext_lazy("This run is not paused."),
    "cancel": gettext_lazy("This run has ended."),
    "prepare_again": gettext_lazy("A run is prepared again only before it is sent."),
}


def unsealed(incident: Incident) -> list[Letter]:
    """Letters with people on their list and no sealed text: nothing can be sent to them yet."""
    found = incident.letters.exclude(state="approved").filter(replaced_by__isnull=True)
    return [letter for letter in found.with_people_counted() if letter.people]


def sendable(incident: Incident) -> list[Letter]:
    """Sealed letters with people on their list, each with ``people``, their number."""
    return [letter for letter in incident.letters.filter(state="approved").with_people_counted() if letter.people]


@transaction.atomic
def prepare(
    *, incident: Incident, letters: Iterable[Letter], by: User, at: datetime, attaches_pdf: bool = False, without_unsealed: bool = False,
    is_merged: bool = True, letters_a_file: int = 500, is_duplex: bool = True,
) -> Run:
    """Begin a run of these sealed letters; its rows are made by ``preparing`` at once or in the background.

    Raises ValidationError: a letter is not sealed, people would be left out unsaid, or another run holds a letter.
    """
    Incident.objects.select_for_update().get(pk=incident.pk)
    letters = list(letters)
    _refuse_letters(incident, letters, without_unsealed)
    last = incident.runs.aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.create(
        incident=incident, number=last + 1, attaches_pdf=attaches_pdf, seed=secrets.randbelow(2**31), prepared_at=at,
        prepared_by=by, due_at=at, is_merged=is_merged, letters_a_file=letters_a_file, is_duplex=is_duplex,
    )
    run.letters.set(letters)
    _record(run, "run.prepared", by, at, {"letters": [letter.reference for letter in letters], "seed": run.seed})
    return run


def _refuse_letters(incident: Incident, letters: list[Letter], without_unsealed: bool) -> None:
    if not letters:
        raise ValidationError({"letters": _("Choose at least one sealed letter with people on its list.")})
    for letter in letters:
        if not letter.is_approved:
            raise ValidationError({"letters": _("%(letter)s is not sealed: have it reviewed first.") % {"letter": letter.reference}})
    held = Run.objects.filter(letters__in=letters).exclude(state__in=ENDED).first()
    if held:
        raise ValidationError(
            {"letters": _("%(run)s holds one of these letters and has not ended. Cancel it, or wait for its end.") % {"run": held.reference}}
        )
    left_out = unsealed(incident)
    if left_out and not without_unsealed:
        names = ", ".join(letter.reference for letter in left_out)
        raise ValidationError(
            {"without_unsealed": _("People stand on the list of %(letters)s, whose text is not sealed. Have it reviewed, or say that they are told later.") % {"letters": names}}
        )


@transaction.atomic
def prepare_again(*, run: Run, by: User, at: datetime) -> Run:
    """Forget the rows of a run that was not sent, and make them anew from the lists as they stand. Raises NotThisState."""
    states = [state for state in BEFORE_SENDING if state != RunState.PREPARING]
    forgotten = {"checked_at": None, "checked_by": None, "approved_at": None, "approved_by": None}
    _move(
        run, "prepare_again", states, RunState.PREPARING, due_at=at, done_at=None, claim=None, claimed_until=None, attempts=0,
        prepared_at=at, prepared_by=by, **forgotten,
    )
    run.dispatches.all().delete()
    _record(run, "run.prepared", by, at, {"again": True})
    return run


@transaction.atomic
def check(*, run: Run, by: User, at: datetime) -> Run:
    """Say that the proofs, the longest names and the letters drawn at random were read and are right. Raises NotThisState."""
    _move(run, "check", [RunState.PREPARED], RunState.CHECKED, checked_at=at, checked_by=by)
    _record(run, "run.checked", by, at, {"seed": run.seed})
    return run


@transaction.atomic
def approve(*, run: Run, by: User, at: datetime) -> Run:
    """Approve a checked run, as a second person. Raises NotTheSecondPerson or NotThisState (also when somebody was first)."""
    if run.prepared_by_id == by.pk:
        raise NotTheSecondPerson(_("You prepared this run. A colleague has to approve it."))
    _move(run, "approve", [RunState.CHECKED], RunState.APPROVED, approved_at=at, approved_by=by)
    _record(run, "run.approved", by, at, {"people": run.dispatches.count()})
    return run


@transaction.atomic
def start(*, run: Run, by: User, at: datetime) -> Run:
    """Let an approved run be sent, at once where a worker is there. Raises NotThisState."""
    _move(run, "start", [RunState.APPROVED], RunState.SENDING, started_at=at, started_by=by)
    _record(run, "run.started", by, at, {"people": run.dispatches.count()})
    note_event(incident=run.incident, event="run.started", by=by, at=at, text=run.reference)
    celery.wake_up()
    return run


@transaction.atomic
def pause(*, run: Run, by: User, at: datetime) -> Run:
    """Hand out no more rows; a message that is being handed over still goes. Raises NotThisState."""
    _move(run, "pause", [RunState.SENDING], RunState.PAUSED)
    _record(run, "run.paused", by, at, {"left": run.dispatches.filter(result__in=OPEN).count()})
    return run


@transaction.atomic
def resume(*, run: Run, by: User, at: datetime) -> Run:
    """Go on with a paused run. Raises NotThisState."""
    _move(run, "resume", [RunState.PAUSED], RunState.SENDING, held_until=None, held_reason="", held_times=0)
    _record(run, "run.resumed", by, at, {})
    celery.wake_up()
    return run


@transaction.atomic
def cancel(*, run: Run, by: User, at: datetime) -> int:
    """End a run: what did not go stays here. The number of people who were not told by it. Raises NotThisState.

    What somebody is handing over at this instant may still go; its line says so in the end.
    """
    states = [state for state in RunState.values if state not in ENDED]
    _move(run, "cancel", states, RunState.CANCELLED, ended_at=at, claim=None, claimed_until=None, done_at=at)
    waiting = run.dispatches.filter(result=Result.WAITING)
    stopped = waiting.free(at).update(result=Result.CANCELLED, done_at=at)
    _record(run, "run.cancelled", by, at, {"not sent": stopped, **ledger.totals(run)})
    note_event(incident=run.incident, event="run.cancelled", by=by, at=at, text=run.reference)
    return stopped


@transaction.atomic
def note_reading(*, run: Run, by: User, at: datetime, what: str, **details) -> None:
    """Record that a person read a run's ledger, a proof or a file of it."""
    _record(run, "run.read", by, at, {"what": what, **details})


# In the background


def end_due(at: datetime) -> int:
    """End the runs whose last row is done, and settle what a cancelled run left open; the number of runs that ended."""
    _settle_cancelled(at)
    running = Run.objects.filter(state=RunState.SENDING).select_related("incident__organisation")
    return sum(end_if_done(run, at) for run in running)


@transaction.atomic
def end_if_done(run: Run, at: datetime) -> bool:
    """End a run none of whose rows is open; whether it ended now."""
    if run.dispatches.filter(result__in=OPEN).exists():
        return False
    digest = ledger.sha256_of(run)
    ended = Run.objects.filter(pk=run.pk, state=RunState.SENDING).exclude(dispatches__result__in=OPEN)
    if not ended.update(state=RunState.DONE, ended_at=at, ledger_sha256=digest, held_until=None, held_reason=""):
        return False
    _record(run, "run.ended", None, at, {**ledger.totals(run), "ledger_sha256": digest})
    note_event(incident=run.incident, event="run.ended", by=None, at=at, text=run.reference)
    return True


def _settle_cancelled(at: datetime) -> None:
    # A worker died between the cancelling and its note, so nobody knows whether this one left.
    left = Dispatch.objects.filter(run__state=RunState.CANCELLED, result=Result.WAITING).free(at)
    for run in Run.objects.filter(dispatches__in=left).distinct().select_related("incident__organisation"):
        _settle(run, left.filter(run=run), at)


@transaction.atomic
def _settle(run: Run, left, at: datetime) -> None:
    with translation.override(run.incident.organisation.language):
        words = _("The run was cancelled while this message was being handed over: it may have left.")
    if settled := left.update(result=Result.CANCELLED, done_at=at, explanation=words):
        _record(run, "run.settled", None, at, {"may have left": settled})


def _move(run: Run, step: str, states: Iterable[str], to: str, **columns) -> None:
    if not Run.objects.filter(pk=run.pk, state__in=list(states)).update(state=to, **columns):
        raise NotThisState(str(_NEEDS[step]))
    run.refresh_from_db()


def _record(run: Run, action: str, by: User | None, at: datetime, details: dict) -> None:
    record(action=action, by=by, at=at, organisation=run.incident.organisation, subject=run, details=details)


def people_left_out(run: Run) -> int:
    """People on the run's lists who are not in it: told by an earlier run, or added since."""
    on_the_lists = sum(to_write_to(letter).count() for letter in run.letters.select_related("incident"))
    return max(0, on_the_lists - run.dispatches.filter(instead_of__isnull=True).count())
