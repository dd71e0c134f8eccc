"""The pages of a text to the public: as a page, as a press release, and where it was published."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from breachreg.letters import public
from breachreg.letters.actions import note_download
from breachreg.letters.forms import PublicationForm
from breachreg.letters.models import Group, Letter
from breachreg.letters.placeholders import MissingValues
from breachreg.letters.views import find_letter
from breachreg.register.actions import AlreadyClosed
from breachreg.web.pages import page

TEXTS = {"page": public.page_text, "press": public.press_text}


def find_public(request: HttpRequest, reference: str, number: int) -> Letter:
    """The text to the public of an address."""
    letter = find_letter(request, reference, number)
    if letter.group != Group.PUBLIC:
        raise Http404(_("This letter does not speak to the public."))
    return letter


@page("incident.read", methods=("GET",))
def letter_public(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """A text to the public, as a page and as a press release."""
    letter = find_public(request, reference, number)
    return render(request, "letters/public.html", _context(request, letter, PublicationForm()))


@page("incident.read", methods=("GET",))
def letter_public_text(request: HttpRequest, reference: str, number: int, which: str) -> HttpResponse:
    """One of the two texts as a file."""
    letter = find_public(request, reference, number)
    if which not in TEXTS:
        raise Http404(_("There is no such text."))
    texts = _texts(request, letter)
    if not texts:
        return redirect("letter-public", request.organisation.slug, reference, number)
    name = f"{letter.reference}-{which}.txt"
    note_download(letter=letter, by=request.user, at=request.now, details={"file": name})
    response = HttpResponse(texts[which], content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page("letter.write", methods=("POST",))
def letter_publish(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Note where and when the text was published."""
    letter = find_public(request, reference, number)
    form = PublicationForm(request.POST)
    if form.is_valid():
        try:
            public.note_publication(letter=letter, by=request.user, at=request.now, **form.cleaned_data)
        except ValidationError as error:
            for field, said in error.message_dict.items():
                form.add_error(field if field in form.fields else None, said)
        except (public.NotSealed, AlreadyClosed) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Noted, and written into the worksheet of the exemption (Art. 34(3)(c))."))
            return redirect("letter-public", request.organisation.slug, reference, number)
    return render(request, "letters/public.html", _context(request, letter, form), status=422)


def _context(request: HttpRequest, letter: Letter, form: PublicationForm) -> dict:
    return {
        "incident": letter.incident, "letter": letter, "form": form, "texts": _texts(request, letter),
        "publications": letter.publications.select_related("recorded_by"),
    }  # fmt: skip


def _texts(request: HttpRequest, letter: Letter) -> dict[str, str]:
    """Both texts; none while the record misses a value that they name."""
    try:
        return {name: write(letter, letter.approved_at or request.now) for name, write in TEXTS.items()}
    except MissingValues:
        return {}
