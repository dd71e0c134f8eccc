"""The pages of the assessment: its questions, its arithmetic, the decision of a person, two versions side by side."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from breachreg.register import assessments
from breachreg.register.assessment_form import AssessmentForm, DecisionForm
from breachreg.register.models import Assessment, Decision, Duty, Incident
from breachreg.register.reading import Explained, side_by_side
from breachreg.register.views.common import attempt, go, incident_for, show
from breachreg.web.pages import page


@page("incident.read", methods=("GET",))
def assess(request: HttpRequest, reference: str) -> HttpResponse:
    """The last assessment with its arithmetic and its reasons, what was decided on it, and the versions before."""
    incident = incident_for(request, reference)
    versions = list(incident.assessments.select_related("assessed_by").order_by("-number"))
    chosen = _chosen(request, versions)
    context = {
        "assessment": chosen, "explained": Explained(chosen) if chosen else None, "versions": versions,
        "is_last": bool(versions) and chosen == versions[0],
        "decisions": incident.decisions.select_related("decided_by", "seconded_by", "assessment").order_by("-pk"),
    }
    return show(request, "assess", incident, **context)


@page("incident.manage")
def assess_questions(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer what the record does not say; each answer may stay unknown, and widens the range."""
    incident = incident_for(request, reference)
    form = AssessmentForm(request.POST or None, incident=incident)
    if form.is_valid() and _assess(request, incident, form):
        messages.success(request, _("Assessed. Read the arithmetic, then decide."))
        return go("assess", incident)
    return show(request, "assess_questions", incident, form=form)


@page("incident.manage")
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide, with reasons, on the last assessment; a decision not to notify then waits for a second person."""
    incident = incident_for(request, reference)
    last = incident.assessments.order_by("number").last()
    if last is None:
        messages.info(request, _("Assess the risk first: a decision rests on an assessment."))
        return go("assess-questions", incident)
    form = DecisionForm(request.POST or None, initial={"duty": last.recommended_duty, "assessment": last.number})
    if form.is_valid() and _decide(request, incident, form):
        return _told(request, incident)
    return show(request, "decide", incident, form=form, assessment=last, explained=Explained(last))


@page("incident.second", methods=("POST",))
def decision_settle(request: HttpRequest, reference: str, decision: int) -> HttpResponse:
    """Confirm or refuse, as a second person, a decision not to notify."""
    incident = incident_for(request, reference)
    held = get_object_or_404(Decision, pk=decision, incident=incident)
    try:
        assessments.settle_decision(
            decision=held, accept=request.POST.get("answer") == "accept", note=request.POST.get("note", ""),
            by=request.user, at=request.now,
        )
        messages.success(request, _("Your answer is recorded."))
    except (assessments.NotTheSecondPerson, assessments.AlreadySettled) as refusal:
        messages.error(request, str(refusal))
    return go("second", incident)


@page("incident.read", methods=("GET",))
def assess_compare(request: HttpRequest, reference: str, before: int, after: int) -> HttpResponse:
    """Two versions of the assessment side by side: what changed in the facts, the score and the duty."""
    incident = incident_for(request, reference)
    old = get_object_or_404(Assessment, incident=incident, number=before)
    new = get_object_or_404(Assessment, incident=incident, number=after)
    both = Explained(old), Explained(new)
    context = {"old": both[0], "new": both[1], "old_and_new": both, "changes": side_by_side(old, new)}
    return show(request, "assess_compare", incident, **context)


def _chosen(request: HttpRequest, versions: list[Assessment]) -> Assessment | None:
    wanted = request.GET.get("version", "")
    return next((each for each in versions if str(each.number) == wanted), versions[0] if versions else None)


def _assess(request: HttpRequest, incident: Incident, form: AssessmentForm) -> bool:
    incident.version = form.cleaned_data["version"]
    return attempt(
        form, assessments.assess, incident=incident, answers=form.answers(), by=request.user, at=request.now
    )


def _decide(request: HttpRequest, incident: Incident, form: DecisionForm) -> bool:
    said = form.cleaned_data
    seen = incident.assessments.filter(number=said["assessment"]).first()
    return attempt(
        form, assessments.decide, incident=incident, assessment=seen, duty=Duty(said["duty"]),
        reasons=said["reasons"] or "", departure_reasons=said["departure_reasons"], by=request.user, at=request.now,
    )


def _told(request: HttpRequest, incident: Incident) -> HttpResponse:
    decision = assessments.current_decision(incident)
    if decision and decision.duty == Duty.REGISTER_ONLY:
        messages.info(request, _("A second person has to confirm that nothing is notified. Until then the clock runs."))
    else:
        messages.success(request, _("Your decision is recorded."))
    return go("incident", incident)
