"""Evidence: kept files, which leave only as a download that is recorded."""

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from breachreg.register import evidence as keeping
from breachreg.register.forms import EvidenceForm
from breachreg.register.models import Incident
from breachreg.register.views.common import attempt, go, incident_for, show
from breachreg.web.pages import page, require
from breachreg.web.uploads import limit_uploads, say_too_large


@limit_uploads(lambda: settings.EVIDENCE_MAX_BYTES)
@page("incident.read")
def evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """The files kept with an incident; who manages it adds to them."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
    may_add = "incident.manage" in request.abilities
    form = EvidenceForm(request.POST or None, request.FILES or None) if may_add else None
    if form is not None and form.is_bound:
        say_too_large(form, request)
    if form is not None and form.is_valid() and attempt(form, _add, incident=incident, form=form, request=request):
        messages.success(request, _("The file is kept."))
        return go("evidence", incident)
    files = incident.evidence.select_related("added_by")
    return show(request, "evidence", incident, form=form, files=files, most=settings.EVIDENCE_MAX_BYTES // 2**20)


def _add(*, incident: Incident, form: EvidenceForm, request: HttpRequest) -> None:
    file = form.cleaned_data["file"]
    keeping.add_evidence(
        incident=incident, file=file, name=file.name, note=form.cleaned_data["note"], by=request.user, at=request.now
    )


@page("incident.read", methods=("GET",))
def evidence_download(request: HttpRequest, reference: str, evidence: int) -> HttpResponse:
    """Hand a file out, never to be shown by the browser itself; who took it is recorded."""
    incident = incident_for(request, reference)
    kept = get_object_or_404(incident.evidence.select_related("incident__organisation"), pk=evidence)
    try:
        stored = storages["default"].open(kept.location)
    except FileNotFoundError as error:
        raise Http404(_("The bytes of this file are gone. Restore them from the back-up.")) from error
    keeping.note_download(evidence=kept, by=request.user, at=request.now)
    response = FileResponse(stored, as_attachment=True, filename=kept.name, content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
