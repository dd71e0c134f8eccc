"""The contact book: whom to call when something happened, inside and outside."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.register.playbooks import actions, book
from breachreg.register.playbooks.forms import ContactForm
from breachreg.register.playbooks.models import Contact
from breachreg.register.views.playbooks import attempt
from breachreg.register.views.response import contacts_by_role
from breachreg.web.pages import page, require


@page("incident.read")
def contacts(request: HttpRequest) -> HttpResponse:
    """The contacts by role; who manages incidents adds to them."""
    if request.method == "POST":
        require(request, "incident.manage")
    form = ContactForm(request.POST or None, organisation=request.organisation) if "incident.manage" in request.abilities else None
    if form is not None and form.is_valid() and attempt(
        form, actions.save_contact, organisation=request.organisation, by=request.user, at=request.now, **form.cleaned_data
    ):
        messages.success(request, _("The contact is in the book."))
        return redirect("contacts", request.organisation.slug)
    language = get_language() or "fr"
    public = [{"title": one.title.text(language), "url": one.url} for one in book.public_contacts()]
    context = {"form": form, "groups": contacts_by_role(request.organisation), "public": public}
    return render(request, "register/contacts.html", context, status=422 if form is not None and form.errors else 200)


@page("incident.manage")
def contact(request: HttpRequest, contact: int) -> HttpResponse:
    """Change a contact."""
    found = _find(request, contact)
    initial = {name: getattr(found, name) for name in actions.CONTACT}
    form = ContactForm(request.POST or None, initial=initial, version=found.version, organisation=request.organisation)
    if form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        found.version = form.cleaned_data["version"]
        if attempt(form, actions.save_contact, organisation=request.organisation, contact=found, by=request.user, at=request.now, **said):
            messages.success(request, _("The contact is changed."))
            return redirect("contacts", request.organisation.slug)
    return render(request, "register/contact.html", {"form": form, "contact": found}, status=422 if form.errors else 200)


@page("incident.manage", methods=("POST",))
def end(request: HttpRequest, contact: int) -> HttpResponse:
    """Take a contact out of the book."""
    actions.end_contact(contact=_find(request, contact), by=request.user, at=request.now)
    messages.success(request, _("The contact is taken out of the book."))
    return redirect("contacts", request.organisation.slug)


def _find(request: HttpRequest, contact: int) -> Contact:
    mine = Contact.objects.filter(organisation=request.organisation, ended_at=None).select_related("organisation")
    return get_object_or_404(mine, pk=contact)
