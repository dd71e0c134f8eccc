"""The pages on which letters to controllers are printed together, taken away and recorded as posted."""

import tempfile

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.notifications import printing
from breachreg.notifications.actions import NotNow
from breachreg.notifications.forms import PostedForm, PrintForm
from breachreg.notifications.models import LetterPrint
from breachreg.notifications.views import READ, WRITE, load_incident
from breachreg.web.pages import page


@page(WRITE)
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for the letters that go by post."""
    incident = load_incident(request, reference)
    form = PrintForm(request.POST or None)
    if form.is_valid():
        try:
            ordered = printing.order_letters(
                incident=incident, with_email=form.cleaned_data["whom"] == "all", by=request.user, at=request.now
            )
        except NotNow as error:
            form.add_error(None, str(error))
        else:
            said = _("%(count)d letters are being drawn, a few hundred a minute. You can leave this page.")
            messages.success(request, said % {"count": ordered.count})
            return redirect("controllers", request.organisation.slug, reference)
    return render(
        request, "notifications/print_order.html", {"incident": incident, "form": form}, status=422 if form.errors else 200
    )


@page(READ, methods=("GET",))
def download(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The letters of an order: one PDF, or a ZIP file of several."""
    found = _load(request, reference, number)
    parts = list(found.parts.defer("content"))
    if any(part.done_at is None for part in parts):
        raise Http404(_("These letters are not drawn yet."))
    printing.note_download(order=found, by=request.user, at=request.now)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    if len(parts) == 1:
        file.write(bytes(found.parts.get().content))
        name = printing.file_name(parts[0])
    else:
        printing.write_zip(found, file)
        name = f"{reference}-letters-{number}.zip"
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@page(WRITE)
def posted(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Record that the letters of an order were posted: each of them counts as told."""
    found = _load(request, reference, number)
    form = PostedForm(request.POST or None, initial={"posted_at": request.now})
    if form.is_valid():
        try:
            told = printing.note_posted(
                order=found, posted_at=form.cleaned_data["posted_at"], by=request.user, at=request.now
            )
        except NotNow as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error("posted_at", error.messages[0])
        else:
            messages.success(request, _("Recorded: %(count)d controllers were told by post.") % {"count": told})
            return redirect("controllers", request.organisation.slug, reference)
    return render(
        request, "notifications/print_posted.html", {"incident": found.incident, "order": found, "form": form},
        status=422 if form.errors else 200,
    )


def _load(request: HttpRequest, reference: str, number: int) -> LetterPrint:
    incident = load_incident(request, reference)
    found = get_object_or_404(LetterPrint.objects.select_related("incident__organisation"), incident=incident, number=number)
    found.incident = incident
    return found
