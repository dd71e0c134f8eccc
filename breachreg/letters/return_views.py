"""The page of returns: where they arrive, and files that a person brings."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.letters import bounces, message
from breachreg.letters import returns as verbs
from breachreg.letters.bounce_models import BounceMailbox
from breachreg.letters.return_forms import BounceMailboxForm, ReportsForm
from breachreg.register.views.common import add_errors
from breachreg.web.pages import page


@page("letter.write")
def returns(request: HttpRequest) -> HttpResponse:
    """Where returns arrive, how the last visit went, and the settings."""
    known = BounceMailbox.objects.filter(organisation=request.organisation).first()
    form = BounceMailboxForm.of(known, request.POST if request.method == "POST" else None)
    if form.is_valid() and _saved(request, form):
        messages.success(request, _("The settings are kept. The mailbox is looked at within a minute."))
        return redirect("returns", request.organisation.slug)
    return render(request, "letters/returns.html", _context(known, form, ReportsForm()), status=422 if form.errors else 200)


def _context(known: BounceMailbox | None, form: BounceMailboxForm, reports: ReportsForm) -> dict:
    return {"form": form, "reports": reports, "mailbox": known, "sender": message.sender_address(), "bounces_to": message.bounce_address()}


def _saved(request: HttpRequest, form: BounceMailboxForm) -> bool:
    said = {name: form.cleaned_data[name] for name in verbs.SETTINGS}
    try:
        verbs.save_mailbox(
            organisation=request.organisation, password=form.cleaned_data["password"] or None,
            version=form.cleaned_data.get("version"), by=request.user, at=request.now, **said,
        )  # fmt: skip
    except verbs.PasswordNeeded as refusal:
        form.add_error("password", str(refusal))
    except verbs.Stale as refusal:
        form.refuse_as_stale(refusal.version)
    except ValidationError as refusal:
        add_errors(form, refusal)
    else:
        return True
    return False


@page("letter.write", methods=("POST",))
def returns_forget(request: HttpRequest) -> HttpResponse:
    """Forget the mailbox and its password."""
    if verbs.forget_mailbox(organisation=request.organisation, by=request.user, at=request.now):
        messages.success(request, _("The mailbox and its password were forgotten."))
    return redirect("returns", request.organisation.slug)


@page("letter.write", methods=("POST",))
def returns_upload(request: HttpRequest) -> HttpResponse:
    """Read returned messages from files (.eml)."""
    form = ReportsForm(request.POST, request.FILES)
    if not form.is_valid():
        known = BounceMailbox.objects.filter(organisation=request.organisation).first()
        return render(request, "letters/returns.html", _context(known, BounceMailboxForm.of(known), form), status=422)
    files = [file.read(bounces.LARGEST) for file in form.cleaned_data["files"]]
    returned, others = verbs.take_files(organisation=request.organisation, files=files, by=request.user, at=request.now)
    said = ngettext("%(count)d return was noted in its ledger.", "%(count)d returns were noted in their ledgers.", returned)
    messages.success(request, said % {"count": returned})
    if others:
        said = ngettext(
            "%(count)d file is no failed delivery of a letter of yours.", "%(count)d files are no failed delivery of a letter of yours.", others
        )
        messages.warning(request, said % {"count": others})
    return redirect("returns", request.organisation.slug)
