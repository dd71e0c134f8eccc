"""The pages of letters: list, new, text, review, sealed."""

import tempfile

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.letters import actions, content, placeholders, prefill, production, seal, wording
from breachreg.letters.forms import DETAIL_WORDS, CommentForm, DecisionForm, SegmentForm, TextForm
from breachreg.letters.layout import CannotPrint
from breachreg.letters.models import Capacity, Group, Letter, LetterComment
from breachreg.letters.placeholders import MissingValues
from breachreg.letters.recipients import to_write_to
from breachreg.letters.typography import typeset
from breachreg.register.models import Incident
from breachreg.web.pages import page

IN_MEMORY = 32 * 1024 * 1024


def find_incident(request: HttpRequest, reference: str) -> Incident:
    """The incident of an address, among those that this person may see."""
    seen = Incident.objects.visible_to(request.user, request.organisation).select_related("organisation")
    return get_object_or_404(seen, reference=reference)


def find_letter(request: HttpRequest, reference: str, number: int) -> Letter:
    """The letter of an address, among those that this person may see."""
    seen = Letter.objects.visible_to(request.user, request.organisation)
    seen = seen.select_related("incident__organisation", "created_by", "submitted_by", "approved_by", "replaces")
    return get_object_or_404(seen, incident__reference=reference, number=number)


def to_letter(letter: Letter) -> HttpResponse:
    """Answer with a redirect to the letter's page."""
    return redirect("letter", letter.incident.organisation.slug, letter.incident.reference, letter.number)


@page("incident.read", methods=("GET",))
def letters(request: HttpRequest, reference: str) -> HttpResponse:
    """The letters of an incident."""
    incident = find_incident(request, reference)
    found = Letter.objects.visible_to(request.user, request.organisation).filter(incident=incident)
    context = {"incident": incident, "letters": found.with_people_counted().select_related("incident")}
    return render(request, "letters/letters.html", context)


@page("letter.write")
def letter_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a letter: whom it speaks to; its first text comes from the record and the advice."""
    incident = find_incident(request, reference)
    start = {
        "language": incident.organisation.language, "group": Group.CONCERNED, "capacity": Capacity.PERSON,
        "data_categories": incident.data_categories, "sensitive_categories": incident.sensitive_categories,
    }
    form = SegmentForm(request.POST or None, initial=start)
    if form.is_valid():
        segment = form.cleaned_data
        texts = prefill.first_draft(incident, prefill.Segment(**segment))
        try:
            letter = actions.write_letter(incident=incident, by=request.user, at=request.now, **segment, **texts)
        except actions.NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The first text comes from the record and the advice for these data. Make it yours."))
            return redirect("letter-text", request.organisation.slug, reference, letter.number)
    context = {"incident": incident, "form": form}
    return render(request, "letters/letter_new.html", context, status=422 if form.errors else 200)


@page("incident.read", methods=("GET",))
def letter(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Read a letter, with what the checks and the reviewers say about it."""
    found = find_letter(request, reference, number)
    actions.note_letter_reading(letter=found, by=request.user, at=request.now)
    return render(request, "letters/letter.html", _letter_context(request, found))


def _letter_context(request: HttpRequest, letter: Letter, **more) -> dict:
    values = seal.shared_values(letter)
    findings = [] if letter.is_approved else actions.findings(letter)
    score, least = content.readability_of(actions.texts(letter), letter.language)
    return {
        "incident": letter.incident,
        "letter": letter,
        "parts": [_part(part, letter, findings, values) for part in content.parts()],
        "general_findings": [finding for finding in findings if finding.part in ("", "subject")],
        "readability": None if score is None else round(score), "readable_from": least,
        "stops": sum(finding.stops for finding in findings),
        "comments": letter.comments.select_related("made_by", "settled_by"),
        "comment_form": CommentForm(parts=_part_choices()),
        "can_decide": "letter.review" in request.abilities and actions.can_decide(letter, request.user),
        "recipient_count": to_write_to(letter).count(),
        "data": _labels("data_categories", letter.data_categories),
        "sensitive": _labels("sensitive_categories", letter.sensitive_categories),
        **more,
    }


def _part(part: content.Part, letter: Letter, findings: list, values: dict) -> dict:
    text = typeset(placeholders.fill_known(getattr(letter, part.code), values), letter.language)
    return {
        "code": part.code, "label": letter._meta.get_field(part.code).verbose_name, "article": part.article,
        "heading": part.heading[letter.language], "blocks": wording.blocks_of(text),
        "findings": [finding for finding in findings if finding.part == part.code],
    }


def _part_choices() -> list[tuple[str, object]]:
    return [(code, Letter._meta.get_field(code).verbose_name) for code in actions.TEXTS]


def _labels(name: str, codes: tuple[str, ...] | None) -> list[str] | None:
    return None if codes is None else [vocabulary.load(name).label(code, get_language() or "fr") for code in codes]


def data_words(data, sensitive, details) -> list[str]:
    """Categories of data in words, the unknown ones left out; what exactly comes after its category."""
    return [
        *(_labels("data_categories", data) or []), *(_labels("sensitive_categories", sensitive) or []),
        *(str(label) for code, label in DETAIL_WORDS if code in details),
    ]  # fmt: skip


