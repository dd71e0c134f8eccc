"""The legal hold on one incident: set and lifted with a reason, and every one that there was."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from breachreg.register import holds
from breachreg.register.models import Incident, LegalHold
from breachreg.register.views.common import add_errors, incident_for
from breachreg.retention.due import due_from
from breachreg.retention.forms import HoldForm, LiftForm
from breachreg.web.pages import page, require


@page("incident.read")
def hold(request: HttpRequest, reference: str) -> HttpResponse:
    """Whether a hold keeps this incident; setting and lifting one is for those who manage retention."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "retention.manage")
    in_force = incident.holds.filter(lifted_at=None).first()
    form = (LiftForm if in_force else HoldForm)(request.POST or None)
    if form.is_valid() and _settle(request, form, incident, in_force):
        return redirect("hold", request.organisation.slug, incident.reference)
    context = {
        "incident": incident, "form": form, "in_force": in_force, "holds": incident.holds.select_related("set_by", "lifted_by"),
        "due_at": due_from(incident.closed_at, incident.organisation) if incident.closed_at else None,
    }  # fmt: skip
    return render(request, "retention/hold.html", context, status=422 if form.errors else 200)


def _settle(request: HttpRequest, form: HoldForm | LiftForm, incident: Incident, in_force: LegalHold | None) -> bool:
    answered = {"reason": form.cleaned_data["reason"], "by": request.user, "at": request.now}
    try:
        if in_force:
            holds.lift_hold(hold=in_force, **answered)
            messages.success(request, _("The hold is lifted: the incident goes when its time is over and two people decided so."))
        else:
            holds.set_hold(incident=incident, **answered)
            messages.success(request, _("The hold is set: nothing of this incident goes until somebody lifts it."))
    except ValidationError as refusal:
        add_errors(form, refusal)
    except (holds.AlreadyHeld, holds.NotHeld) as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()
