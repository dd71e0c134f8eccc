"""The response to an incident: its playbooks, whom to call, and the measures of prevention that it cites."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.register.actions import AlreadyClosed
from breachreg.register.changes import Stale
from breachreg.register.models import Incident
from breachreg.register.playbooks import applying, book
from breachreg.register.playbooks import measures as citing
from breachreg.register.playbooks.forms import MeasureForm
from breachreg.register.playbooks.models import AppliedPlaybook, Contact, Standing
from breachreg.register.views.common import add_errors, go, incident_for, show
from breachreg.web.pages import page, require


@page("incident.read")
def response(request: HttpRequest, reference: str) -> HttpResponse:
    """What was applied and how far it is, what else can be applied, and whom to call."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
        _apply(request, incident)
        return go("response", incident)
    offers = applying.offers(request.organisation)
    applied = list(incident.applied_playbooks.select_related("applied_by"))
    open_offers = [offer for offer in offers if offer.key not in {one.key for one in applied}]
    proposed = [] if applied else applying.fitting(incident, open_offers)
    return show(
        request, "response", incident, progress=[_progress(one, incident) for one in applied], proposed=proposed,
        others=[offer for offer in open_offers if offer not in proposed], contacts=contacts_by_role(request.organisation),
        public=[{"title": one.title.text(_language()), "url": one.url} for one in book.public_contacts()],
        measure_count=incident.prevention_measures.count(),
    )


def _apply(request: HttpRequest, incident: Incident) -> None:
    try:
        applied = applying.apply_playbook(
            incident=incident, key=request.POST.get("playbook", ""), by=request.user, at=request.now
        )
    except (applying.AlreadyApplied, applying.NoSuchPlaybook) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(title)s” is applied: its tasks are given.") % {"title": applied.title})


def _progress(applied: AppliedPlaybook, incident: Incident) -> dict:
    tasks = list(incident.tasks.filter(origin__startswith=f"playbook:{applied.key}:").select_related("owner", "done_by"))
    return {"applied": applied, "tasks": tasks, "done": sum(task.done_at is not None for task in tasks)}


def contacts_by_role(organisation) -> list[dict]:
    """The contact book in the order of the roles, those inside first."""
    found = list(Contact.objects.filter(organisation=organisation, ended_at=None).select_related("user"))
    return [
        {"role": role.title.text(_language()), "is_inside": role.is_inside, "contacts": here}
        for role in book.roles().values()
        if (here := [contact for contact in found if contact.role == role.code])
    ]


@page("incident.read")
def measures(request: HttpRequest, reference: str) -> HttpResponse:
    """The measures that an incident cites, and the catalogue to cite from."""
    incident = incident_for(request, reference)
    if request.method == "POST":
        require(request, "incident.manage")
    cited = list(incident.prevention_measures.select_related("task__owner", "recorded_by"))
    form = None
    if "incident.manage" in request.abilities:
        form = MeasureForm(request.POST or None, organisation=request.organisation, choices=_choices(incident, cited))
    if form is not None and form.is_valid() and _cite(request, incident, form):
        messages.success(request, _("The measure is cited."))
        return go("measures", incident)
    return show(
        request, "measures", incident, form=form, unwritten=citing.unwritten(incident),
        before=[one for one in cited if one.standing == Standing.BEFORE], after=[one for one in cited if one.standing == Standing.AFTER],
    )


def _choices(incident: Incident, cited: list) -> list:
    """The catalogue, the measures of the applied or proposed playbooks first."""
    concerned = {one.key for one in incident.applied_playbooks.all()}
    concerned |= {offer.key for offer in applying.fitting(incident, applying.offers(incident.organisation))}
    taken = {one.code for one in cited}
    free = [measure for measure in book.measures().values() if measure.code not in taken]
    groups = (
        (_("For incidents of this kind"), [one for one in free if concerned & set(one.playbooks)]),
        (_("Others"), [one for one in free if not concerned & set(one.playbooks)]),
    )
    return [(title, [(one.code, one.title.text(_language())) for one in group]) for title, group in groups if group]


def _cite(request: HttpRequest, incident: Incident, form: MeasureForm) -> bool:
    said = {**form.cleaned_data, "code": form.cleaned_data["code"] or None}
    try:
        citing.cite_measure(incident=incident, by=request.user, at=request.now, **said)
    except citing.CitedAlready as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        add_errors(form, refusal)
    else:
        return True
    return False


@page("incident.manage", methods=("POST",))
def measures_write(request: HttpRequest, reference: str) -> HttpResponse:
    """Add the cited measures to the two fields of the record."""
    incident = incident_for(request, reference)
    try:
        citing.write_into_record(incident=incident, by=request.user, at=request.now)
    except (AlreadyClosed, Stale) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The record says these measures now."))
    return go("measures", incident)


def _language() -> str:
    return get_language() or "fr"
