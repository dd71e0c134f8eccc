"""The census of an examined mailbox: whose data were in it, how many; taken over by a person; lists of people as files."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.mailboxes.examinations import actions, groups
from breachreg.mailboxes.examinations.facts import (
    GROUPS,
    TROUBLES,
    category_lines,
    facts_to_take,
    found_codes,
    proposed_codes,
)
from breachreg.mailboxes.examinations.forms import TakeOverQuestion
from breachreg.mailboxes.examinations.models import ExaminedFile, Kind
from breachreg.mailboxes.views.examinations import find_examination, find_file
from breachreg.register.views.common import attempt, go
from breachreg.web.fields import Amount
from breachreg.web.pages import page
from breachreg.web.safe import harmless


@page("mailbox.work", methods=("GET",))
def census(request: HttpRequest, reference: str, examination: int) -> HttpResponse:
    """The figures of each mailbox that was counted."""
    found = find_examination(request, reference, examination)
    files = found.files.filter(kind=Kind.STORE).select_related("evidence")
    context = {
        "examination": found, "incident": found.incident, "here": "census",
        "stores": [_shown(file) for file in files],
    }  # fmt: skip
    return render(request, "mailboxes/examination_census.html", context)


def _shown(file: ExaminedFile) -> dict:
    if file.state != "done":
        return {"file": file, "figures": None}
    figures = file.result
    return {
        "file": file, "figures": figures, "categories": category_lines(figures),
        "groups": [(GROUPS[code], count) for code, count in figures["groups"].items()],
        "troubles": [(TROUBLES.get(code, code), count) for code, count in figures["troubles"].items()],
        "trouble_list": [(TROUBLES.get(code, code), place, what) for code, place, what in figures["trouble_list"]],
    }  # fmt: skip


@page("mailbox.work")
def take_over(request: HttpRequest, reference: str, examination: int, file: int) -> HttpResponse:
    """Choose what of the census becomes a fact of the incident."""
    entry = _counted(request, reference, examination, file)
    form = _form(entry, request.POST or None)
    if form.is_valid():
        facts = facts_to_take(entry, form.cleaned_data)
        if attempt(form, actions.take_over, file=entry, version=form.cleaned_data["version"], by=request.user, at=request.now, **facts):
            messages.success(request, _("The incident says it now. Look at the other facts as well."))
            return go("facts", entry.examination.incident)
    context = {"examination": entry.examination, "incident": entry.examination.incident, "form": form, "file": entry}
    return render(request, "mailboxes/examination_take_over.html", context, status=422 if form.errors else 200)


def _counted(request: HttpRequest, reference: str, examination: int, file: int) -> ExaminedFile:
    entry = find_file(request, reference, examination, file)
    if entry.kind != Kind.STORE or entry.state != "done":
        raise Http404
    return entry


def _form(file: ExaminedFile, data) -> TakeOverQuestion:
    figures = file.result
    ordinary, sensitive = found_codes(figures)
    proposed = proposed_codes(figures)
    initial = {
        "data_categories": [code for code in ordinary if code in proposed],
        "sensitive_categories": [code for code in sensitive if code in proposed],
        "people": Amount(*figures["people"]), "records": Amount(*[figures["messages"]] * 3),
    }  # fmt: skip
    return TakeOverQuestion(
        data, initial=initial, version=file.examination.incident.version,
        data_choices=_labels("data_categories", ordinary), sensitive_choices=_labels("sensitive_categories", sensitive),
    )  # fmt: skip


def _labels(name: str, codes: list[str]) -> list[tuple[str, str]]:
    return [(code, vocabulary.load(name).label(code, get_language() or "fr")) for code in codes]


@page("mailbox.work", methods=("POST",))
def people(request: HttpRequest, reference: str, examination: int, file: int, group: str) -> StreamingHttpResponse:
    """The addresses of a group as a table for the letters, read anew from the kept file and kept nowhere."""
    entry = _counted(request, reference, examination, file)
    if group not in groups.GROUPS:
        raise Http404
    actions.note_export(examination=entry.examination, what=group, by=request.user, at=request.now)
    response = StreamingHttpResponse(_table(entry, group), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{entry.examination.incident.reference}-{group}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Line:
    """What csv.writer writes to: gives the line back."""

    def write(self, text: str) -> str:
        return text


def _table(file: ExaminedFile, group: str) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff" + writer.writerow([_("E-mail"), _("Last name"), _("Inside the organisation")])
    for one in groups.addressees(file, group):
        name = one.address.partition("@")[0]
        yield writer.writerow([harmless(one.address), harmless(name), _("yes") if one.is_inside else _("no")])
