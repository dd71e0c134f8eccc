"""The living page of parts: each template part in each of its states, for those who build pages. Only with DEBUG."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from breachreg.web.clockface import ClockFace
from breachreg.web.fields import AmountField, CodesChoiceField, InstantField, UnknownableField, YesNoField, day_field
from breachreg.web.forms import QuestionForm
from breachreg.web.pager import paginate
from breachreg.web.pages import public_page

AT = datetime(2026, 10, 24, 9, 12, tzinfo=UTC)
AWARE_AT = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)  # 17:00 in Paris; the clocks go back before it is due
DUE_AT = AWARE_AT + timedelta(hours=72)
NATURES = [("confidentiality", "Loss of confidentiality"), ("integrity", "Loss of integrity"), ("availability", "Loss of availability")]


class SampleForm(QuestionForm):
    """One question of each kind."""

    title = forms.CharField(label="What happened, in a few words?", help_text="Such as: laptop left on a train.")
    narrative = UnknownableField(
        forms.CharField(label="How did it happen?", widget=forms.Textarea, help_text="In the order in which it happened.")
    )
    aware_at = InstantField(label="When did the organisation become aware?", help_text="The 72 hours start here.")
    started_at = UnknownableField(InstantField(label="When did it start?", day_is_enough=True), required=True)
    people = UnknownableField(AmountField(label="How many people are concerned?", help_text="A guess is an answer."), required=True)
    natures = UnknownableField(CodesChoiceField(label="What was lost?", choices=NATURES, none_label="None of these"))
    is_ongoing = YesNoField(label="Is it still going on?", required=False)
    sector = forms.ChoiceField(label="In which sector?", choices=[("", "Choose"), ("health", "Health"), ("public", "Public")])
    told_on = day_field(label="When were the people told?", required=False)
    photo = forms.FileField(label="Do you have a photo?", required=False, help_text="PDF, JPEG or PNG, up to 20 MB.")
    is_sure = forms.BooleanField(label="I read it again", help_text="Nobody is perfect.", required=False)


@public_page(methods=("GET", "POST"))
def parts(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    if not settings.DEBUG:
        raise Http404
    timezone.activate(ZoneInfo("Europe/Paris"))
    form = SampleForm(request.POST or None, version=3)
    if form.is_bound and form.is_valid():
        messages.success(request, repr(form.cleaned_data))
    return render(request, "parts/samples.html", {**_samples(request), "form": form})


def _samples(request: HttpRequest) -> dict:
    return {
        "clocks": [
            ("Running", ClockFace(AT, DUE_AT, AWARE_AT)),
            ("Pressing", ClockFace(DUE_AT - timedelta(hours=3, minutes=4), DUE_AT, AWARE_AT)),
            ("Late", ClockFace(DUE_AT + timedelta(hours=3), DUE_AT, AWARE_AT)),
            ("Not started", ClockFace(AT)),
            ("Filed", ClockFace(AT, DUE_AT, AWARE_AT, DUE_AT - timedelta(hours=9, minutes=12))),
            ("Filed late", ClockFace(AT, DUE_AT, AWARE_AT, DUE_AT + timedelta(days=9))),
        ],
        "at": AT,
        "kinds": ["due", "late", "done", "unknown", "plain"],
        "severities": [(1, "Négligeable"), (2, "Limité"), (3, "Important"), (4, "Maximal"), (None, "")],
        "changes": [
            {"label": "People concerned", "old": None, "new": "between 80 and 400"},
            {"label": "Origin", "old": "Unknown", "new": "Lost or stolen equipment"},
        ],
        "page_obj": paginate(request, range(1, 412)),
        "sort": request.GET.get("sort", "due"),
    }
