"""The pages of runs: list, new, check, approval, progress, ledger."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from breachreg.letters import figures, ledger, message, preparing, production
from breachreg.letters import runs as steps
from breachreg.letters.forms import LedgerFilter, ReturnForm, RunForm
from breachreg.letters.models import Channel
from breachreg.letters.recipients import rows
from breachreg.letters.run_models import NOT_REACHED, Dispatch, Result, Run, RunState
from breachreg.letters.views import answer_with_pdf, find_incident
from breachreg.register.actions import AlreadyClosed
from breachreg.web.pager import paginate
from breachreg.web.pages import page

PROOFS = {"longest": preparing.longest, "drawn": preparing.drawn}


def find_run(request: HttpRequest, reference: str, number: int) -> Run:
    """The run of an address, among those that this person may see."""
    seen = Run.objects.visible_to(request.user, request.organisation).select_related(
        "incident__organisation", "prepared_by", "checked_by", "approved_by", "started_by"
    )
    return get_object_or_404(seen, incident__reference=reference, number=number)


def find_line(request: HttpRequest, run: Run, place: int) -> Dispatch:
    """The line of a ledger's address."""
    seen = Dispatch.objects.visible_to(request.user, request.organisation)
    seen = seen.select_related("recipient__letter__incident", "letter__incident__organisation", "run__incident__organisation")
    return get_object_or_404(seen, run=run, place=place)


def to_run(run: Run, name: str = "run") -> HttpResponse:
    """Answer with a redirect to the run's page."""
    return redirect(name, run.incident.organisation.slug, run.incident.reference, run.number)


@page("recipient.read", methods=("GET",))
def runs(request: HttpRequest, reference: str) -> HttpResponse:
    """The runs of an incident."""
    incident = find_incident(request, reference)
    found = Run.objects.visible_to(request.user, request.organisation).filter(incident=incident).select_related("incident", "prepared_by")
    listed = [(each, ledger.whole(ledger.progress(each))) for each in found.order_by("-number")]
    context = {
        "incident": incident, "runs": listed, "can_begin": bool(steps.sendable(incident)), "figures": figures.of_incident(incident),
        "is_carried_over": figures.is_carried_over(incident),
    }
    return render(request, "letters/runs.html", context)


@page("letter.write")
def run_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Prepare a run."""
    incident = find_incident(request, reference)
    sendable, unsealed = steps.sendable(incident), steps.unsealed(incident)
    form = RunForm(request.POST if request.method == "POST" else None, sendable=sendable, unsealed=unsealed)
    if form.is_valid():
        try:
            run = steps.prepare(
                incident=incident, letters=form.chosen, attaches_pdf=form.cleaned_data["attaches_pdf"],
                without_unsealed=form.cleaned_data.get("without_unsealed", False), **form.on_paper, by=request.user, at=request.now,
            )
        except ValidationError as error:
            form.add_error(None if set(error.message_dict) - set(form.fields) else "letters", error.messages)
        else:
            preparing.prepare_now(run, request.now)
            return to_run(run)
    context = {"incident": incident, "form": form, "sendable": sendable, "unsealed": unsealed}
    return render(request, "letters/run_new.html", context, status=422 if form.errors else 200)


@page("recipient.read", methods=("GET",))
def run(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """A run and its next step; while something happens in the background, its progress refreshes itself."""
    found = find_run(request, reference, number)
    moving = found.state in (RunState.PREPARING, RunState.SENDING)
    if request.htmx and moving:
        return render(request, "letters/run_progress.html", _progress_context(found))
    response = render(request, "letters/run.html", _run_context(request, found))
    if request.htmx:
        response.headers["HX-Refresh"] = "true"
    return response


def _progress_context(run: Run) -> dict:
    segments = ledger.progress(run)
    return {"incident": run.incident, "run": run, "segments": segments, "whole": ledger.whole(segments)}


def _run_context(request: HttpRequest, run: Run) -> dict:
    missing = run.dispatches.exclude(missing="").count() if run.state == RunState.STOPPED else 0
    return {
        **_progress_context(run),
        "missing": missing,
        "left_out": steps.people_left_out(run) if run.is_before_sending else 0,
        "ways": ledger.ways(run),
        "laid_out": sum(len(names) for names in run.batches.values_list("laid_out", flat=True)),
        "can_approve": run.state == RunState.CHECKED and "incident.second" in request.abilities and run.prepared_by_id != request.user.pk,
    }


@page("recipient.read", methods=("GET",))
def run_ledger(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The lines of a run, person by person."""
    run = find_run(request, reference, number)
    form = LedgerFilter(request.GET or None)
    found = ledger.search(run, **(form.cleaned_data if form.is_valid() else {}))
    shown = paginate(request, found)
    steps.note_reading(run=run, what="ledger", by=request.user, at=request.now)
    people = [row.person for row in rows([line.recipient for line in shown.object_list])]
    context = {
        "incident": run.incident, "run": run, "form": form, "page_obj": shown, "lines": list(zip(shown.object_list, people, strict=True)),
        "not_reached": NOT_REACHED,
    }
    return render(request, "letters/run_ledger.html", context)


