"""Seal the file of a decision not to notify, and hand out papers that are no notification; each is recorded."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record as record_entry
from breachreg.notifications import document, sealing, standalone
from breachreg.notifications.actions import NotNow
from breachreg.notifications.models import DecisionFile
from breachreg.notifications.record import read
from breachreg.register.models import Decision, DecisionState, Duty, Incident


def current(incident: Incident) -> Decision | None:
    """The decision not to notify that is in force or waits for its second person; None when there is none."""
    return (
        incident.decisions.filter(duty=Duty.REGISTER_ONLY, state__in=[DecisionState.IN_FORCE, DecisionState.PENDING])
        .select_related("assessment", "decided_by", "seconded_by", "file")
        .first()
    )


def draw(decision: Decision, *, at: datetime) -> document.Document:
    """The file as it stands, marked as a draft on every page. Raises document.CannotDraw."""
    record = read(decision.incident, at=at)
    return document.draw(standalone.not_notifying(record, decision, language="fr", at=at, is_draft=True))


def seal(*, decision: Decision, by: User, at: datetime, unsigned: bool = False) -> DecisionFile:
    """Seal the file of a confirmed decision, once. Raises NotNow, document.CannotDraw or signature.CannotSign."""
    document.warm_up()
    return _seal(decision, by, at, unsigned)


@transaction.atomic
def _seal(decision: Decision, by: User, at: datetime, unsigned: bool) -> DecisionFile:
    if decision.seconded_at is None or decision.state != DecisionState.IN_FORCE:
        raise NotNow(_("A second person has to confirm this decision first."))
    record = read(decision.incident, at=at)
    paper = standalone.not_notifying(record, decision, language="fr", at=at, is_draft=False)
    sealed = _insert(
        DecisionFile(decision=decision, **sealing.sealed(paper, at=at, by=by, unsigned=unsigned))
    )
    note(incident=decision.incident, action="decision_file.sealed", what=str(sealed), sha256=sealed.sha256, by=by, at=at)
    return sealed


def _insert(sealed: DecisionFile) -> DecisionFile:
    try:
        with transaction.atomic():
            sealed.save(force_insert=True)
    except IntegrityError as error:
        raise NotNow(_("This file is sealed already.")) from error
    return sealed


@transaction.atomic
def note(*, incident: Incident, action: str, what: str, sha256: str, by: User, at: datetime) -> None:
    """Record what was done with a document of an incident."""
    record_entry(
        action=action, by=by, at=at, organisation=incident.organisation, subject=incident,
        details={"document": what, "sha256": sha256},
    )
