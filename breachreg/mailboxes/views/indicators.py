"""The indicators of an incident, where they were seen, and whether a value was seen anywhere here."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.mailboxes.indicators import actions, matching, reading
from breachreg.mailboxes.indicators.forms import IndicatorFileForm, IndicatorForm, LookUpForm
from breachreg.mailboxes.indicators.models import Indicator
from breachreg.mailboxes.indicators.values import guess
from breachreg.mailboxes.reading.addresses import defanged
from breachreg.mailboxes.views.triage import find_report
from breachreg.register.models import Incident
from breachreg.register.views.common import add_errors, incident_for
from breachreg.web.pager import paginate
from breachreg.web.pages import page, require
from breachreg.web.uploads import limit_uploads, say_too_large

MATCHES_SHOWN = 200
TROUBLES_SHOWN = 100


@page("incident.read")
def indicators(request: HttpRequest, reference: str) -> HttpResponse:
    """The indicators of an incident and where they were seen; who manages it adds to them."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
    form = IndicatorForm(request.POST or None) if "incident.manage" in request.abilities else None
    if form is not None and form.is_valid() and _add(request, incident, form):
        return redirect("indicators", request.organisation.slug, reference)
    context = {"form": form, "file_form": IndicatorFileForm() if form is not None else None, **_shown(request, incident)}
    wrong = form is not None and form.errors
    return render(request, "mailboxes/indicators.html", context, status=422 if wrong else 200)


def _shown(request: HttpRequest, incident: Incident) -> dict:
    page_obj = paginate(request, incident.indicators.select_related("added_by"), 50)
    found = matching.matches_of(incident, MATCHES_SHOWN + 1)
    if "mailbox.work" not in request.abilities:  # what was reported is seen by those who judge it
        found = [match for match in found if match.is_incident]
    return {
        "incident": incident, "page_obj": page_obj,
        "lines": [{"indicator": one, "shown": defanged(one.value)} for one in page_obj],
        "places": matching.by_place(found[:MATCHES_SHOWN]), "has_more": len(found) > MATCHES_SHOWN, "most": MATCHES_SHOWN,
    }


def _add(request: HttpRequest, incident: Incident, form: IndicatorForm) -> bool:
    said = form.cleaned_data
    try:
        is_new = actions.add_indicator(
            incident=incident, text=said["value"], kind=said["kind"] or None, note=said["note"], by=request.user, at=request.now
        )
    except ValidationError as refusal:
        add_errors(form, refusal)
        return False
    messages.success(request, _("The indicator is added.") if is_new else _("This indicator is there already."))
    return True


@limit_uploads(lambda: reading.MOST_BYTES)
@page("incident.manage")
def bring(request: HttpRequest, reference: str) -> HttpResponse:
    """Import indicators from a file; what could not be taken over is said by row."""
    incident = incident_for(request, reference)
    form = IndicatorFileForm(request.POST or None, request.FILES or None)
    outcome = None
    if form.is_bound:
        say_too_large(form, request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            outcome = actions.import_indicators(incident=incident, raw=file.read(), name=file.name, by=request.user, at=request.now)
        except reading.NotReadable as refusal:
            form.add_error("file", str(refusal))
    troubles = outcome.troubles if outcome else []
    context = {
        "incident": incident, "form": form if outcome is None else IndicatorFileForm(), "outcome": outcome,
        "troubles": troubles[:TROUBLES_SHOWN], "trouble_count": len(troubles),
    }
    return render(request, "mailboxes/indicators_import.html", context, status=422 if form.errors else 200)


@page("incident.manage", methods=("POST",))
def remove(request: HttpRequest, reference: str, indicator: int) -> HttpResponse:
    """Take an indicator away that was added by mistake."""
    found = get_object_or_404(Indicator.objects.select_related("incident__organisation"), incident=incident_for(request, reference), pk=indicator)
    actions.remove_indicator(indicator=found, by=request.user, at=request.now)
    messages.success(request, _("The indicator is removed."))
    return redirect("indicators", request.organisation.slug, reference)


@page("mailbox.work", methods=("POST",))
def from_report(request: HttpRequest, report: int) -> HttpResponse:
    """Make indicators of the incident of what a reported message shows."""
    found = find_report(request, report)
    if found.incident is None:
        messages.error(request, _("Open an incident from this message first; its indicators are kept there."))
        return redirect("message-report", request.organisation.slug, found.pk)
    added = actions.take_from_report(incident=found.incident, report=found, by=request.user, at=request.now)
    said = ngettext("%(count)s indicator is new.", "%(count)s indicators are new.", added) % {"count": added}
    messages.success(request, said)
    return redirect("indicators", request.organisation.slug, found.incident.reference)


@page("mailbox.work", methods=("GET",))
def look_up(request: HttpRequest) -> HttpResponse:
    """Whether a value was seen here: in incidents, in messages, in logs."""
    form = LookUpForm(request.GET or None)
    matches, value = None, None
    if form.is_valid() and form.cleaned_data["q"]:
        try:
            value = guess(form.cleaned_data["q"])
            matches = matching.seen(request.organisation, value, MATCHES_SHOWN + 1)
        except ValueError as error:
            form.add_error("q", str(error))
    context = {
        "form": form, "value": value, "shown": defanged(value.value) if value else "", "is_asked": matches is not None,
        "places": matching.by_place((matches or [])[:MATCHES_SHOWN]), "has_more": len(matches or []) > MATCHES_SHOWN, "most": MATCHES_SHOWN,
    }
    return render(request, "mailboxes/look_up.html", context, status=422 if form.errors else 200)
