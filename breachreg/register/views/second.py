"""What waits for a second person on an incident, in one place."""

from django.http import HttpRequest, HttpResponse

from breachreg.register.forms import SecondForm
from breachreg.register.models import DecisionState, InstantKind, StatementState
from breachreg.register.reading import Explained
from breachreg.register.views.common import incident_for, show
from breachreg.web.pages import page


@page("incident.read", methods=("GET",))
def second(request: HttpRequest, reference: str) -> HttpResponse:
    """A change of the awareness with both instants, a decision not to notify with its reasons: to confirm or to refuse."""
    incident = incident_for(request, reference)
    statements = incident.statements.filter(kind=InstantKind.AWARE).select_related("recorded_by")
    in_force = next((one for one in statements if one.state == StatementState.IN_FORCE), None)
    pending = next((one for one in statements if one.state == StatementState.PENDING), None)
    decision = incident.decisions.filter(state=DecisionState.PENDING).select_related("decided_by", "assessment").first()
    may_second = "incident.second" in request.abilities
    context = {
        "in_force": in_force, "pending": pending, "note_form": SecondForm(),
        "decision": decision, "explained": Explained(decision.assessment) if decision and decision.assessment else None,
        "may_settle_decision": may_second and decision is not None and decision.decided_by_id != request.user.pk,
        "decision_form": SecondForm(prefix=None, auto_id="decision_%s"),
        "may_settle": may_second and pending is not None and pending.recorded_by_id != request.user.pk,
    }
    return show(request, "second", incident, **context)
