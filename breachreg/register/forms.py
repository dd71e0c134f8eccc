"""The questions that the register asks."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import holders
from breachreg.audit.actions import plain
from breachreg.law import vocabulary
from breachreg.register.columns import TARGETS
from breachreg.register.delay_texts import DelayReasonsInput
from breachreg.register.models import Incident, Qualification
from breachreg.register.sections import Question, Section
from breachreg.web.fields import Amount, AmountField, CodesChoiceField, InstantField, YesNoField, day_field
from breachreg.web.forms import QuestionForm, dress
from breachreg.web.widgets import CHECK

UNKNOWN = ""


class LongText(forms.CharField):
    """Several lines; nothing typed is not known yet."""

    def __init__(self, *, rows: int = 4, **kwargs):
        super().__init__(widget=forms.Textarea({"rows": rows}), empty_value=None, **kwargs)


def choice_field(question: Question) -> forms.Field:
    """One code of a vocabulary, or "not known yet"."""
    choices = [*question.vocabulary.choices(get_language() or "fr"), (UNKNOWN, _t("Not known yet"))]
    return forms.TypedChoiceField(choices=choices, required=False, empty_value=None, widget=forms.RadioSelect(CHECK))


def codes_field(question: Question) -> forms.Field:
    choices = question.vocabulary.choices(get_language() or "fr")
    return CodesChoiceField(choices=choices, none_label=question.none or None, required=False)


FIELDS = {
    "codes": codes_field,
    "code": choice_field,
    "yes_no": lambda question: YesNoField(required=False),
    "amount": lambda question: AmountField(required=False),
    "day": lambda question: day_field(required=False),
    "count": lambda question: forms.IntegerField(min_value=0, required=False),
    "line": lambda question: forms.CharField(max_length=300, required=False, empty_value=None),
    "text": lambda question: LongText(required=False),
}


def field_for(question: Question) -> forms.Field:
    """The form field of a question of the facts, in the language in force."""
    field = FIELDS[question.kind](question)
    field.label, field.help_text = question.label, question.hint
    if question.shown_when:
        field.widget.attrs["data-shown-when"] = question.shown_when
    return field


class SectionForm(QuestionForm):
    """One section of the facts. `seen` is what the section said when the page was opened: a colleague who saved
    another section meanwhile is no reason to stop."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, section: Section, incident: Incident, **kwargs):
        self.section = section
        initial = {"seen": fingerprint(section, incident)} | {
            question.name: _initial(incident, question) for question in section.questions
        }
        super().__init__(*args, initial=initial, version=incident.version, **kwargs)
        for question in section.questions:
            self.fields[question.name] = field_for(question)
            if question.name == "delay_reasons":
                self.fields[question.name].widget = DelayReasonsInput(incident, is_open=bool(incident.delay_reasons))
            dress(self.fields[question.name].widget)

    def facts(self) -> dict[str, Any]:
        """The columns that this section holds, as typed."""
        facts: dict[str, Any] = {}
        for question in self.section.questions:
            value = self.cleaned_data[question.name]
            if question.kind == "amount":
                value = value or Amount(None, None, None)
                facts |= dict(zip(question.columns, value, strict=True))
            else:
                facts[question.columns[0]] = value
        return facts

    def add_column_errors(self, errors: dict[str, list]) -> None:
        """Show what an action says of a column at the question that asks for it."""
        homes = {column: question.name for question in self.section.questions for column in question.columns}
        for column, messages in errors.items():
            self.add_error(homes.get(column), messages)


def fingerprint(section: Section, incident: Incident) -> str:
    """What a section says at the moment, as a short text that changes with it."""
    values = [plain(getattr(incident, column)) for column in section.columns]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _initial(incident: Incident, question: Question) -> Any:
    values = [getattr(incident, column) for column in question.columns]
    return values[0] if len(values) == 1 else Amount(*values)


