"""The auditor's questions: asked in place, answered by a DPO, closed by the auditor."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from breachreg.register.models import Incident
from breachreg.scrutiny import questions as actions
from breachreg.scrutiny.forms import QuestionFilterForm, RemarkForm
from breachreg.scrutiny.models import Question, SampleItem
from breachreg.scrutiny.rules import rules
from breachreg.scrutiny.views.room import ENTRANCE
from breachreg.web.pager import paginate
from breachreg.web.pages import page


@page(*ENTRANCE, methods=("GET",))
def questions(request: HttpRequest) -> HttpResponse:
    """The questions, those that are not closed unless one asks for others."""
    form = QuestionFilterForm(request.GET or None)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    found = Question.objects.visible_to(request.user, request.organisation).select_related("incident", "asked_by")
    found = found if state == "all" else found.filter(state=state) if state else found.open()
    page_obj = paginate(request, found)
    shown = {"form": form, "page_obj": page_obj, "lines": [(one, first_words(one)) for one in _with_remarks(page_obj)]}
    return render(request, "scrutiny/questions.html", shown)


@page(*ENTRANCE)
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One question with everything said on it; whose turn it is may write."""
    chosen = _question(request, number)
    may_ask = "audit.question" in request.abilities
    label = _("What do you ask further?") if may_ask else _("What do you answer?")
    form = RemarkForm(request.POST or None, label=label)
    if form.is_valid():
        speak = actions.ask_again if may_ask else actions.answer
        said = {"text": form.cleaned_data["text"], "submission": form.cleaned_data["submission"]}
        try:
            speak(question=chosen, by=request.user, at=request.now, **said)
        except actions.QuestionIsClosed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is written down. The other side is told by e-mail."))
            return redirect("question", request.organisation.slug, number)
    rule = rules().get(chosen.rule) if chosen.rule else None
    shown = {
        "question": chosen, "remarks": chosen.remarks.select_related("written_by"), "form": form, "rule": rule,
        "may_ask": may_ask, "is_open": chosen.closed_at is None,
    }  # fmt: skip
    return render(request, "scrutiny/question.html", shown, status=422 if form.errors else 200)


@page("audit.question")
def question_ask(request: HttpRequest) -> HttpResponse:
    """Ask about what the address names: an incident, an entry of the trail, a finding, an item of a sample."""
    about = _about(request)
    form = RemarkForm(request.POST or None)
    if form.is_valid():
        try:
            asked = actions.ask(
                organisation=request.organisation, text=form.cleaned_data["text"],
                submission=form.cleaned_data["submission"], by=request.user, at=request.now, **about,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("The question is asked. Every DPO is told by e-mail and sees it on the desk."))
            return redirect("question", request.organisation.slug, asked.number)
    rule = rules().get(about["rule"]) if about["rule"] else None
    return render(
        request, "scrutiny/question_ask.html", {"form": form, "about": about, "rule": rule},
        status=422 if form.errors else 200,
    )


@page("audit.question", methods=("POST",))
def question_close(request: HttpRequest, number: int) -> HttpResponse:
    """The auditor is satisfied, or asks no further."""
    chosen = _question(request, number)
    try:
        actions.close(question=chosen, by=request.user, at=request.now)
        messages.success(request, _("The question is closed."))
    except actions.QuestionIsClosed as refusal:
        messages.info(request, str(refusal))
    return redirect("question", request.organisation.slug, number)


def first_words(question: Question) -> str:
    """How a question begins, for a list."""
    remarks = list(question.remarks.all())
    return remarks[0].text[:160] if remarks else ""


def _with_remarks(page_obj):
    found = list(page_obj)
    prefetch_related_objects(found, "remarks")
    return found


def _question(request: HttpRequest, number: int) -> Question:
    visible = Question.objects.visible_to(request.user, request.organisation)
    return get_object_or_404(visible.select_related("incident", "item__sample", "asked_by", "closed_by", "organisation"), number=number)


def _about(request: HttpRequest) -> dict:
    """What the address names, as the action takes it; 404 for what is not of this organisation."""
    asked, here = request.GET, request.organisation
    about: dict = {"incident": None, "entry_number": None, "rule": None, "item": None}
    if reference := asked.get("incident"):
        about["incident"] = get_object_or_404(Incident.objects.visible_to(request.user, here), reference=reference)
    if asked.get("rule") in rules():
        about["rule"] = asked["rule"]
    if (entry := asked.get("entry", "")).isdecimal():
        about["entry_number"] = int(entry[:18])
    if (item := asked.get("item", "")).isdecimal():
        items = SampleItem.objects.filter(sample__organisation=here).select_related("incident", "sample")
        about["item"] = get_object_or_404(items, pk=int(item[:18]))
        about["incident"] = about["item"].incident
    return about
