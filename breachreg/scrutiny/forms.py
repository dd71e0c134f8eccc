"""Questions of the auditor's room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from breachreg.register.forms import LongText
from breachreg.scrutiny.models import Conclusion, QuestionState, SampleScope
from breachreg.scrutiny.sampling import MOST
from breachreg.web.fields import day_field
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK

LONGEST = 10_000


class RemarkForm(QuestionForm):
    """What is asked or answered."""

    asks_submission = True
    text = LongText(label=_("What do you want to know?"), max_length=LONGEST, rows=5)

    def __init__(self, *args, label: object | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label


class QuestionFilterForm(QuestionForm):
    """Which questions are listed; it stands in the address."""

    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("Not closed")), *QuestionState.choices, ("all", _("All of them"))]


class SampleForm(QuestionForm):
    """What a sample is drawn from, and how many."""

    asks_submission = True
    scope = forms.ChoiceField(label=_("Draw from which incidents?"), choices=SampleScope.choices, widget=forms.RadioSelect(CHECK))
    since_on = day_field(label=_("Reported from which day on?"), required=False, help_text=_("Leave empty for no limit."))
    until_on = day_field(label=_("Reported until which day?"), required=False)
    size = forms.IntegerField(label=_("How many?"), min_value=1, max_value=MOST, initial=5)
    purpose = forms.CharField(label=_("What for?"), max_length=300, required=False, empty_value=None)
    seed = forms.RegexField(
        label=_("With which seed?"), regex=r"^[0-9A-Za-z._-]+$", max_length=64, required=False, empty_value=None,
        help_text=_("Leave empty: one is made at random. Give one to draw a sample again, or one agreed with somebody else."),
        error_messages={"invalid": _("Use letters, digits, full stops, hyphens and underscores only.")},
    )

    def clean(self):
        answers = super().clean()
        since, until = answers.get("since_on"), answers.get("until_on")
        if since and until and until < since:
            self.add_error("until_on", _("This day lies before the first one. Exchange them."))
        return answers


class ConclusionForm(QuestionForm):
    """What the auditor found on one incident of a sample."""

    conclusion = forms.ChoiceField(label=_("What did you find?"), choices=Conclusion.choices, widget=forms.RadioSelect(CHECK))
    note = LongText(label=_("What do you base it on?"), required=False, max_length=LONGEST)


class TicketFileForm(QuestionForm):
    file = forms.FileField(
        label=_("Which file holds the tickets?"),
        help_text=_("CSV or Excel (.xlsx), at most 20 MB and 20,000 rows: a number, a date and a title in each row."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )


class TicketColumnsForm(QuestionForm):
    """Which column holds what."""

    number = forms.TypedChoiceField(label=_("Which column holds the number?"), coerce=int)
    opened_on = forms.TypedChoiceField(label=_("Which column holds the date?"), coerce=int)
    title = forms.TypedChoiceField(label=_("Which column holds the title?"), coerce=int)
    header_row = forms.IntegerField(label=_("Which row names the columns?"), min_value=1, max_value=1000)

    def __init__(self, *args, table, mapping: dict[str, int], **kwargs):
        super().__init__(*args, initial={**mapping, "header_row": table.header_row}, **kwargs)
        choices = [("", _("Choose")), *enumerate(table.header)]
        for name in ("number", "opened_on", "title"):
            self.fields[name].choices = choices

    @property
    def mapping(self) -> dict[str, int]:
        """The answers, as the import takes them."""
        return {name: self.cleaned_data[name] for name in ("number", "opened_on", "title")}


class TicketFilterForm(QuestionForm):
    """Which tickets are listed; it stands in the address."""

    q = forms.CharField(label=_("Number or words"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("Any")), ("unmatched", _("without an incident")), ("matched", _("in the register")),
            ("dismissed", _("ruled out")),
        ],
    )


class TicketNumberForm(QuestionForm):
    number = forms.CharField(label=_("Which ticket of the IT department speaks of this incident?"), max_length=60)


class TicketIncidentForm(QuestionForm):
    reference = forms.CharField(label=_("Which incident is it?"), max_length=20, help_text=_("Its reference, such as HOP-2026-0007."))


class TicketReasonForm(QuestionForm):
    reason = LongText(label=_("Why is it no personal-data incident?"), rows=3)
