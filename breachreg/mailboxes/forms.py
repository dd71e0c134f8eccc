"""The questions that the pages of mailboxes ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.models import Verdict
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK


class MessageFileForm(QuestionForm):
    file = forms.FileField(
        label=_("Which message?"),
        help_text=_("A file saved from a mail programme (.eml or .msg). It is read from outside: nothing is opened or fetched."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )


class JudgeForm(QuestionForm):
    """What a message is, and whether its whole campaign is the same."""

    verdict = forms.ChoiceField(label=_("What is it?"), choices=Verdict.choices, widget=forms.RadioSelect(CHECK))
    reason = forms.CharField(
        label=_("For which reason?"), widget=forms.Textarea({"rows": 2}),
        help_text=_("One sentence: what shows it, and who clicked or answered, if somebody did."),
        error_messages={"required": _("Write the reason: a colleague will ask.")},
    )
    whole_campaign = forms.BooleanField(label=_("The same for every waiting message of this campaign"), required=False)


class IncidentForm(QuestionForm):
    asks_submission = True
    title = forms.CharField(label=_("What happened, in a few words?"), max_length=200)
