"""Papers about an incident that are no notification: the decision not to notify, and one page for other addressees."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from breachreg.notifications import decision_files, document, signature, standalone
from breachreg.notifications.actions import NotNow
from breachreg.notifications.document_views import download
from breachreg.notifications.record import read
from breachreg.notifications.views import READ, WRITE, load_incident
from breachreg.register.models import Decision, Incident
from breachreg.web.pages import page


def _decision(incident: Incident) -> Decision:
    decision = decision_files.current(incident)
    if decision is None:
        raise Http404(_("There is no decision not to notify this incident."))
    return decision


@page(READ, methods=("GET",))
def decision_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The file of a decision not to notify: the sealed bytes, or, before that, a draft marked on every page."""
    incident = load_incident(request, reference)
    decision = _decision(incident)
    try:
        sealed = getattr(decision, "file", None)
        drawn = sealed or decision_files.draw(decision, at=request.now)
    except document.CannotDraw as error:
        messages.error(request, str(error))
        return redirect("notification", request.organisation.slug, reference)
    name = f"{reference}-not-notifying{'' if sealed else '-draft'}.pdf"
    decision_files.note(
        incident=incident, action="decision_file.downloaded", what=name, sha256=drawn.sha256, by=request.user,
        at=request.now,
    )
    return download(bytes(drawn.content), name)


@page(WRITE, methods=("POST",))
def decision_file_seal(request: HttpRequest, reference: str) -> HttpResponse:
    """Seal the file of a confirmed decision."""
    incident = load_incident(request, reference)
    try:
        decision_files.seal(
            decision=_decision(incident), by=request.user, at=request.now, unsigned="unsigned" in request.POST
        )
        messages.success(request, _("The file is sealed: its bytes will not change any more."))
    except signature.CannotSign as error:
        messages.error(request, str(error))
        response = redirect("notification", request.organisation.slug, reference)
        response["Location"] += "?unsigned=offered"
        return response
    except (NotNow, document.CannotDraw) as error:
        messages.error(request, str(error))
    return redirect("notification", request.organisation.slug, reference)


@page(READ, methods=("GET",))
def summary(request: HttpRequest, reference: str, audience: str) -> HttpResponse:
    """One page on the incident for a complaint, the insurer or the ANSSI."""
    incident = load_incident(request, reference)
    if audience not in standalone.AUDIENCES:
        raise Http404(_("There is no summary for this addressee."))
    language = "en" if request.GET.get("language") == "en" else "fr"
    try:
        paper = standalone.summary(read(incident, at=request.now), audience, language=language, at=request.now)
        drawn = document.draw(paper)
    except document.CannotDraw as error:
        messages.error(request, str(error))
        return redirect("notification", request.organisation.slug, reference)
    name = f"{reference}-{audience}-{language}.pdf"
    decision_files.note(
        incident=incident, action="summary.downloaded", what=name, sha256=drawn.sha256, by=request.user, at=request.now
    )
    return download(drawn.content, name)