@page("recipient.read", methods=("GET",))
def run_ledger_csv(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The ledger as CSV, by references alone."""
    run = find_run(request, reference, number)
    steps.note_reading(run=run, what="ledger.csv", by=request.user, at=request.now, sha256=ledger.sha256_of(run))
    response = StreamingHttpResponse(ledger.lines(run), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{run.reference}-ledger.csv"'
    return response


@page("recipient.read", methods=("GET",))
def run_proof(request: HttpRequest, reference: str, number: int, letter: int, which: str) -> HttpResponse:
    """Letters of a segment to read before the approval: those with the longest names, or ten at random."""
    run = find_run(request, reference, number)
    segment = get_object_or_404(run.letters.select_related("incident__organisation"), number=letter)
    if which not in PROOFS:
        raise Http404(_("There is no such proof."))
    lines = PROOFS[which](run, segment)
    steps.note_reading(run=run, what=which, by=request.user, at=request.now, letters=[line.reference for line in lines])
    found = rows([line.recipient for line in lines])
    people = [(row.person, line.reference, line.way) for line, row in zip(lines, found, strict=True) if row.person]
    name = f"{run.reference}-L{letter}-{which}.pdf"
    return answer_with_pdf(request, segment, name, lambda out: production.Press(segment, request.now).write(out, people))


@page("recipient.read", methods=("GET",))
def run_message(request: HttpRequest, reference: str, number: int, letter: int) -> HttpResponse:
    """The e-mail of a segment as it leaves, to somebody drawn at random, to be read before the approval."""
    run = find_run(request, reference, number)
    segment = get_object_or_404(run.letters.select_related("incident__organisation"), number=letter)
    lines = [line for line in preparing.drawn(run, segment) if line.way == Channel.EMAIL] or list(
        preparing.of_segment(run, segment).filter(way=Channel.EMAIL)[:1]
    )
    person = next(rows([lines[0].recipient])).person if lines else None
    if person is None:
        messages.info(request, _("Nobody on this list is written to by e-mail."))
        return to_run(run)
    steps.note_reading(run=run, what="message", by=request.user, at=request.now, letters=[lines[0].reference])
    mail = message.Messages(run).of(lines[0], person)
    context = {
        "incident": run.incident, "run": run, "letter": segment, "mail": mail, "line": lines[0],
        "sender": message.sender_address(), "sender_domain": message.sender_address().rpartition("@")[2], "bounces_to": message.bounce_address(),
    }
    return render(request, "letters/run_message.html", context)


@page("letter.write", methods=("POST",))
def figures_carry_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Write how many were told, when and how into the record."""
    incident = find_incident(request, reference)
    try:
        found = figures.carry_over(incident=incident, by=request.user, at=request.now)
    except (figures.NothingToTell, AlreadyClosed) as error:
        messages.error(request, str(error))
    else:
        said = ngettext(
            "The record says now: %(count)d person told. The notification takes it from there.",
            "The record says now: %(count)d people told. The notification takes it from there.", found.told,
        )
        messages.success(request, said % {"count": found.told})
    return redirect("runs", request.organisation.slug, reference)


@page("letter.write", methods=("POST",))
def run_again(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Make the lines of a run anew."""

    def again(run: Run) -> None:
        preparing.prepare_now(steps.prepare_again(run=run, by=request.user, at=request.now), request.now)

    return _step(request, reference, number, again, _("Prepared again, from the lists as they stand now."))


def _step_page(ability: str, step: Callable[..., Run], done: str) -> Callable[..., HttpResponse]:
    """The view of a step that a person with this ability takes, and what is said when it is done."""

    @page(ability, methods=("POST",))
    def view(request: HttpRequest, reference: str, number: int) -> HttpResponse:
        return _step(request, reference, number, lambda run: step(run=run, by=request.user, at=request.now), done)

    return view


run_check = _step_page(
    "letter.write", steps.check, gettext_lazy("Checked. A colleague who did not prepare this run approves it now.")
)
run_approve = _step_page("incident.second", steps.approve, gettext_lazy("Approved. The DPO starts the sending."))
run_start = _step_page("letter.write", steps.start, gettext_lazy("Started. The first letters leave within a minute."))
run_pause = _step_page("letter.write", steps.pause, gettext_lazy("Paused: nothing more leaves."))
run_resume = _step_page("letter.write", steps.resume, gettext_lazy("The sending goes on."))


@page("letter.write", methods=("POST",))
def run_cancel(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Cancel what did not go yet."""

    def cancel(run: Run) -> str:
        stopped = steps.cancel(run=run, by=request.user, at=request.now)
        said = ngettext(
            "Cancelled. %(count)d letter did not leave.", "Cancelled. %(count)d letters did not leave.", stopped
        ) % {"count": stopped}  # fmt: skip
        if printed := ledger.totals(run).get(Result.PRODUCED, 0):
            said += " " + ngettext(
                "%(count)d is printed and still here.", "%(count)d are printed and still here.", printed
            ) % {"count": printed}  # fmt: skip
        return said

    return _step(request, reference, number, cancel, "")


@page("letter.write", methods=("POST",))
def line_second_way(request: HttpRequest, reference: str, number: int, place: int) -> HttpResponse:
    """Try the other way for one person."""
    run = find_run(request, reference, number)
    try:
        second = ledger.try_second_way(dispatch=find_line(request, run, place), by=request.user, at=request.now)
        messages.success(request, _("%(reference)s is sent %(way)s as well.") % {"reference": second.reference, "way": second.get_way_display()})
    except ledger.NoSecondWay as error:
        messages.error(request, str(error))
    return to_run(run, "run-ledger")


@page("letter.write")
def line_returned(request: HttpRequest, reference: str, number: int, place: int) -> HttpResponse:
    """Note that a letter came back, with the reason that stands on it."""
    run = find_run(request, reference, number)
    line = find_line(request, run, place)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        noted = ledger.note_returned(line, form.words, by=request.user, at=request.now)
        if noted:
            messages.success(request, _("Noted. A second way is offered in the ledger."))
        else:
            messages.error(request, _("This letter was not sent, or is noted as returned already."))
        return to_run(run, "run-ledger")
    context = {"incident": run.incident, "run": run, "line": line, "form": form, "is_sent": line.result == Result.SENT}
    return render(request, "letters/line_returned.html", context, status=422 if form.errors else 200)


def _step(request: HttpRequest, reference: str, number: int, step: Callable[[Run], object], done: str) -> HttpResponse:
    """Do a step of a run, say what it did, or why it can't be done."""
    run = find_run(request, reference, number)
    try:
        said = step(run)
    except (steps.NotThisState, steps.NotTheSecondPerson) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done or said))
    return to_run(run)
