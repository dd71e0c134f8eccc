"""The form of the assessment, drawn from the law's questions: only what the facts of the record do not answer."""

from dataclasses import replace

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.law.facts import Facts
from breachreg.law.questions import Question
from breachreg.register.assessments import FROM_THE_RECORD, PEOPLE_COUNT, asked_here, facts_of
from breachreg.register.forms import LongText
from breachreg.register.models import Duty, Incident
from breachreg.web.fields import CodesChoiceField, YesNoField
from breachreg.web.forms import QuestionForm, dress
from breachreg.web.widgets import CHECK

RECORD = {*FROM_THE_RECORD, PEOPLE_COUNT}


class AssessmentForm(QuestionForm):
    """The questions that bear on this incident's score and duty; each may stay "not known yet"."""

    def __init__(self, *args, incident: Incident, **kwargs):
        super().__init__(*args, initial=_initial(incident), version=incident.version, **kwargs)
        held = facts_of(incident, {})
        for question in asked_here():
            if field := field_for(question, held):
                self.fields[question.code] = field
                dress(field.widget)

    def answers(self) -> dict:
        """The answers given, as plain values; what is not known yet is left out."""
        given = {name: self.cleaned_data[name] for name in self.fields if name not in ("version", "submission")}
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value is not None
        }


class DecisionForm(QuestionForm):
    """What a named person decides on an assessment."""

    duty = forms.ChoiceField(label=_("What do you decide?"), choices=Duty.choices, widget=forms.RadioSelect(CHECK))
    reasons = LongText(
        label=_("For which reasons?"),
        help_text=_("The register keeps them, and the authority may ask for them (Art. 33(5))."),
        error_messages={"required": _("Write the reasons: the register keeps them (Art. 33(5)).")},
    )
    departure_reasons = LongText(
        label=_("Why does it depart from the recommendation?"), required=False,
        help_text=_("Only when you decide otherwise than recommended."),
    )
    assessment = forms.IntegerField(widget=forms.HiddenInput)


def field_for(question: Question, held: Facts) -> forms.Field | None:
    """The form field of a question; None when what the record says makes it senseless, folded away when another
    answer of this form would have to open it."""
    ours = tuple(each for each in question.asked_when if each[0] not in RECORD)
    theirs = tuple(each for each in question.asked_when if each[0] in RECORD)
    open_by_record = not question.asked_when or (theirs and replace(question, asked_when=theirs).is_asked(held))
    if not open_by_record and not ours:
        return None
    field = _field(question)
    language = get_language() or "fr"
    field.label, field.help_text = question.label(language), question.help(language)
    if not open_by_record:
        field.widget.attrs["data-shown-when"] = " ".join(":".join(each) for each in ours)
    return field


def _field(question: Question) -> forms.Field:
    if question.kind == "boolean":
        return YesNoField(required=False)
    choices = question.choices(get_language() or "fr")
    if question.kind == "choices":
        return CodesChoiceField(choices=choices, none_label=_t("None of them"), required=False)
    return forms.TypedChoiceField(
        choices=[*choices, ("", _t("Not known yet"))], required=False, empty_value=None, widget=forms.RadioSelect(CHECK)
    )


def _initial(incident: Incident) -> dict:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in incident.risk_facts.items()}
