"""The desk's pages: the dashboard, the calendar, the story of one incident, its situation sheet."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from breachreg.accounts.access import ABILITIES
from breachreg.audit.actions import record
from breachreg.desk import calendar as months
from breachreg.desk import dashboard, story
from breachreg.desk import figures as numbers
from breachreg.desk import search as lookup
from breachreg.desk.events import EVENTS  # noqa: F401  (declares them)
from breachreg.desk.next_step import next_step
from breachreg.desk.standing import Standing
from breachreg.desk.waiting import waiting
from breachreg.register import reminders
from breachreg.register.actions import note_reading
from breachreg.register.models import Incident
from breachreg.web.pager import paginate
from breachreg.web.pages import page


@page(*ABILITIES, methods=("GET",))
def desk(request: HttpRequest) -> HttpResponse:
    """What is due, what waits for me, what changed; people without incidents go to the page of their work."""
    if "incident.read" not in request.abilities:
        return redirect("my_reports" if "incident.report" in request.abilities else "people", request.organisation.slug)
    shown = _dashboard(request)
    if not request.htmx:  # the page that refreshes itself is not somebody who looks
        _note_look(request)
    return render(request, "desk/desk.html", shown)


@page("incident.read", methods=("GET",))
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of deadlines."""
    today = request.now.astimezone(request.organisation.zone).date()
    month = months.fill(request.organisation, months.month_of(request.GET.get("month"), today), request.now)
    chosen = month.day(request.GET.get("day"))
    return render(request, "desk/calendar.html", {"month": month, "today": today, "chosen": chosen})


@page("incident.read", methods=("GET",))
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of one year, as charts with their tables."""
    years = numbers.years(request.organisation)
    wanted = request.GET.get("year", "")
    this_year = request.now.astimezone(request.organisation.zone).year
    year = int(wanted) if wanted.isdecimal() and 1990 <= int(wanted) <= 2200 else this_year
    shown = {"figures": numbers.of_year(request.organisation, year), "years": years, "compared": numbers.compared()}
    return render(request, "desk/figures.html", shown)


@page("incident.read", methods=("GET",))
def search(request: HttpRequest) -> HttpResponse:
    """Incidents by their words; what was looked for is recorded."""
    words = request.GET.get("q", "").strip()[:200]
    if not words:
        return render(request, "desk/search.html", {"words": ""})
    behind = lookup.catch_up(request.organisation)
    found = lookup.find(user=request.user, organisation=request.organisation, words=words)
    page_obj = paginate(request, found)
    _note_search(request, words, page_obj.paginator.count)
    shown = {
        "words": words, "hits": lookup.hits(list(page_obj), words), "page_obj": page_obj, "behind": behind,
        "is_cut": page_obj.paginator.count == lookup.MOST_FOUND,
    }
    return render(request, "desk/search.html", shown)


@page("incident.read", methods=("GET",))
def incident(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell the whole story of one incident on one page, and record who read it."""
    chosen = _incident(request, reference)
    note_reading(incident=chosen, by=request.user, at=request.now)
    return render(request, "desk/incident.html", story.tell(Standing(chosen, request.now)))


@page("incident.read", methods=("GET",))
def situation(request: HttpRequest, reference: str) -> HttpResponse:
    """One A4 page to print before the network is gone."""
    chosen = _incident(request, reference)
    note_reading(incident=chosen, by=request.user, at=request.now)
    return render(request, "desk/situation.html", story.tell(Standing(chosen, request.now)))


def _dashboard(request: HttpRequest) -> dict:
    here, at = request.organisation, request.now
    due = dashboard.due(here, at)
    first = Standing(due[0].incident, at) if due else None
    return {
        "due": due,
        "first": first,
        "step": next_step(first) if first else None,
        "waiting": waiting(request.user, here, request.abilities, at),
        "changes": dashboard.changes(request.user, here, at),
        "counts": dashboard.counts(here, at),
        "stuck": reminders.stuck(here),
        "is_first_use": not Incident.objects.filter(organisation=here).exists(),
    }


@transaction.atomic
def _note_look(request: HttpRequest) -> None:
    if not dashboard.sits_already(request.user, request.organisation, request.now):
        record(action=dashboard.LOOKED, by=request.user, at=request.now, organisation=request.organisation)


@transaction.atomic
def _note_search(request: HttpRequest, words: str, count: int) -> None:
    record(
        action="incident.searched", by=request.user, at=request.now, organisation=request.organisation,
        details={"words": words, "found": count},
    )


def _incident(request: HttpRequest, reference: str) -> Incident:
    visible = Incident.objects.visible_to(request.user, request.organisation)
    return get_object_or_404(
        visible.select_related("organisation", "reported_by", "owner", "qualified_by", "closed_by"), reference=reference
    )