class QualifyForm(QuestionForm):
    qualification = forms.ChoiceField(
        label=_("Is it a personal-data breach?"), choices=Qualification.choices, widget=forms.RadioSelect(CHECK),
        help_text=_(
            "Yes when personal data were destroyed, lost, altered, disclosed or opened to somebody without a right, "
            "by accident or on purpose (Art. 4(12) GDPR)."
        ),
    )
    reasons = LongText(
        label=_("For which reasons?"), help_text=_("One or two sentences. They stay in the register, also for a “no”."),
        error_messages={"required": _("Write the reasons: the register keeps them.")},
    )


class InstantForm(QuestionForm):
    """When something happened, and who says so."""

    instant = InstantField(
        label=_("When?"), day_is_enough=True,
        help_text=_("Without a time, it counts from 00:00 of that day: the strict reading."),
        error_messages={"required": _("Enter a day, and the time when it is known.")},
    )
    is_estimated = forms.BooleanField(label=_("This is an estimate"), required=False)
    stated_by = forms.CharField(label=_("Who says so?"), max_length=200, required=False, empty_value=None)
    evidence = LongText(
        label=_("On what evidence?"), required=False, rows=2,
        help_text=_("A log, a message, a phone call: what an auditor could look at."),
    )

    @property
    def is_date_only(self) -> bool:
        """Whether a day was typed without a time."""
        return not self.data.get(self.add_prefix("instant_time"))


