"""A receipt that was recorded wrongly: its number or its instant is corrected, with the reason; the trail keeps both.

What was sealed stays as it was sealed. The clocks that this filing stopped, or started, follow.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register import clocks, deadlines
from breachreg.register.changes import change, note_event
from breachreg.register.deadlines import ARTICLE_33, COMPLEMENTARY
from breachreg.register.filings import check_instant, check_reasons, is_late
from breachreg.register.models import Deadline, Filing, Incident, Precision

CORRECTED = ("receipt_number", "filed_at", "precision")


class ReceiptChanged(Exception):
    """Somebody corrected this receipt after the page was opened; carries the filing as it stands now."""

    def __init__(self, filing: Filing):
        super().__init__(_("Somebody corrected this receipt after you opened the page. Compare, then save again."))
        self.filing = filing


@transaction.atomic
def correct_receipt(
    *, filing: Filing, receipt_number: str | None, filed_at: datetime, reason: str, by: User, at: datetime,
    delay_reasons: str | None = None,
) -> Filing:
    """Correct the number or the instant (UTC) of a receipt; `filing` is as the person saw it.

    Raises ReceiptChanged when it is not so any more; ValidationError without a reason, when nothing differs, for an
    instant to come or before the awareness, a number that another filing has, or an instant after the 72 hours while
    no reasons for the delay are given or recorded; Stale when the incident changed meanwhile.
    """
    incident = Incident.objects.select_for_update().select_related("organisation").get(pk=filing.incident_id)
    current = Filing.objects.select_for_update().get(pk=filing.pk)
    if any(getattr(current, name) != getattr(filing, name) for name in CORRECTED):
        raise ReceiptChanged(current)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what was wrong: the register keeps both and the reason.")})
    values = {"receipt_number": (receipt_number or "").strip() or None, "filed_at": filed_at}
    if all(getattr(current, name) == value for name, value in values.items()):
        raise ValidationError(_("Nothing differs from what is recorded: correct the number or the time."))
    check_instant(incident, filed_at, at)
    stopped = _stopped_by(current)
    _keep_reasons(incident, stopped, filed_at, delay_reasons, by, at)
    was, before = current.filed_at, snapshot(current, CORRECTED)
    _write(current, values | ({"precision": Precision.INSTANT} if filed_at != was else {}))
    record(
        action="notification.receipt_corrected", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=difference(before, snapshot(current, CORRECTED)), details={"filing": current.pk, "reason": reason.strip()},
    )
    note_event(incident=incident, event="notification.receipt_corrected", by=by, at=at, text=reason.strip())
    for deadline in stopped:
        deadlines.move_stop(deadline=deadline, met_at=filed_at, by=by, at=at, reference=current.receipt_number)
    _restart(incident, was, by, at)
    clocks.follow_facts(incident=incident, by=by, at=at)
    return current


def _stopped_by(filing: Filing) -> list[Deadline]:
    """The clocks that stopped at the very instant of this filing."""
    rules = (ARTICLE_33, COMPLEMENTARY)
    return list(filing.incident.deadlines.filter(rule__in=rules, met_at=filing.filed_at, cancelled_at=None))


def _keep_reasons(incident: Incident, stopped: list[Deadline], filed_at: datetime, typed: str | None, by: User, at: datetime) -> None:
    """Ask for the reasons when the corrected instant is late, and keep what was typed."""
    reasons = (typed or incident.delay_reasons or "").strip()
    if any(deadline.rule == ARTICLE_33 and is_late(deadline, filed_at) for deadline in stopped):
        check_reasons(reasons)
    if reasons and reasons != incident.delay_reasons:
        change(incident=incident, action="incident.amended", by=by, at=at, delay_reasons=reasons)


def _write(filing: Filing, values: dict) -> None:
    try:
        with transaction.atomic():
            Filing.objects.filter(pk=filing.pk).update(**values)
    except IntegrityError as error:
        raise ValidationError(
            {"receipt_number": _("A filing with this receipt number is recorded for this incident already.")}
        ) from error
    for name, value in values.items():
        setattr(filing, name, value)


def _restart(incident: Incident, was: datetime, by: User, at: datetime) -> None:
    """Let the complementary clock start where the initial filing now stands, also when it was met already."""
    met = incident.deadlines.filter(rule=COMPLEMENTARY, started_at=was, met_at__isnull=False, cancelled_at=None).first()
    clock = next((clock for clock in clocks.board_of(incident, at) if clock.rule.code == COMPLEMENTARY), None)
    if met and clock and clock.started_at:
        deadlines.move_start(deadline=met, clock=clock, by=by, at=at)
