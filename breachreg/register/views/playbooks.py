"""The playbooks of an organisation: ours to read, its own to write, change and end."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.register.playbooks import actions, applying, book
from breachreg.register.playbooks.forms import PlaybookForm, StepForm
from breachreg.register.playbooks.models import OwnPlaybook
from breachreg.register.views.common import add_errors
from breachreg.web.pages import page, require


@page("incident.read", methods=("GET",))
def playbooks(request: HttpRequest) -> HttpResponse:
    """All that can be applied, and what was ended."""
    ended = OwnPlaybook.objects.filter(organisation=request.organisation, ended_at__isnull=False)
    context = {"offers": applying.offers(request.organisation), "ended": ended}
    return render(request, "register/playbooks.html", context)


@page("incident.read", methods=("GET",))
def ours(request: HttpRequest) -> HttpResponse:
    """A playbook that comes with the product: its tasks, its source, the measures of prevention."""
    code = request.GET.get("code") or next(iter(book.playbooks()))
    offer = next((one for one in applying.offers(request.organisation) if one.key == code and not one.is_own), None)
    if offer is None:
        raise Http404(_("There is no such playbook."))
    language = get_language() or "fr"
    measures = [one.title.text(language) for one in book.measures().values() if code in one.playbooks]
    context = {"offer": offer, "playbook": book.playbooks()[code], "measures": measures, "roles": _role_words()}
    return render(request, "register/playbook_ours.html", context)


@page("incident.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a playbook of one's own."""
    form = PlaybookForm(request.POST or None)
    if form.is_valid() and (written := attempt(form, actions.write_playbook, organisation=request.organisation, by=request.user, at=request.now, **form.cleaned_data)):
        messages.success(request, _("The playbook is begun. Add its tasks."))
        return redirect("playbook-own", request.organisation.slug, written.pk)
    return render(request, "register/playbook_new.html", {"form": form}, status=422 if form.errors else 200)


@page("incident.read")
def own(request: HttpRequest, playbook: int) -> HttpResponse:
    """A playbook of one's own: its tasks; who manages incidents adds to them and changes what it is for."""
    found = _find(request, playbook)
    if request.method == "POST":
        require(request, "incident.manage")
    may_change = "incident.manage" in request.abilities and not found.ended_at
    is_step = "what" in request.POST
    form = _playbook_form(found, request.POST if request.method == "POST" and not is_step else None)
    step_form = StepForm(request.POST if is_step else None)
    if may_change and is_step and step_form.is_valid():
        if attempt(step_form, actions.add_step, playbook=found, by=request.user, at=request.now, **step_form.cleaned_data):
            messages.success(request, _("The task is added."))
            return redirect("playbook-own", request.organisation.slug, found.pk)
    elif may_change and form.is_bound and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        found.version = form.cleaned_data["version"]
        if attempt(form, actions.amend_playbook, playbook=found, by=request.user, at=request.now, **said):
            messages.success(request, _("The playbook is changed."))
            return redirect("playbook-own", request.organisation.slug, found.pk)
    wrong = form.errors or step_form.errors
    context = {
        "playbook": found, "steps": found.steps.all(), "form": form, "step_form": step_form, "may_change": may_change,
        "roles": _role_words(), "shown": "form" if form.errors else "",
    }
    return render(request, "register/playbook_own.html", context, status=422 if wrong else 200)


def _playbook_form(playbook: OwnPlaybook, data) -> PlaybookForm:
    initial = {"title": playbook.title, "lead": playbook.lead, "origins": playbook.origins}
    return PlaybookForm(data, initial=initial, version=playbook.version)


@page("incident.manage", methods=("POST",))
def end(request: HttpRequest, playbook: int) -> HttpResponse:
    """Propose a playbook no longer."""
    actions.end_playbook(playbook=_find(request, playbook), by=request.user, at=request.now)
    messages.success(request, _("The playbook is ended. What was applied stays."))
    return redirect("playbooks", request.organisation.slug)


@page("incident.manage")
def step(request: HttpRequest, playbook: int, step: int) -> HttpResponse:
    """Change a task of a playbook."""
    found = get_object_or_404(_find(request, playbook).steps.select_related("playbook__organisation"), pk=step)
    initial = {name: getattr(found, name) for name in actions.STEP}
    form = StepForm(request.POST or None, initial=initial)
    if form.is_valid() and attempt(form, actions.amend_step, step=found, by=request.user, at=request.now, **form.cleaned_data):
        messages.success(request, _("The task is changed. Tasks given before stay as they are."))
        return redirect("playbook-own", request.organisation.slug, playbook)
    context = {"playbook": found.playbook, "step": found, "form": form}
    return render(request, "register/playbook_step.html", context, status=422 if form.errors else 200)


@page("incident.manage", methods=("POST",))
def step_remove(request: HttpRequest, playbook: int, step: int) -> HttpResponse:
    """Take a task out of a playbook."""
    found = get_object_or_404(_find(request, playbook).steps.select_related("playbook__organisation"), pk=step)
    try:
        actions.remove_step(step=found, by=request.user, at=request.now)
    except actions.Ended as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The task is taken out. Tasks given before stay."))
    return redirect("playbook-own", request.organisation.slug, playbook)


def _find(request: HttpRequest, playbook: int) -> OwnPlaybook:
    mine = OwnPlaybook.objects.filter(organisation=request.organisation).select_related("organisation", "ended_by")
    return get_object_or_404(mine, pk=playbook)


def attempt(form: Form, action, **arguments):
    """What the action returns, or None when it refused; the refusal stands on the form."""
    try:
        return action(**arguments)
    except actions.Outdated as refusal:
        form.refuse_as_stale(refusal.version)
    except actions.Ended as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        add_errors(form, refusal)
    return None


def _role_words() -> dict[str, str]:
    language = get_language() or "fr"
    return {role.code: role.title.text(language) for role in book.roles().values()}
