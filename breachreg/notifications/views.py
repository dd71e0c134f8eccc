"""Pages of a notification: the list of an incident's, the draft, its sections, its documents, two versions side by side."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.notifications import actions, decision_files, document, signature
from breachreg.notifications.changes import authors
from breachreg.notifications.clocks import clock_for, clocks_of
from breachreg.notifications.completeness import ADVISABLE, BLOCKS, MAY_WAIT
from breachreg.notifications.filing import is_fast_lane
from breachreg.notifications.forms import DraftForm, SectionForm, TextForm
from breachreg.notifications.models import OPEN, Notification, Seal, State
from breachreg.notifications.reading import Chapter, Reading
from breachreg.notifications.standalone import AUDIENCES
from breachreg.register.models import FilingKind, Incident, Qualification
from breachreg.web.clockface import ClockFace
from breachreg.web.pages import page

WRITE = "notification.write"
READ = "incident.read"


def load_incident(request: HttpRequest, reference: str) -> Incident:
    """The incident of this reference, if this person may read every incident here."""
    incidents = Incident.objects.visible_to(request.user, request.organisation).select_related("organisation")
    return get_object_or_404(incidents, reference=reference)


def load(request: HttpRequest, reference: str, number: int) -> Notification:
    """One notification of an incident of this organisation."""
    notifications = Notification.objects.visible_to(request.user, request.organisation).select_related(
        "incident__organisation", "builds_on", "drafted_by", "submitted_by", "approved_by", "unapproved_by",
        "reviewed_after_by", "filing__recorded_by", "ended_by",
    )
    return get_object_or_404(notifications, incident__reference=reference, number=number)


def open_page(request: HttpRequest, notification: Notification, fragment: str = "") -> HttpResponse:
    """Go to the page of this notification."""
    response = redirect(
        "notification-page", request.organisation.slug, notification.incident.reference, notification.number
    )
    response["Location"] += fragment
    return response


def offers_unsigned(request: HttpRequest) -> bool:
    """Whether sealing without signature and timestamp is offered: after it failed, where one is asked for at all."""
    return signature.is_configured() and request.GET.get("unsigned") == "offered"


@page(READ, methods=("GET",))
def overview(request: HttpRequest, reference: str) -> HttpResponse:
    """Every notification of an incident, what the authority holds, and the next one to draft."""
    incident = load_incident(request, reference)
    notifications = list(
        incident.notifications.select_related("approved_by", "drafted_by", "filing").order_by("-number")
    )
    return render(
        request, "notifications/overview.html",
        {
            "incident": incident, "notifications": notifications, "clocks": clocks_of(incident, request.now),
            "form": _draft_form(incident), "may_write": WRITE in request.abilities,
            "open": next((one for one in notifications if one.state in OPEN), None),
            "filings": incident.filings.filter(notification=None).select_related("evidence"),
            "decision": decision_files.current(incident), "offers_unsigned": offers_unsigned(request), "audiences": AUDIENCES,
            "controllers": incident.controller_notices.count(),
        },
    )


def _draft_form(incident: Incident, data=None) -> DraftForm | None:
    kinds = kinds_for(incident)
    return DraftForm(data, kinds=kinds) if kinds else None


def kinds_for(incident: Incident) -> list[FilingKind]:
    """The kinds of notification that can be drafted now; [] when there is nothing to draft."""
    if incident.notifications.filter(state__in=OPEN).exists():
        return []
    is_breach = incident.qualification == Qualification.BREACH
    if incident.filings.exists():
        return [FilingKind.COMPLEMENTARY, FilingKind.WITHDRAWAL] if is_breach else [FilingKind.WITHDRAWAL]
    return [FilingKind.INITIAL, FilingKind.COMPLETE] if is_breach else []


@page(WRITE, methods=("POST",))
def draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Fill a new notification from the record."""
    incident = load_incident(request, reference)
    form = _draft_form(incident, request.POST)
    if form is None or not form.is_valid():
        messages.error(request, _("Nothing was drafted: choose one of the kinds that are offered."))
        return redirect("notification", request.organisation.slug, reference)
    try:
        drafted = actions.draft(
            incident=incident, kind=FilingKind(form.cleaned_data["kind"]), by=request.user, at=request.now
        )
    except actions.AlreadyOpen as already:
        messages.info(request, str(already))
        return open_page(request, already.notification)
    except actions.NotNow as error:
        messages.error(request, str(error))
        return redirect("notification", request.organisation.slug, reference)
    messages.success(request, _("The draft was filled from the record. Read it, and complete what is missing."))
    return open_page(request, drafted)


