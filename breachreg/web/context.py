"""What every template gets: where we are, what this person may open, and how the page is set."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import organisations_of

THEMES = {"auto": _("As on this device"), "light": _("Light"), "dark": _("Dark")}
THEME_COOKIE = "theme"


@dataclass(frozen=True)
class Door:
    """One entry of the main navigation: shown to people with any of these abilities."""

    label: object
    view: str
    abilities: frozenset[str]


# In the order of the work. Each room's list page; the address carries the organisation.
DOORS = (
    Door(_("Desk"), "desk", frozenset({"incident.read"})),
    Door(_("Incidents"), "incidents", frozenset({"incident.read"})),
    Door(_("My reports"), "my_reports", frozenset({"incident.read_own"})),
    Door(_("Mailboxes"), "mailboxes", frozenset({"mailbox.work"})),
    Door(_("Register"), "exports", frozenset({"register.export"})),
    Door(_("Trail"), "trail", frozenset({"trail.read"})),
    Door(_("Audit"), "audit-room", frozenset({"audit.question", "incident.manage"})),
    Door(_("People"), "people", frozenset({"people.manage"})),
    Door(_("Organisation"), "organisation_settings", frozenset({"organisation.manage"})),
)


def whereabouts(request: HttpRequest) -> dict:
    """The context of every page: organisation, abilities, now, nav, organisations, theme, version."""
    organisation = getattr(request, "organisation", None)
    abilities = getattr(request, "abilities", frozenset())
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    return {
        "organisation": organisation,
        "abilities": abilities,
        "now": getattr(request, "now", None),
        "nav": navigation(organisation, abilities, request.path) if organisation else [],
        "organisations": organisations_of(request.user) if signed_in else [],
        "theme": theme_of(request),
        "themes": THEMES,
        "version": settings.VERSION,
    }


def navigation(organisation, abilities: frozenset[str], path: str) -> list[dict]:
    """The doors that these abilities open, with the one we stand behind marked."""
    mine = ((door.label, address_of(door, organisation.slug)) for door in DOORS if door.abilities & abilities)
    doors = [{"label": label, "url": url} for label, url in mine if url]
    here = max((door["url"] for door in doors if path.startswith(door["url"])), key=len, default=None)
    return [{**door, "is_here": door["url"] == here} for door in doors]


def address_of(door: Door, slug: str) -> str | None:
    """Where a door leads; None for a room that this installation does not have."""
    try:
        return reverse(door.view, args=[slug])
    except NoReverseMatch:
        return None


def theme_of(request: HttpRequest) -> str:
    """The theme chosen on this device; "auto" follows the system."""
    chosen = request.COOKIES.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"
