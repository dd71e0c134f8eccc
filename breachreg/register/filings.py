"""What the authority received: recording a filing stops the clock, once; a second filing never restarts it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.law.delays import has_gaps
from breachreg.register import clocks
from breachreg.register.changes import change, note_event
from breachreg.register.deadlines import ARTICLE_33, COMPLEMENTARY, meet_deadline
from breachreg.register.models import Deadline, Evidence, Filing, FilingKind, Incident, Precision


@transaction.atomic
def record_filing(
    *, incident: Incident, kind: FilingKind, filed_at: datetime, receipt_number: str | None, by: User, at: datetime,
    delay_reasons: str | None = None, evidence: Evidence | None = None, precision: Precision = Precision.INSTANT,
) -> Filing:
    """Record that the authority received a notification at ``filed_at`` (UTC), with its receipt.

    Stops the clock of Art. 33. Raises ValidationError for an instant to come, a receipt number recorded before, or a
    late filing without its reasons or with gaps in them (Art. 33(1)); Stale when the incident changed meanwhile.
    """
    check_instant(incident, filed_at, at)
    deadline = incident.deadlines.filter(rule=ARTICLE_33, met_at=None, cancelled_at=None).first()
    reasons = (delay_reasons or incident.delay_reasons or "").strip()
    if is_late(deadline, filed_at):
        check_reasons(reasons)
    filing = _save(
        Filing(
            incident=incident, kind=kind, filed_at=filed_at, precision=precision, receipt_number=receipt_number or None,
            recorded_at=at, recorded_by=by, evidence=evidence,
        )
    )
    record(
        action="notification.filed", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=difference({}, snapshot(filing)),
    )
    note_event(incident=incident, event="notification.filed", by=by, at=at, text=receipt_number or "")
    if reasons and reasons != incident.delay_reasons:
        change(incident=incident, action="incident.amended", by=by, at=at, delay_reasons=reasons)
    if deadline and kind != FilingKind.WITHDRAWAL:
        meet_deadline(deadline=deadline, met_at=filed_at, reference=receipt_number, by=by, at=at)
    _complete(incident, filing, by, at)
    clocks.follow_facts(incident=Incident.objects.select_related("organisation", "owner").get(pk=incident.pk), by=by, at=at)
    return filing


def _complete(incident: Incident, filing: Filing, by: User, at: datetime) -> None:
    """Stop the indicative clock of the complementary notification when the authority holds it."""
    if filing.kind in {FilingKind.COMPLEMENTARY, FilingKind.COMPLETE, FilingKind.WITHDRAWAL}:
        for deadline in incident.deadlines.filter(rule=COMPLEMENTARY, met_at=None, cancelled_at=None):
            meet_deadline(deadline=deadline, met_at=filing.filed_at, reference=filing.receipt_number, by=by, at=at)


def is_late(deadline: Deadline | None, filed_at: datetime) -> bool:
    """Whether a filing at this instant comes after the due instant; a filing at that very instant is in time."""
    return bool(deadline and deadline.due_at and filed_at > deadline.due_at)


def check_reasons(reasons: str) -> None:
    """Raise ValidationError when a late filing gives no reasons, or reasons with a gap (Art. 33(1))."""
    if not reasons:
        raise ValidationError(
            {"delay_reasons": _("This filing came after its due time: Art. 33(1) asks for the reasons for the delay.")}
        )
    if has_gaps(reasons):
        raise ValidationError({"delay_reasons": _("These reasons still have a gap. Fill in each […], or take its sentence out.")})


def check_instant(incident: Incident, filed_at: datetime, at: datetime) -> None:
    """Raise ValidationError when a filing lies ahead, or before the awareness."""
    if filed_at > at:
        raise ValidationError({"filed_at": _("This instant lies ahead. Enter the time on the receipt.")})
    if incident.aware_at and filed_at < incident.aware_at:
        raise ValidationError({"filed_at": _("This is before the organisation became aware. Check both instants.")})


def _save(filing: Filing) -> Filing:
    try:
        with transaction.atomic():
            filing.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(
            {"receipt_number": _("A filing with this receipt number is recorded for this incident already.")}
        ) from error
    return filing
