"""The trail of an organisation and of one incident: read, narrowed, verified, compared with a checkpoint."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit import checkpoints
from breachreg.audit.models import Checkpoint, Entry
from breachreg.exports import (
    finders,  # noqa: F401  (what the auditor's room asks of this room)
    stamps,
)
from breachreg.exports import trail as actions
from breachreg.exports.forms import CheckpointForm, DestinationForm, TrailFilterForm
from breachreg.exports.models import Channel, CheckpointStamp
from breachreg.exports.saying import lines
from breachreg.register.models import Incident
from breachreg.web.pager import paginate
from breachreg.web.pages import page


@page("trail.read", methods=("GET",))
def trail(request: HttpRequest) -> HttpResponse:
    """Everything that was done in this organisation, the latest first."""
    entries = Entry.objects.of_organisation(request.organisation)
    last = actions.last_verification(request.organisation)
    context = {
        **_listed(request, entries), "verification": last, "verified": last and actions.in_words(last),
        "checkpoint": Checkpoint.objects.filter(organisation_id=request.organisation.pk).last(),
    }
    actions.note_reading(organisation=request.organisation, by=request.user, at=request.now, **request.GET.dict())
    return render(request, "audit/trail.html", context, status=422 if context["form"].errors else 200)


@page("trail.read", methods=("GET",))
def incident_trail(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that was done on one incident and on what lies in its file."""
    visible = Incident.objects.visible_to(request.user, request.organisation)
    incident = get_object_or_404(visible, reference=reference)
    context = {**_listed(request, Entry.objects.in_file_of(incident)), "incident": incident}
    actions.note_reading(
        organisation=request.organisation, by=request.user, at=request.now, incident=incident, **request.GET.dict()
    )
    return render(request, "audit/incident_trail.html", context, status=422 if context["form"].errors else 200)


@page("trail.read", methods=("POST",))
def verify(request: HttpRequest) -> HttpResponse:
    """Read the whole chain of this organisation again; the result is an entry of the trail itself."""
    result = actions.verify_trail(organisation=request.organisation, by=request.user, at=request.now)
    (messages.success if result.holds else messages.error)(request, str(result))
    return redirect("trail", request.organisation.slug)


@page("trail.read")
def checkpoint_list(request: HttpRequest) -> HttpResponse:
    """The signed checkpoints, where they go, and the comparison with one that somebody kept."""
    form = CheckpointForm(request.POST or None)
    comparison = None
    if form.is_valid():
        try:
            comparison = actions.compare(organisation=request.organisation, text=form.cleaned_data["text"])
        except checkpoints.NotACheckpoint as error:
            form.add_error("text", str(error))
    return _checkpoints(request, form=form, comparison=comparison)


@page("trail.read", methods=("POST",))
def checkpoint_make(request: HttpRequest) -> HttpResponse:
    """Sign the trail as it stands now and send the checkpoint to every destination."""
    actions.make_checkpoint(organisation=request.organisation, by=request.user, at=request.now, reason="asked")
    messages.success(request, _("The trail is signed as it stands. The checkpoint is on its way to every address below."))
    return redirect("checkpoints", request.organisation.slug)


@page("trail.read", methods=("GET",))
def checkpoint_file(request: HttpRequest, checkpoint: int) -> HttpResponse:
    """One checkpoint as a text file, for somebody to keep."""
    kept = get_object_or_404(Checkpoint, pk=checkpoint, organisation_id=request.organisation.pk)
    actions.note_checkpoint_taken(organisation=request.organisation, checkpoint=kept, by=request.user, at=request.now)
    name = f"checkpoint-{request.organisation.slug}-{kept.organisation_number}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(kept.text, content_type="text/plain; charset=utf-8", headers=headers)


@page("trail.read", methods=("GET",))
def checkpoint_stamp(request: HttpRequest, checkpoint: int) -> HttpResponse:
    """The token (RFC 3161) with which an authority dated a checkpoint, for anybody's tools."""
    found = CheckpointStamp.objects.select_related("checkpoint")
    stamp = get_object_or_404(found, checkpoint=checkpoint, checkpoint__organisation_id=request.organisation.pk)
    actions.note_checkpoint_taken(organisation=request.organisation, checkpoint=stamp.checkpoint, by=request.user, at=request.now)
    name = f"checkpoint-{request.organisation.slug}-{stamp.checkpoint.organisation_number}.tst"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(bytes(stamp.token), content_type="application/octet-stream", headers=headers)


@page("retention.manage", "organisation.manage")
def destination_add(request: HttpRequest) -> HttpResponse:
    """Name one more address for the checkpoints."""
    form = DestinationForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_destination(
                organisation=request.organisation, channel=Channel(form.cleaned_data["channel"]),
                address=form.cleaned_data["address"].strip(), by=request.user, at=request.now,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except actions.DestinationAlreadyNamed as error:
            form.add_error("address", str(error))
        else:
            messages.success(request, _("Checkpoints will go to this address."))
            return redirect("destinations", request.organisation.slug)
    return _destinations(request, form)


@page("retention.manage", "organisation.manage", methods=("POST",))
def destination_remove(request: HttpRequest, destination: int) -> HttpResponse:
    """Send no further checkpoints to this address."""
    named = get_object_or_404(request.organisation.checkpoint_destinations, pk=destination)
    actions.remove_destination(destination=named, by=request.user, at=request.now)
    messages.success(request, _("No further checkpoints will go there."))
    return redirect("destinations", request.organisation.slug)


def _listed(request: HttpRequest, entries) -> dict:
    form = TrailFilterForm(request.GET, organisation=request.organisation, people=_people(request))
    found = form.narrow(entries).select_related("content").order_by("-number")
    page_obj = paginate(request, found, per_page=50)
    return {"form": form, "page_obj": page_obj, "lines": lines(list(page_obj)), "is_narrowed": any(request.GET.values())}


def _people(request: HttpRequest):
    """The people who hold or held a role here, by name; the trail may know others, whom a search by name finds."""
    members = User.objects.filter(memberships__organisation=request.organisation).distinct()
    return members.order_by("full_name").values_list("pk", "full_name")


def _checkpoints(request: HttpRequest, **context) -> HttpResponse:
    kept = Checkpoint.objects.filter(organisation_id=request.organisation.pk).order_by("-pk")
    page_obj = paginate(request, kept.prefetch_related("deliveries__destination"), per_page=10)
    context |= {
        "page_obj": page_obj, "lines": stamps.dated(list(page_obj), request.now), "dates": stamps.concern(request.organisation),
        "no_timestamp": stamps.trouble(),
        "key": checkpoints.public_key().hex(), "fingerprint": checkpoints.fingerprint(checkpoints.public_key()),
    }
    status = 422 if context["form"].errors else 200
    return render(request, "audit/checkpoints.html", context, status=status)


def _destinations(request: HttpRequest, form: DestinationForm) -> HttpResponse:
    named = request.organisation.checkpoint_destinations.filter(removed_at=None).select_related("added_by")
    context = {"form": form, "destinations": named}
    return render(request, "audit/destinations.html", context, status=422 if form.errors else 200)
