"""The questions that the pages of an examination ask."""

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.examinations.models import ExaminedFile, Kind
from breachreg.web.fields import AmountField, CodesChoiceField, InstantField
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK


class MailboxQuestion(QuestionForm):
    mailbox = forms.EmailField(
        label=_("Which mailbox was attacked?"), max_length=320,
        help_text=_("Its address. Files about it are compared with one another; each mailbox has its own examination."),
    )  # fmt: skip


class FileQuestion(QuestionForm):
    file = forms.FileField(
        label=_("Which file?"),
        help_text=_("Rules (Get-InboxRule as CSV or JSON, Graph, Gmail, Sieve), a log (Unified Audit Log, Entra sign-ins), or messages (mbox, PST, ZIP or TAR of messages or of a Maildir). It is kept as evidence with its hash."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )  # fmt: skip


class KindQuestion(QuestionForm):
    """What a brought file is; recognised from its content, confirmed by a person."""

    kind = forms.ChoiceField(
        label=_("What is this file?"), choices=Kind.choices, widget=forms.RadioSelect(CHECK),
        error_messages={"required": _("Say what this file is.")},
    )  # fmt: skip

    @classmethod
    def of(cls, file: ExaminedFile, data=None) -> "KindQuestion":
        """The question over one file, with what was recognised ticked."""
        return cls(data, initial={"kind": file.kind or file.guessed_kind}, auto_id=f"id_{file.pk}_%s")


class KnownQuestion(QuestionForm):
    reason = forms.CharField(
        label=_("Which of your systems makes this rule?"), max_length=300,
        error_messages={"required": _("Write which of your systems makes this rule: a colleague will ask.")},
    )  # fmt: skip


class WindowQuestion(QuestionForm):
    start = InstantField(label=_("From when was somebody else in the mailbox?"), required=True)
    end = InstantField(label=_("Until when?"), required=True)


class TakeOverQuestion(QuestionForm):
    """What of a census becomes a fact of the incident; everything is proposed, nothing is taken over by itself."""

    data_categories = CodesChoiceField(label=_("Which categories of data were in the mailbox?"), required=False)
    sensitive_categories = CodesChoiceField(label=_("Which sensitive data?"), required=False)
    people = AmountField(label=_("How many people?"), required=False)
    records = AmountField(label=_("How many records (messages)?"), required=False)

    def __init__(self, *args, data_choices, sensitive_choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["data_categories"].choices = data_choices
        if sensitive_choices:
            self.fields["sensitive_categories"].choices = sensitive_choices
        else:
            del self.fields["sensitive_categories"]

    def clean(self):
        said = super().clean()
        if not self.errors and not any(said.get(name) for name in self.fields if name != "version"):
            raise forms.ValidationError(_t("Choose at least one thing to take over."))
        return said
