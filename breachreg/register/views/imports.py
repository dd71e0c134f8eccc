"""Bring a register: upload, map the columns, look at what each row becomes, import all of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.register import imports
from breachreg.register.answers import words_of
from breachreg.register.columns import TARGETS, Draft, Stated
from breachreg.register.files import FileRefused
from breachreg.register.forms import ImportForm, MappingForm, TableForm
from breachreg.register.models import Precision, Qualification, RegisterImport
from breachreg.register.sections import question_of
from breachreg.register.tables import TableError
from breachreg.web.dates import date_words, day_words, instant_words
from breachreg.web.pager import paginate
from breachreg.web.pages import page
from breachreg.web.uploads import limit_uploads, say_too_large

SAMPLES = 3


@limit_uploads(lambda: imports.LIMITS.size)
@page("register.import")
def register_import(request: HttpRequest) -> HttpResponse:
    """Choose the file; those that were brought before and not imported are offered again."""
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        say_too_large(form, request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            brought = imports.bring_table(
                organisation=request.organisation, file=file, name=file.name, by=request.user, at=request.now
            )
        except (TableError, FileRefused) as refusal:
            form.add_error("file", str(refusal))
        else:
            step = "import-preview" if "preset" in brought.mapping else "import-columns"
            return redirect(step, request.organisation.slug, brought.pk)
    waiting = _of_organisation(request).filter(imported_at=None)
    context = {"form": form, "waiting": waiting, "done": _of_organisation(request).exclude(imported_at=None)[:10]}
    return render(request, "register/import.html", context, status=422 if form.errors else 200)


@page("register.import")
def import_columns(request: HttpRequest, brought: int) -> HttpResponse:
    """Say which field each column fills, with samples of what stands in it."""
    kept = get_object_or_404(_of_organisation(request), pk=brought, imported_at=None)
    header_row, sheet = _place(request, kept)
    kept.header_row, kept.sheet = header_row, sheet
    try:
        with imports.opened(kept) as table:
            form = MappingForm(request.POST if _is_answer(request) else None, table=table, brought=kept)
            samples = _samples(table)
    except TableError as refusal:
        messages.error(request, str(refusal))
        return redirect("register-import", request.organisation.slug)
    if form.is_valid():
        imports.map_columns(
            brought=kept, mapping={"columns": form.columns}, header_row=form.cleaned_data["header_row"],
            sheet=form.cleaned_data.get("sheet"), by=request.user, at=request.now,
        )
        return redirect("import-preview", request.organisation.slug, kept.pk)
    rows = [(form[f"column_{place}"], samples[place]) for place in range(len(table.header))]
    context = {"form": form, "brought": kept, "table": table, "rows": rows}
    return render(request, "register/import_columns.html", context, status=422 if form.errors else 200)


def _place(request: HttpRequest, kept: RegisterImport) -> tuple[int | None, str | None]:
    """The header row and the sheet that the person named, or those found before."""
    asked = request.POST if request.method == "POST" else request.GET
    row = asked.get("header_row", "")
    return (int(row) if row.isdecimal() and 0 < int(row) <= 1000 else kept.header_row), asked.get("sheet") or kept.sheet


def _is_answer(request: HttpRequest) -> bool:
    """A press on "read again with this header row" changes the columns, so the answers below no longer fit."""
    return request.method == "POST" and "again" not in request.POST


def _samples(table) -> list[list[str]]:
    samples: list[list[str]] = [[] for column in table.header]
    for row in table.rows():
        for place, cell in enumerate(row.cells[: len(table.header)]):
            if cell and len(samples[place]) < SAMPLES and cell[:80] not in samples[place]:
                samples[place].append(cell[:80])
        if row.number > table.header_row + 50:
            break
    return samples


@page("register.import")
def import_preview(request: HttpRequest, brought: int) -> HttpResponse:
    """Show what each row becomes and every trouble; import when there is none."""
    kept = get_object_or_404(_of_organisation(request), pk=brought)
    if kept.imported_at:
        messages.info(request, _("This table was imported before."))
        return redirect("incidents", request.organisation.slug)
    form = ImportForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            return _import(request, kept, closes=form.cleaned_data["closes"])
        preview = imports.preview_of(kept, request.now)
    except TableError as refusal:
        messages.error(request, str(refusal))
        return redirect("import-columns", request.organisation.slug, kept.pk)
    page_obj = paginate(request, preview.drafts, 20)
    context = {
        "brought": kept, "form": form, "count": len(preview.drafts), "wrong": preview.wrong[:100],
        "wrong_count": len(preview.wrong), "page_obj": page_obj, "lines": [line_of(draft) for draft in page_obj],
        "is_open_data": "preset" in kept.mapping,
    }
    return render(request, "register/import_preview.html", context, status=422 if preview.wrong else 200)


def _import(request: HttpRequest, kept: RegisterImport, *, closes: bool) -> HttpResponse:
    try:
        incidents = imports.import_register(brought=kept, by=request.user, at=request.now, closes=closes)
    except imports.RowsRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("import-preview", request.organisation.slug, kept.pk)
    except imports.AlreadyImported as refusal:
        messages.info(request, str(refusal))
    else:
        count = len(incidents)
        said = ngettext("%(count)s incident is in the register.", "%(count)s incidents are in the register.", count)
        messages.success(request, said % {"count": count})
    return redirect("incidents", request.organisation.slug)


@page("register.import", methods=("POST",))
def import_drop(request: HttpRequest, brought: int) -> HttpResponse:
    """Throw away a table that will not be imported."""
    kept = get_object_or_404(_of_organisation(request), pk=brought)
    try:
        imports.drop_table(brought=kept, by=request.user, at=request.now)
        messages.success(request, _("The file was thrown away. Nothing was imported."))
    except imports.AlreadyImported as refusal:
        messages.info(request, str(refusal))
    return redirect("register-import", request.organisation.slug)


def line_of(draft: Draft) -> dict:
    """A row of the preview: its title, what it says in words, its troubles."""
    said = [
        (target.label, words) for target in TARGETS
        if target.code != "title" and (words := _words(target.code, draft.values.get(target.code)))
    ]
    return {"number": draft.number, "title": imports.title_of(draft), "said": said, "troubles": draft.troubles}


def _words(code: str, value) -> str:
    if value is None or value == (None, None, None):
        return ""
    if isinstance(value, Stated):
        return _stated_words(value)
    if code == "qualification":
        return str(Qualification(value).label)
    if code == "controller_sector":
        return _label("sectors", value)
    question = question_of().get(code)
    words = words_of(question, value) if question else value
    return ", ".join(words) if isinstance(words, tuple) else str(words)


def _stated_words(value: Stated) -> str:
    local = value.at.astimezone(timezone.get_current_timezone())
    if value.precision == Precision.MONTH:
        return date_words(local, "F Y")
    return day_words(local) if value.precision == Precision.DAY else instant_words(local)


def _label(name: str, code: str) -> str:
    return vocabulary.load(name).label(code, get_language() or "fr")


def _of_organisation(request: HttpRequest):
    return RegisterImport.objects.filter(organisation=request.organisation).select_related("organisation", "added_by")
