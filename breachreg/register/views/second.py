"""What waits for a second person on an incident, in one place."""

from django.http import HttpRequest, HttpResponse

from breachreg.register.forms import SecondForm
from breachreg.register.models import InstantKind, StatementState
from breachreg.register.views.common import incident_for, show
from breachreg.web.pages import page


@page("incident.read", methods=("GET",))
def second(request: HttpRequest, reference: str) -> HttpResponse:
    """A change of the awareness: both instants side by side, to confirm or to refuse."""
    incident = incident_for(request, reference)
    statements = incident.statements.filter(kind=InstantKind.AWARE).select_related("recorded_by")
    in_force = next((one for one in statements if one.state == StatementState.IN_FORCE), None)
    pending = next((one for one in statements if one.state == StatementState.PENDING), None)
    may_second = "incident.second" in request.abilities
    context = {
        "in_force": in_force, "pending": pending, "note_form": SecondForm(),
        "may_settle": may_second and pending is not None and pending.recorded_by_id != request.user.pk,
    }
    return show(request, "second", incident, **context)
