"""Reporting: the form, its receipt, and the reports of one person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.desk import intake
from breachreg.register.models import Incident
from breachreg.web.pager import paginate
from breachreg.web.pages import page


@page("incident.report")
def report(request: HttpRequest) -> HttpResponse:
    """Five questions, then the receipt."""
    form = intake.IntakeForm(request.POST or None, request.FILES or None, at=request.now)
    if form.is_valid():
        incident = intake.receive(
            organisation=request.organisation, answers=form.cleaned_data, by=request.user, at=request.now
        )
        _keep(request, incident, form.cleaned_data["files"])
        return redirect("report_receipt", request.organisation.slug, incident.reference)
    return render(request, "desk/intake.html", {"form": form}, status=422 if form.errors else 200)


@page("incident.report")
def report_receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The reference to keep, what happens now, and a place for more files."""
    incident = get_object_or_404(_mine(request), reference=reference)
    form = intake.FilesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if not _keep(request, incident, form.cleaned_data["files"]):
            messages.success(request, _("The files are with your report."))
        return redirect("report_receipt", request.organisation.slug, incident.reference)
    shown = {"incident": incident, "form": form, "files": incident.evidence.filter(added_by=request.user)}
    return render(request, "desk/receipt.html", shown, status=422 if form.errors else 200)


@page("incident.report", methods=("GET",))
def my_reports(request: HttpRequest) -> HttpResponse:
    """What this person reported here, the latest first."""
    return render(request, "desk/my_reports.html", {"page_obj": paginate(request, _mine(request).order_by("-year", "-number"))})


def _mine(request: HttpRequest):
    visible = Incident.objects.visible_to(request.user, request.organisation)
    return visible.filter(reported_by=request.user, is_imported=False)


def _keep(request: HttpRequest, incident: Incident, files) -> list[str]:
    refused = intake.keep_files(incident=incident, files=files, by=request.user, at=request.now)
    for words in refused:
        messages.warning(request, words)
    return refused
