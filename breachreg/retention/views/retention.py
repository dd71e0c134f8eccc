"""What is due, who proposed and who approved, how far a purge has come, and what is left of what went."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.register.changes import NotTheSecondPerson
from breachreg.register.models import Incident
from breachreg.register.views.common import add_errors
from breachreg.retention import due, proposals
from breachreg.retention.forms import PeriodForm, ProposeForm, PurgedFilterForm, RefuseForm
from breachreg.retention.models import Going, PurgeProposal
from breachreg.retention.weight import weigh
from breachreg.web.pager import paginate
from breachreg.web.pages import page

PER_PAGE = 20
SHOWN = 10

@page("incident.read", methods=("GET",))
def retention(request: HttpRequest) -> HttpResponse:
    """What has reached the end of its retention, incident by incident with all that hangs on it; holds and purges."""
    organisation = request.organisation
    page_obj = paginate(request, due.due(organisation, request.now), per_page=PER_PAGE)
    purges = organisation.purge_proposals.select_related("proposed_by", "answered_by")
    context = {
        "page_obj": page_obj, "lines": _weighed(list(page_obj), organisation), "holds": due.held(organisation),
        "purges": purges.annotate(incidents=Count("goings"), done=Count("goings__done_at")).order_by("-number")[:SHOWN], "form": ProposeForm(),
        "waiting": purges.filter(state="proposed").first(), "purged_count": organisation.tombstones.count(),
    }  # fmt: skip
    proposals.note_reading(
        organisation=organisation, by=request.user, at=request.now, due_count=page_obj.paginator.count
    )
    return render(request, "retention/retention.html", context)


@page("retention.manage", "organisation.manage")
def period(request: HttpRequest) -> HttpResponse:
    """For how long incidents are kept after their closure."""
    form = PeriodForm(request.POST or None, initial={"years": request.organisation.kept_years})
    if form.is_valid():
        proposals.set_period(
            organisation=request.organisation, years=form.cleaned_data["years"], by=request.user, at=request.now
        )
        messages.success(request, _("The period was saved."))
        return redirect("retention" if "incident.read" in request.abilities else "retention-period", request.organisation.slug)
    return render(request, "retention/period.html", {"form": form}, status=422 if form.errors else 200)


@page("retention.manage", methods=("POST",))
def propose(request: HttpRequest) -> HttpResponse:
    """Propose that everything due goes; a second person decides."""
    form = ProposeForm(request.POST)
    try:
        proposal = proposals.propose(
            organisation=request.organisation, by=request.user, at=request.now,
            submission=form.cleaned_data["submission"] if form.is_valid() else None,
        )
    except (proposals.NothingDue, proposals.AlreadyProposed) as refusal:
        messages.error(request, str(refusal))
        return redirect("retention", request.organisation.slug)
    messages.success(request, _("The purge is proposed. Nothing goes before a second person approves it."))
    return _go(proposal)


@page("incident.read", methods=("GET",))
def purge(request: HttpRequest, number: int) -> HttpResponse:
    """One purge: who decided, and what becomes of each incident in it."""
    return _show(request, _proposal(request, number), RefuseForm())


@page("incident.second", methods=("POST",))
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Approve, refuse with the reason, or withdraw one's own."""
    proposal, form = _proposal(request, number), RefuseForm(request.POST)
    form.is_valid()  # the verb says what is wrong
    who = {"proposal": proposal, "by": request.user, "at": request.now}
    try:
        match request.POST.get("answer"):
            case "approve":
                proposals.approve(**who)
                messages.success(request, _("The purge is approved. It runs in the background."))
            case "refuse":
                proposals.refuse(**who, reason=request.POST.get("reason", ""))
                messages.success(request, _("The purge is refused: nothing goes."))
            case "withdraw":
                proposals.withdraw(**who)
                messages.success(request, _("The proposal is withdrawn: nothing goes."))
    except ValidationError as refusal:
        add_errors(form, refusal)
        return _show(request, proposal, form)
    except (NotTheSecondPerson, proposals.AlreadyAnswered) as refusal:
        messages.error(request, str(refusal))
    return _go(proposal)


@page("incident.read", methods=("GET",))
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far a purge has come, alone, for the page that waits for it."""
    proposal = _proposal(request, number)
    return render(request, "retention/_progress.html", {"proposal": proposal, **_counted(proposal)})


@page("retention.manage", methods=("POST",))
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Try again what failed too often."""
    proposal = _proposal(request, number)
    if proposals.try_again(proposal=proposal, by=request.user, at=request.now):
        messages.success(request, _("It is tried again in the background."))
    return _go(proposal)


@page("incident.read", methods=("GET",))
def purged(request: HttpRequest) -> HttpResponse:
    """What is left in the register of the incidents that went."""
    found = request.organisation.tombstones.all()
    form = PurgedFilterForm(request.GET)
    if form.is_valid() and form.cleaned_data["q"]:
        found = found.filter(reference__icontains=form.cleaned_data["q"])
    return render(request, "retention/purged.html", {"page_obj": paginate(request, found), "form": form})


def _proposal(request: HttpRequest, number: int) -> PurgeProposal:
    purges = request.organisation.purge_proposals.select_related("organisation", "proposed_by", "answered_by")
    return get_object_or_404(purges, number=number)


def _go(proposal: PurgeProposal) -> HttpResponse:
    return redirect("purge", proposal.organisation.slug, proposal.number)


def _show(request: HttpRequest, proposal: PurgeProposal, form: RefuseForm) -> HttpResponse:
    page_obj = paginate(request, proposal.goings.all(), per_page=PER_PAGE)
    is_mine = proposal.proposed_by_id == request.user.pk
    context = {
        "proposal": proposal, "form": form, "page_obj": page_obj, "lines": _in_words(list(page_obj), request.now),
        "may_answer": proposal.is_waiting and not is_mine and "incident.second" in request.abilities,
        "may_withdraw": proposal.is_waiting and is_mine and "incident.second" in request.abilities, **_counted(proposal),
    }  # fmt: skip
    return render(request, "retention/purge.html", context, status=422 if form.errors else 200)


def _counted(proposal: PurgeProposal) -> dict:
    counts = proposal.goings.aggregate(
        total=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False)), gone=Count("pk", filter=Q(purged_at__isnull=False)),
        spared=Count("pk", filter=Q(spared__isnull=False)), parked=Count("pk", filter=Q(parked_at__isnull=False)),
    )  # fmt: skip
    is_running = proposal.state == "approved" and counts["done"] + counts["parked"] < counts["total"]
    return {**counts, "is_running": is_running}


def _weighed(incidents: list[Incident], organisation) -> list[dict]:
    weights = weigh(incidents)
    return [
        {"incident": incident, "due_at": due.due_from(incident.closed_at, organisation), "weight": weights[incident.pk]}
        for incident in incidents
    ]


def _in_words(goings: list[Going], at: datetime) -> list[dict]:
    """Each incident of a purge: what hangs on it while it is there, what went afterwards."""
    incidents = Incident.objects.select_related("organisation").in_bulk([going.incident_key for going in goings])
    weights = weigh(incidents.values())
    lines = []
    for going in goings:
        incident = incidents.get(going.incident_key)
        warning = due.why_spared(incident, at) if incident and not going.done_at else None
        lines.append({"going": going, "incident": incident, "weight": weights.get(going.incident_key), "warning": warning})
    return lines
