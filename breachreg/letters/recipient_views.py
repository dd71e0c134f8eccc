"""The pages of those who get a letter: list, search, one person, their letter, all letters."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.letters import production
from breachreg.letters import recipients as list_of
from breachreg.letters.forms import PersonForm
from breachreg.letters.mailbox_lists import GROUPS
from breachreg.letters.models import Channel, Letter, Recipient
from breachreg.letters.people import BadRecipient, opened
from breachreg.letters.vault import Purged, box_for_reading
from breachreg.letters.views import answer_with_pdf, find_letter, to_letter
from breachreg.web.pager import paginate
from breachreg.web.pages import page

MOST_AT_ONCE = 20_000
"""Letters that one download holds; more are produced by a run, in the background."""


def find_recipient(request: HttpRequest, letter: Letter, place: int) -> Recipient:
    """The recipient of an address, among those that this person may see and that were not purged."""
    seen = Recipient.objects.visible_to(request.user, request.organisation).confirmed().filter(sealed__isnull=False)
    return get_object_or_404(seen.select_related("letter__incident__organisation"), letter=letter, number=place)


def to_list(letter: Letter) -> HttpResponse:
    """Answer with a redirect to the list of a letter's recipients."""
    return redirect("recipients", letter.incident.organisation.slug, letter.incident.reference, letter.number)


@page("recipient.read", methods=("GET",))
def recipients(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Who gets a letter, with search and pages."""
    letter = find_letter(request, reference, number)
    words = request.GET.get("q", "").strip()
    found = list_of.search(letter, words)
    shown = paginate(request, found.order_by("number"))
    list_of.note_list_reading(letter=letter, searched=bool(words), by=request.user, at=request.now)
    context = {
        "incident": letter.incident, "letter": letter, "page_obj": shown, "rows": list(list_of.rows(shown.object_list)),
        "q": words, "total": list_of.to_write_to(letter).count(), "tables": letter.imports.order_by("-uploaded_at")[:5],
        "can_take_over": letter.group in GROUPS,
    }
    return render(request, "letters/recipients.html", context)


@page("letter.write")
def recipient_add(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Put a person on the list by hand."""
    letter = find_letter(request, reference, number)
    form = PersonForm(request.POST or None, initial={"channel": Channel.POST})
    if form.is_valid() and _added(request, letter, form):
        return to_list(letter)
    return render(request, "letters/recipient_form.html", _form_context(letter, form), status=422 if form.errors else 200)


def _added(request: HttpRequest, letter: Letter, form: PersonForm) -> bool:
    try:
        recipient = list_of.add_recipient(
            letter=letter, person=form.person, channel=form.cleaned_data["channel"], by=request.user, at=request.now,
            even_if_listed=form.cleaned_data["even_if_listed"],
        )
    except BadRecipient as error:
        form.refuse(error.problems)
    except (list_of.AlreadyOnTheList, Purged) as error:
        form.add_error(None, str(error))
    else:
        messages.success(request, _("On the list as %(reference)s.") % {"reference": recipient.reference})
        return True
    return False


@page("letter.write")
def recipient_edit(request: HttpRequest, reference: str, number: int, place: int) -> HttpResponse:
    """Correct a person's name or address."""
    letter = find_letter(request, reference, number)
    recipient = find_recipient(request, letter, place)
    person = opened(box_for_reading(letter.incident), recipient.sealed)
    form = PersonForm(request.POST or None, initial={**person.__dict__, "channel": recipient.channel})
    del form.fields["even_if_listed"]
    if form.is_valid():
        try:
            list_of.amend_recipient(
                recipient=recipient, person=form.person, channel=form.cleaned_data["channel"], by=request.user, at=request.now
            )
        except BadRecipient as error:
            form.refuse(error.problems)
        else:
            messages.success(request, _("Saved."))
            return to_list(letter)
    context = _form_context(letter, form, recipient=recipient)
    return render(request, "letters/recipient_form.html", context, status=422 if form.errors else 200)


def _form_context(letter: Letter, form: PersonForm, recipient: Recipient | None = None) -> dict:
    return {"incident": letter.incident, "letter": letter, "form": form, "recipient": recipient}


@page("letter.write", methods=("POST",))
def recipient_remove(request: HttpRequest, reference: str, number: int, place: int) -> HttpResponse:
    """Take a person off the list."""
    letter = find_letter(request, reference, number)
    recipient = find_recipient(request, letter, place)
    list_of.remove_recipient(recipient=recipient, by=request.user, at=request.now)
    messages.success(request, _("%(reference)s was taken off the list; it can be put back.") % {"reference": recipient.reference})
    return to_list(letter)


@page("letter.write", methods=("POST",))
def recipient_restore(request: HttpRequest, reference: str, number: int, place: int) -> HttpResponse:
    """Put a person back on the list."""
    letter = find_letter(request, reference, number)
    list_of.restore_recipient(recipient=find_recipient(request, letter, place), by=request.user, at=request.now)
    return to_list(letter)


@page("recipient.read", methods=("GET",))
def recipient_pdf(request: HttpRequest, reference: str, number: int, place: int) -> HttpResponse:
    """The letter of one person."""
    letter = find_letter(request, reference, number)
    recipient = find_recipient(request, letter, place)
    list_of.note_preview(recipient=recipient, by=request.user, at=request.now)
    rows = list(list_of.rows([recipient]))
    return answer_with_pdf(
        request, letter, f"{recipient.reference}.pdf", lambda out: production.write_all(letter, rows, out, request.now)
    )


@page("recipient.read", methods=("GET",))
def letters_pdf(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """All letters that go by post, in one file."""
    letter = find_letter(request, reference, number)
    by_post = list_of.to_write_to(letter).filter(channel=Channel.POST, sealed__isnull=False).order_by("number")
    count = by_post.count()
    if not 0 < count <= MOST_AT_ONCE:
        messages.error(request, _cannot_download(count))
        return to_letter(letter)
    return answer_with_pdf(
        request, letter, f"{letter.reference}.pdf",
        lambda out: production.write_all(letter, list_of.rows(by_post.iterator(chunk_size=2000)), out, request.now),
    )


def _cannot_download(count: int) -> str:
    if not count:
        return _("Nobody on the list gets this letter by post. Add recipients first.")
    return ngettext(
        "One download holds %(most)d letters; this list has %(count)d. Produce it by a run.",
        "One download holds %(most)d letters; this list has %(count)d. Produce them by a run.", count,
    ) % {"most": MOST_AT_ONCE, "count": count}  # fmt: skip
