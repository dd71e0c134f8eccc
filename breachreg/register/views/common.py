"""What the register's pages share: the incident that the person may see, and an action called with what a form says."""

from collections.abc import Callable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from breachreg.register.actions import AlreadyClosed, AlreadyQualified
from breachreg.register.assessments import AlreadySettled
from breachreg.register.awareness import AlreadyAware
from breachreg.register.changes import NotTheSecondPerson, Stale
from breachreg.register.files import FileRefused
from breachreg.register.models import Incident

REFUSALS = (AlreadyClosed, AlreadyQualified, AlreadyAware, AlreadySettled, NotTheSecondPerson)
"""What an action says when it can't be done now; each message tells the person why."""


def incident_for(request: HttpRequest, reference: str) -> Incident:
    """The incident of this reference, if the person may see it; 404 otherwise."""
    visible = Incident.objects.visible_to(request.user, request.organisation).select_related("organisation", "owner")
    return get_object_or_404(visible, reference=reference)


def seen_by_person(incident: Incident, form: Form) -> Incident:
    """The incident with the version that the person saw when the form was opened."""
    incident.version = form.cleaned_data.get("version") or incident.version
    return incident


def attempt(form: Form, action: Callable, /, **arguments) -> bool:
    """Call an action; what it refuses is put on the form, at the question it concerns, and nothing typed is lost."""
    try:
        action(**arguments)
    except Stale as refusal:
        form.refuse_as_stale(refusal.incident.version)
    except ValidationError as refusal:
        add_errors(form, refusal)
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
    except REFUSALS as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def add_errors(form: Form, refusal: ValidationError) -> None:
    """Put the errors of an action on a form; one that belongs to no question of the form stands above them all."""
    errors = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    for name, messages in errors.items():
        form.add_error(name if name in form.fields else None, messages)


def show(request: HttpRequest, template: str, incident: Incident, **context) -> HttpResponse:
    """Render a page of an incident; a form with errors answers 422."""
    form = context.get("form")
    wrong = form is not None and form.is_bound and not form.is_valid()
    return render(request, f"register/{template}.html", {"incident": incident, **context}, status=422 if wrong else 200)


def go(view: str, incident: Incident, *arguments) -> HttpResponse:
    """Redirect to a page of this incident."""
    return redirect(view, incident.organisation.slug, incident.reference, *arguments)