@page(READ, methods=("GET",))
def notification_page(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The whole notification in the order of the authority's form, with what is missing and who comes next."""
    notification = load(request, reference, number)
    if request.method == "GET":
        actions.note_reading(notification=notification, by=request.user, at=request.now)
    return render(request, "notifications/notification.html", page_context(request, notification))


def page_context(request: HttpRequest, notification: Notification, **forms) -> dict:
    """Everything that the page of a notification shows."""
    reading = Reading(notification, at=request.now, language=get_language())
    may_write, may_review = WRITE in request.abilities, "notification.review" in request.abilities
    review = notification.reviews.select_related("ended_by", "asked_by").last()
    seals, clocks = seals_of(notification), clocks_of(notification.incident, request.now)
    return {
        "incident": notification.incident,
        "notification": notification,
        "reading": reading,
        "builds_on_a_filing": notification.kind not in actions.FIRST_KINDS,
        "clocks": clocks,
        "clock": clock_for(notification.kind, clocks),
        "review_clock": _review_clock(notification, request.now),
        "review": review,
        "blocks": reading.points_of(BLOCKS),
        "advisable": reading.points_of(ADVISABLE),
        "may_wait": reading.points_of(MAY_WAIT),
        "may_write": may_write,
        "is_writing": may_write and notification.is_writable,
        "may_review": may_review,
        "is_author": request.user.pk in authors(notification),
        "is_fast_lane": is_fast_lane(reading.record),
        "offers_unsigned": offers_unsigned(request),
        "seals": seals,
        "sealed": _in_force(notification, seals),
        "versions": list(notification.versions.defer("content").order_by("-number")),
        "send_back_form": TextForm(
            label=_("What is to be done?"), version=notification.version, prefix="back",
            help_text=_("The author reads this first."),
        ),
        **forms,
    }


def _review_clock(notification: Notification, at) -> ClockFace | None:
    if notification.state != State.IN_REVIEW:
        return None
    return ClockFace(at=at, due_at=notification.review_due_at, aware_at=notification.submitted_at)


def _in_force(notification: Notification, seals: list[Seal]) -> Seal | None:
    """The French document that was approved or filed, as the state says; None while there is only a draft."""
    if notification.state not in (State.APPROVED, State.FILED):
        return None
    return next((seal for seal in seals if seal.kind == notification.state and seal.language == "fr"), None)


def seals_of(notification: Notification) -> list[Seal]:
    """The sealed documents of a notification without their bytes, the latest version first."""
    seals = Seal.objects.filter(version__notification=notification).defer("content", "version__content")
    found = list(seals.select_related("version", "sealed_by").order_by("-version__number", "-sealed_at", "-language"))
    for seal in found:
        seal.version.notification = notification
    return found


@page(WRITE)
def section(request: HttpRequest, reference: str, number: int, code: str) -> HttpResponse:
    """Write the answers of one section."""
    notification = load(request, reference, number)
    reading = Reading(notification, at=request.now, language=get_language())
    chapter = next((one for one in reading.chapters if one.section.code == code and one.is_editable), None)
    if chapter is None:
        raise Http404(_("The form has no such section to write in."))
    if not notification.is_writable:
        messages.error(request, _("This notification can't be written on now. Take it back from review first."))
        return open_page(request, notification)
    form = SectionForm(
        request.POST or None, chapter=chapter, language=get_language(), incident=notification.incident,
        version=notification.version,
    )
    met = ()
    if form.is_valid():
        try:
            actions.write(
                notification=notification, seen=form.cleaned_data["version"], values=form.changed, by=request.user,
                at=request.now,
            )
        except actions.Conflict as conflict:
            met = conflict.fields
            form.refuse_as_stale(conflict.notification.version)
        except actions.NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your answers were saved."))
            return open_page(request, notification, f"#{code}")
    context = {
        "incident": notification.incident, "notification": notification, "chapter": chapter, "form": form,
        "met": [reading.row(field) for field in met], "keep": f"notification-{notification.pk}-{code}",
        "following": _following(reading, chapter),
    }
    return render(request, "notifications/section.html", context, status=422 if form.errors else 200)


def _following(reading: Reading, chapter: Chapter) -> Chapter | None:
    later = [one for one in reading.chapters if one.section.number > chapter.section.number and one.is_editable]
    return later[0] if later else None


@page(WRITE, methods=("POST",))
def follow(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take one answer, or every answer that is stale and not typed, from the record again; or keep one as it is."""
    notification = load(request, reference, number)
    reading = Reading(notification, at=request.now, language=get_language())
    field, choice = request.POST.get("field", ""), request.POST.get("choice", "follow")
    fields = (field,) if field in reading.entries else tuple(row.code for row in reading.stale if not row.is_typed)
    return attempt(
        request, notification,
        lambda: _follow_or_keep(request, notification, fields, choice),
        _("The draft was compared with the record again."), f"#field-{field}" if field else "",
    )


def _follow_or_keep(request, notification, fields, choice) -> None:
    if choice == "keep":
        actions.keep(notification=notification, fields=fields, by=request.user, at=request.now)
    else:
        actions.follow_record(
            notification=notification, seen=seen_version(request, notification), fields=fields, by=request.user, at=request.now
        )


@page(WRITE, methods=("POST",))
def change_kind(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Make an initial notification complete, or the other way round."""
    notification = load(request, reference, number)
    kind = FilingKind.COMPLETE if notification.kind == FilingKind.INITIAL else FilingKind.INITIAL
    return attempt(
        request, notification,
        lambda: actions.change_kind(
            notification=notification, seen=seen_version(request, notification), kind=kind, by=request.user, at=request.now
        ),
        _("The kind of notification was changed."),
    )


@page(WRITE, methods=("POST",))
def submit(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Ask for the review of the draft."""
    notification = load(request, reference, number)
    return attempt(
        request, notification,
        lambda: actions.submit(
            notification=notification, seen=seen_version(request, notification), by=request.user, at=request.now
        ),
        _("The draft was submitted for review."),
    )


@page(WRITE, methods=("POST",))
def take_back(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take the draft back from review."""
    notification = load(request, reference, number)
    return attempt(
        request, notification,
        lambda: actions.take_back(
            notification=notification, seen=seen_version(request, notification), by=request.user, at=request.now
        ),
        _("The draft is yours again. Submit it when it is ready."),
    )


@page(WRITE)
def abandon(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Give up an open notification, with the reason."""
    notification = load(request, reference, number)
    form = TextForm(
        request.POST or None, label=_("Why is this notification abandoned?"), version=notification.version,
        help_text=_("Its versions stay in the register."),
    )
    if form.is_valid():
        try:
            actions.abandon(
                notification=notification, seen=form.cleaned_data["version"], reason=form.cleaned_data["text"],
                by=request.user, at=request.now,
            )
        except actions.Conflict as conflict:
            form.refuse_as_stale(conflict.notification.version)
        except actions.NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The notification was abandoned."))
            return redirect("notification", request.organisation.slug, reference)
    context = {"incident": notification.incident, "notification": notification, "form": form}
    return render(request, "notifications/abandon.html", context, status=422 if form.errors else 200)


def seen_version(request: HttpRequest, notification: Notification) -> int:
    """The version that the person had on the screen; a version that never was conflicts with every change."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() else -1


def attempt(request: HttpRequest, notification: Notification, action, done: str, fragment: str = "") -> HttpResponse:
    """Do one action of a button, say how it went, and go back to the notification."""
    try:
        action()
        messages.success(request, done)
    except (actions.Conflict, actions.NotNow, document.CannotDraw) as error:
        messages.error(request, str(error))
    return open_page(request, notification, fragment)