class AwarenessForm(InstantForm):
    """The awareness needs its source: it starts the clock."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["instant"].label = _t("When did the organisation become aware?")
        for name in ("stated_by", "evidence"):
            self.fields[name].required = True
        self.fields["stated_by"].error_messages["required"] = _t("Name the person or the service that says so.")
        self.fields["evidence"].error_messages["required"] = _t("Say on what evidence: an auditor will ask.")


class AwarenessChangeForm(AwarenessForm):
    """A change of the awareness also needs its reason, and then a second person."""

    reason = LongText(
        label=_("Why should it move?"), error_messages={"required": _("Say why the awareness should move: an auditor will ask.")}
    )


class SecondForm(QuestionForm):
    """What a second person says to what a colleague decided."""

    note = LongText(label=_("What do you want to add?"), required=False, rows=2)


class PartyForm(QuestionForm):
    role = forms.ChoiceField(label=_("What is its role?"), widget=forms.RadioSelect(CHECK))
    name = forms.CharField(label=_("What is its name?"), max_length=200)
    contact = forms.CharField(
        label=_("How can it be reached?"), max_length=300, required=False, empty_value=None,
        help_text=_("A service, an address, a telephone number."),
    )
    told_us_at = InstantField(label=_("When did it tell us?"), required=False, day_is_enough=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = vocabulary.load("party_roles").choices(get_language() or "fr")


class NoteForm(QuestionForm):
    asks_submission = True
    happened_at = InstantField(
        label=_("When did it happen?"), required=False, help_text=_("Leave it empty for “now”."), day_is_enough=True
    )
    text = LongText(label=_("What happened?"), rows=3, error_messages={"required": _("Write what happened.")})
    source = forms.CharField(label=_("Where is that from?"), max_length=300, required=False, empty_value=None)

    def when(self, at: datetime) -> datetime:
        """The instant that was typed, or this one."""
        return self.cleaned_data["happened_at"] or at


class EvidenceForm(QuestionForm):
    file = forms.FileField(
        label=_("Which file?"), error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")}
    )
    note = forms.CharField(
        label=_("What does it show?"), max_length=300, required=False, empty_value=None,
        help_text=_("So that a colleague finds it without opening it."),
    )


class TaskForm(QuestionForm):
    asks_submission = True
    what = forms.CharField(label=_("What has to be done?"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Who does it?"), queryset=None, required=False, empty_label=_("Somebody else"))
    owner_name = forms.CharField(
        label=_("If somebody else: who?"), max_length=200, required=False, empty_value=None,
        help_text=_("A person or a service without an account here."),
    )
    due_at = InstantField(label=_("For when?"), required=False, day_is_enough=True)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = holders("incident.second", organisation)

    def clean(self):
        answers = super().clean()
        if answers.get("owner") and answers.get("owner_name"):
            self.add_error("owner_name", _t("Choose a person, or write a name: not both."))
        return answers


class ChargeForm(QuestionForm):
    """Who acts on the incident."""

    owner = forms.ModelChoiceField(
        label=_("Who is in charge of this incident?"), queryset=None, required=False, empty_label=_("Nobody in particular: every DPO"),
        help_text=_("Reminders go first to who is in charge, and to the next in line when nobody acts."),
    )

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = holders("incident.manage", organisation)


class CloseForm(QuestionForm):
    lessons = LongText(
        label=_("What did we learn?"), required=False, rows=5,
        help_text=_("What will make the same thing less likely, or less harmful. It stays in the register."),
    )


class ReopenForm(QuestionForm):
    reason = LongText(
        label=_("Why is it opened again?"), rows=3, error_messages={"required": _("Say why: the register keeps it.")}
    )


STATES = [
    ("", _("All states")), ("open", _("Open")), ("overdue", _("Overdue")), ("to_notify", _("Clock running")),
    ("unqualified", _("To qualify")), ("breach", _("Breaches")), ("not_a_breach", _("Not a breach")), ("closed", _("Closed")),
]  # fmt: skip


class FilterForm(QuestionForm):
    """What the list is narrowed to; it stands in the address."""

    q = forms.CharField(label=_("Reference or words"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    nature = forms.ChoiceField(label=_("Nature"), required=False)
    origin = forms.ChoiceField(label=_("Origin"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        self.fields["nature"].choices = [("", _t("All natures")), *vocabulary.load("natures").choices(language)]
        self.fields["origin"].choices = [("", _t("All origins")), *vocabulary.load("origins").choices(language)]
        self.fields["year"].choices = [("", _t("All years")), *((year, year) for year in years)]


class TableForm(QuestionForm):
    file = forms.FileField(
        label=_("Which file holds your register?"),
        help_text=_("CSV or Excel (.xlsx), at most 20 MB and 5,000 rows. The CNIL's open data are recognised by themselves."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )


class MappingForm(QuestionForm):
    """Which field each column fills; one select for each column of the table."""

    header_row = forms.IntegerField(label=_("Which row names the columns?"), min_value=1, max_value=1000)
    sheet = forms.ChoiceField(label=_("Which sheet?"), required=False)

    def __init__(self, *args, table, brought, **kwargs):
        mapping = brought.mapping.get("columns", {})
        initial = {"header_row": table.header_row, "sheet": table.sheet}
        initial |= {f"column_{place}": mapping.get(column, "") for place, column in enumerate(table.header)}
        super().__init__(*args, initial=initial, **kwargs)
        self.table = table
        self.fields["sheet"].choices = [(sheet, sheet) for sheet in table.sheets]
        if len(table.sheets) < 2:
            del self.fields["sheet"]
        choices = [("", _t("Leave this column out")), *((target.code, target.label) for target in TARGETS)]
        for place, column in enumerate(table.header):
            field = forms.ChoiceField(label=column, choices=choices, required=False)
            self.fields[f"column_{place}"] = field
            dress(field.widget)

    def clean(self):
        answers = super().clean()
        chosen: dict[str, str] = {}
        for place, column in enumerate(self.table.header):
            code = answers.get(f"column_{place}")
            if code and code in chosen:
                message = _t("“%(column)s” fills this already. Choose one of the two.") % {"column": chosen[code]}
                self.add_error(f"column_{place}", message)
            elif code:
                chosen[code] = column
        return answers

    @property
    def columns(self) -> dict[str, str]:
        """Column of the table to the field that it fills."""
        pairs = ((column, self.cleaned_data.get(f"column_{place}")) for place, column in enumerate(self.table.header))
        return {column: code for column, code in pairs if code}


class ImportForm(QuestionForm):
    closes = forms.BooleanField(
        label=_("These are incidents of the past: close each of them"), required=False, initial=True,
        help_text=_("An import never starts a clock. Leave this empty for incidents that you still work on."),
    )
