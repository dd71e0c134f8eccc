"""The base of every form: questions, one helper, and the two hidden tokens that keep a form honest.

`version` is the version of the record that the person saw, so that saving over a colleague's change is noticed.
`submission` is the name of this one filling-in, so that a double press of the button is one submission.
"""

import uuid

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _

from breachreg.web.widgets import dress

STALE = "stale"


class QuestionMixin:
    """What every form of ours shares. Give `version=` for a record that others may change meanwhile.

    Use it as ``{% include "parts/form.html" with form=form submit=... %}``, or ``{% crispy form %}`` inside your own form.
    """

    asks_submission = False

    def __init__(self, *args, version: int | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        if version is not None:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=version)
        if self.asks_submission:
            self.fields["submission"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
        for field in self.fields.values():
            dress(field.widget)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = True
        helper.include_media = False
        return helper

    def refuse_as_stale(self, version: int) -> None:
        """Say that somebody else saved meanwhile, keep what was typed, and let the next press save over it."""
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "Somebody else changed this record while you were typing. What you typed is still here: compare it with "
                    "the record, then save again to keep yours."
                ),
                code=STALE,
            ),
        )
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class QuestionForm(QuestionMixin, forms.Form):
    """A form of questions that is not tied to one table."""


class QuestionModelForm(QuestionMixin, forms.ModelForm):
    """A form of questions over one table."""
