"""The register, and one incident, as they stood at an instant that somebody names."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.exports import trail as actions
from breachreg.exports.columns import COLUMNS
from breachreg.exports.forms import PastForm
from breachreg.exports.kinds import Reader
from breachreg.exports.leaving import listed
from breachreg.exports.past import as_it_stood
from breachreg.exports.rows import table
from breachreg.exports.sheets import Sheet, Speaker
from breachreg.register.listing import clock_of, standing_of
from breachreg.register.models import Incident
from breachreg.web.pager import paginate
from breachreg.web.pages import page

MOST = 1000
"""Incidents that are rebuilt while somebody waits; a longer register of the past is ordered as a file."""


@page("incident.read", methods=("GET",))
def register_past(request: HttpRequest) -> HttpResponse:
    """The register as it stood: what was known then, and nothing that came later."""
    form, at = _asked(request)
    context = {"form": form, "at": at, "order": urlencode(request.GET)}
    if at:
        if request.organisation.incidents.count() > MOST:
            context["is_long"] = True
        else:
            context |= _register(request, at)
        actions.note_past_reading(organisation=request.organisation, by=request.user, at=request.now, as_of=at)
    return render(request, "exports/register_past.html", context, status=422 if form.errors else 200)


@page("incident.read", methods=("GET",))
def incident_past(request: HttpRequest, reference: str) -> HttpResponse:
    """One incident as it stood, fact by fact, and what is said differently today."""
    visible = Incident.objects.visible_to(request.user, request.organisation)
    incident = get_object_or_404(visible, reference=reference)
    form, at = _asked(request)
    context = {"form": form, "at": at, "incident": incident}
    if at:
        reader = Reader(get_language() or "fr", request.organisation.zone, on_paper=True)
        today = _sheet(incident, reader, None)
        with as_it_stood(request.organisation, at, incident) as past:
            then = _sheet(incident, reader, at)
        context |= {"past": past, "sheet": then, "groups": then and _compared(then, today)}
        actions.note_past_reading(
            organisation=request.organisation, by=request.user, at=request.now, as_of=at, incident=incident
        )
    return render(request, "exports/incident_past.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class FactThen:
    """One fact as it stood; ``now`` are today's words when they are others, "" when the fact is not known today."""

    name: str
    words: str | None
    now: str | None


def _asked(request: HttpRequest) -> tuple[PastForm, datetime | None]:
    form = PastForm(request.GET or None)
    if not form.is_valid():
        return form, None
    if form.cleaned_data["at"] > request.now:
        form.add_error("at", _("This instant lies ahead. Enter one that is past."))
        return form, None
    return form, form.cleaned_data["at"]


def _register(request: HttpRequest, at: datetime) -> dict:
    with as_it_stood(request.organisation, at) as past:
        page_obj = paginate(request, listed(request.organisation, request.user, {}, at))
        incidents = list(page_obj)
    page_obj.object_list = incidents
    lines = [(incident, standing_of(incident, clock_of(incident, at))) for incident in incidents]
    return {"past": past, "page_obj": page_obj, "lines": lines}


def _sheet(incident: Incident, reader: Reader, at: datetime | None) -> Sheet | None:
    rows = table(Incident.objects.filter(pk=incident.pk), COLUMNS, until=at).rows
    return next(map(Speaker(COLUMNS, reader).sheet, rows), None)


def _compared(then: Sheet, today: Sheet) -> list[tuple[str, list[FactThen]]]:
    """The groups of then; each fact beside its words of today where they differ, and facts that only today knows."""
    words = {group.name: {fact.name: fact.words for fact in group.facts} for group in today.groups}
    told = []
    for group in then.groups:
        now = words.get(group.name, {})
        facts = [FactThen(fact.name, fact.words, _other(now.get(fact.name, ""), fact.words)) for fact in group.facts]
        facts += [FactThen(name, None, now.get(name)) for name in group.missing]
        told.append((group.name, facts))
    return told


def _other(now: str, then: str) -> str | None:
    return None if now == then else now


