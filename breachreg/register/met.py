"""A person says that what a clock asks for was done, or that saying so was a mistake."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.register import deadlines
from breachreg.register.actions import AlreadyClosed
from breachreg.register.changes import note_event
from breachreg.register.clocks import as_rule, follow_facts
from breachreg.register.models import Deadline

BY_RECEIPT = frozenset({deadlines.ARTICLE_33, deadlines.COMPLEMENTARY})
"""The clocks that the receipt of a notification stops, and nothing else."""


@transaction.atomic
def meet_clock(*, deadline: Deadline, met_at: datetime, reference: str | None, by: User, at: datetime) -> None:
    """Say that what a clock asks for was done at ``met_at`` (UTC), with the reference of the filing; others may start.

    Raises ValidationError: the notification to the CNIL is met by its receipt, an instant lies ahead or before the start.
    """
    if deadline.rule in BY_RECEIPT:
        raise ValidationError(_("Record the receipt of this notification on its own page: that stops the clock."))
    if met_at > at:
        raise ValidationError({"met_at": _("This instant lies ahead. Enter when it was done.")})
    if met_at < deadline.started_at:
        raise ValidationError({"met_at": _("This is before the clock started. Check both instants.")})
    if not deadlines.meet_deadline(deadline=deadline, met_at=met_at, reference=reference, by=by, at=at):
        raise ValidationError(_("Somebody said so before you."))
    follow_facts(incident=deadline.incident, by=by, at=at)


@transaction.atomic
def reopen_clock(*, deadline: Deadline, reason: str, by: User, at: datetime) -> None:
    """Say that what stopped a clock was a mistake, and why: it runs again, and what had started from it stops.

    Raises ValidationError: no reason, stopped by a receipt or by a fact (which are corrected where they stand), or running
    already; AlreadyClosed.
    """
    incident = deadline.incident
    if incident.closed_at:
        raise AlreadyClosed(_("This incident is closed. Reopen it before you correct its clocks."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the mistake was: the register keeps it.")})
    if not may_be_reopened(deadline):
        raise ValidationError(_("A person did not stop this clock: correct what is recorded, and it runs again by itself."))
    rule = deadlines.rule_of(deadline) or as_rule(deadline.own_clock)
    if not deadlines.run_again(deadline=deadline, rule=rule, by=by, at=at, reason=reason.strip()):
        raise ValidationError(_("This clock runs already: somebody corrected it before you."))
    note_event(incident=incident, event="deadline.reopened", by=by, at=at, text=reason.strip())
    follow_facts(incident=incident, by=by, at=at)


def may_be_reopened(deadline: Deadline) -> bool:
    """Whether a person stopped this clock, so that a person may say that it was a mistake."""
    return deadline.rule not in BY_RECEIPT and not deadline.is_met_by_record
