"""The ledger of unknowns: which fact is missing, who owes it, for when; a promise ends when the fact is known.

A fact is named by its column; the three numbers of an amount by their common name ("people", "records").
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.models import Incident, Promise

AMOUNT_PARTS = ("_low", "_likely", "_high")


@transaction.atomic
def promise_fact(
    *, incident: Incident, field: str, by: User, at: datetime, owed_by: str | None = None, owed_by_user: User | None = None,
    promised_for: datetime | None = None, note: str | None = None,
) -> Promise:
    """Write down who owes a missing fact, and for when (UTC); a promise of the same fact is replaced.

    Raises ValidationError when nobody or two are named, or the date lies behind.
    """
    if bool(owed_by) == bool(owed_by_user):
        raise ValidationError({"owed_by": _("Choose a person, or write a name: one of the two.")})
    if promised_for and promised_for < at:
        raise ValidationError({"promised_for": _("This lies behind. Enter for when it is promised.")})
    known = incident.promises.select_for_update().filter(field=field, kept_at=None).first()
    before = snapshot(known) if known else {}
    promise = known or Promise(incident=incident, field=field)
    promise.owed_by = owed_by_user.full_name if owed_by_user else owed_by
    promise.owed_by_user, promise.promised_for, promise.note = owed_by_user, promised_for, note or None
    promise.recorded_at, promise.recorded_by = at, by
    promise.full_clean()
    promise.save()
    _record("fact.promised", promise, by, at, difference(before, snapshot(promise)))
    return promise


@transaction.atomic
def withdraw_promise(*, promise: Promise, by: User, at: datetime) -> None:
    """Take a promise off the ledger; the trail keeps what stood there."""
    before = snapshot(promise)
    promise.delete()
    _record("promise.withdrawn", promise, by, at, difference(before, {}))


def keep_promises(*, incident: Incident, columns: Iterable[str], by: User | None, at: datetime) -> None:
    """End the promises of facts that have just become known; call it inside the transaction that wrote them."""
    facts = {fact_of(column) for column in columns if getattr(incident, column) not in (None, "")}
    if "risk_facts" in columns:
        facts |= {name for name, answer in incident.risk_facts.items() if answer is not None}
    for promise in incident.promises.filter(kept_at=None, field__in=facts):
        Promise.objects.filter(pk=promise.pk).update(kept_at=at)
        _record("promise.kept", promise, by, at, {"kept_at": [None, at.isoformat()]})


def fact_of(column: str) -> str:
    """The name of the fact that a column holds, or holds a part of."""
    for part in AMOUNT_PARTS:
        if column.endswith(part):
            return column.removesuffix(part)
    return column


def _record(action: str, promise: Promise, by: User | None, at: datetime, changes: dict) -> None:
    record(
        action=action, by=by, at=at, organisation=promise.incident.organisation, subject=promise.incident,
        changes=changes, details={"fact": promise.field},
    )
