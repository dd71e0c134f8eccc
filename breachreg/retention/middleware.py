"""The address of an incident that was purged answers with what is left of it; links outlive what they lead to.

Such links stand in mails, tickets, files that people took and their notes. “There is no such page, ask for a role” would
send an auditor looking for a fault.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from breachreg.register.models import Tombstone


class PurgedIncidents:
    """Turn a 404 below a purged incident into 410 with its tombstone, for those who might have read the incident."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        stone = _stone(request) if answer.status_code == 404 else None
        return render(request, "retention/gone.html", {"stone": stone}, status=410) if stone else answer


def _stone(request: HttpRequest) -> Tombstone | None:
    reference = request.resolver_match and request.resolver_match.kwargs.get("reference")
    if not reference or "incident.read" not in getattr(request, "abilities", ()):
        return None
    return request.organisation.tombstones.filter(reference=reference).first()
