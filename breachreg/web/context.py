"""What every template may use: where we are and what the person may do here."""

from django.http import HttpRequest


def whereabouts(request: HttpRequest) -> dict:
    """The organisation of the page and the person's abilities there (none outside an organisation)."""
    return {
        "organisation": getattr(request, "organisation", None),
        "abilities": getattr(request, "abilities", frozenset()),
        "now": getattr(request, "now", None),
    }
