"""Questions about letters and about those who get them."""

from datetime import timedelta

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import LANGUAGES
from breachreg.law import vocabulary
from breachreg.letters.columns import FIELDS
from breachreg.letters.models import Capacity, Channel, Group, PublicationKind, Whose
from breachreg.letters.people import Person
from breachreg.letters.run_models import Result
from breachreg.web.fields import CodesChoiceField, InstantField
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK

DETAIL_WORDS = [
    ("bank_account", _("bank details (IBAN)")), ("payment_card", _("a payment card number")), ("password", _("a password")),
]  # fmt: skip


def _words(name: str):
    return lambda: vocabulary.load(name).choices(get_language() or "fr")


def _text(label, hint: str = "", rows: int = 5):
    return forms.CharField(label=label, help_text=hint, required=False, widget=forms.Textarea(attrs={"rows": rows}))


class SegmentForm(QuestionForm):
    """Whom a letter speaks to."""

    language = forms.ChoiceField(label=_("In which language is the letter?"), choices=LANGUAGES, widget=forms.RadioSelect)
    group = forms.ChoiceField(label=_("Whom does it speak to?"), choices=Group.choices, widget=forms.RadioSelect)
    capacity = forms.ChoiceField(
        label=_("In which capacity do they get it?"), choices=Capacity.choices, widget=forms.RadioSelect
    )
    data_categories = CodesChoiceField(
        label=_("Which data did these people lose?"), choices=_words("data_categories"), required=False,
        help_text=_("The advice in the letter follows from it. People who lost other data get another letter."),
    )
    details = forms.MultipleChoiceField(
        label=_("More exactly, was there…"), required=False, widget=forms.CheckboxSelectMultiple(CHECK),
        choices=DETAIL_WORDS,
    )
    sensitive_categories = CodesChoiceField(
        label=_("Which sensitive data did these people lose?"), choices=_words("sensitive_categories"), required=False
    )


class TextForm(QuestionForm):
    """What a letter says, part by part."""

    subject = forms.CharField(label=_("What is the subject?"), max_length=120, help_text=_("Calm and plain; no marketing."))
    opening = _text(_("How does it begin?"), _("Begin with the salutation's placeholder on a line of its own; then say who writes, and why."), 4)
    what_happened = _text(_("What happened?"), _("What, when, and when it was found out, in everyday words."))
    your_data = _text(_("Which of their data is concerned?"), _("Name the kinds of data; never repeat a leaked value."))
    consequences = _text(_("What can it lead to for them?"))
    measures = _text(_("What did you do, and what will you do?"), _("What exactly; “all necessary measures” says nothing."))
    advice = _text(_("What can they do now?"), _("Three to six points, each on a line that begins with a dash, the most urgent first."), 8)
    never_ask = _text(_("What will you never ask them?"), rows=3)
    contact = _text(_("Whom can they contact?"), _("A person or service that answers, and its hours."), 3)
    complaint = _text(_("What is their right to complain?"), rows=3)
    closing = _text(_("How does it end?"), _("Name and function of who signs, each on a line."), 3)


class CommentForm(QuestionForm):
    """What a reader says about a letter."""

    part = forms.ChoiceField(label=_("Which part do you mean?"), required=False)
    text = forms.CharField(label=_("What should be changed, and why?"), widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("the whole letter")), *parts]

    def clean_part(self) -> str | None:
        return self.cleaned_data["part"] or None


