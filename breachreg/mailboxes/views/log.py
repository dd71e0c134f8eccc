"""The logs of an examined mailbox: the proposed window with its evidence, the addresses, and the lines to choose from."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.mailboxes.examinations import actions
from breachreg.mailboxes.examinations.forms import WindowQuestion
from breachreg.mailboxes.examinations.models import Examination, Kind, LogLine
from breachreg.mailboxes.log.record import Record
from breachreg.mailboxes.log.telling import KINDS, evidence_told, line, unreadable_told
from breachreg.mailboxes.log.window import Evidence
from breachreg.mailboxes.views.examinations import find_examination, to_examination
from breachreg.register.views.common import add_errors
from breachreg.web.pager import paginate
from breachreg.web.pages import page

PER_PAGE = 50
UNREADABLE_SHOWN = 200
MARKING = ("rule", "forwarding", "transport_rule", "permission", "consent", "security_method", "auditing", "synced", "read", "sent", "deleted")
"""The kinds of which a person wants the counts first."""


@page("mailbox.work", methods=("GET",))
def log(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """What the logs show, with the lines that can be copied into the incident's timeline."""
    found = find_examination(request, reference, examination)
    return _show(request, found, WindowQuestion(initial=_proposed(found)))


def _show(request: HttpRequest, found: Examination, form: WindowQuestion) -> HttpResponse:
    chosen = request.GET.get("kind", "")
    only_strange = request.GET.get("from") == "strange"
    files = list(found.files.filter(kind=Kind.LOG, done_at__isnull=False).select_related("evidence"))
    counts = dict(LogLine.objects.filter(examination=found).order_by().values_list("kind").annotate(n=Count("pk")))
    lines = LogLine.objects.filter(examination=found).select_related("file__evidence")
    if chosen in KINDS:
        lines = lines.filter(kind=chosen)
    if only_strange:
        lines = lines.filter(address__in=(found.analysis or {}).get("strange", []))
    page_obj = paginate(request, lines, PER_PAGE)
    unreadable = [(file.evidence.name, row, unreadable_told(why)) for file in files for row, why in file.result["examples"]]
    context = {
        "examination": found, "incident": found.incident, "here": "log", "files": files, "form": form, "page_obj": page_obj,
        "lines": [{"line": one, "words": line(Record.from_json(one.content))} for one in page_obj],
        "kinds": [(kind, KINDS[kind], counts[kind]) for kind in KINDS if kind in counts], "chosen": chosen,
        "only_strange": only_strange, "marks": [(KINDS[kind], counts[kind], kind) for kind in MARKING if kind in counts],
        "unreadable": unreadable[:UNREADABLE_SHOWN], "unreadable_count": sum(file.result["unreadable"] for file in files),
        **_analysis(found),
    }  # fmt: skip
    return render(request, "mailboxes/examination_log.html", context, status=422 if form.errors else 200)


def _analysis(examination: Examination) -> dict:
    found = examination.analysis or {}
    if not found:
        return {"analysis": None}
    evidence = [Evidence(code, row, _instant(at), *rest) for code, row, at, *rest in found["evidence"]]
    addresses = [one | {"first": _instant(one["first"]), "last": _instant(one["last"])} for one in found["addresses"]]
    return {
        "analysis": found, "start": _instant(found["start"]), "end": _instant(found["end"]),
        "first": _instant(found["first"]), "last": _instant(found["last"]), "addresses": addresses,
        "evidence": [{"item": item, "words": evidence_told(item)} for item in evidence],
    }  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _proposed(examination: Examination) -> dict:
    """What the form begins with: the confirmed window, or the proposed one in whole minutes that hold all of it."""
    if examination.access_from:
        return {"start": examination.access_from, "end": examination.access_to}
    found = examination.analysis or {}
    start, end = _instant(found.get("start")), _instant(found.get("end"))
    if not start or not end:
        return {}
    ends = end.replace(second=0, microsecond=0)
    return {"start": start.replace(second=0, microsecond=0), "end": ends if ends == end else ends + timedelta(minutes=1)}


@page("mailbox.work", methods=("POST",))
def copy(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """Copy the ticked lines into the incident's timeline."""
    found = find_examination(request, reference, examination)
    chosen = [int(one) for one in request.POST.getlist("line")[:PER_PAGE] if one.isascii() and one.isdigit() and len(one) < 18]
    copied = actions.copy_lines(examination=found, lines=chosen, by=request.user, at=request.now)
    if copied:
        said = ngettext("%(n)s line stands in the incident's timeline now.", "%(n)s lines stand in the incident's timeline now.", copied)
        messages.success(request, said % {"n": copied})
    else:
        messages.info(request, _("Nothing was copied: tick the lines that you want in the timeline."))
    return to_examination(found, "examination-log")


@page("mailbox.work", methods=("POST",))
def window(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """Confirm the window of access, as proposed or corrected."""
    found = find_examination(request, reference, examination)
    form = WindowQuestion(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_window(examination=found, start=said["start"], end=said["end"], by=request.user, at=request.now)
        except ValidationError as refusal:
            add_errors(form, refusal)
        else:
            messages.success(request, _("The window is confirmed."))
            return to_examination(found, "examination-log")
    return _show(request, found, form)
