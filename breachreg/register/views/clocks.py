"""The board of clocks of an incident, and the clocks that concern the organisation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.register import actions, own_clocks
from breachreg.register.clock_forms import (
    MetForm,
    OwnClockForm,
    RegimesForm,
    ReopenClockForm,
    TriggersForm,
    regime_choices,
)
from breachreg.register.clock_words import Line, lines_of, wanted_of
from breachreg.register.met import may_be_reopened, meet_clock, reopen_clock
from breachreg.register.models import Deadline, Incident, OwnClock
from breachreg.register.two_clocks import both_clocks
from breachreg.register.views.common import add_errors, attempt, go, incident_for, seen_by_person, show
from breachreg.web.pages import page, require


@page("incident.read")
def clocks(request: HttpRequest, reference: str) -> HttpResponse:
    """Every clock of the incident; who manages it says which regimes it triggers."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
    form = _triggers(request, incident)
    if form and form.is_valid() and attempt(
        form, actions.amend_facts, incident=seen_by_person(incident, form), by=request.user, at=request.now,
        risk_regimes=form.cleaned_data["risk_regimes"],
    ):
        messages.success(request, _("The clocks follow what you said."))
        return go("clocks", incident)
    lines = lines_of(incident, request.now)
    return show(
        request, "clocks", incident, form=form, lines=lines, wanted=wanted_of(lines), both=both_clocks(incident, request.now)
    )


@page("incident.manage")
def clock_met(request: HttpRequest, reference: str, deadline: int) -> HttpResponse:
    """Say that what a clock asks for was done."""
    incident = incident_for(request, reference)
    row = _row(incident, deadline)
    form = MetForm(request.POST or None)
    if form.is_valid() and attempt(
        form, meet_clock, deadline=row, met_at=form.cleaned_data["met_at"], reference=form.cleaned_data["reference"],
        by=request.user, at=request.now,
    ):
        messages.success(request, _("It is done: this clock has stopped."))
        return go("clocks", incident)
    return show(request, "clock_met", incident, form=form, line=_line(incident, row, request))


@page("incident.manage")
def clock_reopen(request: HttpRequest, reference: str, deadline: int) -> HttpResponse:
    """Say that a clock was stopped by mistake, and why."""
    incident = incident_for(request, reference)
    row = _row(incident, deadline)
    form = ReopenClockForm(request.POST or None)
    if form.is_valid() and attempt(
        form, reopen_clock, deadline=row, reason=form.cleaned_data["reason"], by=request.user, at=request.now
    ):
        messages.success(request, _("The clock runs again, and so do its reminders."))
        return go("clocks", incident)
    return show(
        request, "clock_reopen", incident, form=form if may_be_reopened(row) else None, line=_line(incident, row, request)
    )


def _row(incident: Incident, deadline: int) -> Deadline:
    row = get_object_or_404(incident.deadlines.filter(cancelled_at=None).select_related("own_clock"), pk=deadline)
    row.incident = incident
    return row


def _line(incident: Incident, row: Deadline, request: HttpRequest) -> Line | None:
    return next((one for one in lines_of(incident, request.now) if one.row == row), None)


@page("incident.read", "organisation.manage")
def our_clocks(request: HttpRequest) -> HttpResponse:
    """The regimes that concern the organisation, and the clocks of its own."""
    organisation = request.organisation
    if request.method == "POST":
        require(request, "incident.manage", "organisation.manage")
    form = None
    if request.abilities & {"incident.manage", "organisation.manage"}:
        regimes = None if organisation.regimes is None else tuple(code for code in organisation.regimes if code != "gdpr")
        form = RegimesForm(request.POST or None, initial={"regimes": regimes, "contract_hours": organisation.contract_hours})
    if form is not None and form.is_valid():
        own_clocks.choose_regimes(organisation=organisation, by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, _("The settings are saved; open incidents follow."))
        return redirect("our-clocks", organisation.slug)
    own = OwnClock.objects.filter(organisation=organisation, ended_at=None)
    context = {"form": form, "own": own, "regimes": _named(organisation), "following": own_clocks.following(organisation)}
    return render(request, "register/our_clocks.html", context, status=422 if form is not None and form.errors else 200)


@page("incident.manage", "organisation.manage")
def own_clock_add(request: HttpRequest) -> HttpResponse:
    """Add a clock of a contract or a policy."""
    return _edit(request, None)


@page("incident.manage", "organisation.manage")
def own_clock(request: HttpRequest, own: int) -> HttpResponse:
    """Change a clock: a new version, which incidents to come start."""
    return _edit(request, _own(request, own))


@page("incident.manage", "organisation.manage", methods=("POST",))
def own_clock_end(request: HttpRequest, own: int) -> HttpResponse:
    """End a clock of a contract or a policy."""
    try:
        own_clocks.end_own_clock(own=_own(request, own), by=request.user, at=request.now)
        messages.success(request, _("The clock is ended; where it runs, it goes on."))
    except own_clocks.ClockEnded as refusal:
        messages.error(request, str(refusal))
    return redirect("our-clocks", request.organisation.slug)


def _edit(request: HttpRequest, own: OwnClock | None) -> HttpResponse:
    initial = {name: getattr(own, name) for name in own_clocks.FIELDS} if own else {"instant": "aware"}
    form = OwnClockForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            own_clocks.save_own_clock(
                organisation=request.organisation, replaces=own, by=request.user, at=request.now, **form.cleaned_data
            )
        except own_clocks.ClockEnded as refusal:
            form.add_error(None, str(refusal))
        except own_clocks.ValidationError as refusal:
            add_errors(form, refusal)
        else:
            messages.success(request, _("The clock is saved."))
            return redirect("our-clocks", request.organisation.slug)
    return render(request, "register/own_clock.html", {"form": form, "own": own}, status=422 if form.errors else 200)


def _own(request: HttpRequest, own: int) -> OwnClock:
    return get_object_or_404(OwnClock.objects.filter(organisation=request.organisation).select_related("organisation"), pk=own)


def _triggers(request: HttpRequest, incident: Incident) -> TriggersForm | None:
    if "incident.manage" not in request.abilities:
        return None
    form = TriggersForm(
        request.POST or None, initial={"risk_regimes": incident.risk_regimes}, organisation=incident.organisation,
        version=incident.version,
    )
    return form if form.asks_something else None


def _named(organisation) -> list[str]:
    return [label for code, label in regime_choices(organisation.regimes or ())]
