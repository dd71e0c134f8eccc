"""Four eyes on a purge: one person proposes what is due, another one approves it, and never the same."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from breachreg import celery
from breachreg.accounts.actions import change_organisation
from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.register.changes import NotTheSecondPerson
from breachreg.retention import due
from breachreg.retention.models import Going, ProposalState, PurgeProposal


class NothingDue(Exception):
    """No incident has reached the end of its retention."""


class AlreadyProposed(Exception):
    """A purge waits for its second person; one at a time."""


class AlreadyAnswered(Exception):
    """Somebody answered this proposal before."""


def set_period(*, organisation: Organisation, years: int, by: User, at: datetime) -> None:
    """Keep incidents for so many years after their closure. Raises ValidationError for a number out of bounds."""
    with transaction.atomic():
        before = organisation.kept_years
        if before == years:
            return
        change_organisation(organisation=organisation, by=by, at=at, kept_years=years)
        record(
            action="retention.period_set", by=by, at=at, organisation=organisation, subject=organisation,
            changes={"kept_years": [before, years]},
        )


@transaction.atomic
def note_reading(*, organisation: Organisation, by: User, at: datetime, due_count: int) -> None:
    """Record that a person looked at what is due."""
    record(
        action="retention.looked_at", by=by, at=at, organisation=organisation, details={"due": due_count},
    )


@transaction.atomic
def propose(*, organisation: Organisation, by: User, at: datetime, submission: uuid.UUID | None = None) -> PurgeProposal:
    """Propose that everything due goes; the same ``submission`` twice is one. Raises NothingDue or AlreadyProposed."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # one proposal after the other
    if submission and (known := organisation.purge_proposals.filter(submission=submission).first()):
        return known
    if organisation.purge_proposals.filter(state=ProposalState.PROPOSED).exists():
        raise AlreadyProposed(_("A purge waits for its second person already. Look at that one first."))
    last = organisation.purge_proposals.aggregate(last=Max("number"))["last"] or 0
    proposal = PurgeProposal.objects.create(
        organisation=organisation, number=last + 1, submission=submission or uuid.uuid4(),
        kept_years=organisation.kept_years, proposed_at=at, proposed_by=by,
    )
    found = due.due(organisation, at).values_list("pk", "reference", "closed_at")
    goings = [
        Going(proposal=proposal, due_at=at, incident_key=pk, reference=reference, closed_at=closed_at)
        for pk, reference, closed_at in found.iterator()
    ]
    if not goings:
        raise NothingDue(_("Nothing has reached the end of its retention: there is nothing to propose."))
    Going.objects.bulk_create(goings, batch_size=500)
    record(
        action="retention.proposed", by=by, at=at, organisation=organisation, subject=proposal,
        details={"incidents": len(goings), "kept_years": proposal.kept_years},
    )
    return proposal


@transaction.atomic
def approve(*, proposal: PurgeProposal, by: User, at: datetime) -> None:
    """Let the proposed incidents go, as a second person. Raises NotTheSecondPerson or AlreadyAnswered."""
    if proposal.proposed_by_id == by.pk:
        raise NotTheSecondPerson(_("You proposed this purge: somebody else has to approve it."))
    _answer(proposal, ProposalState.APPROVED, None, by, at)
    record(
        action="retention.approved", by=by, at=at, organisation=proposal.organisation, subject=proposal,
        details={"incidents": proposal.goings.count()},
    )
    celery.wake_up()


@transaction.atomic
def refuse(*, proposal: PurgeProposal, reason: str, by: User, at: datetime) -> None:
    """Let nothing of it go. Raises ValidationError (no reason), NotTheSecondPerson or AlreadyAnswered."""
    if proposal.proposed_by_id == by.pk:
        raise NotTheSecondPerson(_("You proposed this purge: withdraw it rather than refuse it."))
    if not reason.strip():
        raise ValidationError({"reason": _("Write why: the person who proposed the purge has to know.")})
    _answer(proposal, ProposalState.REFUSED, reason.strip(), by, at)
    record(
        action="retention.refused", by=by, at=at, organisation=proposal.organisation, subject=proposal,
        details={"reason": reason.strip()},
    )


@transaction.atomic
def withdraw(*, proposal: PurgeProposal, by: User, at: datetime) -> None:
    """Take back one's own proposal. Raises NotTheSecondPerson for somebody else's, or AlreadyAnswered."""
    if proposal.proposed_by_id != by.pk:
        raise NotTheSecondPerson(_("Somebody else proposed this purge: refuse it rather than withdraw it."))
    _answer(proposal, ProposalState.WITHDRAWN, None, by, at)
    record(action="retention.withdrawn", by=by, at=at, organisation=proposal.organisation, subject=proposal)


@transaction.atomic
def try_again(*, proposal: PurgeProposal, by: User, at: datetime) -> int:
    """Put what was parked after too many failures back in the queue; the number of incidents."""
    parked = proposal.goings.filter(parked_at__isnull=False, done_at=None)
    waiting = parked.update(parked_at=None, claimed_until=None, claim=None, attempts=0)
    if waiting:
        record(
            action="retention.tried_again", by=by, at=at, organisation=proposal.organisation, subject=proposal,
            details={"incidents": waiting},
        )
        celery.wake_up()
    return waiting


def _answer(proposal: PurgeProposal, state: ProposalState, reason: str | None, by: User, at: datetime) -> None:
    waiting = PurgeProposal.objects.filter(pk=proposal.pk, state=ProposalState.PROPOSED)
    if not waiting.update(state=state, answered_at=at, answered_by=by, answer_reason=reason):
        raise AlreadyAnswered(_("Somebody answered this proposal before you."))
