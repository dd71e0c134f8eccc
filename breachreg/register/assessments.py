"""Assess an incident's risk and decide what follows: the law's engine recommends, a named person decides.

An assessment is a version: the facts, the rules it was made under and the explanation as it was given, never edited.
A decision not to notify waits for a second person, and reopens by itself when other facts would recommend more.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record
from breachreg.law import duty as law_duty
from breachreg.law import explanation
from breachreg.law.facts import Facts, questions
from breachreg.law.rules import Rule
from breachreg.register import clocks, notices, work
from breachreg.register.changes import NotTheSecondPerson, change, in_every_language, note_event
from breachreg.register.models import Assessment, Decision, DecisionState, Duty, Incident
from breachreg.register.weighing import FROM_THE_RECORD, PEOPLE_COUNT, facts_of

TASK_ORIGIN = "decision.reopened"


class AlreadySettled(Exception):
    """Somebody settled this decision before."""


def asked_here() -> tuple:
    """The questions that only the assessment asks; the others are answered by the facts of the record."""
    return tuple(each for each in questions() if each.code not in FROM_THE_RECORD and each.code != PEOPLE_COUNT)


@transaction.atomic
def assess(*, incident: Incident, answers: Mapping, by: User, at: datetime) -> Assessment:
    """Keep the answers with the incident and make the next version of its assessment. Raises Stale or ValidationError.

    The same facts under the same rules make no new version: the last one is returned.
    """
    known = {name: value for name, value in answers.items() if value is not None}
    incident = change(incident=incident, action="incident.amended", by=by, at=at, risk_facts=known)
    facts, rule = facts_of(incident), clocks.judged_by(incident, at)
    last = incident.assessments.order_by("number").last()
    if last and last.facts == facts.to_answers() and last.rule_version == explanation.edition(rule):
        clocks.follow_facts(incident=incident, by=by, at=at)
        return last
    made = Assessment.objects.create(
        incident=incident, number=last.number + 1 if last else 1, facts=facts.to_answers(),
        rule_version=explanation.edition(rule), assessed_at=at, assessed_by=by, **_judgement(facts, rule),
    )
    record(
        action="assessment.made", by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=difference(_summary(last), _summary(made)), details={"number": made.number},
    )
    note_event(incident=incident, event="assessment.made", by=by, at=at, text=made.explanation["score"]["sentence"])
    reconsider(incident=incident, by=by, at=at)
    clocks.follow_facts(incident=incident, by=by, at=at)
    return made


@transaction.atomic
def decide(
    *, incident: Incident, assessment: Assessment, duty: Duty, reasons: str, departure_reasons: str | None, by: User,
    at: datetime,
) -> Decision:
    """Decide what follows from an assessment; not notifying waits for a second person.

    Raises ValidationError without reasons, without the reasons for departing from the recommendation, or when the
    assessment is not the incident's last one.
    """
    _check_decision(incident, assessment, duty, reasons, departure_reasons)
    incident.decisions.select_for_update().filter(state__in=CURRENT).update(state=DecisionState.REPLACED)
    made = Decision.objects.create(
        incident=incident, assessment=assessment, duty=duty, reasons=reasons.strip(),
        departure_reasons=(departure_reasons or "").strip() or None, decided_at=at, decided_by=by,
        state=DecisionState.PENDING if duty == Duty.REGISTER_ONLY else DecisionState.IN_FORCE,
    )
    _tell(made, "decision.made", by, at, duty=[None, str(duty)], reasons=[None, made.reasons])
    for task in incident.tasks.filter(origin=TASK_ORIGIN, done_at=None):  # what it asked for is done by deciding
        work.finish_task(task=task, by=by, at=at)
    clocks.follow_facts(incident=incident, by=by, at=at)
    return made


@transaction.atomic
def settle_decision(*, decision: Decision, accept: bool, note: str, by: User, at: datetime) -> Decision:
    """Confirm or refuse, as a second person, a decision not to notify. Raises NotTheSecondPerson or AlreadySettled."""
    if decision.decided_by_id == by.pk:
        raise NotTheSecondPerson(_("You took this decision: somebody else has to confirm it."))
    state = DecisionState.IN_FORCE if accept else DecisionState.REFUSED
    settled = Decision.objects.filter(pk=decision.pk, state=DecisionState.PENDING).update(
        state=state, seconded_at=at, seconded_by=by, second_note=note.strip() or None
    )
    if not settled:
        raise AlreadySettled(_("Somebody settled this decision before you."))
    decision.refresh_from_db()
    event = "decision.confirmed" if accept else "decision.refused"
    _tell(decision, event, by, at, state=[str(DecisionState.PENDING), str(state)], second_note=[None, note])
    clocks.follow_facts(incident=decision.incident, by=by, at=at)
    return decision


@transaction.atomic
def reconsider(*, incident: Incident, by: User | None, at: datetime) -> Decision | None:
    """Reopen a decision whose duty is less than what the facts recommend now, with a task and a message; null when none is.

    Called after every change of facts; it compares with what was recommended when the person decided, so that a
    decision that departed from its recommendation with reasons is not reopened by an unrelated change.
    """
    decision = incident.decisions.filter(state__in=CURRENT).select_related("assessment").first()
    if decision is None or decision.assessment is None:
        return None
    now = Duty(law_duty.recommended_duty(facts_of(incident), clocks.judged_by(incident, at)).code)
    if ORDER[now] <= ORDER[decision.duty] or ORDER[now] <= ORDER[decision.assessment.recommended_duty]:
        return None
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.REOPENED)
    with translation.override(incident.organisation.language):  # not that of whoever happened to change the facts
        work.give_task(
            incident=incident, what=_("Decide again: the facts now recommend “%(duty)s”.") % {"duty": now.label},
            why=_("The facts changed after “%(duty)s” was decided.") % {"duty": Duty(decision.duty).label},
            origin=TASK_ORIGIN, owner=decision.decided_by, by=by, at=at,
        )
    notices.call(decision=decision, at=at)
    _tell(decision, "decision.reopened", by, at, state=[decision.state, str(DecisionState.REOPENED)], now=[None, now])
    return decision



CURRENT = (DecisionState.IN_FORCE, DecisionState.PENDING)
ORDER = {Duty.REGISTER_ONLY: 0, Duty.NOTIFY: 1, Duty.NOTIFY_AND_TELL: 2}


def current_decision(incident: Incident) -> Decision | None:
    """The decision in force, or the one that waits for a second person."""
    return incident.decisions.filter(state__in=CURRENT).select_related("decided_by", "seconded_by").first()


def _judgement(facts: Facts, rule: Rule) -> dict:
    explained = explanation.explain(facts, rule)
    total = explained["score"]["total"]
    return {
        **{f"score_{end}": _points(total[end]) for end in ("low", "likely", "high")},
        "recommended_duty": explained["duty"]["code"], "explanation": explained,
    }


def _points(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _summary(assessment: Assessment | None) -> dict:
    if assessment is None:
        return {}
    names = ("score_low", "score_likely", "score_high", "recommended_duty")
    return {name: str(getattr(assessment, name)) for name in names}


def _check_decision(incident, assessment, duty, reasons, departure_reasons) -> None:
    last = incident.assessments.order_by("number").last()
    if last != assessment:
        raise ValidationError(_("The facts were assessed again meanwhile. Read the new assessment, then decide."))
    if not reasons.strip():
        raise ValidationError({"reasons": _("Write the reasons: the register keeps them (Art. 33(5)).")})
    if duty != assessment.recommended_duty and not (departure_reasons or "").strip():
        raise ValidationError(
            {"departure_reasons": _("Your decision departs from the recommendation. Say why.")}
        )


def _tell(decision: Decision, event: str, by: User | None, at: datetime, **changes) -> None:
    incident = decision.incident
    note_event(incident=incident, event=event, by=by, at=at, text=in_every_language(Duty(decision.duty).label))
    record(
        action=event, by=by, at=at, organisation=incident.organisation, subject=incident,
        changes=changes, details={"assessment": decision.assessment.number if decision.assessment else None},
    )
