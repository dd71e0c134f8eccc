"""Tickets of the IT department: brought, matched with the register, or ruled out with a reason."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.register.files import FileRefused
from breachreg.register.models import Incident
from breachreg.register.tables import TableError
from breachreg.scrutiny import tickets as actions
from breachreg.scrutiny.forms import (
    TicketColumnsForm,
    TicketFileForm,
    TicketFilterForm,
    TicketIncidentForm,
    TicketNumberForm,
    TicketReasonForm,
)
from breachreg.scrutiny.models import Ticket, TicketLink, TicketTable
from breachreg.scrutiny.views.room import ENTRANCE
from breachreg.web.pager import paginate
from breachreg.web.pages import page
from breachreg.web.uploads import limit_uploads, say_too_large

DPO = "incident.manage"


@page(*ENTRANCE, methods=("GET",))
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets, with the incident of each; the unmatched ones are a finding."""
    form = TicketFilterForm(request.GET or None)
    answers = form.cleaned_data if form.is_valid() else {}
    every = Ticket.objects.visible_to(request.user, request.organisation)
    found = _narrowed(every, answers.get("state", ""), answers.get("q", "")).select_related("incident", "dismissed_by")
    shown = {"form": form, "page_obj": paginate(request, found), "unmatched": every.unmatched().count(), "total": every.count()}
    return render(request, "scrutiny/tickets.html", shown)


def _narrowed(found, state: str, words: str):
    if words:
        found = found.filter(Q(key__icontains=actions.key_of(words)) | Q(title__icontains=words))
    match state:
        case "unmatched":
            return found.unmatched()
        case "matched":
            return found.filter(incident__isnull=False)
        case "dismissed":
            return found.filter(dismissed_at__isnull=False)
    return found


