"""The triage of reported messages: the list, one message, its judgement, the incident that comes from it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.mailboxes.forms import AttachForm, IncidentForm, JudgeForm, MessageFileForm
from breachreg.mailboxes.indicators import matching
from breachreg.mailboxes.models import SERIOUS, Campaign, IncomingMail, Report, Verdict
from breachreg.mailboxes.reading.mime import LIMITS
from breachreg.mailboxes.reporting import intake, queue, words
from breachreg.mailboxes.reporting import triage as judging
from breachreg.register.models import Incident
from breachreg.register.views.common import add_errors, attempt
from breachreg.web.pager import paginate
from breachreg.web.pages import page
from breachreg.web.uploads import limit_uploads, say_too_large

PLAYBOOK = "mailbox"
OTHERS = 20
"""Messages of the same campaign that a report's page lists; the rest is counted."""


def find_report(request: HttpRequest, report: int) -> Report:
    """The report of an address, among those that this person may see."""
    seen = Report.objects.visible_to(request.user, request.organisation)
    return get_object_or_404(seen.select_related("organisation", "incoming", "campaign", "incident", "judged_by"), pk=report)


@page("mailbox.work", methods=("GET",))
def triage(request: HttpRequest) -> HttpResponse:
    """What employees reported, one line a campaign; what waits comes first."""
    view = request.GET.get("view", queue.VIEWS[0])
    view = view if view in queue.VIEWS else queue.VIEWS[0]
    campaigns = Campaign.objects.visible_to(request.user, request.organisation)
    page_obj = paginate(request, queue.narrowed(campaigns, view))
    unreadable = IncomingMail.objects.visible_to(request.user, request.organisation).unreadable()
    context = {
        "lines": queue.lines_of(list(page_obj)), "page_obj": page_obj, "view": view, "is_first_use": not campaigns.exists(),
        "unreadable": list(unreadable[:20]), "waiting_count": judging.waiting(request.organisation).count(),
    }
    return render(request, "mailboxes/triage.html", context)


