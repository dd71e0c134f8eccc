"""The pages on which a processor tells its controllers."""

import csv

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.notifications import controllers, document, notices
from breachreg.notifications.actions import NotNow
from breachreg.notifications.document_views import download
from breachreg.notifications.forms import ControllerFileForm, ControllerForm, ToldForm
from breachreg.notifications.models import ControllerNotice, NoticeChannel
from breachreg.notifications.record import read
from breachreg.notifications.views import READ, WRITE, load_incident
from breachreg.register.models import Incident
from breachreg.register.tables import TableError
from breachreg.web.pager import paginate
from breachreg.web.pages import page

STATES = ("unsent", "on_way", "sent", "trouble")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@page(READ, methods=("GET",))
def listing(request: HttpRequest, reference: str) -> HttpResponse:
    """Every controller of an incident, who was told, who not yet."""
    incident = load_incident(request, reference)
    controllers.note(incident=incident, action="controllers.listed", by=request.user, at=request.now)
    every = ControllerNotice.objects.visible_to(request.user, request.organisation).filter(incident=incident)
    search, state = request.GET.get("search", "").strip(), request.GET.get("state", "")
    found = every.filter(Q(controller__icontains=search) | Q(email__icontains=search)) if search else every
    found = _in_state(found, state)
    return render(
        request, "notifications/controllers.html",
        {
            "incident": incident, "page": paginate(request, found.select_related("dispatch")), "search": search,
            "state": state, "may_write": WRITE in request.abilities, **_progress(incident, every),
        },
    )


@page(READ, methods=("GET",))
def progress(request: HttpRequest, reference: str) -> HttpResponse:
    """How many controllers were told so far: the part of the list that refreshes itself while e-mails leave."""
    incident = load_incident(request, reference)
    every = ControllerNotice.objects.visible_to(request.user, request.organisation).filter(incident=incident)
    return render(
        request, "notifications/controllers_progress.html",
        {"incident": incident, "may_write": WRITE in request.abilities} | _progress(incident, every),
    )


def _progress(incident: Incident, every) -> dict:
    """How far the e-mails and the letters are."""
    prints = list(incident.letter_prints.with_progress().select_related("asked_by", "posted_by"))
    is_moving = any(one.drawn < one.files and not one.trouble for one in prints)
    return {"counts": (counts := _counts(every)), "prints": prints, "is_moving": is_moving or bool(counts["on_way"])}


def _in_state(notices, state: str):
    match state:
        case "unsent":
            return notices.filter(sent_at=None, dispatch=None)
        case "on_way":
            return notices.filter(sent_at=None, dispatch__parked_at=None, dispatch__isnull=False)
        case "sent":
            return notices.filter(sent_at__isnull=False)
        case "trouble":
            return notices.filter(dispatch__parked_at__isnull=False)
    return notices


