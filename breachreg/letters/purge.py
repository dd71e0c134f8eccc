"""Recipients' names and addresses go some days after they were told; the proof stays.

What goes: the incident's key, the encrypted column, the files for the printer and the lists of refused rows. Back-ups made
before hold all that until they are deleted (docs/operating.md). What stays: the ledger with its results, counts and hashes, and keyed hashes by which it
can still be said whether a given person was told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.letters import sealedfiles
from breachreg.letters.events import EVENTS
from breachreg.letters.models import ImportState, Recipient, RecipientImport, RecipientTerm, Vault
from breachreg.letters.post import remove_file
from breachreg.letters.post_models import Batch
from breachreg.letters.run_models import ENDED, Dispatch, Run
from breachreg.register.actions import note_event
from breachreg.register.models import Incident

LONGEST_TERM = 3650
WAITING = (ImportState.UPLOADED, ImportState.READING, ImportState.READ)


class NotYet(Exception):
    """The recipients are still needed; says what for."""


@dataclass(frozen=True)
class Standing:
    """The recipients of one incident: how many, since when they were told, when they go, and what needs them still."""

    incident: Incident
    people: int
    told_at: datetime | None  # when the last run ended
    due_at: datetime | None  # null: no term, or nobody was told yet
    needed_for: str  # empty: nothing


@transaction.atomic
def set_term(*, organisation: Organisation, days: int | None, by: User, at: datetime) -> None:
    """Say how many days after a run's end its recipients go; None keeps them until a person purges them."""
    before = term_of(organisation)
    RecipientTerm.objects.update_or_create(organisation=organisation, defaults={"days": days, "set_at": at, "set_by": by})
    record(
        action="recipients.term_set", by=by, at=at, organisation=organisation, subject=organisation,
        changes={"days": [before, days]},
    )  # fmt: skip


def term_of(organisation: Organisation) -> int | None:
    """After how many days the organisation's recipients go by themselves; None: never."""
    return RecipientTerm.objects.filter(organisation=organisation).values_list("days", flat=True).first()


def standings(organisation: Organisation) -> Iterator[Standing]:
    """The incidents of an organisation whose recipients are still here, the first to go first."""
    term = term_of(organisation)
    vaults = Vault.objects.filter(incident__organisation=organisation, destroyed_at=None).select_related("incident__organisation")
    found = [standing(vault.incident, term) for vault in vaults]
    last = datetime.max.replace(tzinfo=organisation.zone)
    yield from sorted((each for each in found if each.people), key=lambda each: (each.due_at or last, each.incident.reference))


def standing(incident: Incident, term: int | None) -> Standing:
    """How the recipients of one incident stand."""
    people = Recipient.objects.filter(letter__incident=incident, sealed__isnull=False).count()
    told_at = Run.objects.filter(incident=incident, state__in=ENDED).aggregate(last=Max("ended_at"))["last"]
    due_at = told_at + timedelta(days=term) if told_at and term is not None else None
    return Standing(incident, people, told_at, due_at, _needed_for(incident))


def _needed_for(incident: Incident) -> str:
    if run := Run.objects.filter(incident=incident).exclude(state__in=ENDED).first():
        return _("the run %(run)s has not ended") % {"run": run.reference}
    if RecipientImport.objects.filter(letter__incident=incident, state__in=WAITING).exists():
        return _("a table of recipients waits")
    return ""


@transaction.atomic
def purge(*, incident: Incident, reason: str, by: User | None, at: datetime) -> int:
    """Make the recipients of an incident unreadable for ever; how many. Raises NotYet. A second time does nothing."""
    if needed := _needed_for(incident):
        raise NotYet(_("These recipients are still needed: %(what)s.") % {"what": needed})
    destroyed = Vault.objects.filter(incident=incident, destroyed_at=None).update(
        wrapped_key=None, destroyed_at=at, destroyed_by=by, destroyed_reason=reason[:300]
    )
    if not destroyed:
        return 0
    people = Recipient.objects.filter(letter__incident=incident, sealed__isnull=False).update(sealed=None)
    for batch in Batch.objects.filter(run__incident=incident, location__isnull=False).select_related("run__incident__organisation"):
        remove_file(batch, at)
    _drop_tables(incident)
    EVENTS["recipients.purged"]  # declared also where no page was ever loaded: in a worker
    counts = Dispatch.objects.filter(run__incident=incident).order_by("result").values_list("result").annotate(lines=Count("pk"))
    record(
        action="recipients.purged", by=by, at=at, organisation=incident.organisation, subject=incident,
        details={"people": people, "ledger": dict(counts), "reason": reason[:300]},
    )  # fmt: skip
    note_event(incident=incident, event="recipients.purged", by=by, at=at, text=str(people))
    return people


def purge_due(at: datetime) -> int:
    """Purge what its organisation's term says; how many incidents were."""
    purged = 0
    for term in RecipientTerm.objects.filter(days__isnull=False).select_related("organisation"):
        with translation.override(term.organisation.language):
            for each in standings(term.organisation):
                if each.due_at and each.due_at <= at and not each.needed_for:
                    purge(incident=each.incident, reason=_("%(days)d days after the last run") % {"days": term.days}, by=None, at=at)
                    purged += 1
    return purged


def _drop_tables(incident: Incident) -> None:
    kept = RecipientImport.objects.filter(Q(location__isnull=False) | Q(refusals_location__isnull=False), letter__incident=incident)
    names = [name for pair in kept.values_list("location", "refusals_location") for name in pair if name]
    kept.update(location=None, refusals_location=None)
    transaction.on_commit(lambda: [sealedfiles.drop(name) for name in names])
