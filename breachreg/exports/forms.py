"""Questions of the pages of the trail and of exports."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import LANGUAGES, Organisation
from breachreg.audit import catalogue
from breachreg.audit.models import EntryQuerySet
from breachreg.exports.models import Channel, Form
from breachreg.web.fields import InstantField, day_field
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK


class TrailFilterForm(QuestionForm):
    """What the trail is narrowed to; it stands in the address."""

    q = forms.CharField(label=_("Words, a name, a reference"), required=False, max_length=100)
    action = forms.ChoiceField(label=_("What was done"), required=False)
    person = forms.ChoiceField(label=_("By whom"), required=False)
    since = day_field(label=_("From"), required=False)
    until = day_field(label=_("Until"), required=False)

    def __init__(self, *args, organisation: Organisation, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        said = sorted(((code, str(catalogue.label(code))) for code in catalogue.codes()), key=lambda pair: pair[1])
        self.fields["action"].choices = [("", _("Anything")), *said]
        self.fields["person"].choices = [("", _("Anybody")), *((str(pk), name) for pk, name in people), ("-", _("The product itself"))]

    def clean(self):
        answers = super().clean()
        since, until = answers.get("since"), answers.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one. Exchange them."))
        return answers

    def narrow(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries that the answers leave; nothing is narrowed by an answer that is wrong."""
        answers = self.cleaned_data if self.is_valid() else {}
        if answers.get("q"):
            entries = entries.saying(answers["q"])
        if answers.get("action"):
            entries = entries.filter(action=answers["action"])
        if person := answers.get("person"):
            entries = entries.filter(actor_id=None) if person == "-" else entries.filter(actor_id=int(person))
        if answers.get("since"):
            entries = entries.filter(at__gte=self._midnight(answers["since"]))
        if answers.get("until"):
            entries = entries.filter(at__lt=self._midnight(answers["until"] + timedelta(days=1)))
        return entries

    def _midnight(self, day) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.organisation.zone)


class CheckpointForm(QuestionForm):
    text = forms.CharField(
        label=_("Which checkpoint did you keep?"), help_text=_("Paste all of its lines."),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "figures"}), max_length=2000,
    )


class DestinationForm(QuestionForm):
    channel = forms.ChoiceField(label=_("How do checkpoints leave?"), choices=Channel.choices, widget=forms.RadioSelect(CHECK))
    address = forms.CharField(
        label=_("To which address?"), max_length=500,
        help_text=_("An e-mail address, best outside this organisation; or an address that begins with https://."),
    )


class PastForm(QuestionForm):
    """The instant at which the register is to be seen; it stands in the address."""

    at = InstantField(
        label=_("As it stood on which day and hour?"), help_text=_("At the beginning of that minute."),
        error_messages={"required": _("Enter a day and a time: the register is shown as it stood then.")},
    )


class IncidentPackForm(QuestionForm):
    """How the sealed file of one incident is wanted."""

    asks_submission = True

    language = forms.ChoiceField(label=_("In which language?"), choices=LANGUAGES)
    is_redacted = forms.BooleanField(
        label=_("Leave out names, free text and files"), required=False,
        help_text=_("For somebody outside: codes, numbers, dates and the hashes of the files stay, and the file still verifies."),
    )


FILE_FORMS = [Form.PDF, Form.XLSX, Form.CSV, Form.JSON, Form.OPEN_DATA, Form.PACK]


class ExportForm(QuestionForm):
    """What file somebody wants of the register; the filters stand in the address, as on the list."""

    asks_submission = True

    form = forms.ChoiceField(
        label=_("In which format?"), choices=[(form.value, form.label) for form in FILE_FORMS], widget=forms.RadioSelect(CHECK),
        initial=Form.PDF,
    )
    language = forms.ChoiceField(label=_("In which language?"), choices=LANGUAGES)
    as_of = InstantField(
        label=_("As it stood on which day and hour?"), required=False,
        help_text=_("Leave empty for the register as it stands now. The past is rebuilt from the trail."),
    )
    is_redacted = forms.BooleanField(
        label=_("Leave out names and free text"), required=False,
        help_text=_("For somebody outside: the facts that are codes, numbers and dates stay."),
    )
