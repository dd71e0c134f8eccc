"""The page on which somebody takes charge of an incident, or hands it over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from breachreg.register.charge import put_in_charge
from breachreg.register.forms import ChargeForm
from breachreg.register.views.common import attempt, go, incident_for, seen_by_person, show
from breachreg.web.pages import page


@page("incident.manage")
def charge(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask who acts on the incident; the person who looks is proposed as long as nobody is named."""
    incident = incident_for(request, reference)
    form = ChargeForm(
        request.POST or None, organisation=incident.organisation, initial={"owner": incident.owner or request.user},
        version=incident.version,
    )
    if form.is_valid() and attempt(
        form, put_in_charge, incident=seen_by_person(incident, form), owner=form.cleaned_data["owner"], by=request.user,
        at=request.now,
    ):
        messages.success(request, _("It is written down, and the reminders follow."))
        return go("incident", incident)
    return show(request, "charge", incident, form=form)
