"""Tasks of an incident: what somebody has to do, for when, and that it was done."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.register.models import Incident, Task


@transaction.atomic
def give_task(
    *, incident: Incident, what: str, by: User | None, at: datetime, why: str | None = None, owner: User | None = None,
    owner_name: str | None = None, due_at: datetime | None = None, origin: str | None = None,
    submission: uuid.UUID | None = None,
) -> Task:
    """Write down something to do; ``by`` is None when a rule asks for it.

    The same ``submission`` twice returns the first task; so does an ``origin`` (the code of a rule) whose task is
    still open. Raises ValidationError.
    """
    if known := _known(incident, origin, submission):
        return known
    task = Task(
        incident=incident, what=what.strip(), why=why or None, owner=owner, owner_name=owner_name or None,
        due_at=due_at, origin=origin, created_at=at, created_by=by, submission=submission,
    )
    if owner and owner_name:
        raise ValidationError({"owner_name": _("Choose a person, or write a name: not both.")})
    task.full_clean()
    task.save()
    _record(task, "task.given", by, at, difference({}, snapshot(task)))
    return task


@transaction.atomic
def finish_task(*, task: Task, by: User, at: datetime) -> bool:
    """Mark a task as done; False when somebody was first, which changes nothing."""
    done = Task.objects.filter(pk=task.pk, done_at=None).update(done_at=at, done_by=by)
    if done:
        _record(task, "task.done", by, at, {"done_at": [None, at.isoformat()]})
    return bool(done)


@transaction.atomic
def reopen_task(*, task: Task, by: User, at: datetime) -> bool:
    """Undo a task that was marked as done by mistake; False when it is open already."""
    opened = Task.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None, done_by=None)
    if opened:
        _record(task, "task.reopened", by, at, {"done_at": [task.done_at and task.done_at.isoformat(), None]})
    return bool(opened)


def _known(incident: Incident, origin: str | None, submission: uuid.UUID | None) -> Task | None:
    if submission and (known := incident.tasks.filter(submission=submission).first()):
        return known
    return incident.tasks.filter(origin=origin, done_at=None).first() if origin else None


def _record(task: Task, action: str, by: User | None, at: datetime, changes: dict) -> None:
    record(
        action=action, by=by, at=at, organisation=task.incident.organisation, subject=task.incident, changes=changes,
        details={"task": task.what},
    )
