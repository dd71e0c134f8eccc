"""The pages of a run's letters on paper: batches, their files, handing over."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.letters import post
from breachreg.letters.forms import HandOverForm
from breachreg.letters.packages import envelopes_by_format
from breachreg.letters.post_models import Batch, BatchState
from breachreg.letters.run_models import Run
from breachreg.letters.run_views import find_run
from breachreg.letters.vault import Purged
from breachreg.web.pager import paginate
from breachreg.web.pages import page


def find_batch(request: HttpRequest, run: Run, batch: int) -> Batch:
    """The batch of an address, of a run that this person may see."""
    found = get_object_or_404(Batch.objects.select_related("letter__incident"), run=run, number=batch)
    found.run = run
    return found


def to_batches(run: Run) -> HttpResponse:
    """Answer with a redirect to the run's batches."""
    return redirect("run-post", run.incident.organisation.slug, run.incident.reference, run.number)


@page("recipient.read", methods=("GET",))
def run_post(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The batches of a run: what was printed, what each weighs, what was handed over."""
    run = find_run(request, reference, number)
    found = Batch.objects.filter(run=run).select_related("letter__incident", "run__incident")
    shown = paginate(request, found.order_by("number"))
    context = {
        "incident": run.incident, "run": run, "page_obj": shown, "batches": [(each, envelopes_by_format(each.envelopes)) for each in shown.object_list],
        "laid_out": sum(len(names) for names in found.values_list("laid_out", flat=True)),
        "waiting": found.filter(state=BatchState.PRODUCED).count(),
    }
    return render(request, "letters/run_post.html", context)


@page("letter.write", methods=("GET",))
def batch_zip(request: HttpRequest, reference: str, number: int, batch: int) -> HttpResponse:
    """The file of a batch for the printer."""
    found = find_batch(request, find_run(request, reference, number), batch)
    if found.location is None:
        raise Http404(_("The file of this batch was removed; its hashes are kept."))
    try:
        file = post.open_file(found)
    except (Purged, FileNotFoundError) as error:
        raise Http404(_("The file of this batch was removed; its hashes are kept.")) from error
    post.note_download(batch=found, by=request.user, at=request.now)
    return FileResponse(file, as_attachment=True, filename=f"{found.reference}.zip", content_type="application/zip")


@page("letter.write")
def batch_hand_over(request: HttpRequest, reference: str, number: int, batch: int) -> HttpResponse:
    """Say to whom a batch was handed over, and when."""
    run = find_run(request, reference, number)
    found = find_batch(request, run, batch)
    form = HandOverForm(request.POST or None, produced_at=found.produced_at, now=request.now)
    if form.is_valid():
        try:
            told = post.hand_over(
                batch=found, to=form.cleaned_data["to"], handed_over_at=form.cleaned_data["handed_over_at"], by=request.user, at=request.now
            )
        except post.NotThisBatch as error:
            messages.error(request, str(error))
        else:
            said = ngettext("%(count)d person counts as told.", "%(count)d people count as told.", told)
            messages.success(request, said % {"count": told})
        return to_batches(run)
    context = {"incident": run.incident, "run": run, "batch": found, "form": form}
    return render(request, "letters/batch_hand_over.html", context, status=422 if form.errors else 200)


@page("letter.write", methods=("POST",))
def batch_withdraw(request: HttpRequest, reference: str, number: int, batch: int) -> HttpResponse:
    """Take a batch back that was not handed over."""
    run = find_run(request, reference, number)
    try:
        stopped = post.withdraw(batch=find_batch(request, run, batch), by=request.user, at=request.now)
        said = ngettext("Withdrawn. %(count)d letter is not sent by this run.", "Withdrawn. %(count)d letters are not sent by this run.", stopped)
        messages.success(request, said % {"count": stopped})
    except post.NotThisBatch as error:
        messages.error(request, str(error))
    return to_batches(run)
