"""The pages of a table of recipients: upload, columns with a preview, progress, confirmation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg import celery
from breachreg.accounts.models import LANGUAGES
from breachreg.letters import doubles, imports, reading
from breachreg.letters import recipients as list_of
from breachreg.letters.forms import ColumnsForm, TakeOverForm, UploadForm
from breachreg.letters.mailbox_lists import mailboxes
from breachreg.letters.models import Capacity, ImportState, Letter, RecipientImport
from breachreg.letters.segments import Segment
from breachreg.letters.vault import Purged
from breachreg.letters.views import data_words, find_letter
from breachreg.register.tables import TableError
from breachreg.web.pager import paginate
from breachreg.web.pages import page

_DECISIONS = {"same": True, "another": False}


def find_table(request: HttpRequest, reference: str, number: int, table: int) -> RecipientImport:
    """The table of an address, among those of letters that this person may see."""
    letter = find_letter(request, reference, number)
    entry = get_object_or_404(RecipientImport.objects.select_related("uploaded_by"), pk=table, letter=letter)
    entry.letter = letter
    return entry


def to_table(entry: RecipientImport, name: str = "table") -> HttpResponse:
    """Answer with a redirect to the table's page."""
    letter = entry.letter
    return redirect(name, letter.incident.organisation.slug, letter.incident.reference, letter.number, entry.pk)


