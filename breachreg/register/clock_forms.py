"""What the pages of the clocks ask."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from breachreg.law import rules
from breachreg.register.clocks import BY_REGIME
from breachreg.register.forms import LongText
from breachreg.web.fields import CodesChoiceField, InstantField
from breachreg.web.forms import QuestionForm

NONE = (CodesChoiceField.NONE, _("None of these"))
ASKED_OF_AN_INCIDENT = frozenset().union(*BY_REGIME.values())


def regime_choices(codes=None) -> list[tuple[str, str]]:
    """The regimes that do not concern everybody, in the language in force; only those named when some are."""
    terms = [term for term in rules.load().regimes.terms if not term.get("always") and term.code != "own"]
    return [(term.code, term.label(get_language() or "fr")) for term in terms if codes is None or term.code in codes]


class RegimesForm(QuestionForm):
    """Which regimes concern the organisation."""

    regimes = CodesChoiceField(
        label=_("Which regimes concern the organisation, besides the GDPR?"), choices=[], none_label=_("None of these"), required=False,
    )
    contract_hours = forms.IntegerField(
        label=_("In how many hours do your contracts have a processor tell the controller?"), required=False, min_value=1,
        max_value=720, help_text=_("Empty: without undue delay (Art. 33(2)), and the elapsed time is shown."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["regimes"].choices = [*regime_choices(), NONE]


class OwnClockForm(QuestionForm):
    name = forms.CharField(label=_("What has to be done?"), max_length=200)
    addressee = forms.CharField(label=_("Who is told?"), max_length=200)
    instant = forms.ChoiceField(label=_("From which instant does it count?"))
    hours = forms.IntegerField(
        label=_("In how many hours?"), required=False, min_value=1, max_value=8760, help_text=_("Empty: without undue delay."),
    )
    source = forms.CharField(
        label=_("Which contract or policy says so?"), max_length=300, help_text=_("Its name, date and clause.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        instants = rules.load().instants.values()
        self.fields["instant"].choices = [(each.code, each.label(get_language() or "fr")) for each in instants]


class TriggersForm(QuestionForm):
    """Which of the organisation's regimes this incident triggers."""

    risk_regimes = CodesChoiceField(
        label=_("Under which of these is the incident significant, major or serious?"), choices=[], none_label=_("None of these"),
        required=False, help_text=_("As long as nobody says so, their clocks are shown as possible."),
    )

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = ASKED_OF_AN_INCIDENT & set(organisation.regimes or ())
        self.fields["risk_regimes"].choices = [*regime_choices(self.asked), NONE] if self.asked else []

    @property
    def asks_something(self) -> bool:
        return bool(self.asked)


class MetForm(QuestionForm):
    met_at = InstantField(
        label=_("When was it done?"), error_messages={"required": _("Enter the day and the time.")}, help_text=_("As the receipt says.")
    )
    reference = forms.CharField(
        label=_("What is the reference of the filing?"), max_length=120, required=False, empty_value=None,
        help_text=_("A receipt, a complaint or a ticket number. Leave it empty when there is none."),
    )


class ReopenClockForm(QuestionForm):
    reason = LongText(
        label=_("What was the mistake?"), error_messages={"required": _("Say what the mistake was: the register keeps it.")},
        help_text=_("The reason stands in the timeline and in the trail, beside what had been said."),
    )
