"""When it happened and when we became aware: each with its source, the awareness with a second person."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from breachreg.register import awareness, instants
from breachreg.register.forms import AwarenessChangeForm, AwarenessForm, InstantForm, SecondForm
from breachreg.register.models import Incident, InstantKind, StatementState
from breachreg.register.views.common import attempt, go, incident_for, seen_by_person, show
from breachreg.web.pages import page


@page("incident.manage")
def aware(request: HttpRequest, reference: str) -> HttpResponse:
    """State the awareness, which starts the clock; later, propose to move it."""
    incident = incident_for(request, reference)
    if incident.aware_at:
        return _propose(request, incident)
    form = AwarenessForm(request.POST or None, version=incident.version)
    if form.is_valid() and attempt(
        form, _become_aware, incident=seen_by_person(incident, form), form=form, request=request
    ):
        messages.success(request, _started(form))
        return go("incident", incident)
    return show(request, "aware", incident, form=form, statements=_history(incident, InstantKind.AWARE))


def _started(form: AwarenessForm) -> str:
    if form.is_date_only:
        return _(
            "The clock runs from 00:00, because only the day is known. Once the time is known, propose it on the "
            "page of the awareness."
        )
    return _("The clock runs from the awareness.")


def _become_aware(*, incident: Incident, form: AwarenessForm, request: HttpRequest) -> None:
    said = form.cleaned_data
    awareness.become_aware(
        incident=incident, aware_at=said["instant"], stated_by=said["stated_by"], evidence=said["evidence"],
        is_date_only=form.is_date_only, is_estimated=said["is_estimated"], by=request.user, at=request.now,
    )


def _propose(request: HttpRequest, incident: Incident) -> HttpResponse:
    form = AwarenessChangeForm(request.POST or None)
    if form.is_valid() and attempt(form, _propose_awareness, incident=incident, form=form, request=request):
        messages.success(
            request, _("The change waits for a second person. Until then the earlier of the two instants drives the clock.")
        )
        return go("aware", incident)
    context = {"form": form, "statements": _history(incident, InstantKind.AWARE)}
    return show(request, "aware_change", incident, **context)


def _propose_awareness(*, incident: Incident, form: AwarenessChangeForm, request: HttpRequest) -> None:
    said = form.cleaned_data
    awareness.propose_awareness(
        incident=incident, aware_at=said["instant"], stated_by=said["stated_by"], evidence=said["evidence"],
        reason=said["reason"], is_date_only=form.is_date_only, is_estimated=said["is_estimated"], by=request.user, at=request.now,
    )


@page("incident.second", methods=("POST",))
def aware_settle(request: HttpRequest, reference: str, statement: int) -> HttpResponse:
    """Confirm or refuse, as a second person, a change of the awareness."""
    incident = incident_for(request, reference)
    pending = incident.statements.select_related("incident__organisation", "incident__owner")
    waiting = get_object_or_404(pending, pk=statement, kind=InstantKind.AWARE)
    form = SecondForm(request.POST)
    accept = request.POST.get("answer") == "accept"
    if form.is_valid() and attempt(
        form, awareness.settle_awareness, statement=waiting, accept=accept, note=form.cleaned_data["note"] or "",
        by=request.user, at=request.now,
    ):
        messages.success(request, _("The change is confirmed.") if accept else _("The change is refused."))
    else:
        for error in form.non_field_errors():
            messages.error(request, error)
    return go("second", incident)


@page("incident.manage")
def instant(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """State one of the other instants; a new statement replaces the one in force."""
    incident = incident_for(request, reference)
    if kind not in instants.COLUMNS and kind not in instants.STARTS_OF_CLOCKS:
        raise Http404(_("There is no such instant."))
    form = InstantForm(request.POST or None, initial={"instant": instants.in_force(incident, kind)}, version=incident.version)
    if form.is_valid() and attempt(form, _state, incident=seen_by_person(incident, form), kind=kind, form=form, request=request):
        messages.success(request, _("“%(what)s” is stated.") % {"what": InstantKind(kind).label})
        return go("clocks" if kind in instants.STARTS_OF_CLOCKS else "facts", incident)
    return show(
        request, "instant", incident, form=form, kind=InstantKind(kind), statements=_history(incident, kind)
    )


def _state(*, incident: Incident, kind: str, form: InstantForm, request: HttpRequest) -> None:
    said = form.cleaned_data
    instants.state_instant(
        incident=incident, kind=InstantKind(kind), instant=said["instant"], stated_by=said["stated_by"],
        evidence=said["evidence"], is_date_only=form.is_date_only, is_estimated=said["is_estimated"], by=request.user,
        at=request.now,
    )


def _history(incident: Incident, kind: str) -> list:
    """Every statement of an instant, the one in force first, then the one that waits, then those of the past."""
    order = [StatementState.IN_FORCE, StatementState.PENDING, StatementState.REPLACED, StatementState.REFUSED]
    statements = incident.statements.filter(kind=kind).select_related("recorded_by", "confirmed_by")
    return sorted(statements, key=lambda statement: order.index(statement.state))
