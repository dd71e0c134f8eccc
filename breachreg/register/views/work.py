"""The timeline and the tasks of an incident."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from breachreg.register import actions
from breachreg.register import work as tasks_of
from breachreg.register.forms import NoteForm, TaskForm
from breachreg.register.models import Incident
from breachreg.register.views.common import attempt, go, incident_for, show
from breachreg.web.pager import paginate
from breachreg.web.pages import page, require


@page("incident.read")
def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    """What happened, the latest first; who manages the incident adds notes."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
    form = NoteForm(request.POST or None) if "incident.manage" in request.abilities else None
    if form is not None and form.is_valid() and attempt(form, _note, incident=incident, form=form, request=request):
        messages.success(request, _("The note is on the timeline."))
        return go("timeline", incident)
    entries = paginate(request, incident.timeline.select_related("recorded_by"))
    return show(request, "timeline", incident, form=form, page_obj=entries, lines=[line_of(entry) for entry in entries])


def line_of(entry) -> dict:
    """An entry of the timeline in words, for the part `timeline_entry`."""
    return {
        "happened_at": entry.happened_at, "what": entry.what, "note": entry.note,
        "by": entry.recorded_by.full_name if entry.recorded_by else "",
    }


def _note(*, incident: Incident, form: NoteForm, request: HttpRequest) -> None:
    said = form.cleaned_data
    actions.add_timeline_note(
        incident=incident, happened_at=form.when(request.now), text=said["text"], source=said["source"],
        submission=said["submission"], by=request.user, at=request.now,
    )


@page("incident.read")
def tasks(request: HttpRequest, reference: str) -> HttpResponse:
    """What has to be done, by whom, for when."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
    may_add = "incident.manage" in request.abilities
    form = TaskForm(request.POST or None, organisation=request.organisation) if may_add else None
    if form is not None and form.is_valid() and attempt(
        form, tasks_of.give_task, incident=incident, by=request.user, at=request.now, **form.cleaned_data
    ):
        messages.success(request, _("The task is given."))
        return go("tasks", incident)
    given = incident.tasks.select_related("owner", "done_by")
    return show(request, "tasks", incident, form=form, tasks=given)


@page("incident.manage", "incident.second", methods=("POST",))
def task_done(request: HttpRequest, reference: str, task: int) -> HttpResponse:
    """Mark a task as done, or open it again; its owner and who manages the incident may."""
    incident = incident_for(request, reference)
    given = get_object_or_404(incident.tasks.select_related("incident__organisation"), pk=task)
    if not ("incident.manage" in request.abilities or given.owner_id == request.user.pk):
        messages.error(request, _("Only the owner of a task, or who manages the incident, marks it as done."))
    elif "again" in request.POST:
        tasks_of.reopen_task(task=given, by=request.user, at=request.now)
    else:
        tasks_of.finish_task(task=given, by=request.user, at=request.now)
    return go("response" if request.POST.get("next") == "response" else "tasks", incident)
