"""The questions of one section of the CNIL's form, and the smaller forms of review and filing."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siren

from breachreg.accounts.models import LANGUAGES
from breachreg.law.clock import start_of_day
from breachreg.law.form import Field
from breachreg.notifications.answers import COUNTRIES, Answer, written
from breachreg.notifications.completeness import OWNED_BY_A_PERSON, Point
from breachreg.notifications.reading import CHANGED_ON_ITS_OWN_PAGE, Chapter, Row
from breachreg.register.delay_texts import DelayReasonsInput
from breachreg.register.models import Filing, FilingKind, Incident
from breachreg.web.fields import Amount, AmountField, CodesChoiceField, InstantField, YesNoField, day_field
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK

LONGEST = 20_000
LARGEST_RECAP = 20 * 1024 * 1024


def _offer_texts(form: forms.Form, incident: Incident) -> None:
    """Below the reasons for the delay, texts to start from."""
    if "delay_reasons" in form.fields:
        form.fields["delay_reasons"].widget = DelayReasonsInput(incident, is_open=True)


class SectionForm(QuestionForm):
    """The answers of one section. `changed` gives only what the person changed, as the draft holds it."""

    def __init__(self, *args, chapter: Chapter, language: str, incident: Incident, **kwargs):
        self.rows = [row for row in chapter.rows if row.code not in CHANGED_ON_ITS_OWN_PAGE]
        self.zone = incident.organisation.zone
        initial = {row.code: to_form(row.field, row.entry.value, self.zone) for row in self.rows}
        super().__init__(*args, initial=initial, **kwargs)
        for row in self.rows:
            self.fields[row.code] = _question(row, language)
        _offer_texts(self, incident)
        self.order_fields([row.code for row in self.rows])
        self._dress()

    def _dress(self) -> None:
        from breachreg.web.forms import dress

        for field in self.fields.values():
            dress(field.widget)

    @property
    def changed(self) -> dict[str, Answer]:
        answers = {row.code: to_answer(row.field, self.cleaned_data[row.code]) for row in self.rows}
        shown = {row.code: to_answer(row.field, to_form(row.field, row.entry.value, self.zone)) for row in self.rows}
        return {
            code: answer for code, answer in answers.items() if answer != shown[code] or code in OWNED_BY_A_PERSON
        }


def to_form(field: Field, value: Answer, zone):
    """An answer as its form field takes it."""
    if value is None:
        return None
    match field.type:
        case "instant":
            day_only = len(value) == 10
            return start_of_day(date.fromisoformat(value), zone) if day_only else datetime.fromisoformat(value)
        case "date":
            return date.fromisoformat(value)
        case "count":
            return Amount(value.get("low"), value.get("likely"), value.get("high"))
        case "choices":
            return tuple(value)
        case "files":
            return "\n".join(value)
    return value


def to_answer(field: Field, value) -> Answer:
    """What a form field gave, as an answer; an empty text is not known."""
    if value in (None, ""):
        return None
    match field.type:
        case "instant":
            return written(value.replace(second=0, microsecond=0))  # what a form can show
        case "date":
            return value.isoformat()
        case "count":
            return value._asdict()
        case "choices":
            return list(value)
        case "files":
            return [line.strip() for line in value.splitlines() if line.strip()]
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _question(row: Row, language: str) -> forms.Field:
    field = row.field
    common = {"label": row.label, "required": False, "help_text": _help(row.point)}
    match field.type:
        case "long_text":
            rows = 10 if field.code == "description" else 5
            return forms.CharField(widget=forms.Textarea({"rows": rows}), max_length=LONGEST, **common)
        case "choice":
            choices = [("", _("Not known yet")), *field.choices_from.choices(language)]
            many = len(choices) > 8
            widget = forms.Select() if many else forms.RadioSelect(CHECK)
            return forms.ChoiceField(choices=choices, widget=widget, **common)
        case "choices":
            return CodesChoiceField(
                choices=field.choices_from.choices(language), none_label=_("None of them"), **common
            )
        case "boolean":
            return YesNoField(**common)
        case "instant":
            return InstantField(**common)
        case "date":
            return day_field(**common)
        case "integer":
            return forms.IntegerField(min_value=0, max_value=2_147_483_647, **common)
        case "count":
            return AmountField(**common)
        case "email":
            return forms.CharField(validators=[validate_email], max_length=254, **common)
        case "siren":
            return forms.CharField(validators=[_check_siren], max_length=11, **common)
        case "country":
            choices = [("", _("Not known yet")), *((code, names[language]) for code, names in COUNTRIES.items())]
            if row.entry.value and row.entry.value not in COUNTRIES:
                choices.append((row.entry.value, row.entry.value))
            return forms.ChoiceField(choices=choices, widget=forms.Select(), **common)
        case "files":
            common["help_text"] = _("One file a line, by its name: you attach them in the authority's form.")
            return forms.CharField(widget=forms.Textarea({"rows": 3}), max_length=2_000, **common)
        case "countries":
            return forms.CharField(widget=forms.Textarea({"rows": 3}), max_length=2_000, **common)
    return forms.CharField(max_length=1_000, **common)


def _help(point: Point | None):
    return f"{point.reason} {point.citation}".strip() if point else ""


def _check_siren(value: str) -> None:
    if not siren.is_valid(value):
        raise ValidationError(_("A SIREN has nine digits and a key that fits. Check it on the organisation's extract."))


class DraftForm(QuestionForm):
    """Which kind of notification to draft."""

    kind = forms.ChoiceField(label=_("Which notification do you want to draft?"), widget=forms.RadioSelect(CHECK))

    def __init__(self, *args, kinds: list[FilingKind], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, EXPLAINED[kind]) for kind in kinds]
        self.fields["kind"].initial = kinds[0].value


EXPLAINED = {
    FilingKind.INITIAL: _("Initial: in time, with what is known; the rest follows"),
    FilingKind.COMPLETE: _("Complete: everything is known"),
    FilingKind.COMPLEMENTARY: _("Complementary: what is known now, on top of what the authority holds"),
    FilingKind.WITHDRAWAL: _("Withdrawal: it turned out not to be a personal-data breach"),
}


class TextForm(QuestionForm):
    """One text and the version it speaks about: a summary, a reason, a note."""

    text = forms.CharField(widget=forms.Textarea({"rows": 4}), max_length=LONGEST)

    def __init__(self, *args, label: str, help_text: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class CommentForm(QuestionForm):
    """A comment on a question, on one sentence of its answer, perhaps with a suggested wording."""

    text = forms.CharField(
        label=_("Your comment"), widget=forms.Textarea({"rows": 3}), max_length=LONGEST, required=False,
        help_text=_("Mention a colleague as @First-name Last-name."),
    )
    quote = forms.ChoiceField(label=_("On which sentence?"), required=False, widget=forms.Select())
    suggestion = forms.CharField(
        label=_("Suggest another wording"), widget=forms.Textarea({"rows": 3}), max_length=LONGEST, required=False,
        help_text=_("The author accepts it with one click."),
    )

    def __init__(self, *args, sentences: list[str], can_suggest: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if len(sentences) > 1:
            choices = [(sentence, _shortened(sentence)) for sentence in sentences]
            self.fields["quote"].choices = [("", _("On the whole answer")), *choices]
        else:
            del self.fields["quote"]
        if not can_suggest:
            del self.fields["suggestion"]


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= 90 else f"{sentence[:89]}…"


class FilingForm(QuestionForm):
    """What the authority received: when, under which number, and, where it came late, why."""

    filed_at = InstantField(
        label=_("When did the authority receive it?"), help_text=_("The time on the receipt."), required=True
    )
    receipt_number = forms.CharField(label=_("Which number does the receipt have?"), max_length=60, required=False)
    delay_reasons = forms.CharField(
        label=_("Why is it late?"), widget=forms.Textarea({"rows": 4}), max_length=LONGEST, required=False,
        help_text=_("Art. 33(1): after its deadline the notification says the reasons for the delay."),
    )


class ReceiptForm(FilingForm):
    """What the authority answered to a notification of ours: number, time, recap; and what the law asks besides."""

    unapproved_reason = forms.CharField(
        label=_("Why was it filed without approval?"), widget=forms.Textarea({"rows": 3}), max_length=LONGEST,
        required=False, help_text=_("Kept in the register; the text is reviewed after the fact."),
    )
    recap = forms.FileField(
        label=_("Recap of the notification (PDF)"), required=False,
        help_text=_("The PDF that the authority's form gives you at the end, up to 20 MB."),
        widget=forms.ClearableFileInput({"accept": "application/pdf"}),
    )

    unsigned = forms.BooleanField(
        label=_("Seal without signature and timestamp"), required=False,
        help_text=_("The filing counts all the same; the register says that the documents were sealed without."),
    )

    def __init__(self, *args, incident: Incident, is_late: bool, is_approved: bool, offers_unsigned: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self._without = self.fields["unsigned"]
        if not offers_unsigned:
            del self.fields["unsigned"]
        if not is_late:
            del self.fields["delay_reasons"]
        _offer_texts(self, incident)
        if is_approved:
            del self.fields["unapproved_reason"]
        else:
            self.fields["unapproved_reason"].required = True

    def offer_unsigned(self) -> None:
        """Ask whether to seal without signature and timestamp, because they could not be had."""
        self.fields["unsigned"] = self._without

    def clean_recap(self):
        recap = self.cleaned_data["recap"]
        if recap is None:
            return None
        if recap.size > LARGEST_RECAP:
            raise ValidationError(_("This file is larger than 20 MB. Attach the recap only."))
        start = recap.read(5)
        recap.seek(0)
        if start != b"%PDF-":
            raise ValidationError(_("This is not a PDF. Attach the recap that the authority's form gave you."))
        return recap


class ElsewhereForm(FilingForm):
    """A filing that was made without a draft of ours, with its proof."""

    field_order = ["kind", "filed_at", "receipt_number", "proof", "delay_reasons"]
    kind = forms.ChoiceField(label=_("Which notification was filed?"), widget=forms.RadioSelect(CHECK))
    proof = forms.FileField(
        label=_("Proof"),
        help_text=_("The recap that the authority's form gave, its receipt, or a picture of it. It is kept as evidence."),
    )

    def __init__(self, *args, incident: Incident, kinds: list[FilingKind], **kwargs):
        super().__init__(*args, **kwargs)
        _offer_texts(self, incident)
        self.fields["kind"].choices = [(kind.value, EXPLAINED[kind]) for kind in kinds]
        self.fields["kind"].initial = kinds[0].value
        self.fields["delay_reasons"].help_text = _("Only when it was filed after its deadline (Art. 33(1)).")


class CorrectionForm(FilingForm):
    """What a receipt says that was recorded wrongly, and what was wrong. `seen` is the receipt as the person saw it."""

    field_order = ["filed_at", "receipt_number", "reason", "delay_reasons", "seen"]
    reason = forms.CharField(
        label=_("What was wrong?"), widget=forms.Textarea({"rows": 3}), max_length=LONGEST,
        help_text=_("The register keeps both, with this reason and your name."),
        error_messages={"required": _("Say what was wrong: the register keeps both and the reason.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)  # a receipt without its number ends in a space

    def __init__(self, *args, filing: Filing, **kwargs):
        self.filing = filing
        recorded = {"filed_at": filing.filed_at, "receipt_number": filing.receipt_number, "seen": self.shown}
        super().__init__(*args, initial=recorded | {"delay_reasons": filing.incident.delay_reasons}, **kwargs)
        _offer_texts(self, filing.incident)
        self.fields["delay_reasons"].help_text = _("Only when it was filed after its deadline (Art. 33(1)).")

    @property
    def shown(self) -> str:
        return f"{self.filing.filed_at.isoformat()} {self.filing.receipt_number or ''}"

    def clean(self):
        answers = super().clean()
        if answers.get("seen") != self.shown:
            self.add_error(None, _("Somebody corrected this receipt after you opened the page. Compare, then save again."))
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.shown
        return answers

    @property
    def filed_at(self) -> datetime:
        """The typed instant, or the recorded one when its minute was left as it is: a form shows no seconds."""
        typed, recorded = self.cleaned_data["filed_at"], self.filing.filed_at
        return recorded if typed == recorded.replace(second=0, microsecond=0) else typed


class ControllerForm(QuestionForm):
    """One controller to tell."""

    controller = forms.CharField(label=_("Which controller?"), max_length=200)
    contact = forms.CharField(label=_("Who is written to there?"), max_length=200, required=False)
    email = forms.EmailField(label=_("At which e-mail address?"), required=False)
    address = forms.CharField(label=_("At which postal address?"), max_length=300, required=False)
    people_count = forms.IntegerField(
        label=_("How many people are concerned at this controller?"), min_value=0, max_value=2_147_483_647,
        required=False, help_text=_("Leave it empty when it is not known: the letter then says so."),
    )
    extract = forms.CharField(
        label=_("Which of its data are concerned?"), widget=forms.Textarea({"rows": 3}), max_length=5_000, required=False
    )
    language = forms.ChoiceField(label=_("In which language?"), choices=LANGUAGES, initial="fr", widget=forms.RadioSelect(CHECK))


class ControllerFileForm(QuestionForm):
    """A spreadsheet of controllers."""

    file = forms.FileField(
        label=_("Spreadsheet of the controllers (CSV or XLSX)"),
        help_text=_(
            "One row a controller. Columns: Controller (required), Contact, E-mail, Address, People, Extract, Language; "
            "French heads are understood as well. All rows are taken, or none."
        ),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx"}),
    )


class ToldForm(QuestionForm):
    """That a controller was told by post or in another way."""

    channel = forms.ChoiceField(
        label=_("How was the controller told?"), choices=[("post", _("By post")), ("other", _("In another way"))],
        widget=forms.RadioSelect(CHECK),
    )
    told_at = InstantField(label=_("When?"), required=True)


class PrintForm(QuestionForm):
    """Whose letters are printed."""

    whom = forms.ChoiceField(
        label=_("Whose letters do you want to print?"), initial="without_email", widget=forms.RadioSelect(CHECK),
        choices=[
            ("without_email", _("Those not told yet who have no e-mail address")), ("all", _("Everybody who was not told yet")),
        ],
    )


class PostedForm(QuestionForm):
    """That printed letters were posted."""

    posted_at = InstantField(label=_("When were the letters posted?"), required=True)
