"""The worksheet of Art. 34(3): three exemptions beside the facts, each with its evidence and its limits."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law import exemptions as law
from breachreg.law import phrases
from breachreg.law.facts import questions
from breachreg.register import exemptions as worksheet
from breachreg.register.exemption_form import ExemptionForm
from breachreg.register.views.common import attempt, go, incident_for, seen_by_person, show
from breachreg.register.weighing import facts_of
from breachreg.web.pages import page


@page("incident.read", methods=("GET",))
def exemptions(request: HttpRequest, reference: str) -> HttpResponse:
    """The three exemptions: what is shown, what is missing, what speaks against each."""
    incident = incident_for(request, reference)
    sheets = worksheet.latest(incident)
    facts = facts_of(incident)
    found = [in_words(law.review(one.code, facts, worksheet.shown_in(sheets.get(one.code))), sheets.get(one.code)) for one in law.load()]
    versions = incident.exemption_sheets.select_related("recorded_by").order_by("-number")
    history = [{"sheet": sheet, "label": _labels()[sheet.exemption]} for sheet in versions]
    return show(request, "exemptions", incident, found=found, history=history)


@page("incident.manage")
def exemption(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Answer the claims of one exemption."""
    incident = incident_for(request, reference)
    chosen = next((one for one in law.load() if one.code == code), None)
    if chosen is None:
        raise Http404(_("There is no such exemption."))
    sheet = worksheet.latest(incident).get(code)
    form = ExemptionForm(request.POST or None, exemption=chosen, shown=worksheet.shown_in(sheet), version=incident.version)
    if form.is_valid() and attempt(
        form, worksheet.review_exemption, incident=seen_by_person(incident, form), code=code, shown=form.shown(),
        takes_over=form.cleaned_data["takes_over"], by=request.user, at=request.now,
    ):
        messages.success(request, _("The worksheet is saved."))
        return go("exemptions", incident)
    finding = in_words(law.review(code, facts_of(incident), worksheet.shown_in(sheet)), sheet)
    return show(request, "exemption", incident, form=form, finding=finding)


def in_words(finding: law.Finding, sheet) -> dict:
    """An exemption and what the review says of it, in the language in force."""
    language = get_language() or "fr"
    one, asked = finding.exemption, {question.code: question for question in questions()}
    return {
        "code": one.code, "article": phrases.cited(one.article, language), "label": one.label(language), "limits": one.limits(language),
        "still_due": one.still_due(language), "holds": finding.holds, "sheet": sheet,
        "missing": [claim.label(language) for claim in finding.missing],
        "against": [asked[fact].label(language) for fact in finding.contradicted_by],
    }


def _labels() -> dict[str, str]:
    language = get_language() or "fr"
    return {one.code: f"{phrases.cited(one.article, language)} · {one.label(language)}" for one in law.load()}
