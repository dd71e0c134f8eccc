"""The pages of people, roles and settings of an organisation, and the choice between organisations."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from breachreg.accounts import actions
from breachreg.accounts.access import ROLES, organisations_of
from breachreg.accounts.models import Membership
from breachreg.desk.people_forms import OrganisationForm, PersonForm
from breachreg.register import reminders
from breachreg.web.pages import page, public_page, signed_in_page


@signed_in_page(methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    """Go to the one organisation of this person, or let them choose."""
    organisations = list(organisations_of(request.user))
    if len(organisations) == 1:
        return redirect("desk", organisations[0].slug)
    return render(request, "desk/organisations.html", {"organisations": organisations})


@public_page(methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Read the product in another language from here on."""
    chosen = request.POST.get("language")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated and request.user.language != chosen:
            actions.choose_language(user=request.user, language=chosen, by=request.user, at=request.now)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


@page("people.manage", methods=("GET",))
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role here."""
    memberships = request.organisation.memberships.select_related("user").order_by("user__full_name", "role")
    shown = {"memberships": memberships, "roles": ROLES, "stuck": reminders.stuck(request.organisation)}
    return render(request, "desk/people.html", shown)


@page("people.manage")
def person_add(request: HttpRequest) -> HttpResponse:
    """Give a person a role; a person without an account gets one, and sets a password by e-mail."""
    form = PersonForm(request.POST or None)
    if form.is_valid():
        try:
            actions.invite(
                organisation=request.organisation, by=request.user, at=request.now, **form.cleaned_data
            )
        except actions.RoleAlreadyGiven as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, _("The role was given."))
            return redirect("people", request.organisation.slug)
    return render(request, "desk/person_add.html", {"form": form, "roles": ROLES}, status=422 if form.errors else 200)


@page("people.manage", methods=("POST",))
def role_take(request: HttpRequest, membership: int) -> HttpResponse:
    """Take a role away."""
    held = get_object_or_404(Membership, pk=membership, organisation=request.organisation)
    try:
        actions.take_role(membership=held, by=request.user, at=request.now)
        messages.success(request, _("The role was taken away."))
    except actions.LastAdministrator as error:
        messages.error(request, str(error))
    return redirect("people", request.organisation.slug)


@page("organisation.manage")
def organisation_settings(request: HttpRequest) -> HttpResponse:
    """How the organisation is identified in every notification, and the zone in which it reads its instants."""
    form = OrganisationForm(request.POST or None, initial=OrganisationForm.read(request.organisation))
    if form.is_valid():
        try:
            actions.change_organisation(
                organisation=request.organisation, by=request.user, at=request.now, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The settings were saved."))
            return redirect("organisation_settings", request.organisation.slug)
    return render(request, "desk/organisation_settings.html", {"form": form}, status=422 if form.errors else 200)