@limit_uploads(lambda: actions.LIMITS.size)
@page(*ENTRANCE)
def ticket_import(request: HttpRequest) -> HttpResponse:
    """Choose the file; those that were brought and not imported are offered again."""
    form = TicketFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        say_too_large(form, request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            brought = actions.bring(
                organisation=request.organisation, file=file, name=file.name, by=request.user, at=request.now
            )
        except (TableError, FileRefused) as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("ticket-table", request.organisation.slug, brought.pk)
    tables = TicketTable.objects.visible_to(request.user, request.organisation).select_related("added_by", "imported_by")
    shown = {"form": form, "waiting": tables.waiting(), "done": tables.exclude(imported_at=None)[:10]}
    return render(request, "scrutiny/ticket_import.html", shown, status=422 if form.errors else 200)


@page(*ENTRANCE)
def ticket_table(request: HttpRequest, table: int) -> HttpResponse:
    """Say which column holds what, look at what each row becomes, import all of it."""
    brought = _visible_table(request, table)
    if brought.location is None:
        messages.info(request, _("This table was imported or thrown away before."))
        return redirect("tickets", request.organisation.slug)
    asked = request.POST.get("header_row", "")
    header_row = int(asked) if asked.isdecimal() and 0 < int(asked) <= 1000 else brought.header_row
    try:
        with actions.opened(brought, header_row) as opened:
            form = TicketColumnsForm(request.POST or None, table=opened, mapping=brought.mapping)
        mapping = _mapping(form, brought)
        if form.is_bound and form.is_valid() and "import" in request.POST:
            return _import(request, brought, form.mapping, header_row)
        read = actions.preview(brought, mapping, header_row) if mapping else None
    except TableError as refusal:
        messages.error(request, str(refusal))
        return redirect("ticket-import", request.organisation.slug)
    shown = {
        "brought": brought, "form": form, "table": opened, "read": read, "wrong": read.wrong[:100] if read else [],
        "page_obj": paginate(request, read.drafts) if read else None,
    }  # fmt: skip
    return render(request, "scrutiny/ticket_table.html", shown, status=422 if form.errors else 200)


def _mapping(form: TicketColumnsForm, brought: TicketTable) -> dict[str, int] | None:
    """The columns that the person named, or those that were guessed, when each is known."""
    if form.is_bound:
        return form.mapping if form.is_valid() else None
    return brought.mapping if set(brought.mapping) == set(actions.COLUMNS) else None


def _import(request: HttpRequest, brought: TicketTable, mapping: dict, header_row: int | None) -> HttpResponse:
    try:
        count = actions.import_tickets(
            brought=brought, mapping=mapping, header_row=header_row, by=request.user, at=request.now
        )
    except actions.RowsRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("ticket-table", request.organisation.slug, brought.pk)
    except actions.AlreadyImported as refusal:
        messages.info(request, str(refusal))
    else:
        said = ngettext("%(count)s new ticket came in.", "%(count)s new tickets came in.", count)
        messages.success(request, said % {"count": count})
    return redirect("tickets", request.organisation.slug)


@page(*ENTRANCE, methods=("POST",))
def ticket_drop(request: HttpRequest, table: int) -> HttpResponse:
    """Throw away a table that will not be imported."""
    try:
        actions.drop(brought=_visible_table(request, table), by=request.user, at=request.now)
        messages.success(request, _("The file was thrown away. Nothing was imported."))
    except actions.AlreadyImported as refusal:
        messages.info(request, str(refusal))
    return redirect("ticket-import", request.organisation.slug)


@page(DPO)
def ticket(request: HttpRequest, ticket: int) -> HttpResponse:
    """One ticket: note it on an incident, or say why it is none."""
    chosen = get_object_or_404(
        Ticket.objects.visible_to(request.user, request.organisation).select_related("incident", "dismissed_by", "organisation"),
        pk=ticket,
    )
    rules_out = "reason" in request.POST
    link = TicketIncidentForm(request.POST if request.method == "POST" and not rules_out else None)
    reason = TicketReasonForm(request.POST if rules_out else None)
    form = reason if rules_out else link
    if form.is_valid() and _said(request, chosen, form):
        return redirect("tickets", request.organisation.slug)
    shown = {"ticket": chosen, "link": link, "reason": reason}
    return render(request, "scrutiny/ticket.html", shown, status=422 if form.errors else 200)


def _said(request: HttpRequest, chosen: Ticket, form) -> bool:
    """Do what the form says; False when it could not be done, with the reason on the form."""
    try:
        if reference := form.cleaned_data.get("reference"):
            visible = Incident.objects.visible_to(request.user, request.organisation)
            incident = visible.filter(reference__iexact=reference.strip()).first()
            if incident is None:
                form.add_error("reference", _("There is no such incident. Look for its reference in the list of incidents."))
                return False
            actions.note_on(incident=incident, number=chosen.number, by=request.user, at=request.now)
        else:
            actions.dismiss(ticket=chosen, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except actions.AlreadySaid as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("It is written down."))
    return True


@page(DPO, methods=("POST",))
def ticket_take_back(request: HttpRequest, ticket: int) -> HttpResponse:
    """Count a ticket again that was ruled out."""
    chosen = get_object_or_404(Ticket.objects.visible_to(request.user, request.organisation), pk=ticket)
    actions.take_back(ticket=chosen, by=request.user, at=request.now)
    return redirect("ticket", request.organisation.slug, chosen.pk)


@page(DPO)
def incident_tickets(request: HttpRequest, reference: str) -> HttpResponse:
    """The tickets that speak of one incident; note another one."""
    visible = Incident.objects.visible_to(request.user, request.organisation)
    incident = get_object_or_404(visible.select_related("organisation"), reference=reference)
    form = TicketNumberForm(request.POST or None)
    if form.is_valid():
        try:
            actions.note_on(incident=incident, number=form.cleaned_data["number"], by=request.user, at=request.now)
        except (actions.AlreadySaid, ValidationError) as refusal:
            form.add_error("number", getattr(refusal, "messages", str(refusal)))
        else:
            return redirect("incident-tickets", request.organisation.slug, reference)
    titles = dict(incident.tickets.values_list("key", "title"))
    links = [(link, titles.get(link.key)) for link in incident.ticket_links.select_related("noted_by")]
    shown = {"incident": incident, "form": form, "links": links}
    return render(request, "scrutiny/incident_tickets.html", shown, status=422 if form.errors else 200)


@page(DPO, methods=("POST",))
def incident_ticket_off(request: HttpRequest, reference: str, link: int) -> HttpResponse:
    """Take a ticket off an incident."""
    visible = Incident.objects.visible_to(request.user, request.organisation)
    chosen = get_object_or_404(
        TicketLink.objects.select_related("incident__organisation", "organisation"), pk=link,
        incident__in=visible.filter(reference=reference),
    )
    actions.take_off(link=chosen, by=request.user, at=request.now)
    return redirect("incident-tickets", request.organisation.slug, reference)


def _visible_table(request: HttpRequest, table: int) -> TicketTable:
    visible = TicketTable.objects.visible_to(request.user, request.organisation)
    return get_object_or_404(visible.select_related("organisation"), pk=table)
