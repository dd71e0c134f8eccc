"""The cockpit next to the authority's form, and the receipt."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law.form import load as form_of_the_authority
from breachreg.notifications import actions, document, filing, signature
from breachreg.notifications.clocks import clock_for, clocks_of
from breachreg.notifications.forms import CorrectionForm, ElsewhereForm, FilingForm, ReceiptForm
from breachreg.notifications.models import Notification, State
from breachreg.notifications.reading import Reading
from breachreg.notifications.views import kinds_for, load, load_incident, open_page
from breachreg.register import evidence
from breachreg.register.changes import Stale
from breachreg.register.files import FileRefused, drop_file
from breachreg.register.models import Evidence, FilingKind, Incident
from breachreg.register.receipts import ReceiptChanged, correct_receipt
from breachreg.web.pages import page

WRITE = "notification.write"


@page(WRITE, methods=("GET",))
def cockpit(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Every field of the authority's form in its order, to copy, to tick, to be taken up again elsewhere."""
    notification = load(request, reference, number)
    if not notification.is_open:
        messages.info(request, _("This notification is closed: there is nothing left to carry over."))
        return open_page(request, notification)
    return render(request, "notifications/cockpit.html", cockpit_context(request, notification))


def cockpit_context(request: HttpRequest, notification: Notification) -> dict:
    """What the cockpit shows; the authority's form is in French, so the answers are."""
    reading = Reading(notification, at=request.now, language="fr")
    carried = dict(notification.ticks.values_list("field", "carried"))
    rows = [row for chapter in reading.chapters for row in chapter.rows]
    ticked = {row.code for row in rows if carried.get(row.code) == row.carried}
    return {
        "incident": notification.incident, "notification": notification, "reading": reading, "ticked": ticked,
        "outdated": {row.code for row in rows if row.code in carried} - ticked, "done": len(ticked), "total": len(rows),
        "following": next((row for row in rows if row.code not in ticked), None),
        "clock": clock_for(notification.kind, clocks_of(notification.incident, request.now)), "address": form_of_the_authority().address,
        "is_fast_lane": filing.is_fast_lane(reading.record), "is_large": request.COOKIES.get("cockpit") == "large",
        "interface_language": get_language(),
    }


@page(WRITE, methods=("POST",))
def tick(request: HttpRequest, reference: str, number: int, field: str) -> HttpResponse:
    """Tick a field as carried over, or untick it."""
    notification = load(request, reference, number)
    if field not in form_of_the_authority().by_code or not notification.is_open:
        raise Http404(_("There is no such field to tick."))
    if request.POST.get("choice") == "untick":
        filing.untick(notification=notification, field=field, by=request.user, at=request.now)
    else:
        carried = request.POST.get("carried", "")[:64]
        filing.tick(notification=notification, field=field, carried=carried, by=request.user, at=request.now)
    if request.htmx:
        context = cockpit_context(request, notification)
        row = next((row for chapter in context["reading"].chapters for row in chapter.rows if row.code == field), None)
        return render(request, "notifications/cockpit_field.html", context | {"row": row, "is_answer": True})
    response = redirect("notification-cockpit", request.organisation.slug, reference, number)
    response["Location"] += f"#field-{field}"
    return response


