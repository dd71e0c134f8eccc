"""A playbook applied to an incident: its tasks, with owners and due times, once.

Due times count from the awareness or the first signal; as long as that instant is not known, from the instant at which
the incident was reported, which is never later than what the person would be held to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record
from breachreg.register.changes import note_event
from breachreg.register.models import Incident
from breachreg.register.playbooks import book
from breachreg.register.playbooks.models import AppliedPlaybook, Contact, OwnPlaybook
from breachreg.register.work import give_task

OWN = "own-"


class AlreadyApplied(Exception):
    """This playbook was applied to this incident before."""


class NoSuchPlaybook(Exception):
    """There is no playbook of this name, or it was ended."""


@dataclass(frozen=True)
class Task:
    """A step of any playbook, in the language in force."""

    code: str
    what: str
    why: str | None
    role: str
    hours: int | None
    counted_from: str


@dataclass(frozen=True)
class Offer:
    """A playbook as it can be applied: one of the product's, or one's own."""

    key: str
    title: str
    lead: str
    source: str
    tasks: tuple[Task, ...]
    is_own: bool
    when: dict[str, tuple[str, ...]]

    def fits(self, incident: Incident) -> bool:
        """Whether the facts of an incident, as far as they are known, propose it."""
        return any(set(codes) & set(getattr(incident, name) or ()) for name, codes in self.when.items())


def offers(organisation, language: str | None = None) -> list[Offer]:
    """Every playbook that can be applied in an organisation: the product's, then its own."""
    language = language or get_language() or "fr"
    ours = [_offer(playbook, language) for playbook in book.playbooks().values()]
    own = OwnPlaybook.objects.filter(organisation=organisation, ended_at=None).prefetch_related("steps")
    return [*ours, *(_own_offer(playbook) for playbook in own)]


def fitting(incident: Incident, among: Iterable[Offer]) -> list[Offer]:
    """Those that the facts of the incident propose, the most telling first: what held the data says more than the origin."""
    found = [offer for offer in among if offer.fits(incident)]
    return sorted(found, key=lambda offer: -len([name for name, codes in offer.when.items() if set(codes) & set(getattr(incident, name) or ())]))


@transaction.atomic
def apply_playbook(*, incident: Incident, key: str, by: User, at: datetime) -> AppliedPlaybook:
    """Give the tasks of a playbook, with owners and due times. Raises AlreadyApplied or NoSuchPlaybook."""
    organisation = incident.organisation
    offer = next((one for one in offers(organisation, organisation.language) if one.key == key), None)
    if offer is None:
        raise NoSuchPlaybook(_("There is no such playbook any more. Choose another one."))
    applied = AppliedPlaybook(
        incident=incident, key=key, title=offer.title, source=offer.source[:500], applied_at=at, applied_by=by
    )
    try:
        with transaction.atomic():
            applied.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyApplied(_("This playbook was applied to this incident before; its tasks are there.")) from error
    owners = _owners(incident, by)
    for task in offer.tasks:
        give_task(
            incident=incident, what=task.what, why=task.why, due_at=due_at(task, incident, at), by=by, at=at,
            origin=f"playbook:{key}:{task.code}"[:60], **owners.get(task.role, _nobody(task.role, organisation.language)),
        )
    note_event(incident=incident, event="playbook.applied", by=by, at=at, text=offer.title)
    record(
        action="playbook.applied", by=by, at=at, organisation=organisation, subject=incident,
        details={"playbook": key, "title": offer.title, "tasks": len(offer.tasks)},
    )
    return applied


def due_at(task: Task, incident: Incident, at: datetime) -> datetime | None:
    """When a task is due; None when it has no hours."""
    if task.hours is None:
        return None
    start = {
        "aware": incident.aware_at, "first_signal": incident.first_signal_at or incident.aware_at, "applied": at
    }[task.counted_from]
    return (start or incident.reported_at) + timedelta(hours=task.hours)


def _owners(incident: Incident, by: User) -> dict[str, dict]:
    """Who plays each role here: from the contact book; the DPO's part falls to the owner of the incident."""
    contacts = Contact.objects.filter(organisation=incident.organisation, ended_at=None).order_by("-pk").select_related("user")
    found = {
        contact.role: {"owner": contact.user} if contact.user else {"owner_name": contact.name} for contact in contacts
    }
    return {"dpo": {"owner": incident.owner or by}, **found}


def _nobody(role: str, language: str) -> dict:
    return {"owner_name": book.roles()[role].title.text(language)}


def _offer(playbook: book.Playbook, language: str) -> Offer:
    tasks = tuple(
        Task(step.code, step.what.text(language), step.why.text(language) if step.why else None, step.role, step.hours, step.counted_from)
        for step in playbook.steps
    )
    return Offer(
        playbook.code, playbook.title.text(language), playbook.lead.text(language), playbook.source.text(language), tasks, False, playbook.when
    )


def _own_offer(playbook: OwnPlaybook) -> Offer:
    tasks = tuple(
        Task(str(step.pk), step.what, step.why, step.role, step.hours, step.counted_from) for step in playbook.steps.all()
    )
    when = {"origins": tuple(playbook.origins or ())}
    source = _("version %(version)s of your own") % {"version": playbook.version}
    return Offer(f"{OWN}{playbook.pk}", playbook.title, playbook.lead or "", source, tasks, True, when)
