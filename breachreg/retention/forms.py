"""What the pages of retention ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from breachreg.web.forms import QuestionForm


class PeriodForm(QuestionForm):
    years = forms.IntegerField(
        label=_("For how many years are incidents kept after their closure?"), min_value=1, max_value=30,
        help_text=_("The GDPR names no number. Five years is common in France: the general limitation of civil actions (art. 2224 of the Civil Code)."),
        error_messages={
            "min_value": _("Enter a number of years from 1 to 30."), "max_value": _("Enter a number of years from 1 to 30."),
        },
    )


class ProposeForm(QuestionForm):
    """No question: only the name of this one pressing of the button."""

    asks_submission = True


class HoldForm(QuestionForm):
    reason = forms.CharField(label=_("Why must this incident be kept beyond its time?"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class LiftForm(QuestionForm):
    reason = forms.CharField(label=_("Why is the hold not needed any more?"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class RefuseForm(QuestionForm):
    reason = forms.CharField(
        label=_("If you refuse: why?"), widget=forms.Textarea({"rows": 3}), max_length=2000, required=False,
    )


class PurgedFilterForm(QuestionForm):
    q = forms.CharField(label=_("Reference"), required=False, max_length=20)