@page("letter.write")
def letter_text(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Write the parts of a draft."""
    letter = find_letter(request, reference, number)
    form = TextForm(request.POST or None, initial=actions.texts(letter), version=letter.version)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        letter.version = fields.pop("version")
        if _amend(request, letter, form, fields):
            messages.success(request, _("Saved."))
            return to_letter(letter)
    context = {
        "incident": letter.incident, "letter": letter, "form": form, "placeholders": placeholders.ALL,
        "findings": actions.findings(letter),
    }
    return render(request, "letters/letter_text.html", context, status=422 if form.errors else 200)


@page("letter.write")
def letter_segment(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Change whom a draft speaks to; its text stays as it is."""
    letter = find_letter(request, reference, number)
    start = {name: getattr(letter, name) for name in actions.SEGMENT}
    form = SegmentForm(request.POST or None, initial=start, version=letter.version)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        letter.version = fields.pop("version")
        if _amend(request, letter, form, fields):
            messages.success(request, _("Saved. Read the text again: it did not change by itself."))
            return to_letter(letter)
    context = {"incident": letter.incident, "letter": letter, "form": form}
    return render(request, "letters/letter_segment.html", context, status=422 if form.errors else 200)


def _amend(request: HttpRequest, letter: Letter, form, fields: dict) -> bool:
    try:
        actions.amend_letter(letter=letter, by=request.user, at=request.now, **fields)
    except actions.Stale as error:
        form.refuse_as_stale(error.letter.version)
    except actions.NotNow as error:
        form.add_error(None, str(error))
    else:
        return True
    return False


@page("letter.write", methods=("POST",))
def letter_submit(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Hand a draft to review."""
    letter = find_letter(request, reference, number)
    if _step(request, lambda: actions.submit_letter(letter=letter, by=request.user, at=request.now)):
        messages.success(request, _("Submitted. A colleague who wrote none of it reviews it."))
    return to_letter(letter)


@page("letter.review", methods=("POST",))
def letter_approve(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Approve and seal a letter, as it was shown (its version comes with the form)."""
    letter = find_letter(request, reference, number)
    letter.version = _seen_version(request, letter)
    if _step(request, lambda: actions.approve_letter(letter=letter, by=request.user, at=request.now)):
        messages.success(request, _("Approved and sealed. This text never changes again."))
    return to_letter(letter)


@page("letter.review")
def letter_send_back(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Send a letter back to its authors, with reasons."""
    letter = find_letter(request, reference, number)
    form = DecisionForm(request.POST or None, version=letter.version)
    if form.is_valid():
        letter.version = form.cleaned_data["version"]
        try:
            actions.send_back_letter(letter=letter, reasons=form.cleaned_data["reasons"], by=request.user, at=request.now)
        except actions.Stale as error:
            form.refuse_as_stale(error.letter.version)
        except (actions.NotNow, actions.OwnText) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Sent back to its authors."))
            return to_letter(letter)
    context = {"incident": letter.incident, "letter": letter, "form": form}
    return render(request, "letters/letter_send_back.html", context, status=422 if form.errors else 200)


@page("letter.review", "letter.write", methods=("POST",))
def letter_comment(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Say something about a letter."""
    letter = find_letter(request, reference, number)
    form = CommentForm(request.POST, parts=_part_choices())
    if form.is_valid():
        actions.comment_on_letter(letter=letter, by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, _("Your comment stands below the letter."))
        return to_letter(letter)
    return render(request, "letters/letter.html", _letter_context(request, letter, comment_form=form), status=422)


@page("letter.write", methods=("POST",))
def comment_settle(request: HttpRequest, reference: str, number: int, comment: int) -> HttpResponse:
    """Mark a comment as dealt with."""
    letter = find_letter(request, reference, number)
    made = get_object_or_404(LetterComment.objects.select_related("letter__incident__organisation"), pk=comment, letter=letter)
    actions.settle_comment(comment=made, by=request.user, at=request.now)
    return to_letter(letter)


@page("letter.write", methods=("POST",))
def letter_rewrite(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Begin a new version of a sealed letter."""
    letter = find_letter(request, reference, number)
    try:
        new = actions.rewrite_letter(letter=letter, by=request.user, at=request.now)
    except actions.NotNow as error:
        messages.error(request, str(error))
        return to_letter(letter)
    return redirect("letter-text", request.organisation.slug, reference, new.number)


@page("incident.read", methods=("GET",))
def letter_specimen(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The letter as PDF, as an invented person would get it."""
    letter = find_letter(request, reference, number)
    return answer_with_pdf(
        request, letter, f"{letter.reference}-specimen.pdf", lambda out: production.write_specimen(letter, out, request.now)
    )


def answer_with_pdf(request: HttpRequest, letter: Letter, name: str, write) -> HttpResponse:
    """A PDF as a download, recorded in the trail with its hash; trouble becomes a message on the letter's page."""
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
    try:
        produced = write(out)
    except MissingValues as error:
        messages.error(request, _missing(error))
        return to_letter(letter)
    except CannotPrint as error:
        messages.error(request, str(error))
        return to_letter(letter)
    actions.note_download(
        letter=letter, by=request.user, at=request.now,
        details={
            "file": name, "letters": produced.letters, "laid out one by one": produced.laid_out, "sha256": produced.sha256,
        },
    )
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/pdf")


def _missing(error: MissingValues) -> str:
    names = ", ".join(f"{{{code}}}" for code in sorted(error.missing))
    return _("The record does not know the value of %(names)s. Complete the record or the settings, or write the words.") % {
        "names": names
    }


def _step(request: HttpRequest, step) -> bool:
    """Do a step of the review; say why it can't be done."""
    try:
        step()
    except (actions.Stale, actions.NotNow, actions.OwnText) as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, _("The letter is not complete yet: see what is marked below. (%(count)d)") % {"count": len(error.messages)})
    else:
        return True
    return False


def _seen_version(request: HttpRequest, letter: Letter) -> int:
    shown = request.POST.get("version", "")
    return int(shown) if shown.isdigit() else letter.version
