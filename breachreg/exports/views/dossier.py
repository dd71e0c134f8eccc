"""The sealed file of one incident: ordered, made at once or in the background, fetched from the list of files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.exports import leaving
from breachreg.exports.forms import IncidentPackForm
from breachreg.exports.models import Export, Form
from breachreg.exports.views.register import handed_out
from breachreg.register.models import Incident
from breachreg.web.pager import paginate
from breachreg.web.pages import page


@page("register.export")
def incident_pack(request: HttpRequest, reference: str) -> HttpResponse:
    """Order the whole file of an incident; the packs of it that were made so far."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user, request.organisation), reference=reference)
    form = IncidentPackForm(request.POST or None, initial={"language": get_language()})
    if form.is_valid():
        export = _order(request, incident, form)
        if export.done_at or _made_now(request, export):
            return handed_out(request, Export.objects.get(pk=export.pk))
        return redirect("incident-pack", request.organisation.slug, incident.reference)
    made = request.organisation.exports.filter(reference=incident.reference).select_related("asked_by")
    context = {
        "incident": incident, "form": form, "page_obj": paginate(request, made.prefetch_related("takings__taken_by"), per_page=10),
        "is_waiting": made.filter(done_at=None, parked_at=None).exists(),
    }  # fmt: skip
    return render(request, "exports/incident_pack.html", context, status=422 if form.errors else 200)


def _order(request: HttpRequest, incident: Incident, form: IncidentPackForm) -> Export:
    answers = form.cleaned_data
    return leaving.order(
        organisation=request.organisation, form=Form.INCIDENT, language=answers["language"], by=request.user,
        at=request.now, is_redacted=answers["is_redacted"], submission=answers["submission"], incident=incident,
    )


def _made_now(request: HttpRequest, export: Export) -> bool:
    if leaving.is_long(export):
        messages.info(request, _("This file takes a while. It is made in the background and stands below when it is ready."))
        return False
    if leaving.make_now(export, request.now):
        return True
    export.refresh_from_db()
    messages.error(request, export.trouble or _("This file is being made."))
    return False
