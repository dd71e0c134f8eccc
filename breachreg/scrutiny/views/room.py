"""The auditor's room: what the register looks like when it is read against itself."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.audit.actions import record
from breachreg.register.models import Incident
from breachreg.scrutiny import findings
from breachreg.scrutiny.models import Question, Sample, Ticket
from breachreg.scrutiny.rules import rules, source
from breachreg.web.pager import paginate
from breachreg.web.pages import page

ENTRANCE = ("audit.question", "incident.manage")
SHOWN = 5


@page(*ENTRANCE, methods=("GET",))
def room(request: HttpRequest) -> HttpResponse:
    """Every finding counted, the questions that are open, the last samples."""
    tallies = findings.tallies(request.organisation, request.now)
    _note(request, {"found": {tally.rule.code: tally.count for tally in tallies if tally.count}})
    here = (request.user, request.organisation)
    questions = Question.objects.visible_to(*here).open().select_related("incident", "asked_by")
    shown = {
        "found": [tally for tally in tallies if tally.count],
        "clean": [tally for tally in tallies if not tally.count],
        "total": sum(tally.count for tally in tallies),
        "questions": questions[:SHOWN], "question_count": questions.count(),
        "samples": Sample.objects.visible_to(*here).defer("population")[:SHOWN],
        "tickets": Ticket.objects.visible_to(*here).count(), "source": source(),
    }  # fmt: skip
    return render(request, "scrutiny/room.html", shown)


@page(*ENTRANCE, methods=("GET",))
def finding(request: HttpRequest) -> HttpResponse:
    """What one rule finds, each a link to the place where it is mended, or seen; without a rule, back to all of them."""
    if "rule" not in request.GET:
        return redirect("audit-room", request.organisation.slug)
    rule = rules().get(request.GET["rule"])
    if rule is None:
        raise Http404(_("There is no such finding."))
    page_obj = paginate(request, findings.rows(rule, request.organisation, request.now))
    lines = [findings.told(rule, row, request.organisation, mends=_mends(request)) for row in page_obj]
    _note(request, {"rule": rule.code})
    asked = Question.objects.visible_to(request.user, request.organisation).filter(
        rule=rule.code, incident__in=[line.incident for line in lines if line.incident]
    )
    numbers = dict(asked.order_by("pk").values_list("incident_id", "number"))
    shown = [(line, numbers.get(line.incident.pk) if line.incident else None) for line in lines]
    return render(request, "scrutiny/finding.html", {"rule": rule, "lines": shown, "page_obj": page_obj})


@page(*ENTRANCE, methods=("GET",))
def findings_csv(request: HttpRequest) -> HttpResponse:
    """Everything that was found, for a spreadsheet."""
    name = f"{request.organisation.slug}-{request.now:%Y-%m-%d}.csv"
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})
    answer.write("\ufeff")
    findings.write_csv(organisation=request.organisation, file=answer, mends=_mends(request), by=request.user, at=request.now)
    return answer


@page(*ENTRANCE, methods=("GET",))
def incident_findings(request: HttpRequest, reference: str) -> HttpResponse:
    """What the rules find on one incident."""
    visible = Incident.objects.visible_to(request.user, request.organisation)
    incident = get_object_or_404(visible.select_related("organisation"), reference=reference)
    found = findings.of_incident(incident, request.now, mends=_mends(request))
    _note(request, {"incident": incident.reference, "found": [finding.rule.code for finding in found]})
    return render(request, "scrutiny/incident_findings.html", {"incident": incident, "found": found, "source": source()})


def _mends(request: HttpRequest) -> bool:
    return "incident.manage" in request.abilities


@transaction.atomic
def _note(request: HttpRequest, details: dict) -> None:
    record(action="findings.read", by=request.user, at=request.now, organisation=request.organisation, details=details)
