"""The facts of an incident, section by section, in the words of the CNIL's form; and the other bodies involved."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.register import actions, parties
from breachreg.register.actions import AlreadyClosed
from breachreg.register.answers import answers_of, words_of
from breachreg.register.changes import Stale
from breachreg.register.forms import PartyForm, SectionForm, fingerprint
from breachreg.register.models import Incident, InstantKind, StatementState
from breachreg.register.sections import SECTIONS, Section, by_code
from breachreg.register.views.common import attempt, go, incident_for, show
from breachreg.web.pages import page


@page("incident.read", methods=("GET",))
def facts(request: HttpRequest, reference: str) -> HttpResponse:
    """Every fact of the incident, with those that nobody knows yet."""
    incident = incident_for(request, reference)
    statements = incident.statements.filter(state=StatementState.IN_FORCE).select_related("recorded_by")
    context = {
        "sections": answers_of(incident),
        "instants": instants_of({statement.kind: statement for statement in statements}),
        "parties": party_lines(incident),
    }
    return show(request, "facts", incident, **context)


@page("incident.manage")
def facts_section(request: HttpRequest, reference: str, section: str) -> HttpResponse:
    """Answer the questions of one section; what is left empty is not known yet."""
    incident = incident_for(request, reference)
    chosen = by_code().get(section)
    if chosen is None:
        raise Http404(_("The form has no such section."))
    form = SectionForm(request.POST or None, section=chosen, incident=incident)
    differences: list[dict] = []
    if form.is_valid():
        try:
            return _save_section(request, incident, form)
        except Stale as refusal:
            form.refuse_as_stale(refusal.incident.version)
            differences = differences_of(form, refusal.incident)
        except AlreadyClosed as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_column_errors(refusal.error_dict)
    context = {"form": form, "section": chosen, "sections": SECTIONS, "next": after(chosen), "differences": differences}
    return show(request, "facts_section", incident, **context)


def _save_section(request: HttpRequest, incident: Incident, form: SectionForm) -> HttpResponse:
    """Save over the version that the person saw, or over the latest when this section is as they saw it."""
    if form.cleaned_data["seen"] != fingerprint(form.section, incident):
        incident.version = form.cleaned_data["version"]
    actions.amend_facts(incident=incident, by=request.user, at=request.now, **form.facts())
    messages.success(request, _("“%(section)s” is saved.") % {"section": form.section.label})
    following = after(form.section)
    if "next" in request.POST and following:
        return go("facts-section", incident, following.code)
    return go("facts", incident)


def after(section: Section) -> Section | None:
    """The section that follows in the form, or None after the last."""
    position = SECTIONS.index(section) + 1
    return SECTIONS[position] if position < len(SECTIONS) else None


def differences_of(form: SectionForm, incident: Incident) -> list[dict]:
    """Where the record, as a colleague left it, is not what was typed here: for the part `version_diff`."""
    typed = form.facts()
    lines = []
    for question in form.section.questions:
        old = tuple(getattr(incident, column) for column in question.columns)
        new = tuple(typed[column] for column in question.columns)
        if old != new:
            words = [_in_words(question, value) for value in (old, new)]
            lines.append({"label": question.label, "old": words[0], "new": words[1]})
    return lines


def _in_words(question, values: tuple) -> str | None:
    value = values[0] if len(values) == 1 else (values if any(part is not None for part in values) else None)
    words = words_of(question, value)
    return " · ".join(words) or "—" if isinstance(words, tuple) else words


def instants_of(statements: dict) -> list[tuple]:
    """Each kind of instant with the statement in force, None when nobody stated it."""
    return [(kind, statements.get(kind)) for kind in InstantKind]


def party_lines(incident: Incident) -> list[tuple]:
    """The bodies involved, each with its role in words."""
    roles = dict(vocabulary.load("party_roles").choices(get_language() or "fr"))
    return [(party, roles.get(party.role, party.role)) for party in incident.parties.all()]


@page("incident.manage")
def party_add(request: HttpRequest, reference: str) -> HttpResponse:
    """The other bodies involved: processors, joint controllers, and when they told us."""
    incident = incident_for(request, reference)
    form = PartyForm(request.POST or None)
    if form.is_valid() and attempt(
        form, parties.name_party, incident=incident, by=request.user, at=request.now, **form.cleaned_data
    ):
        messages.success(request, _("“%(name)s” is on the incident.") % {"name": form.cleaned_data["name"]})
        return go("parties", incident)
    return show(request, "parties", incident, form=form, parties=party_lines(incident))


@page("incident.manage", methods=("POST",))
def party_remove(request: HttpRequest, reference: str, party: int) -> HttpResponse:
    """Take a body off the incident; the trail keeps it."""
    incident = incident_for(request, reference)
    named = get_object_or_404(incident.parties.select_related("incident__organisation"), pk=party)
    parties.remove_party(party=named, by=request.user, at=request.now)
    messages.success(request, _("“%(name)s” was taken off the incident.") % {"name": named.name})
    return go("parties", incident)
