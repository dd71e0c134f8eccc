"""The settings of the reporting mailbox: by the DPO, or by the administrator, who sees no message for all that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.mailboxes.forms import MailboxForm
from breachreg.mailboxes.models import ReportingMailbox
from breachreg.mailboxes.reporting import imap, mailbox
from breachreg.register.views.common import add_errors
from breachreg.web.pages import page

ABILITIES = ("mailbox.work", "organisation.manage")


@page(*ABILITIES)
def settings(request: HttpRequest) -> HttpResponse:
    """Where the reporting mailbox is, how its last visit went, and what is ours."""
    known = ReportingMailbox.objects.filter(organisation=request.organisation).select_related("visit").first()
    form = MailboxForm.of(known, request.POST or None)
    if form.is_valid() and _save(request, form):
        messages.success(request, _("The settings are kept. Try them out now."))
        return redirect("reporting-mailbox", request.organisation.slug)
    return render(request, "mailboxes/reporting.html", {"form": form, "mailbox": known}, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: MailboxForm) -> bool:
    said = {name: value for name, value in form.cleaned_data.items() if name not in ("password", "version")}
    try:
        mailbox.save_mailbox(
            organisation=request.organisation, password=form.cleaned_data["password"] or None,
            version=form.cleaned_data.get("version"), by=request.user, at=request.now, **said,
        )
    except mailbox.PasswordNeeded as refusal:
        form.add_error("password", str(refusal))
    except mailbox.Stale as refusal:
        form.refuse_as_stale(refusal.version)
    except ValidationError as refusal:
        add_errors(form, refusal)
    else:
        return True
    return False


def _find(request: HttpRequest) -> ReportingMailbox:
    return get_object_or_404(ReportingMailbox.objects.select_related("organisation"), organisation=request.organisation)


@page(*ABILITIES, methods=("POST",))
def try_out(request: HttpRequest) -> HttpResponse:
    """Open the mailbox once and say what is in it; nothing is changed there."""
    found = _find(request)
    try:
        count = mailbox.try_out(mailbox=found)
    except imap.Unreachable as trouble:
        messages.error(request, str(trouble))
    else:
        said = ngettext("It works. %(count)s message is not read yet.", "It works. %(count)s messages are not read yet.", count)
        messages.success(request, said % {"count": count})
    return redirect("reporting-mailbox", request.organisation.slug)


@page(*ABILITIES, methods=("POST",))
def look_now(request: HttpRequest) -> HttpResponse:
    """Have the mailbox looked at by the next sweep."""
    mailbox.look_now(mailbox=_find(request), by=request.user, at=request.now)
    messages.success(request, _("The mailbox is looked at within a minute."))
    return redirect("reporting-mailbox", request.organisation.slug)


@page(*ABILITIES, methods=("POST",))
def stop(request: HttpRequest) -> HttpResponse:
    """Look at the mailbox no longer."""
    mailbox.stop_mailbox(mailbox=_find(request), by=request.user, at=request.now)
    messages.success(request, _("The mailbox is not looked at any longer. What was reported stays. Save the settings to start again."))
    return redirect("reporting-mailbox", request.organisation.slug)
