"""The register as a file: ordered under the filters of the list, made at once or in the background, fetched."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.exports import leaving
from breachreg.exports.columns import COLUMNS, without_personal
from breachreg.exports.forms import ExportForm, PastForm
from breachreg.exports.jsonfile import schema as json_schema
from breachreg.exports.kinds import Reader
from breachreg.exports.models import Export
from breachreg.register.forms import FilterForm
from breachreg.register.listing import years_of
from breachreg.web.pager import paginate
from breachreg.web.pages import page

FILTERS = ("q", "state", "nature", "origin", "year", "sort")
"""What the list of incidents keeps in its address; a file takes the same."""


@page("register.export")
def exports(request: HttpRequest) -> HttpResponse:
    """Order a file of the register as the list shows it; the files made so far."""
    form = ExportForm(request.POST or None, initial={"language": get_language(), "as_of": _instant(request)})
    if form.is_valid():
        export = _order(request, form)
        if export.done_at or _made_now(request, export):
            return handed_out(request, Export.objects.get(pk=export.pk))
        return redirect(_with_filters("exports", request))
    return render(request, "exports/exports.html", _context(request, form), status=422 if form.errors else 200)


@page("register.export", methods=("GET",))
def export_files(request: HttpRequest) -> HttpResponse:
    """The list of files alone, for the page that waits for one."""
    return render(request, "exports/_files.html", _files(request))


@page("register.export", methods=("GET",))
def export_download(request: HttpRequest, export: int) -> HttpResponse:
    """Fetch a file that was made; who took it stands in the trail."""
    return handed_out(request, get_object_or_404(request.organisation.exports, pk=export))


@page("register.export", methods=("GET",))
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the register."""
    reader = Reader(get_language() or "fr", request.organisation.zone)
    columns = without_personal(COLUMNS) if request.GET.get("redacted") else COLUMNS
    answer = JsonResponse(json_schema(columns, reader), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = 'attachment; filename="breachreg-register.schema.json"'
    return answer


def _instant(request: HttpRequest) -> datetime | None:
    form = PastForm(request.GET)
    return form.cleaned_data["at"] if form.is_valid() else None


def _order(request: HttpRequest, form: ExportForm) -> Export:
    answers = form.cleaned_data
    return leaving.order(
        organisation=request.organisation, form=answers["form"], language=answers["language"], by=request.user,
        at=request.now, filters=_filters(request), is_redacted=answers["is_redacted"],
        as_of=answers["as_of"], submission=answers["submission"],
    )


def _made_now(request: HttpRequest, export: Export) -> bool:
    """Whether the file is there already; a long one, or one that can't be made, is told of instead."""
    entered = request.organisation.incidents if export.as_of else _listed(request)
    if not leaving.is_soon_made(export.form, entered.count()):
        messages.info(request, _("This file takes a while. It is made in the background and stands below when it is ready."))
        return False
    if leaving.make_now(export, request.now):
        return True
    export.refresh_from_db()
    messages.error(request, export.trouble or _("This file is being made."))
    return False


def handed_out(request: HttpRequest, export: Export) -> HttpResponse:
    """The file as a download; back to the list, with the reason, when it is not kept any more."""
    try:
        file = leaving.hand_out(export=export, by=request.user, at=request.now)
    except leaving.Gone as gone:
        messages.error(request, str(gone))
        return redirect("exports", request.organisation.slug)
    answer = FileResponse(file, as_attachment=True, filename=export.name, content_type="application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "POST":  # the page with the order stays: it waits for this (forms.js)
        answer.set_cookie(
            "file_left", request.POST["submission"], max_age=60, secure=settings.SESSION_COOKIE_SECURE,
            samesite=settings.SESSION_COOKIE_SAMESITE,
        )
    return answer


def _context(request: HttpRequest, form: ExportForm) -> dict:
    return {
        **_files(request), "form": form, "filter_form": _filter_form(request), "filters": _filters(request),
        "count": _listed(request).count(), "list_url": _with_filters("incidents", request),
        "here_url": _with_filters("exports", request),
    }  # fmt: skip


def _files(request: HttpRequest) -> dict:
    made = request.organisation.exports.select_related("asked_by").prefetch_related("takings__taken_by")
    waiting = made.filter(done_at=None, parked_at=None).exists()
    return {"page_obj": paginate(request, made, per_page=10), "is_waiting": waiting}


def _listed(request: HttpRequest):
    return leaving.listed(request.organisation, request.user, _filters(request), request.now)


def _filter_form(request: HttpRequest) -> FilterForm:
    return FilterForm(request.GET, years=years_of(request.organisation))


def _filters(request: HttpRequest) -> dict:
    """What narrows and sorts; nothing while one answer is wrong, as on the list, so that no file claims otherwise."""
    asked = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    return asked if _filter_form(request).is_valid() else {}


def _with_filters(name: str, request: HttpRequest) -> str:
    filters = urlencode(_filters(request))
    return reverse(name, args=[request.organisation.slug]) + (f"?{filters}" if filters else "")
