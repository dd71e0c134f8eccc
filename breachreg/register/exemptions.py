"""The worksheet of Art. 34(3): which exemption from telling the people holds, on what evidence, within which limits.

Each saving is a version, never edited. An exemption that holds may be taken over as the ground for not telling; one
that does not hold never is.
"""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record
from breachreg.law import exemptions as law
from breachreg.law.exemptions import Shown
from breachreg.register.actions import AlreadyClosed, amend_facts
from breachreg.register.changes import in_every_language, note_event
from breachreg.register.models import ExemptionSheet, Incident
from breachreg.register.weighing import facts_of

WILL_NOT_BE_TOLD = "not_planned"


@transaction.atomic
def review_exemption(
    *, incident: Incident, code: str, shown: Mapping[str, Shown], takes_over: bool, by: User, at: datetime
) -> ExemptionSheet:
    """Keep what was shown for an exemption and what the law's room says of it; on request it becomes the ground.

    Raises KeyError on a wrong code, ValidationError when an exemption that does not hold is to be taken over,
    AlreadyClosed or Stale.
    """
    if incident.closed_at:
        raise AlreadyClosed(_("This incident is closed. Reopen it before you change its facts."))
    finding = law.review(code, facts_of(incident), shown)
    if takes_over and not finding.holds:
        raise ValidationError(
            {"takes_over": _("This exemption does not hold on what is shown: it can't be the ground for not telling.")}
        )
    before = latest(incident).get(code)
    answers = {claim: {"holds": each.holds, "evidence": each.evidence} for claim, each in shown.items()}
    made = ExemptionSheet.objects.create(
        incident=incident, number=incident.exemption_sheets.count() + 1, exemption=code, shown=answers,
        holds=finding.holds, missing=[claim.code for claim in finding.missing],
        contradicted_by=list(finding.contradicted_by), recorded_at=at, recorded_by=by,
    )
    record(
        action="exemption.reviewed", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=difference({"shown": before.shown if before else None}, {"shown": answers}),
        details={"exemption": code, "holds": finding.holds, "number": made.number},
    )
    words = {language: finding.exemption.label(language) for language in in_every_language("")}
    note_event(incident=incident, event="exemption.reviewed", by=by, at=at, text=words)
    if takes_over:
        evidence = "\n".join(
            f"{claim.label(incident.organisation.language)} {shown[claim.code].evidence}" for claim in finding.exemption.claims
        )
        amend_facts(
            incident=incident, by=by, at=at, communication=WILL_NOT_BE_TOLD, not_telling_reason=code,
            not_telling_evidence=evidence,
        )
    return made


def latest(incident: Incident) -> dict[str, ExemptionSheet]:
    """The last version for each exemption that somebody examined."""
    return {sheet.exemption: sheet for sheet in incident.exemption_sheets.select_related("recorded_by").order_by("number")}


def shown_in(sheet: ExemptionSheet | None) -> dict[str, Shown]:
    """What a version says was shown, by claim."""
    return {claim: Shown(**answer) for claim, answer in sheet.shown.items()} if sheet else {}
