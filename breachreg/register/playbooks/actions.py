"""What is done to an organisation's own playbooks and to its contact book; each verb is one transaction with one entry."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.playbooks.models import Contact, OwnPlaybook, OwnStep

PLAYBOOK = ("title", "lead", "origins")
STEP = ("what", "why", "role", "hours", "counted_from")
CONTACT = ("role", "name", "user", "phone", "email", "note")


class Ended(Exception):
    """The playbook or the contact was ended; it can't be changed any more."""


class Outdated(Exception):
    """Somebody else changed it since the page was opened; carries the version now."""

    def __init__(self, version: int):
        super().__init__(_("Somebody else changed this meanwhile."))
        self.version = version


@transaction.atomic
def write_playbook(*, organisation: Organisation, by: User, at: datetime, **fields) -> OwnPlaybook:
    """Begin a playbook of one's own. Raises ValidationError naming each wrong field."""
    playbook = OwnPlaybook(organisation=organisation, created_at=at, created_by=by, **fields)
    playbook.full_clean()
    playbook.save()
    _record(playbook, "playbook.written", by, at, difference({}, snapshot(playbook, PLAYBOOK)))
    return playbook


@transaction.atomic
def amend_playbook(*, playbook: OwnPlaybook, by: User, at: datetime, **fields) -> OwnPlaybook:
    """Change what it is for. ``playbook.version`` is the one that was seen. Raises Ended, Outdated, ValidationError."""
    current = _locked(playbook)
    before = snapshot(current, PLAYBOOK)
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean()
    current.version += 1
    current.save(update_fields=[*fields, "version"])
    _record(current, "playbook.amended", by, at, difference(before, snapshot(current, PLAYBOOK)))
    return current


@transaction.atomic
def end_playbook(*, playbook: OwnPlaybook, by: User, at: datetime) -> bool:
    """Propose it no longer; what was applied stays. False when it was ended before."""
    ended = OwnPlaybook.objects.filter(pk=playbook.pk, ended_at=None).update(ended_at=at, ended_by=by)
    if ended:
        _record(playbook, "playbook.ended", by, at, {})
    return bool(ended)


@transaction.atomic
def add_step(*, playbook: OwnPlaybook, by: User, at: datetime, **fields) -> OwnStep:
    """Add a task at the end. Raises Ended or ValidationError."""
    current = _locked(playbook, any_version=True)
    last = current.steps.aggregate(last=Max("position"))["last"] or 0
    step = OwnStep(playbook=current, position=last + 1, **fields)
    step.full_clean()
    step.save()
    _count_up(current)
    _record(current, "playbook.amended", by, at, {"step": [None, step.what]})
    return step


@transaction.atomic
def amend_step(*, step: OwnStep, by: User, at: datetime, **fields) -> OwnStep:
    """Change a task of a playbook; tasks already given stay as they are. Raises Ended or ValidationError."""
    current = _locked(step.playbook, any_version=True)
    before = snapshot(step, STEP)
    for name, value in fields.items():
        setattr(step, name, value)
    step.full_clean()
    step.save(update_fields=list(fields))
    _count_up(current)
    _record(current, "playbook.amended", by, at, difference(before, snapshot(step, STEP)))
    return step


@transaction.atomic
def remove_step(*, step: OwnStep, by: User, at: datetime) -> None:
    """Take a task out of a playbook; tasks already given stay. Raises Ended."""
    current = _locked(step.playbook, any_version=True)
    _record(current, "playbook.amended", by, at, {"step": [step.what, None]})
    step.delete()
    _count_up(current)


@transaction.atomic
def save_contact(
    *, organisation: Organisation, by: User, at: datetime, contact: Contact | None = None, **fields
) -> Contact:
    """Add somebody to the contact book, or change an entry (``contact.version`` is the one that was seen).

    Raises Ended, Outdated or ValidationError.
    """
    if not (fields.get("user") or fields.get("phone") or fields.get("email")):
        raise ValidationError({"phone": _("Enter a telephone number or an e-mail address, or choose a person: otherwise nobody can reach them.")})
    current = _locked_contact(contact) if contact else Contact(organisation=organisation)
    before = snapshot(current, CONTACT) if contact else {}
    for name, value in fields.items():
        setattr(current, name, value)
    current.version, current.saved_at, current.saved_by = (current.version + 1 if contact else 1), at, by
    current.full_clean()
    current.save()
    record(
        action="contact.saved", by=by, at=at, organisation=organisation, subject=current,
        changes=difference(before, snapshot(current, CONTACT)),
    )
    return current


@transaction.atomic
def end_contact(*, contact: Contact, by: User, at: datetime) -> bool:
    """Take somebody out of the contact book; False when that was done before."""
    ended = Contact.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=at, ended_by=by)
    if ended:
        record(action="contact.ended", by=by, at=at, organisation=contact.organisation, subject=contact)
    return bool(ended)


def _locked(playbook: OwnPlaybook, *, any_version: bool = False) -> OwnPlaybook:
    current = OwnPlaybook.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=playbook.pk)
    if current.ended_at:
        raise Ended(_("This playbook was ended. Write a new one."))
    if not any_version and current.version != playbook.version:
        raise Outdated(current.version)
    return current


def _locked_contact(contact: Contact) -> Contact:
    current = Contact.objects.select_for_update().get(pk=contact.pk)
    if current.ended_at:
        raise Ended(_("This contact was taken out of the book. Add it again."))
    if current.version != contact.version:
        raise Outdated(current.version)
    return current


def _count_up(playbook: OwnPlaybook) -> None:
    OwnPlaybook.objects.filter(pk=playbook.pk).update(version=F("version") + 1)


def _record(playbook: OwnPlaybook, action: str, by: User, at: datetime, changes: dict) -> None:
    record(action=action, by=by, at=at, organisation=playbook.organisation, subject=playbook, changes=changes)