class DecisionForm(QuestionForm):
    """Sending a letter back needs reasons."""

    reasons = forms.CharField(
        label=_("Why do you send it back?"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what to change; the author reads it above the letter."),
    )


class PersonForm(QuestionForm):
    """A recipient, by hand."""

    channel = forms.ChoiceField(label=_("How should they be told?"), choices=Channel.choices, widget=forms.RadioSelect)
    civility = forms.ChoiceField(label=_("How are they addressed?"), required=False)
    first_name = forms.CharField(label=_("What is the first name?"), max_length=100, required=False)
    last_name = forms.CharField(label=_("What is the last name?"), max_length=100, required=False)
    line2 = forms.CharField(label=_("Flat, floor, care of (line 2)"), max_length=100, required=False)
    line3 = forms.CharField(label=_("Entrance, building (line 3)"), max_length=100, required=False)
    line4 = forms.CharField(label=_("Number and street (line 4)"), max_length=100, required=False)
    line5 = forms.CharField(label=_("Locality, PO box (line 5)"), max_length=100, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=60, required=False, help_text=_("Leave it empty for France; otherwise its name in full.")
    )
    email = forms.CharField(label=_("E-mail address"), max_length=254, required=False)
    about = forms.CharField(
        label=_("Whose data was lost, if not theirs?"), max_length=200, required=False,
        help_text=_("The minor or the deceased, for a guardian or an heir. The letter may name them by {personne}."),
    )
    even_if_listed = forms.BooleanField(label=_("Add this person although they stand on the list already"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["civility"].choices = [("", _("not known")), *_words("civilities")()]

    @property
    def person(self) -> Person:
        """The person as typed."""
        return Person.of(self.cleaned_data)

    def refuse(self, problems: list[tuple[str, str]]) -> None:
        """Show each problem at its question."""
        for field, message in problems:
            self.add_error({"identity": "last_name"}.get(field, field), message)


class UploadForm(QuestionForm):
    """A table of recipients."""

    file = forms.FileField(
        label=_("Which table do you bring?"), help_text=_("CSV or XLSX, up to a million rows, with a row that names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class TakeOverForm(QuestionForm):
    """Which examined mailbox, and whose addresses."""

    file = forms.ChoiceField(label=_("From which mailbox?"), widget=forms.RadioSelect)
    whose = forms.ChoiceField(label=_("Whose addresses?"), choices=Whose.choices, widget=forms.RadioSelect, initial=Whose.ALL)

    def __init__(self, *args, files, **kwargs):
        super().__init__(*args, **kwargs)
        self.files = {str(file.pk): file for file in files}
        self.fields["file"].choices = [(key, f"{file.examination.mailbox} · {file}") for key, file in self.files.items()]
        if len(self.files) == 1:
            self.fields["file"].initial = next(iter(self.files))

    @property
    def chosen(self):
        """The examined mailbox that was chosen."""
        return self.files[self.cleaned_data["file"]]


class ColumnsForm(QuestionForm):
    """Which column of the table is which."""

    def __init__(self, *args, header: list[str], known: dict[str, int], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("not in the table")), *((str(place), name) for place, name in enumerate(header))]
        for name, label in FIELDS.items():
            field = forms.ChoiceField(label=label, choices=choices, required=False, initial=str(known.get(name, "")))
            field.widget.attrs["class"] = "form-select"
            self.fields[name] = field

    @property
    def columns(self) -> dict[str, int]:
        """Our column → its position in the table."""
        return {name: int(self.cleaned_data[name]) for name in FIELDS if self.cleaned_data.get(name)}


class RunForm(QuestionForm):
    """Which sealed letters a run sends, and how."""

    letters = forms.MultipleChoiceField(
        label=_("Which letters are sent?"), widget=forms.CheckboxSelectMultiple(CHECK), required=False,
        help_text=_("Sealed letters with people on their list. Whoever was told by an earlier run is left out."),
    )
    attaches_pdf = forms.BooleanField(
        label=_("Attach the letter as PDF to the e-mails"), required=False,
        help_text=_("The whole letter stands in the e-mail in any case."),
    )
    letters_a_file = forms.TypedChoiceField(
        label=_("How many letters on paper make a batch?"), coerce=int, initial=500, empty_value=500, required=False,
        choices=[(100, "100"), (500, "500"), (1000, "1 000"), (2000, "2 000")],
        help_text=_("A batch is what you hand over at once: a ZIP with an index and a batch sheet."),
    )
    files = forms.ChoiceField(
        label=_("How does the printer want them?"), widget=forms.RadioSelect, initial="merged", required=False,
        choices=[("merged", _("one PDF for the batch")), ("each", _("one PDF for each person"))],
    )
    sides = forms.ChoiceField(
        label=_("How are they printed?"), widget=forms.RadioSelect, initial="both", required=False,
        choices=[("both", _("on both sides; each letter begins on a new sheet")), ("one", _("on one side"))],
    )
    without_unsealed = forms.BooleanField(
        label=_("The people of letters that are not sealed yet are told later, by another run"), required=False
    )

    def __init__(self, *args, sendable, unsealed, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_number = {str(letter.number): letter for letter in sendable}
        self.fields["letters"].choices = [(number, _choice(letter)) for number, letter in self.by_number.items()]
        self.fields["letters"].initial = list(self.by_number)
        if not unsealed:
            del self.fields["without_unsealed"]

    @property
    def on_paper(self) -> dict:
        """How the letters on paper are produced."""
        said = self.cleaned_data
        return {
            "letters_a_file": said["letters_a_file"], "is_merged": said["files"] != "each", "is_duplex": said["sides"] != "one",
        }  # fmt: skip

    @property
    def chosen(self) -> list:
        """The letters that were ticked."""
        return [self.by_number[number] for number in self.cleaned_data["letters"]]


def _choice(letter) -> str:
    said = ngettext("%(letter)s, %(subject)s: %(count)d person", "%(letter)s, %(subject)s: %(count)d people", letter.people)
    return said % {"letter": letter.reference, "subject": letter.subject, "count": letter.people}


class LedgerFilter(QuestionForm):
    """What of a run's ledger is shown."""

    q = forms.CharField(label=_("Which reference?"), required=False, help_text=_("Such as HOP-2026-0007-L1-000042, or its last digits."))
    result = forms.ChoiceField(label=_("With which result?"), required=False)
    way = forms.ChoiceField(label=_("By which way?"), required=False, choices=[("", _("any")), *Channel.choices])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [("", _("any")), ("missing", _("can't be written to")), *Result.choices]


class ReturnForm(QuestionForm):
    """Why a letter came back."""

    REASONS = (
        ("unknown", _("unknown at this address")), ("incomplete", _("incomplete address")), ("refused", _("refused by the person")),
        ("unclaimed", _("not collected")), ("mailbox", _("the mailbox does not exist")), ("other", _("another reason")),
    )  # fmt: skip
    reason = forms.ChoiceField(label=_("Why did it come back?"), choices=REASONS, widget=forms.RadioSelect)
    details = forms.CharField(label=_("What else stands on it?"), required=False, max_length=300)

    @property
    def words(self) -> str:
        """The reason as the ledger keeps it."""
        label = str(dict(self.REASONS)[self.cleaned_data["reason"]])
        details = self.cleaned_data["details"]
        return _("%(reason)s: %(details)s") % {"reason": label, "details": details} if details else label


class HandOverForm(QuestionForm):
    """To whom a batch of letters was handed over, and when."""

    to = forms.CharField(label=_("To whom?"), max_length=200, help_text=_("The printer, the mailer or the post office."))
    handed_over_at = InstantField(label=_("When?"))

    def __init__(self, *args, produced_at, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.produced_at, self.now = produced_at, now

    def clean_handed_over_at(self):
        at = self.cleaned_data["handed_over_at"]
        if at is None:
            raise forms.ValidationError(_("Enter the day and the hour."))
        if at > self.now:
            raise forms.ValidationError(_("This lies in the future. Note it once it happened."))
        if at < self.produced_at.replace(second=0, microsecond=0):  # the question asks for the minute
            raise forms.ValidationError(_("The batch was not printed yet then. Enter when it was handed over."))
        return at


class TermForm(QuestionForm):
    """After how many days recipients go."""

    days = forms.IntegerField(
        label=_("How many days after the end of a run do names and addresses go?"), min_value=0, max_value=3650, required=False,
        help_text=_("Count the time for letters to come back, and for questions. Leave it empty to purge by hand."),
    )

    def at_once(self, standings, at) -> list:
        """Those that would go with the next sweep."""
        days = timedelta(days=self.cleaned_data["days"])
        return [each for each in standings if each.told_at and not each.needed_for and each.told_at + days <= at]


class PurgeForm(QuestionForm):
    """Why the recipients of an incident go now."""

    reason = forms.CharField(label=_("Why do they go now?"), max_length=300, help_text=_("Kept in the trail."))
    understood = forms.BooleanField(label=_("I understand that these names and addresses can't be brought back here"))


class PublicationForm(QuestionForm):
    """Where and when a text to the public was published."""

    kind = forms.ChoiceField(label=_("As what?"), choices=PublicationKind.choices, widget=forms.RadioSelect)
    place = forms.CharField(label=_("Where?"), max_length=300, help_text=_("Such as the front page of your site, or the name of the newspaper."))
    address = forms.URLField(label=_("At which address, if it is on line?"), max_length=500, required=False, assume_scheme="https")
    published_at = InstantField(label=_("When was it published?"))
