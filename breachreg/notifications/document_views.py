"""What of a notification can be taken away or compared: the draft as PDF, sealed documents, frozen data, two versions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from breachreg.notifications import actions, content, document, neutral, papers
from breachreg.notifications.compare import differences
from breachreg.notifications.held import held_by
from breachreg.notifications.models import Seal, Version
from breachreg.notifications.record import read
from breachreg.notifications.views import READ, load, open_page
from breachreg.web.pages import page


@page(READ, methods=("GET",))
def draft_pdf(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The draft as it is now, as a PDF marked on every page."""
    notification = load(request, reference, number)
    record = read(notification.incident, at=request.now, kind=notification.kind)
    frozen = content.freeze(
        record, notification.entries.as_content(), number=notification.number, version=notification.version,
        held=held_by(notification),
    )
    language = "en" if request.GET.get("language") == "en" else "fr"
    try:
        drawn = document.draw(papers.notification(frozen, kind=papers.DRAFT, language=language, at=request.now))
    except document.CannotDraw as error:
        messages.error(request, str(error))
        return open_page(request, notification)
    name = f"{reference}-{number}-draft-{language}.pdf"
    actions.note_download(
        notification=notification, what=name, sha256=drawn.sha256, by=request.user, at=request.now
    )
    return download(drawn.content, name)


@page(READ, methods=("GET",))
def sealed(request: HttpRequest, reference: str, number: int, seal: int) -> HttpResponse:
    """A sealed document: the stored bytes, never drawn again."""
    notification = load(request, reference, number)
    kept = get_object_or_404(
        Seal.objects.select_related("version"), pk=seal, version__notification=notification
    )
    kept.version.notification = notification
    actions.note_download(
        notification=notification, what=kept.name, sha256=kept.sha256, by=request.user, at=request.now
    )
    return download(bytes(kept.content), kept.name)


@page(READ, methods=("GET",))
def version_data(request: HttpRequest, reference: str, number: int, version: int) -> HttpResponse:
    """The data of a frozen version: the bytes that its SHA-256 was taken over."""
    notification = load(request, reference, number)
    frozen = get_object_or_404(Version, notification=notification, number=version)
    name = f"{reference}-{number}-v{version}.json"
    actions.note_download(notification=notification, what=name, sha256=frozen.sha256, by=request.user, at=request.now)
    return download(neutral.serialise(frozen.content), name, "application/json")


def download(data: bytes, name: str, content_type: str = "application/pdf") -> HttpResponse:
    """An answer that is saved as a file and never shown as a page."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@page(READ, methods=("GET",))
def compare(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Two versions of the incident's notifications side by side, word by word."""
    notification = load(request, reference, number)
    versions = list(
        Version.objects.filter(notification__incident=notification.incident)
        .select_related("notification__incident", "frozen_by").order_by("notification__number", "number")
    )
    names = {_name(version): version for version in versions}
    new = names.get(request.GET.get("new", "")) or (versions[-1] if versions else None)
    earlier = [version for version in versions if new and _place(version) < _place(new)]
    old = names.get(request.GET.get("old", "")) or (earlier[-1] if earlier else None)
    found = (
        differences(old.answers, new.answers, language=get_language(), zone=request.organisation.zone)
        if old and new else []
    )
    return render(
        request, "notifications/compare.html",
        {
            "incident": notification.incident, "notification": notification, "old": old, "new": new,
            "names": list(names.items()), "differences": found,
            "old_name": _name(old) if old else "", "new_name": _name(new) if new else "",
        },
    )


def _name(version: Version) -> str:
    return f"{version.notification.number}.{version.number}"


def _place(version: Version) -> tuple[int, int]:
    return version.notification.number, version.number
