"""How a page is answered: method, sign-in, organisation, ability; then the view's own fifteen lines.

Every address of an organisation goes through ``page``; the access matrix reads ``view.ability`` from it.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from breachreg.accounts import actions
from breachreg.accounts.access import ABILITIES, abilities_of
from breachreg.accounts.models import Organisation

READING = frozenset({"GET", "HEAD"})

NO_ROLE = "no role here"
"""Stands in the trail for the ability of one who is not of this organisation at all."""


def page(*abilities: str, methods: tuple[str, ...] = ("GET", "POST")) -> Callable:
    """Answer a page of an organisation to people who hold one of these abilities there.

    Sets ``request.organisation`` and ``request.abilities``. An outsider gets 404, as for an address that does not
    exist; a member without the ability gets 403. Both refusals are recorded, in the organisation that was asked for.
    """
    unlisted = set(abilities) - set(ABILITIES)
    if unlisted or not abilities:
        raise ValueError(f"not in accounts.access.ABILITIES: {unlisted}")
    allowed = frozenset(methods) | ({"HEAD"} if "GET" in methods else set())

    def decorate(view):
        @wraps(view)
        def answer(request: HttpRequest, organisation: str, **kwargs):
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            _enter(request, organisation)
            require(request, *abilities)
            return view(request, **kwargs)

        answer.ability = abilities
        answer.methods = allowed
        return answer

    return decorate


def require(request: HttpRequest, *abilities: str) -> None:
    """Refuse, with 403 and an entry in the trail, what a page does only for people who hold one of these abilities."""
    if not request.abilities & set(abilities):
        _refuse(request, abilities)


def signed_in_page(*, methods: tuple[str, ...] = ("GET", "POST")) -> Callable:
    """Answer a page that belongs to the person, not to an organisation (choice of organisation, own settings)."""

    def decorate(view):
        @wraps(view)
        def answer(request: HttpRequest, **kwargs):
            if request.method not in methods and request.method != "HEAD":
                return HttpResponseNotAllowed(methods)
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            return view(request, **kwargs)

        answer.ability = ("signed_in",)
        answer.methods = frozenset(methods)
        return answer

    return decorate


def public_page(*, methods: tuple[str, ...] = ("GET",)) -> Callable:
    """Answer a page that anybody may open (health, language, a secret calendar address)."""

    def decorate(view):
        @wraps(view)
        def answer(request: HttpRequest, **kwargs):
            if request.method not in methods and request.method != "HEAD":
                return HttpResponseNotAllowed(methods)
            return view(request, **kwargs)

        answer.ability = ("public",)
        answer.methods = frozenset(methods)
        return answer

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the sign-in, and come back to the page; from a form that was sent after the session had ended, to the page
    on which the form stands, where forms.js offers what was typed.
    """
    if request.method in READING:
        return redirect_to_login(request.get_full_path())
    messages.warning(request, _("Your session has ended. Sign in: what you typed is kept on this device and offered to you again."))
    came_from = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return redirect_to_login(urlsplit(came_from).path if is_ours else request.get_full_path())


def _enter(request: HttpRequest, slug: str) -> None:
    organisation = Organisation.objects.filter(slug=slug).first()
    abilities = abilities_of(request.user, organisation) if organisation else frozenset()
    if not abilities:
        if organisation:
            actions.refuse_access(by=request.user, at=request.now, organisation=organisation, address=request.path, ability=NO_ROLE)
        raise Http404(_("There is no such page among those that you may see."))
    request.organisation, request.abilities = organisation, abilities
    timezone.activate(organisation.zone)  # until the request ends: see the middleware Now


def _refuse(request: HttpRequest, wanted: tuple[str, ...]) -> None:
    actions.refuse_access(
        by=request.user, at=request.now, organisation=request.organisation, address=request.path,
        ability=", ".join(wanted),
    )
    raise PermissionDenied(", ".join(str(ABILITIES[ability]) for ability in wanted))
