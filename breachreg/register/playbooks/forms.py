"""The questions about playbooks, contacts and measures of prevention."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.law import vocabulary
from breachreg.register.forms import LongText
from breachreg.register.playbooks import book
from breachreg.register.playbooks.models import CountedFrom, Standing
from breachreg.web.fields import CodesChoiceField, InstantField
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK, dress


def role_choices() -> list[tuple[str, str]]:
    """The roles of a response, in the language in force."""
    language = get_language() or "fr"
    return [(role.code, role.title.text(language)) for role in book.roles().values()]


class PlaybookForm(QuestionForm):
    title = forms.CharField(label=_("What is it called?"), max_length=200)
    lead = LongText(label=_("What is it for?"), required=False, rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = vocabulary.load("origins").choices(get_language() or "fr")
        self.fields["origins"] = CodesChoiceField(
            label=_t("For incidents of which origin is it proposed?"), choices=choices, required=False,
            help_text=_t("Leave it empty and it can be chosen for any incident, but is proposed for none."),
        )
        dress(self.fields["origins"].widget)


class StepForm(QuestionForm):
    what = forms.CharField(label=_("What has to be done?"), max_length=300)
    why = LongText(label=_("Why, or how?"), required=False, rows=2)
    role = forms.ChoiceField(label=_("Who does it?"), help_text=_("The contact book says who plays this role."))
    hours = forms.IntegerField(
        label=_("Within how many hours?"), required=False, min_value=1, max_value=8760, help_text=_("Leave it empty for no date.")
    )
    counted_from = forms.ChoiceField(
        label=_("Counted from when?"), choices=CountedFrom.choices, widget=forms.RadioSelect(CHECK), initial=CountedFrom.AWARE
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()


class PersonChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.full_name


class ContactForm(QuestionForm):
    role = forms.ChoiceField(label=_("Which role?"))
    name = forms.CharField(label=_("Who?"), max_length=200, help_text=_("A person or a service."))
    user = PersonChoiceField(
        label=_("Do they have an account here?"), queryset=None, required=False, empty_label=_("No"),
        help_text=_("Then their tasks are given to that account."),
    )
    phone = forms.CharField(label=_("At which telephone number?"), max_length=60, required=False, empty_value=None)
    email = forms.EmailField(label=_("At which e-mail address?"), required=False, empty_value=None)
    note = forms.CharField(
        label=_("What else should one know?"), max_length=300, required=False, empty_value=None,
        help_text=_("Hours, stand-in, contract number."),
    )

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()
        self.fields["user"].queryset = holders("incident.second", organisation)


class MeasureForm(QuestionForm):
    """A measure of the catalogue or one in one's own words; what is decided after needs an owner and a date."""

    code = forms.ChoiceField(label=_("Which measure?"), required=False)
    text = forms.CharField(label=_("Or in your own words"), max_length=300, required=False)
    standing = forms.ChoiceField(label=_("In place before, or decided after?"), choices=Standing.choices, widget=forms.RadioSelect(CHECK))
    owner = PersonChoiceField(label=_("If decided after: who does it?"), queryset=None, required=False, empty_label=_("Somebody else"))
    owner_name = forms.CharField(label=_("If somebody else: who?"), max_length=200, required=False, empty_value=None)
    due_at = InstantField(label=_("For when?"), required=False, day_is_enough=True)

    def __init__(self, *args, organisation, choices: list, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", _t("In your own words")), *choices]
        self.fields["owner"].queryset = holders("incident.second", organisation)

    def clean(self):
        answers = super().clean()
        if answers.get("code") and answers.get("text"):
            self.add_error("text", _t("Choose a measure, or write one: not both."))
        if answers.get("owner") and answers.get("owner_name"):
            self.add_error("owner_name", _t("Choose a person, or write a name: not both."))
        return answers
