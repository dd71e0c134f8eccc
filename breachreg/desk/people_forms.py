"""Questions about people and about the organisation."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import LANGUAGES, Organisation, Role
from breachreg.law import vocabulary
from breachreg.web.forms import QuestionForm


class PersonForm(QuestionForm):
    email = forms.EmailField(label=_("What is the person's e-mail address?"))
    full_name = forms.CharField(label=_("What is their name?"), max_length=150)
    role = forms.ChoiceField(label=_("Which role do they hold here?"), choices=Role.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("In which language do they read?"), choices=LANGUAGES)


def _words(name: str):
    return lambda: [("", "—"), *vocabulary.load(name).choices(get_language() or "fr")]


class OrganisationForm(QuestionForm):
    """The settings of an organisation; an empty answer is "not known"."""

    name = forms.CharField(label=_("What is the legal name?"), max_length=200)
    siren = forms.RegexField(
        r"^\d{9}$", label=_("What is the SIREN number?"), help_text=_("Nine digits, without spaces."), required=False,
        error_messages={"invalid": _("A SIREN has nine digits, without spaces.")}, empty_value=None,
    )
    has_no_siren = forms.BooleanField(label=_("The organisation has no SIREN"), required=False)
    vat_number = forms.CharField(label=_("What is the VAT number?"), max_length=20, required=False, empty_value=None)
    sector = forms.TypedChoiceField(
        label=_("In which sector does it work?"), choices=_words("sectors"), required=False, empty_value=None
    )
    headcount = forms.IntegerField(label=_("How many people work there?"), min_value=0, required=False)
    address = forms.CharField(label=_("Street address"), max_length=200, required=False, empty_value=None)
    postal_code = forms.CharField(label=_("Postcode"), max_length=12, required=False, empty_value=None)
    city = forms.CharField(label=_("Town"), max_length=100, required=False, empty_value=None)
    time_zone = forms.CharField(
        label=_("In which time zone does it read the clock?"), help_text=_("Such as Europe/Paris or Indian/Reunion."),
        max_length=64,
    )
    legal_representative_civility = forms.TypedChoiceField(
        label=_("Legal representative: civility"), choices=_words("civilities"), required=False, empty_value=None
    )
    legal_representative_last_name = forms.CharField(
        label=_("Legal representative: last name"), max_length=100, required=False, empty_value=None
    )
    legal_representative_first_name = forms.CharField(
        label=_("Legal representative: first name"), max_length=100, required=False, empty_value=None
    )
    legal_representative_email = forms.EmailField(
        label=_("Legal representative: e-mail"), required=False, empty_value=None
    )
    contact_civility = forms.TypedChoiceField(
        label=_("Person to contact: civility"), choices=_words("civilities"), required=False, empty_value=None
    )
    contact_last_name = forms.CharField(
        label=_("Person to contact: last name"), max_length=100, required=False, empty_value=None
    )
    contact_first_name = forms.CharField(
        label=_("Person to contact: first name"), max_length=100, required=False, empty_value=None
    )
    contact_function = forms.CharField(
        label=_("Person to contact: function"), max_length=100, required=False, empty_value=None
    )
    contact_email = forms.EmailField(label=_("Person to contact: e-mail"), required=False, empty_value=None)
    contact_phone = forms.CharField(
        label=_("Person to contact: telephone"), max_length=30, required=False, empty_value=None
    )

    def clean(self):
        answers = super().clean()
        if answers.get("siren") and answers.get("has_no_siren"):
            self.add_error("has_no_siren", _("Give the SIREN or tick this box, not both."))
        return answers

    @classmethod
    def read(cls, organisation: Organisation) -> dict:
        """The settings as they are now, to start the form from."""
        return {name: getattr(organisation, name) for name in cls.base_fields}
