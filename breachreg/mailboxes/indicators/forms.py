"""The questions about indicators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.indicators.values import Kind
from breachreg.web.forms import QuestionForm


class IndicatorForm(QuestionForm):
    value = forms.CharField(
        label=_("Which value?"), max_length=2000,
        help_text=_("An address, a domain, a link, an IP address or a hash, held back (hxxp, [.]) or not."),
    )
    kind = forms.ChoiceField(label=_("Of which kind?"), choices=[("", _("Recognise it")), *Kind.choices], required=False)
    note = forms.CharField(label=_("What is it?"), max_length=300, required=False, empty_value=None)


class IndicatorFileForm(QuestionForm):
    file = forms.FileField(
        label=_("Which file?"),
        help_text=_("A CSV (one value a line, or columns “type” and “value”), a MISP event (JSON) or a STIX 2.1 bundle, at most 20 MB. The same file twice adds nothing."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )


class LookUpForm(QuestionForm):
    q = forms.CharField(label=_("Was this seen here?"), required=False, max_length=2000, help_text=_("An address, a domain, a link, an IP address or a hash."))
