"""The pages on which recipients' data ends: the term of the organisation, and one incident's purge with its preview."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.letters import purge
from breachreg.letters.forms import PurgeForm, TermForm
from breachreg.letters.vault import is_purged
from breachreg.letters.views import find_incident
from breachreg.web.pages import page


@page("recipient.read", methods=("GET",))
def recipients_kept(request: HttpRequest) -> HttpResponse:
    """Whose recipients are still here, and when they go."""
    context = {
        "term": purge.term_of(request.organisation), "standings": list(purge.standings(request.organisation)),
        "form": TermForm(initial={"days": purge.term_of(request.organisation)}),
    }  # fmt: skip
    return render(request, "letters/recipients_kept.html", context)


@page("letter.write", methods=("POST",))
def recipients_term(request: HttpRequest) -> HttpResponse:
    """Set after how many days recipients go; what would go at once is shown before it is confirmed."""
    form = TermForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "term": purge.term_of(request.organisation), "standings": list(purge.standings(request.organisation))}
        return render(request, "letters/recipients_kept.html", context, status=422)
    days = form.cleaned_data["days"]
    at_once = [] if days is None else form.at_once(purge.standings(request.organisation), request.now)
    if at_once and "confirmed" not in request.POST:
        return render(request, "letters/recipients_term.html", {"days": days, "at_once": at_once, "people": sum(each.people for each in at_once)})
    purge.set_term(organisation=request.organisation, days=days, by=request.user, at=request.now)
    messages.success(request, _("Saved."))
    return redirect("recipients-kept", request.organisation.slug)


@page("letter.write")
def recipients_purge(request: HttpRequest, reference: str) -> HttpResponse:
    """Purge the recipients of one incident, after a look at what goes and what stays."""
    incident = find_incident(request, reference)
    form = PurgeForm(request.POST or None)
    if form.is_valid():
        try:
            people = purge.purge(incident=incident, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
        except purge.NotYet as error:
            form.add_error(None, str(error))
        else:
            said = ngettext("%(count)d person's data is gone for good.", "%(count)d people's data is gone for good.", people)
            messages.success(request, said % {"count": people})
            return redirect("letters", request.organisation.slug, reference)
    context = {
        "incident": incident, "form": form, "standing": purge.standing(incident, purge.term_of(request.organisation)),
        "is_purged": is_purged(incident),
    }
    return render(request, "letters/recipients_purge.html", context, status=422 if form.errors else 200)