@page(WRITE, methods=("POST",))
def cockpit_size(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Large type for a phone beside the keyboard, or the ordinary size: remembered on this device."""
    load(request, reference, number)
    response = redirect("notification-cockpit", request.organisation.slug, reference, number)
    size = "large" if request.POST.get("size") == "large" else "ordinary"
    response.set_cookie("cockpit", size, max_age=31_536_000, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


@page(WRITE)
def receipt(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Record what the authority answered: the clock stops, and what was filed is sealed."""
    notification = load(request, reference, number)
    if not notification.is_open:
        messages.info(request, _("This filing is recorded already."))
        return open_page(request, notification)
    reading = Reading(notification, at=request.now, language=get_language())
    form = ReceiptForm(
        request.POST or None, request.FILES or None, version=notification.version, incident=notification.incident,
        is_late=reading.record.is_late, is_approved=notification.state == State.APPROVED,
        offers_unsigned="unsigned" in request.POST,
        initial={"delay_reasons": reading.answers.get("delay_reasons"), "filed_at": request.now},
    )
    if form.is_valid() and _record(request, notification, form):
        messages.success(request, _("The filing is recorded, and the documents are sealed."))
        return open_page(request, notification)
    context = {
        "incident": notification.incident, "notification": notification, "form": form,
        "clocks": clocks_of(notification.incident, request.now), "is_fast_lane": filing.is_fast_lane(reading.record),
        "is_approved": notification.state == State.APPROVED,
    }
    return render(request, "notifications/receipt.html", context, status=422 if form.errors else 200)


@page(WRITE)
def elsewhere(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a filing that was made without a draft of ours, with its proof."""
    incident = load_incident(request, reference)
    kinds = kinds_for(incident)
    if not kinds:
        messages.info(request, _("Nothing can be recorded here now: a draft is open, or this incident is no breach."))
        return redirect("notification", request.organisation.slug, reference)
    form = ElsewhereForm(request.POST or None, request.FILES or None, incident=incident, kinds=kinds, initial={"filed_at": request.now})
    if form.is_valid() and _record_elsewhere(request, incident, form):
        messages.success(request, _("The filing is recorded with its proof."))
        return redirect("notification", request.organisation.slug, reference)
    context = {"incident": incident, "form": form, "clocks": clocks_of(incident, request.now)}
    return render(request, "notifications/elsewhere.html", context, status=422 if form.errors else 200)


@page(WRITE)
def correct(request: HttpRequest, reference: str, filing: int) -> HttpResponse:
    """Correct the number or the time of a receipt that was recorded wrongly, with the reason."""
    incident = load_incident(request, reference)
    recorded = get_object_or_404(incident.filings.select_related("incident__organisation", "recorded_by"), pk=filing)
    form = CorrectionForm(request.POST or None, filing=recorded)
    if form.is_valid() and _correct(request, form):
        messages.success(request, _("The receipt is corrected; the trail keeps both."))
        return redirect("notification", request.organisation.slug, reference)
    context = {"incident": incident, "filing": recorded, "form": form, "clocks": clocks_of(incident, request.now)}
    return render(request, "notifications/receipt_correct.html", context, status=422 if form.errors else 200)


def _correct(request: HttpRequest, form: CorrectionForm) -> bool:
    """Correct it; False with the form's errors when it is refused."""
    data = form.cleaned_data
    try:
        correct_receipt(
            filing=form.filing, receipt_number=data["receipt_number"], filed_at=form.filed_at, reason=data["reason"],
            delay_reasons=data["delay_reasons"], by=request.user, at=request.now,
        )
        return True
    except ValidationError as error:
        _add_errors(form, error)
    except (ReceiptChanged, Stale) as error:
        form.add_error(None, str(error))
    return False


def _record_elsewhere(request: HttpRequest, incident: Incident, form: ElsewhereForm) -> bool:
    """Record it; False with the form's errors when it is refused. The proof is kept only with its filing."""
    data = form.cleaned_data
    try:
        with transaction.atomic():
            proof = _keep(request, incident, data["proof"], _("Proof of a filing"))
            with _dropped_on_failure(proof):
                filing.record_elsewhere(
                    incident=incident, kind=FilingKind(data["kind"]), filed_at=data["filed_at"],
                    receipt_number=data["receipt_number"], proof=proof, by=request.user, at=request.now,
                    delay_reasons=data["delay_reasons"],
                )
        return True
    except FileRefused as error:
        form.add_error("proof", str(error))
    except ValidationError as error:
        _add_errors(form, error)
    except (Stale, actions.NotNow) as error:
        form.add_error(None, str(error))
    return False


def _record(request: HttpRequest, notification: Notification, form: ReceiptForm) -> bool:
    """Record the filing; False with the form's errors when it is refused. The recap is kept only with its filing."""
    try:
        document.warm_up()
        with transaction.atomic():
            recap = _keep(request, notification.incident, form.cleaned_data["recap"], _("Recap of the notification"))
            with _dropped_on_failure(recap):
                _file(request, notification, form.cleaned_data, recap)
        return True
    except FileRefused as error:
        form.add_error("recap", str(error))
    except ValidationError as error:
        _add_errors(form, error)
    except actions.Conflict as conflict:
        form.refuse_as_stale(conflict.notification.version)
    except signature.CannotSign as error:
        form.add_error(None, str(error))
        form.offer_unsigned()
    except (Stale, actions.NotNow, filing.NotApproved, document.CannotDraw) as error:
        form.add_error(None, str(error))
    return False


def _file(request: HttpRequest, notification: Notification, data: dict, recap: Evidence | None) -> None:
    filing.file(
        notification=notification, seen=data["version"], filed_at=data["filed_at"],
        receipt_number=data["receipt_number"], by=request.user, at=request.now,
        delay_reasons=data.get("delay_reasons"), evidence=recap,
        unapproved_reason=data.get("unapproved_reason") or "", unsigned=data.get("unsigned", False),
    )


def _keep(request: HttpRequest, incident: Incident, file, note: str) -> Evidence | None:
    if file is None:
        return None
    return evidence.add_evidence(incident=incident, file=file, name=file.name, by=request.user, at=request.now, note=note)


@contextmanager
def _dropped_on_failure(recap: Evidence | None) -> Iterator[None]:
    """Take the stored bytes away again when the filing they belong to is refused; the row goes with the transaction."""
    done = False
    try:
        yield
        done = True
    finally:
        if recap is not None and not done:
            drop_file(recap.location)


def _add_errors(form: FilingForm, error: ValidationError) -> None:
    """Put the register's errors on the fields they name, or on the form when it has no such field."""
    for name, found in error.message_dict.items() if hasattr(error, "error_dict") else [(None, error.messages)]:
        for message in found:
            form.add_error(name if name in form.fields else None, message)
