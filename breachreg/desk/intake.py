"""The report of any employee: five questions in plain words, and what they become in the register.

Nothing is refused for being unknown. A file that can't be kept never costs the report: it is saved first.
"""

from collections.abc import Iterable
from datetime import datetime

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.register.actions import report_incident
from breachreg.register.evidence import add_evidence
from breachreg.register.files import FileRefused
from breachreg.register.instants import state_instant
from breachreg.register.models import Incident, InstantKind
from breachreg.web.fields import InstantField, UnknownableField, YesNoField
from breachreg.web.forms import QuestionForm

TITLE_LENGTH = 90
MOST_FILES = 10


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, from the camera too. Gives a list."""

    def __init__(self, **kwargs):
        super().__init__(widget=SeveralFiles({"multiple": True}), required=False, **kwargs)

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_t("Choose ten files at most; you can add more afterwards."))
        return [super(FilesField, self).clean(file, initial) for file in files]


class FilesForm(QuestionForm):
    """More files for a report."""

    files = FilesField(label=_("Do you have a photo or a file that shows it?"), help_text=_("Up to ten. A photo of the screen is fine."))


class IntakeForm(QuestionForm):
    """The five questions."""

    asks_submission = True

    what = forms.CharField(
        label=_("What happened?"), help_text=_("In your own words. One sentence is enough."), max_length=10_000,
        widget=forms.Textarea({"rows": 4}), error_messages={"required": _("Write what happened, even in a few words.")},
    )
    noticed_at = UnknownableField(
        InstantField(label=_("When did you notice it?"), help_text=_("Roughly is fine."), day_is_enough=True)
    )
    concerned = UnknownableField(
        forms.CharField(
            label=_("Whose information is it, and what does it say?"), max_length=5_000,
            help_text=_("Such as: about thirty patients; names, addresses, test results."),
            widget=forms.Textarea({"rows": 3}),
        )
    )
    is_ongoing = YesNoField(
        label=_("Is it still going on?"), required=False,
        help_text=_("Such as: the file is still online, the device is still missing."),
    )
    reach = forms.CharField(
        label=_("How can we reach you in the next hours?"), help_text=_("A telephone number, if you like."), required=False,
        max_length=200,
    )
    files = FilesField(label=_("Do you have a photo or a file that shows it?"), help_text=_("Up to ten. A photo of the screen is fine."))

    def __init__(self, *args, at: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_noticed_at(self):
        noticed_at = self.cleaned_data["noticed_at"]
        if noticed_at and noticed_at > self.at:
            raise forms.ValidationError(_t("This lies ahead. Enter when you noticed it."))
        return noticed_at


@transaction.atomic
def receive(*, organisation: Organisation, answers: dict, by: User, at: datetime) -> Incident:
    """Enter a report in the register; the same submission twice gives the first one back."""
    incident = report_incident(
        organisation=organisation, title=title_of(answers["what"]), report=told(answers), by=by, at=at,
        submission=answers["submission"], is_ongoing=answers["is_ongoing"],
    )
    is_stated = incident.statements.filter(kind=InstantKind.FIRST_SIGNAL).exists()  # by the first press
    if answers["noticed_at"] and not is_stated:
        incident = state_instant(
            incident=incident, kind=InstantKind.FIRST_SIGNAL, instant=answers["noticed_at"], by=by, at=at,
            stated_by=by.full_name,
        )
    return incident


def keep_files(*, incident: Incident, files: Iterable[UploadedFile], by: User, at: datetime) -> list[str]:
    """Keep these files with the report; return what to say about each one that was refused."""
    refused = []
    for file in files:
        try:
            add_evidence(incident=incident, file=file, name=file.name, by=by, at=at)
        except FileRefused as error:
            refused.append(str(error))
    return refused


def title_of(what: str) -> str:
    """A short title from the first line of what was written."""
    return Truncator(what.strip().splitlines()[0]).chars(TITLE_LENGTH)


def told(answers: dict) -> str:
    """The answers as one text, in the words of the person who reported."""
    parts = [answers["what"].strip()]
    parts.append(f"{_t('Whose information:')} {answers['concerned'] or _t('Not known yet')}")
    if answers["reach"]:
        parts.append(f"{_t('To reach me:')} {answers['reach']}")
    return "\n\n".join(parts)
