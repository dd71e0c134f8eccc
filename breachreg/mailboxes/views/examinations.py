"""The examinations of an incident's mailboxes: opened, given files, watched while they are read."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.mailboxes.examinations import actions
from breachreg.mailboxes.examinations.forms import FileQuestion, KindQuestion, MailboxQuestion
from breachreg.mailboxes.examinations.models import Examination, ExaminedFile, Kind
from breachreg.register.files import FileRefused
from breachreg.register.views.common import incident_for
from breachreg.web.pages import page
from breachreg.web.uploads import limit_uploads, say_too_large


def find_examination(request: HttpRequest, reference: str, examination: int) -> Examination:
    """The examination of this number, if the person may see its incident; 404 otherwise."""
    incident = incident_for(request, reference)
    found = get_object_or_404(Examination, incident=incident, pk=examination)
    found.incident = incident
    return found


def find_file(request: HttpRequest, reference: str, examination: int, file: int) -> ExaminedFile:
    """A file of that examination; 404 otherwise."""
    found = find_examination(request, reference, examination)
    entry = get_object_or_404(ExaminedFile.objects.select_related("evidence"), examination=found, pk=file)
    entry.examination = found
    return entry


def to_examination(examination: Examination, name: str = "examination") -> HttpResponse:
    """Answer with a redirect to a page of the examination."""
    incident = examination.incident
    return redirect(name, incident.organisation.slug, incident.reference, examination.pk)


@page("mailbox.work")
def examinations(request: HttpRequest, reference: str) -> HttpResponse:
    """The mailboxes that are examined for an incident, and the way to examine one more."""
    incident = incident_for(request, reference)
    form = MailboxQuestion(request.POST or None)
    if form.is_valid():
        found = actions.open_examination(incident=incident, mailbox=form.cleaned_data["mailbox"], by=request.user, at=request.now)
        return to_examination(found)
    rows = incident.examinations.select_related("opened_by").annotate(file_count=Count("files"))
    context = {"incident": incident, "examinations": rows, "form": form}
    return render(request, "mailboxes/examinations.html", context, status=422 if form.errors else 200)


@limit_uploads(lambda: settings.MAILBOX_MAX_BYTES)
@page("mailbox.work")
def examination(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """The files of an examination with their state; one more is brought here."""
    found = find_examination(request, reference, examination)
    form = FileQuestion(request.POST or None, request.FILES or None)
    if form.is_bound:
        say_too_large(form, request)
    if form.is_valid() and _bring(request, found, form):
        return to_examination(found)
    context = {"examination": found, "incident": found.incident, "form": form, "here": "files", **files_of(found)}
    return render(request, "mailboxes/examination.html", context, status=422 if form.errors else 200)


def files_of(examination: Examination) -> dict:
    """The files of an examination for the template: each with its question while its kind is open."""
    files = list(examination.files.select_related("evidence", "brought_by"))
    asking = ("unconfirmed", "unreadable")
    lines = [{"file": file, "form": KindQuestion.of(file) if file.state in asking else None} for file in files]
    return {"lines": lines, "is_reading": any(file.state == "reading" for file in files)}


def _bring(request: HttpRequest, examination: Examination, form: FileQuestion) -> bool:
    file = form.cleaned_data["file"]
    try:
        _entry, is_new = actions.bring_file(examination=examination, file=file, name=file.name, by=request.user, at=request.now)
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return False
    if is_new:
        messages.success(request, _("The file is kept as evidence. Confirm below what it is."))
    else:
        messages.info(request, _("This file is in the examination already: nothing was added."))
    return True


@page("mailbox.work", methods=("GET",))
def progress(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """The list of files alone, which the page asks for again while something is read."""
    found = find_examination(request, reference, examination)
    return render(request, "mailboxes/examination_files.html", {"examination": found, "incident": found.incident, **files_of(found)})


@page("mailbox.work", methods=("POST",))
def confirm(request: HttpRequest, reference: str, examination: int, file: int) -> HttpResponse:
    """Confirm what a file is, so that it is read."""
    entry = find_file(request, reference, examination, file)
    form = KindQuestion.of(entry, request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what this file is."))
        return to_examination(entry.examination)
    try:
        actions.confirm_kind(file=entry, kind=Kind(form.cleaned_data["kind"]), by=request.user, at=request.now)
    except actions.NotNow as refusal:
        messages.error(request, str(refusal))
    return to_examination(entry.examination)


@page("mailbox.work", methods=("POST",))
def stop(request: HttpRequest, reference: str, examination: int, file: int) -> HttpResponse:
    """Stop the reading of a file; what was counted stays."""
    entry = find_file(request, reference, examination, file)
    actions.stop_reading(file=entry, by=request.user, at=request.now)
    return to_examination(entry.examination)


@page("mailbox.work", methods=("POST",))
def resume(request: HttpRequest, reference: str, examination: int, file: int) -> HttpResponse:
    """Go on where the reading was stopped."""
    entry = find_file(request, reference, examination, file)
    actions.resume_reading(file=entry, by=request.user, at=request.now)
    return to_examination(entry.examination)
