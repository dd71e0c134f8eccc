"""The rules of an examined mailbox: in words, with a verdict and its reasons; known ones declared and undone."""

import csv

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from breachreg.mailboxes.examinations import actions
from breachreg.mailboxes.examinations.forms import KnownQuestion
from breachreg.mailboxes.examinations.judging import JudgedRule, judged_rules, unreadable_rows
from breachreg.mailboxes.examinations.models import KnownRule
from breachreg.mailboxes.views.examinations import find_examination, to_examination
from breachreg.web.pager import paginate
from breachreg.web.pages import page
from breachreg.web.safe import harmless

UNREADABLE_SHOWN = 200


@page("mailbox.work", methods=("GET",))
def rules(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """Every rule with its verdict, the suspicious ones first."""
    found = find_examination(request, reference, examination)
    judged = judged_rules(found)
    unreadable = unreadable_rows(found)
    context = {
        "examination": found, "incident": found.incident, "here": "rules", "page_obj": paginate(request, judged, 50),
        "suspicious": sum(one.verdict.level in ("alarming", "doubtful") for one in judged), "total": len(judged),
        "unreadable": unreadable[:UNREADABLE_SHOWN], "unreadable_count": len(unreadable), "form": KnownQuestion(),
    }  # fmt: skip
    return render(request, "mailboxes/examination_rules.html", context)


@page("mailbox.work")
def known(request: HttpRequest, reference: str, examination: int, shape: str) -> HttpResponse:
    """Declare what a rule does known, with the reason; holds for every mailbox of the organisation."""
    found = find_examination(request, reference, examination)
    judged = _rule(found, shape)
    form = KnownQuestion(request.POST or None)
    if form.is_valid():
        try:
            actions.declare_known(
                organisation=request.organisation, rule=judged.rule, reason=form.cleaned_data["reason"], by=request.user, at=request.now
            )
        except ValidationError as refusal:
            form.add_error("reason", refusal.message_dict["reason"])
        else:
            messages.success(request, _("Rules that do the same are known from now on."))
            return to_examination(found, "examination-rules")
    context = {"examination": found, "incident": found.incident, "judged": judged, "form": form}
    return render(request, "mailboxes/rule_known.html", context, status=422 if form.errors else 200)


@page("mailbox.work", methods=("POST",))
def undo(request: HttpRequest, reference: str, examination: int, shape: str) -> HttpResponse:
    """Take the declaration back: the rule is judged again."""
    found = find_examination(request, reference, examination)
    declared = KnownRule.objects.filter(organisation=request.organisation, shape=shape, undone_at=None).first()
    if declared and actions.undo_known(known=declared, by=request.user, at=request.now):
        messages.success(request, _("The rule is judged again."))
    return to_examination(found, "examination-rules")


def _rule(examination, shape: str) -> JudgedRule:
    judged = next((one for one in judged_rules(examination) if one.rule.shape == shape), None)
    if judged is None:
        raise Http404
    return judged


@page("mailbox.work", methods=("POST",))
def download(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """The table of rules as CSV; that it was taken is recorded."""
    found = find_examination(request, reference, examination)
    actions.note_export(examination=found, what="rules", by=request.user, at=request.now)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.incident.reference}-rules.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Verdict"), _("Rule"), _("What it does"), _("Reasons"), _("Mailbox"), _("Made"), _("From address"), _("Source"), _("Row")])
    for one in judged_rules(found):
        rule = one.rule
        made = rule.made_at.isoformat() if rule.made_at else ""
        cells = [one.level, rule.name, one.words, "; ".join(one.reasons), rule.mailbox, made, rule.made_from, one.source, rule.row]
        writer.writerow([harmless("" if cell is None else str(cell)) for cell in cells])
    return response
