"""Samples: drawn, looked through, concluded on, taken away as CSV; the population with the recipe to draw again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.scrutiny import sampling
from breachreg.scrutiny.forms import ConclusionForm, SampleForm
from breachreg.scrutiny.models import Sample
from breachreg.web.pager import paginate
from breachreg.web.pages import page

AUDITOR = "audit.question"


@page(AUDITOR)
def samples(request: HttpRequest) -> HttpResponse:
    """The samples that were drawn, and the questions for the next one."""
    form = SampleForm(request.POST or None, initial={"scope": "breaches"})
    if form.is_valid():
        try:
            drawn = sampling.draw(organisation=request.organisation, by=request.user, at=request.now, **form.cleaned_data)
        except ValidationError as refusal:
            for name, said in refusal.message_dict.items():
                form.add_error(name, said)
        else:
            return redirect("sample", request.organisation.slug, drawn.number)
    found = Sample.objects.visible_to(request.user, request.organisation).defer("population").select_related("drawn_by")
    counted = found.order_by("-number").annotate(
        drawn=Count("items"), concluded=Count("items", filter=Q(items__concluded_at__isnull=False))
    )
    shown = {"form": form, "page_obj": paginate(request, counted)}
    return render(request, "scrutiny/samples.html", shown, status=422 if form.errors else 200)


@page(AUDITOR, methods=("GET",))
def sample(request: HttpRequest, number: int) -> HttpResponse:
    """One sample, its incidents with what was concluded, and how to draw it again."""
    chosen = _sample(request, number)
    sampling.note_reading(sample=chosen, by=request.user, at=request.now)
    items = list(chosen.items.select_related("incident", "concluded_by").prefetch_related("questions"))
    gone = min(chosen.size, chosen.population_count) - len(items)
    shown = {"sample": chosen, "items": items, "gone": gone, "recipe": sampling.RECIPE}
    return render(request, "scrutiny/sample.html", shown)


@page(AUDITOR)
def sample_item(request: HttpRequest, number: int, rank: int) -> HttpResponse:
    """The auditor's conclusion on one incident."""
    chosen = _sample(request, number)
    item = get_object_or_404(chosen.items.select_related("incident", "sample__organisation"), rank=rank)
    form = ConclusionForm(request.POST or None, initial={"conclusion": item.conclusion, "note": item.note})
    if form.is_valid():
        sampling.conclude(
            item=item, conclusion=form.cleaned_data["conclusion"], note=form.cleaned_data["note"] or "", by=request.user,
            at=request.now,
        )
        messages.success(request, _("The conclusion is kept."))
        return redirect("sample", request.organisation.slug, number)
    shown = {"sample": chosen, "item": item, "form": form}
    return render(request, "scrutiny/sample_item.html", shown, status=422 if form.errors else 200)


@page(AUDITOR, methods=("GET",))
def sample_csv(request: HttpRequest, number: int) -> HttpResponse:
    """The sample with its conclusions, for a spreadsheet."""
    chosen = _sample(request, number)
    answer = _attachment(request, chosen, "text/csv; charset=utf-8", "csv")
    answer.write("\ufeff")
    sampling.write_csv(sample=chosen, file=answer, by=request.user, at=request.now)
    return answer


@page(AUDITOR, methods=("GET",))
def sample_population(request: HttpRequest, number: int) -> HttpResponse:
    """The references that the sample was drawn from, one a line: the file that the recipe reads."""
    chosen = _sample(request, number)
    sampling.note_reading(sample=chosen, by=request.user, at=request.now)
    answer = _attachment(request, chosen, "text/plain; charset=utf-8", "population.txt")
    answer.write(chosen.population)
    return answer


def _attachment(request: HttpRequest, chosen: Sample, content_type: str, ending: str) -> HttpResponse:
    name = f"{request.organisation.slug}-{chosen.number}.{ending}"
    return HttpResponse(content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sample(request: HttpRequest, number: int) -> Sample:
    visible = Sample.objects.visible_to(request.user, request.organisation)
    return get_object_or_404(visible.select_related("organisation", "drawn_by"), number=number)
