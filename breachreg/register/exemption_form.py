"""The questions of one exemption of Art. 34(3): each claim with its evidence."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law.exemptions import Exemption, Shown
from breachreg.register.forms import LongText
from breachreg.web.fields import YesNoField
from breachreg.web.forms import QuestionForm, dress


class ExemptionForm(QuestionForm):
    """Built from the claims of the exemption; the last question takes it over as the ground."""

    def __init__(self, *args, exemption: Exemption, shown: dict[str, Shown], **kwargs):
        initial = {}
        for claim, answer in shown.items():
            initial |= {claim: answer.holds, f"{claim}_evidence": answer.evidence}
        super().__init__(*args, initial=initial, **kwargs)
        self.exemption = exemption
        for claim in exemption.claims:
            self.fields[claim.code] = YesNoField(required=False, label=claim.label(get_language() or "fr"))
            self.fields[f"{claim.code}_evidence"] = LongText(
                label=_("What shows it?"), required=False, rows=2, help_text=_("Without evidence, a yes does not count.")
            )
        self.fields["takes_over"] = forms.BooleanField(
            label=_("Take it over as the ground for not telling the people"), required=False,
            help_text=_("Possible only when every point is shown and no fact speaks against it."),
        )
        for field in self.fields.values():
            dress(field.widget)

    def shown(self) -> dict[str, Shown]:
        """The answers, as the law's room reads them."""
        said = self.cleaned_data
        return {
            claim.code: Shown(said[claim.code], said[f"{claim.code}_evidence"] or "") for claim in self.exemption.claims
        }