@page("letter.write")
def table_upload(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Bring a table of recipients."""
    letter = find_letter(request, reference, number)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            entry = imports.upload(letter=letter, file=file, name=file.name, by=request.user, at=request.now)
        except (TableError, Purged) as error:
            form.add_error("file", str(error))
        else:
            return to_table(entry, "table-columns")
    context = {"incident": letter.incident, "letter": letter, "form": form}
    return render(request, "letters/table_upload.html", context, status=422 if form.errors else 200)


@page("letter.write")
def table_columns(request: HttpRequest, reference: str, number: int, table: int) -> HttpResponse:
    """Say which column is which, see what the first rows become, and let the table be read."""
    entry = find_table(request, reference, number, table)
    if entry.state != ImportState.UPLOADED:
        return to_table(entry)
    form = ColumnsForm(request.POST or None, header=entry.header, known=entry.columns)
    columns = form.columns if form.is_valid() else entry.columns
    if form.is_bound and form.is_valid() and "preview" not in request.POST and _fixed(request, entry, form, columns):
        return to_table(entry)
    context = _context(entry) | {"form": form, "preview": imports.preview(entry, columns, request.now)}
    return render(request, "letters/table_columns.html", context, status=422 if form.errors else 200)


def _fixed(request: HttpRequest, entry: RecipientImport, form: ColumnsForm, columns: dict[str, int]) -> bool:
    try:
        fixed = imports.choose_columns(entry=entry, columns=columns, by=request.user, at=request.now)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    except imports.NotThisStep as error:
        messages.error(request, str(error))
        return True
    if fixed.file_size <= imports.SMALL:
        reading.read_now(fixed, request.now)
    else:
        celery.wake_up()
    return True


@page("recipient.read", methods=("GET",))
def table(request: HttpRequest, reference: str, number: int, table: int) -> HttpResponse:
    """How far a table is: being read, waiting for a confirmation, done. Its progress refreshes itself."""
    entry = find_table(request, reference, number, table)
    context = _context(entry)
    if entry.state == ImportState.READ:
        context |= {"doubles": doubles.of_table(entry).count(), "undecided": doubles.undecided(entry).count()}
        context["segments"] = [_segment_line(*found) for found in imports.segments(entry)]
    name = "letters/table_progress.html" if request.htmx and entry.state == ImportState.READING else "letters/table.html"
    response = render(request, name, context)
    if request.htmx and entry.state != ImportState.READING:
        response.headers["HX-Refresh"] = "true"
    return response


@page("letter.write", methods=("POST",))
def table_confirm(request: HttpRequest, reference: str, number: int, table: int) -> HttpResponse:
    """Put all good rows on the list."""
    entry = find_table(request, reference, number, table)
    try:
        added = imports.confirm(
            entry=entry, by=request.user, at=request.now, leave_out_undecided=_DECISIONS.get(request.POST.get("undecided"))
        )
    except (imports.NotThisStep, imports.Undecided) as error:
        messages.error(request, str(error))
        return to_table(entry)
    said = ngettext("%(count)d person was put on the list.", "%(count)d people were put on the list.", added)
    messages.success(request, said % {"count": added})
    letter = entry.letter
    return redirect("recipients", request.organisation.slug, letter.incident.reference, letter.number)


@page("letter.write")
def table_doubles(request: HttpRequest, reference: str, number: int, table: int) -> HttpResponse:
    """People whom the table names twice, or who stand on a list already: one letter, or one each."""
    entry = find_table(request, reference, number, table)
    if request.method == "POST":
        said = {name.removeprefix("double-"): value for name, value in request.POST.items() if name.startswith("double-")}
        decisions = {int(place): _DECISIONS[value] for place, value in said.items() if place.isdigit() and value in _DECISIONS}
        decided = doubles.decide(entry=entry, decisions=decisions, by=request.user, at=request.now)
        words = ngettext("%(count)d decision was kept.", "%(count)d decisions were kept.", decided) % {"count": decided}
        messages.success(request, words)
        return redirect(f"{request.path}?page={request.POST.get('page', '1')}")
    if entry.state != ImportState.READ:
        return to_table(entry)
    shown = paginate(request, doubles.of_table(entry).select_related("letter__incident").order_by("number"))
    list_of.note_list_reading(letter=entry.letter, searched=False, by=request.user, at=request.now)
    context = _context(entry) | {"page_obj": shown, "pairs": list(doubles.pairs(entry, shown.object_list))}
    return render(request, "letters/table_doubles.html", context)


@page("letter.write")
def take_over(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take the people of the letter's group over from an examined mailbox."""
    letter = find_letter(request, reference, number)
    found = list(mailboxes(letter))
    form = TakeOverForm(request.POST or None, files=found)
    if form.is_valid():
        try:
            entry = imports.take_over(
                letter=letter, file=form.chosen, whose=form.cleaned_data["whose"], by=request.user, at=request.now
            )
        except (imports.NotThisStep, Purged) as error:
            form.add_error(None, str(error))
        else:
            return to_table(entry)
    context = {"incident": letter.incident, "letter": letter, "form": form, "mailboxes": found}
    return render(request, "letters/take_over.html", context, status=422 if form.errors else 200)


@page("letter.write", methods=("POST",))
def table_discard(request: HttpRequest, reference: str, number: int, table: int) -> HttpResponse:
    """Forget a table and its rows."""
    entry = find_table(request, reference, number, table)
    try:
        imports.discard(entry=entry, by=request.user, at=request.now)
        messages.success(request, _("The table and its rows were forgotten."))
    except imports.NotThisStep as error:
        messages.error(request, str(error))
    return redirect("recipients", request.organisation.slug, reference, number)


@page("letter.write", methods=("GET",))
def table_refusals(request: HttpRequest, reference: str, number: int, table: int) -> HttpResponse:
    """The refused rows with what to correct, as CSV."""
    entry = find_table(request, reference, number, table)
    if not entry.refusals_location:
        raise Http404(_("Every row of this table was good."))
    imports.note_refusals_download(entry=entry, by=request.user, at=request.now)
    response = HttpResponse(imports.refusals(entry, request.now), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return response


def _segment_line(segment: Segment, count: int, letter: Letter | None) -> dict:
    """A segment in words, with its letter."""
    return {
        "language": dict(LANGUAGES)[segment.language], "capacity": Capacity(segment.capacity).label, "count": count,
        "data": data_words(segment.data_categories, segment.sensitive_categories, segment.details), "letter": letter,
    }


def _context(entry: RecipientImport) -> dict:
    letter: Letter = entry.letter
    return {"incident": letter.incident, "letter": letter, "table": entry}
