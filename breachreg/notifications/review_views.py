"""The buttons and forms of review: comment, suggest, answer, resolve, send back, approve."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.notifications import actions, document, review, signature
from breachreg.notifications.forms import CommentForm, TextForm
from breachreg.notifications.models import Notification, Thread
from breachreg.notifications.reading import Reading, Row
from breachreg.notifications.views import attempt, load, open_page, page_context, seen_version
from breachreg.web.pages import page

WRITE, REVIEW = "notification.write", "notification.review"
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)")


@page(REVIEW, methods=("POST",))
def approve(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Approve the version on the screen, and seal it."""
    notification = load(request, reference, number)
    try:
        review.approve(
            notification=notification, seen=seen_version(request, notification), by=request.user, at=request.now,
            unsigned="unsigned" in request.POST,
        )
        messages.success(request, _("Approved. The documents are sealed: their bytes will not change any more."))
    except review.Incomplete as error:
        missing = ", ".join(f"{point.field.label(get_language())} {point.citation}".strip() for point in error.points)
        messages.error(request, f"{error} {missing}.")
    except signature.CannotSign as error:
        messages.error(request, str(error))
        return open_page(request, notification, "?unsigned=offered")
    except (actions.Conflict, actions.NotNow, review.OwnText, document.CannotDraw) as error:
        messages.error(request, str(error))
    return open_page(request, notification)


@page(REVIEW, methods=("POST",))
def send_back(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Give the draft back to its author with a summary."""
    notification = load(request, reference, number)
    form = TextForm(
        request.POST, label=_("What is to be done?"), version=notification.version, prefix="back",
        help_text=_("The author reads this first."),
    )
    if form.is_valid():
        try:
            review.send_back(
                notification=notification, seen=form.cleaned_data["version"], summary=form.cleaned_data["text"],
                by=request.user, at=request.now,
            )
        except (actions.Conflict, actions.NotNow) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The draft was sent back to its author."))
            return open_page(request, notification)
    context = page_context(request, notification, send_back_form=form)
    return render(request, "notifications/notification.html", context, status=422)


@page(WRITE, REVIEW)
def thread_new(request: HttpRequest, reference: str, number: int, field: str = "") -> HttpResponse:
    """Comment on a question or on the whole, perhaps with another wording."""
    notification = load(request, reference, number)
    row = _row(request, notification, field) if field else None
    form = CommentForm(
        request.POST or None, sentences=sentences_of(row), can_suggest=bool(row and row.is_long)
    )
    if form.is_valid():
        try:
            thread = review.comment(notification=notification, field=field, by=request.user, at=request.now, **form.cleaned_data)
        except (actions.Conflict, actions.NotNow) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your comment was added."))
            return open_page(request, notification, f"#thread-{thread.pk}")
    context = {
        "incident": notification.incident, "notification": notification, "row": row, "form": form,
        "people": review.mentionable(notification),
    }
    return render(request, "notifications/thread_new.html", context, status=422 if form.errors else 200)


def sentences_of(row: Row | None) -> list[str]:
    """The sentences of a text answer that a comment can be on; [] for every other answer."""
    if row is None or not isinstance(row.entry.value, str):
        return []
    return [sentence.strip() for sentence in _SENTENCE.findall(row.entry.value) if sentence.strip()]


def _row(request: HttpRequest, notification: Notification, field: str) -> Row:
    reading = Reading(notification, at=request.now, language=get_language())
    if field not in reading.entries:
        raise Http404(_("The form has no such question."))
    return reading.row(field)


def _thread(request: HttpRequest, reference: str, number: int, thread: int) -> Thread:
    notification = load(request, reference, number)
    found = get_object_or_404(notification.threads.select_related("notification__incident__organisation"), pk=thread)
    found.notification = notification
    return found


@page(WRITE, REVIEW, methods=("POST",))
def thread_reply(request: HttpRequest, reference: str, number: int, thread: int) -> HttpResponse:
    """Answer in a thread."""
    found = _thread(request, reference, number, thread)
    text = request.POST.get("text", "")
    try:
        review.reply(thread=found, text=text, by=request.user, at=request.now)
        messages.success(request, _("Your comment was added."))
    except actions.NotNow as error:
        # What was typed is shown again, so that it can be copied from here.
        messages.error(request, f"{error} {text}".strip())
    return open_page(request, found.notification, f"#thread-{found.pk}")


@page(WRITE, REVIEW, methods=("POST",))
def thread_resolve(request: HttpRequest, reference: str, number: int, thread: int) -> HttpResponse:
    """Close a thread."""
    found = _thread(request, reference, number, thread)
    return attempt(
        request, found.notification, lambda: review.resolve(thread=found, by=request.user, at=request.now),
        _("The thread was resolved."),
    )


@page(WRITE, methods=("POST",))
def suggestion_settle(request: HttpRequest, reference: str, number: int, thread: int) -> HttpResponse:
    """Accept a suggested wording with one click, or decline it."""
    found = _thread(request, reference, number, thread)
    if request.POST.get("choice") == "decline":
        return attempt(
            request, found.notification,
            lambda: review.decline_suggestion(thread=found, by=request.user, at=request.now),
            _("The answer stays as it was."),
        )
    return attempt(
        request, found.notification,
        lambda: review.accept_suggestion(
            thread=found, seen=seen_version(request, found.notification), by=request.user, at=request.now
        ),
        _("The suggested wording is now the answer."), f"#field-{found.field}",
    )


@page(REVIEW)
def review_after(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Review after the fact what was filed without approval."""
    notification = load(request, reference, number)
    form = TextForm(
        request.POST or None, label=_("What did your review find?"),
        help_text=_("Kept in the register next to the reason for filing without approval."),
    )
    if form.is_valid():
        try:
            review.review_after(
                notification=notification, note=form.cleaned_data["text"], by=request.user, at=request.now
            )
        except (actions.Conflict, actions.NotNow, review.OwnText) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your review was recorded."))
            return open_page(request, notification)
    context = {"incident": notification.incident, "notification": notification, "form": form}
    return render(request, "notifications/review_after.html", context, status=422 if form.errors else 200)