def _counts(notices) -> dict[str, int]:
    return notices.aggregate(
        total=Count("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        on_way=Count("pk", filter=Q(sent_at=None, dispatch__isnull=False, dispatch__parked_at=None)),
        trouble=Count("pk", filter=Q(dispatch__parked_at__isnull=False)),
        ready=Count("pk", filter=Q(sent_at=None, dispatch=None, email__isnull=False)),
        to_print=Count("pk", filter=Q(sent_at=None, dispatch=None)),
        acknowledged=Count("pk", filter=Q(acknowledged_at__isnull=False)),
    )


def _load(request: HttpRequest, reference: str, number: int) -> ControllerNotice:
    notices_here = ControllerNotice.objects.visible_to(request.user, request.organisation)
    return get_object_or_404(
        notices_here.select_related("incident__organisation", "dispatch", "added_by"), incident__reference=reference,
        number=number,
    )


@page(WRITE)
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """Put one controller on the list."""
    incident = load_incident(request, reference)
    form = ControllerForm(request.POST or None)
    if form.is_valid():
        typed = {name: value if value != "" else None for name, value in form.cleaned_data.items()}
        try:
            controllers.add(
                incident=incident, controller=controllers.Controller(**typed), by=request.user, at=request.now
            )
        except controllers.AlreadyListed as error:
            form.add_error("controller", str(error))
        else:
            messages.success(request, _("The controller was added."))
            return _to_list(incident)
    return render(
        request, "notifications/controller_add.html", {"incident": incident, "form": form},
        status=422 if form.errors else 200,
    )


@page(WRITE)
def import_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the controllers of a spreadsheet on the list: all of them, or none with what to correct."""
    incident = load_incident(request, reference)
    form = ControllerFileForm(request.POST or None, request.FILES or None)
    errors = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = controllers.read_spreadsheet(file, file.name)
            count = controllers.import_all(incident=incident, controllers=found, by=request.user, at=request.now)
        except TableError as error:
            form.add_error("file", str(error))
        except controllers.BadRows as error:
            form.add_error("file", str(error))
            errors = error.errors
        else:
            messages.success(request, _("%(count)d controllers were added.") % {"count": count})
            return _to_list(incident)
    return render(
        request, "notifications/controllers_import.html", {"incident": incident, "form": form, "row_errors": errors},
        status=422 if form.errors else 200,
    )


@page(WRITE, methods=("POST",))
def send(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for an e-mail to everybody who has an address and was not told."""
    incident = load_incident(request, reference)
    count = controllers.order_emails(incident=incident, by=request.user, at=request.now)
    if count:
        messages.success(request, _("%(count)d e-mails are on their way. You can leave this page.") % {"count": count})
    else:
        messages.info(request, _("Nobody is left to write to by e-mail."))
    return _to_list(incident)


@page(READ, methods=("GET",))
def one(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One controller: its letter, and what became of it."""
    notice = _load(request, reference, number)
    return render(
        request, "notifications/controller.html",
        {
            "incident": notice.incident, "notice": notice, "may_write": WRITE in request.abilities,
            "letter": notices.letter(notice, read(notice.incident, at=request.now)),
            "dispatch": getattr(notice, "dispatch", None),
        },
    )


@page(READ, methods=("GET",))
def letter(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The letter to one controller as a PDF: for the post, or as it was sent."""
    notice = _load(request, reference, number)
    try:
        drawn = document.draw(notices.paper(notice, read(notice.incident, at=request.now), at=request.now))
    except document.CannotDraw as error:
        messages.error(request, str(error))
        return redirect("controller", request.organisation.slug, reference, number)
    controllers.note(
        incident=notice.incident, action="controller.letter_downloaded", by=request.user, at=request.now,
        controller=notice.controller, sha256=drawn.sha256,
    )
    return download(drawn.content, f"{reference}-controller-{number}.pdf")


@page(WRITE)
def told(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Record that a controller was told by post or in another way."""
    notice = _load(request, reference, number)
    form = ToldForm(request.POST or None, initial={"told_at": request.now, "channel": "post"})
    if form.is_valid():
        try:
            controllers.note_told(
                notice=notice, channel=NoticeChannel(form.cleaned_data["channel"]), told_at=form.cleaned_data["told_at"],
                by=request.user, at=request.now,
            )
        except NotNow as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error("told_at", error.messages[0])
        else:
            messages.success(request, _("Recorded: this controller was told."))
            return redirect("controller", request.organisation.slug, reference, number)
    return render(
        request, "notifications/controller_told.html", {"incident": notice.incident, "notice": notice, "form": form},
        status=422 if form.errors else 200,
    )


@page(WRITE, methods=("POST",))
def acknowledged(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Record that a controller confirmed that it was told."""
    notice = _load(request, reference, number)
    try:
        controllers.acknowledge(notice=notice, by=request.user, at=request.now)
        messages.success(request, _("Recorded: this controller confirmed that it was told."))
    except NotNow as error:
        messages.error(request, str(error))
    return redirect("controller", request.organisation.slug, reference, number)


@page(READ, methods=("GET",))
def track(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Who was told what, when and how, as CSV; nothing in it runs as a formula."""
    incident = load_incident(request, reference)
    controllers.note(incident=incident, action="controllers.exported", by=request.user, at=request.now)
    response = StreamingHttpResponse(_track_lines(incident), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{reference}-controllers.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """A file that gives back what is written, so that rows leave as they are made."""

    def write(self, line: str) -> str:
        return line


def _track_lines(incident: Incident):
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow(["number", "controller", "email", "people", "channel", "sent_at_utc", "acknowledged_at_utc", "sha256"])
    for notice in incident.controller_notices.order_by("number").iterator(2000):
        yield writer.writerow([
            notice.number, _harmless(notice.controller), _harmless(notice.email or ""),
            "" if notice.people_count is None else notice.people_count, notice.channel or "", _iso(notice.sent_at),
            _iso(notice.acknowledged_at), notice.sha256 or "",
        ])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _iso(instant) -> str:
    return instant.isoformat() if instant else ""


def _to_list(incident: Incident) -> HttpResponse:
    return redirect("controllers", incident.organisation.slug, incident.reference)
