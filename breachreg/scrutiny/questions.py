"""Questions of the auditor to the DPO: asked about something, answered, asked again, closed by who asked.

The auditor changes nothing of the register; these rows are all that an auditor writes, with conclusions on a sample.
"""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from breachreg.accounts.access import holders
from breachreg.accounts.models import Organisation, User
from breachreg.audit.actions import record
from breachreg.audit.models import Entry
from breachreg.register.models import Incident
from breachreg.scrutiny.events import EVENTS  # noqa: F401  (declares what happens here)
from breachreg.scrutiny.models import MailKind, Question, QuestionMail, QuestionState, Remark, SampleItem
from breachreg.scrutiny.rules import rules


class QuestionIsClosed(Exception):
    """The question was closed; a new one has to be asked."""


@transaction.atomic
def ask(
    *, organisation: Organisation, text: str, by: User, at: datetime, incident: Incident | None = None,
    entry_number: int | None = None, rule: str | None = None, item: SampleItem | None = None,
    submission: uuid.UUID | None = None,
) -> Question:
    """Ask the DPOs something, about an incident, an entry of the trail, a finding or an item of a sample.

    The same ``submission`` twice is one question. Raises ValidationError for an empty text, or for an entry or a rule
    that there is not.
    """
    if submission and (known := Question.objects.filter(organisation=organisation, submission=submission).first()):
        return known
    wording = _worded(text)
    if rule is not None and rule not in rules():
        raise ValidationError({"rule": _("There is no such finding.")})
    if item:
        incident = item.incident
    if entry_number is not None:
        incident = _incident_of_entry(organisation, entry_number) or incident
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # one number after the other
    last = Question.objects.filter(organisation=organisation).aggregate(last=Max("number"))["last"] or 0
    question = Question.objects.create(
        organisation=organisation, number=last + 1, incident=incident, entry_number=entry_number, rule=rule, item=item,
        submission=submission or uuid.uuid4(), asked_at=at, asked_by=by,
    )
    _say(question, wording, is_answer=False, by=by, at=at)
    _call(question, MailKind.ASKED, holders("incident.manage", organisation), by, at)
    _tell(question, "question.asked", by, at, text=[None, wording], rule=[None, rule], entry=[None, entry_number])
    return question


@transaction.atomic
def answer(*, question: Question, text: str, by: User, at: datetime, submission: uuid.UUID | None = None) -> Remark:
    """Answer a question; a DPO may add to an answer. Raises ValidationError (empty) or QuestionIsClosed."""
    if submission and (known := question.remarks.filter(submission=submission).first()):
        return known
    wording = _worded(text)
    _move(question, to=QuestionState.ANSWERED)
    remark = _say(question, wording, is_answer=True, by=by, at=at, submission=submission)
    _call(question, MailKind.ANSWERED, User.objects.filter(pk=question.asked_by_id, is_active=True), by, at)
    _tell(question, "question.answered", by, at, text=[None, wording])
    return remark


@transaction.atomic
def ask_again(*, question: Question, text: str, by: User, at: datetime, submission: uuid.UUID | None = None) -> Remark:
    """Ask further on the same question. Raises ValidationError (empty) or QuestionIsClosed."""
    if submission and (known := question.remarks.filter(submission=submission).first()):
        return known
    wording = _worded(text)
    _move(question, to=QuestionState.ASKED)
    remark = _say(question, wording, is_answer=False, by=by, at=at, submission=submission)
    _call(question, MailKind.ASKED, holders("incident.manage", question.organisation), by, at)
    _tell(question, "question.asked_again", by, at, text=[None, wording])
    return remark


@transaction.atomic
def close(*, question: Question, by: User, at: datetime) -> Question:
    """Close a question, answered or not. Raises QuestionIsClosed."""
    _move(question, to=QuestionState.CLOSED, closed_at=at, closed_by=by)
    _tell(question, "question.closed", by, at, state=[None, str(QuestionState.CLOSED)])
    return question


def _worded(text: str) -> str:
    if not text.strip():
        raise ValidationError({"text": _("Write what you want to say.")})
    return text.strip()


def _incident_of_entry(organisation: Organisation, number: int) -> Incident | None:
    """The incident in whose file an entry lies, if it lies in one. Raises ValidationError when there is no such entry."""
    entry = Entry.objects.of_organisation(organisation).filter(number=number).first()
    if entry is None:
        raise ValidationError({"entry_number": _("There is no such entry in this organisation's trail.")})
    if entry.file_type != "incident":
        return None
    return Incident.objects.filter(organisation=organisation, pk=entry.file_id).first()


def _move(question: Question, *, to: str, **columns) -> None:
    """One conditional update: who comes after a closing gets QuestionIsClosed."""
    if not Question.objects.filter(pk=question.pk).open().update(state=to, **columns):
        raise QuestionIsClosed(_("This question was closed. Ask a new one if something is left to say."))
    question.refresh_from_db()


def _say(question: Question, text: str, *, is_answer: bool, by: User, at: datetime, submission=None) -> Remark:
    return Remark.objects.create(
        question=question, is_answer=is_answer, text=text, written_at=at, written_by=by,
        submission=submission or uuid.uuid4(),
    )


def _call(question: Question, kind: str, people, by: User, at: datetime) -> None:
    QuestionMail.objects.bulk_create(
        QuestionMail(question=question, kind=kind, recipient=person, due_at=at) for person in people if person.pk != by.pk
    )


def _tell(question: Question, event: str, by: User, at: datetime, **changes) -> None:
    said = {name: pair for name, pair in changes.items() if pair != [None, None]}
    record(action=event, by=by, at=at, organisation=question.organisation, subject=question, changes=said)
