"""The page on which somebody is named for each fact that is missing."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.desk.standing import Standing
from breachreg.register.models import Incident
from breachreg.register.promises import promise_fact, withdraw_promise
from breachreg.web.fields import InstantField
from breachreg.web.forms import QuestionForm
from breachreg.web.pages import page


class PromiseForm(QuestionForm):
    """Who owes which fact, for when."""

    field = forms.ChoiceField(label=_("Which fact is missing?"))
    owed_by_user = forms.ModelChoiceField(
        label=_("Who brings it?"), queryset=User.objects.none(), required=False, empty_label=_("Somebody else")
    )
    owed_by = forms.CharField(
        label=_("If somebody else: who?"), max_length=200, required=False, empty_value=None,
        help_text=_("A person or a service without an account here, such as the processor."),
    )
    promised_for = InstantField(label=_("For when is it promised?"), required=False)
    note = forms.CharField(label=_("Is there anything to add?"), max_length=300, required=False, empty_value=None)

    def __init__(self, *args, organisation: Organisation, standing: Standing, **kwargs):
        super().__init__(*args, **kwargs)
        groups = [(_t("Facts of the notification"), standing.gaps), (_t("Questions of the assessment"), standing.open_questions)]
        self.fields["field"].choices = [
            (label, [(gap.fact.name, gap.fact.label) for gap in gaps]) for label, gaps in groups if gaps
        ]
        people = User.objects.filter(memberships__organisation=organisation, is_active=True)
        self.fields["owed_by_user"].queryset = people.distinct().order_by("full_name")


@page("incident.manage")
def promises(request: HttpRequest, reference: str) -> HttpResponse:
    """What is missing with who owes it, and a form to name one more."""
    standing = Standing(_incident(request, reference), request.now)
    form = PromiseForm(
        request.POST or None, initial={"field": _asked_for(request, standing)}, organisation=request.organisation,
        standing=standing,
    )
    if form.is_valid() and _promised(request, standing.incident, form):
        messages.success(request, _t("It is in the ledger."))
        return redirect("promises", request.organisation.slug, reference)
    shown = {"incident": standing.incident, "standing": standing, "form": form}
    return render(request, "desk/promises.html", shown, status=422 if form.errors else 200)


@page("incident.manage", methods=("POST",))
def promise_withdraw(request: HttpRequest, reference: str, promise: int) -> HttpResponse:
    """Take a promise off the ledger."""
    incident = _incident(request, reference)
    withdraw_promise(
        promise=get_object_or_404(incident.promises.filter(kept_at=None), pk=promise), by=request.user, at=request.now
    )
    messages.success(request, _t("The promise was withdrawn."))
    return redirect("promises", request.organisation.slug, reference)


def _promised(request: HttpRequest, incident: Incident, form: PromiseForm) -> bool:
    try:
        promise_fact(incident=incident, by=request.user, at=request.now, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def _asked_for(request: HttpRequest, standing: Standing) -> str | None:
    """The fact that the address names, or the first one that nobody owes."""
    if wanted := request.GET.get("fact"):
        return wanted
    return standing.nobody_owes[0].fact.name if standing.nobody_owes else None


def _incident(request: HttpRequest, reference: str) -> Incident:
    visible = Incident.objects.visible_to(request.user, request.organisation).select_related("organisation")
    return get_object_or_404(visible, reference=reference)