@limit_uploads(lambda: LIMITS.size)
@page("mailbox.work")
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a message as a file."""
    form = MessageFileForm(request.POST or None, request.FILES or None)
    if form.is_bound:
        say_too_large(form, request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            reports, is_new = intake.bring_file(
                organisation=request.organisation, raw=file.read(), name=file.name, by=request.user, at=request.now
            )
        except intake.NotAMessage as refusal:
            form.add_error("file", str(refusal))
        else:
            if not reports:
                messages.warning(request, _("The message is kept and is being read. It appears here in a minute."))
                return redirect("mailboxes", request.organisation.slug)
            said = _("The message is read.") if is_new else _("This message was brought before; nothing was added.")
            messages.success(request, said)
            return redirect("message-report", request.organisation.slug, reports[0].pk)
    context = {"form": form, "most": LIMITS.size // 2**20}
    return render(request, "mailboxes/bring.html", context, status=422 if form.errors else 200)


@page("mailbox.work")
def report(request: HttpRequest, report: int) -> HttpResponse:
    """One reported message, read from outside, and the question what it is."""
    found = find_report(request, report)
    form = JudgeForm(request.POST or None, initial={"whole_campaign": True}) if found.verdict is None else None
    if form is not None and form.is_valid():
        if attempt(form, _judge, request=request, report=found, form=form):
            return redirect("message-report", request.organisation.slug, found.pk)
    elif request.method == "POST" and form is None:
        messages.error(request, _("Somebody judged this message meanwhile. Undo that judgement first to change it."))
        return redirect("message-report", request.organisation.slug, found.pk)
    if request.method == "GET":
        judging.note_opening(report=found, by=request.user, at=request.now)
    context = {"report": found, "form": form, **_shown(found)}
    return render(request, "mailboxes/report.html", context, status=422 if form is not None and form.errors else 200)


def _judge(*, request: HttpRequest, report: Report, form: JudgeForm) -> None:
    said = form.cleaned_data
    reports = report.campaign.reports.waiting() if said["whole_campaign"] else [report]
    judged = judging.judge(
        reports=reports, verdict=Verdict(said["verdict"]), reason=said["reason"], by=request.user, at=request.now
    )
    if judged:
        messages.success(request, ngettext("%(count)s message is judged.", "%(count)s messages are judged.", judged) % {"count": judged})
    else:
        messages.error(request, _("Somebody judged this message meanwhile; theirs stays."))


def _shown(report: Report) -> dict:
    facts = report.facts
    campaign = report.campaign.reports.order_by("-received_at", "-pk")
    others = campaign.exclude(pk=report.pk).select_related("incoming")
    return {
        "hints": words.hints(facts), "text": words.held_back(facts["text"]),
        "lookalikes": [words.resemblance(one) for one in facts["lookalikes"]],
        "troubles": [words.trouble(one) for one in facts["troubles"]],
        "authentication": [words.authentication(one) for one in facts["authentication"]],
        "links": [words.link(one) for one in facts["links"]],
        "attachments": [words.attachment(one) for one in facts["attachments"]],
        "shared": words.shared(report.grouped_by), "others": list(others[:OTHERS]), "total": campaign.count(),
        "waiting_count": campaign.waiting().count(), "is_serious": report.verdict in SERIOUS,
        "places": matching.by_place(matching.incidents_of(report)),
    }


@page("mailbox.work", methods=("POST",))
def undo(request: HttpRequest, report: int) -> HttpResponse:
    """Put a judged message back into the queue."""
    found = find_report(request, report)
    try:
        judging.undo_judgement(report=found, by=request.user, at=request.now)
    except judging.NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The judgement is undone: the message waits again."))
    return redirect("message-report", request.organisation.slug, found.pk)


@page("mailbox.work", methods=("POST",))
def apart(request: HttpRequest, report: int) -> HttpResponse:
    """Take a message out of a campaign that it does not belong to."""
    found = find_report(request, report)
    try:
        judging.take_out(report=found, by=request.user, at=request.now)
    except judging.NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message stands by itself now."))
    return redirect("message-report", request.organisation.slug, found.pk)


@page("mailbox.work")
def incident(request: HttpRequest, report: int) -> HttpResponse:
    """Open an incident from a message that was followed, with the evidence of its campaign."""
    found = find_report(request, report)
    if found.incident:
        return redirect("incident", request.organisation.slug, found.incident.reference)
    form = IncidentForm(request.POST or None, initial={"title": _title(found)})
    if form.is_valid() and (opened := _open(request, found, form)):
        messages.success(request, _("The incident is in the register, with the messages and their hashes as evidence."))
        return redirect("incident", request.organisation.slug, opened.reference)
    return _ask_for_incident(request, found, form, AttachForm(incidents=_open_incidents(request)))


def _open_incidents(request: HttpRequest):
    return Incident.objects.visible_to(request.user, request.organisation).open()


def _ask_for_incident(request: HttpRequest, report: Report, form: IncidentForm, attach_form: AttachForm) -> HttpResponse:
    context = {"report": report, "form": form, "attach_form": attach_form, **_shown(report)}
    wrong = form.errors or attach_form.errors
    return render(request, "mailboxes/incident.html", context, status=422 if wrong else 200)


@page("mailbox.work", methods=("POST",))
def attach(request: HttpRequest, report: int) -> HttpResponse:
    """Add a message, with those of its campaign, to an incident that is there already."""
    found = find_report(request, report)
    form = AttachForm(request.POST, incidents=_open_incidents(request))
    if form.is_valid():
        incident = form.cleaned_data["incident"]
        try:
            judging.attach(report=found, incident=incident, by=request.user, at=request.now)
        except judging.NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The messages are with the incident, as evidence with their hashes."))
            return redirect("incident", request.organisation.slug, incident.reference)
    return _ask_for_incident(request, found, IncidentForm(initial={"title": _title(found)}), form)


def _open(request: HttpRequest, report: Report, form: IncidentForm) -> Incident | None:
    said = form.cleaned_data
    try:
        return judging.open_incident(
            report=report, title=said["title"], submission=said["submission"], by=request.user, at=request.now,
            playbook=PLAYBOOK if said["gives_tasks"] else None,
        )
    except ValidationError as refusal:
        add_errors(form, refusal)
    except judging.NotNow as refusal:
        form.add_error(None, str(refusal))
    return None


def _title(report: Report) -> str:
    about = report.subject or report.sender_address or ""
    return (_("Phishing followed: %(about)s") % {"about": about})[:200]


@page("mailbox.work", methods=("GET",))
def download(request: HttpRequest, report: int) -> HttpResponse:
    """Hand the message out, never to be shown by the browser itself; who took it is recorded."""
    found = find_report(request, report)
    try:
        raw, ending = intake.original_of(found)
    except FileNotFoundError as error:
        raise Http404(_("The bytes of this file are gone. Restore them from the back-up.")) from error
    judging.note_download(report=found, by=request.user, at=request.now)
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="message-{found.sha256[:12]}.{ending}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
