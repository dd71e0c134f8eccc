"""The list of incidents, and what moves one through its life: qualify, close, reopen."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from breachreg.register import actions
from breachreg.register.forms import CloseForm, FilterForm, QualifyForm, ReopenForm
from breachreg.register.listing import clock_of, in_order, narrowed, sort_in_force, standing_of, with_clock, years_of
from breachreg.register.models import Incident, Qualification
from breachreg.register.views.common import attempt, go, incident_for, seen_by_person, show
from breachreg.web.pager import paginate
from breachreg.web.pages import page

MOST_LISTED = 10_000  # incidents that the pages of the list reach; an export has all of them


@page("incident.read", methods=("GET",))
def incidents(request: HttpRequest) -> HttpResponse:
    """The incidents of the organisation: searched, narrowed, sorted, in pages; all of it kept in the address."""
    visible = Incident.objects.visible_to(request.user, request.organisation)
    years = years_of(request.organisation)
    form = FilterForm(request.GET, years=years)
    answers = form.cleaned_data if form.is_valid() else {}
    sort = sort_in_force(request.GET.get("sort", ""))
    found = in_order(narrowed(with_clock(visible), answers, request.now), sort)
    page_obj = paginate(request, found.select_related("owner"), most=MOST_LISTED)
    clocks = [clock_of(incident, request.now) for incident in page_obj]
    lines = [(incident, standing_of(incident, clock)) for incident, clock in zip(page_obj, clocks, strict=True)]
    context = {
        "form": form, "page_obj": page_obj, "lines": lines, "sort": sort, "is_first_use": not years,
        "is_narrowed": any(answers.values()),
    }
    return render(request, "register/incidents.html", context)


@page("incident.manage")
def qualify(request: HttpRequest, reference: str) -> HttpResponse:
    """Say whether it is a personal-data breach, with the reasons."""
    incident = incident_for(request, reference)
    initial = {"qualification": incident.qualification, "reasons": incident.qualification_reasons}
    form = QualifyForm(request.POST or None, initial=initial, version=incident.version)
    if form.is_valid() and attempt(form, _qualify, incident=seen_by_person(incident, form), form=form, request=request):
        messages.success(request, _("The conclusion is in the register."))
        is_breach = form.cleaned_data["qualification"] == Qualification.BREACH
        return go("aware" if is_breach and incident.aware_at is None else "incident", incident)
    return show(request, "qualify", incident, form=form)


@page("incident.manage")
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close an incident with what was learnt from it."""
    incident = incident_for(request, reference)
    form = CloseForm(request.POST or None, initial={"lessons": incident.lessons}, version=incident.version)
    if form.is_valid() and attempt(
        form, actions.close_incident, incident=seen_by_person(incident, form), lessons=form.cleaned_data["lessons"],
        by=request.user, at=request.now,
    ):
        messages.success(request, _("The incident is closed. It stays in the register, and can be opened again."))
        return go("incident", incident)
    return show(request, "close", incident, form=form, left=left_to_do(incident))


@page("incident.manage")
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Open a closed incident again, with the reason."""
    incident = incident_for(request, reference)
    form = ReopenForm(request.POST or None, version=incident.version)
    if form.is_valid() and attempt(
        form, actions.reopen_incident, incident=seen_by_person(incident, form), reason=form.cleaned_data["reason"],
        by=request.user, at=request.now,
    ):
        messages.success(request, _("The incident is open again."))
        return go("incident", incident)
    return show(request, "reopen", incident, form=form)


def left_to_do(incident: Incident) -> list[str]:
    """What is still open when somebody wants to close: said, not forbidden, but for the qualification."""
    left = []
    if incident.qualification is None:
        left.append(_("It was never said whether this is a personal-data breach."))
    if incident.deadlines.filter(met_at=None, cancelled_at=None, due_at__isnull=False).exists():
        left.append(_("A clock is running."))
    if count := incident.tasks.filter(done_at=None).count():
        left.append(_("Tasks still open: %(count)s.") % {"count": count})
    return left


@transaction.atomic
def _qualify(incident: Incident, form: QualifyForm, request: HttpRequest) -> None:
    conclude = {
        Qualification.BREACH: actions.qualify_as_breach,
        Qualification.NOT_A_BREACH: actions.conclude_not_a_breach,
    }[form.cleaned_data["qualification"]]
    conclude(incident=incident, reasons=form.cleaned_data["reasons"], by=request.user, at=request.now)
