"""What waits for one person: texts and decisions of others to judge, texts of theirs that came back, what they promised
or have to do. Each kind is one query, however much there is of it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from breachreg.accounts.models import Organisation, User
from breachreg.desk.facts import label_of
from breachreg.letters.models import Letter, LetterState
from breachreg.letters.run_models import Run, RunState
from breachreg.mailboxes.reporting import triage
from breachreg.notifications.models import Notification, State
from breachreg.register.assessments import TASK_ORIGIN
from breachreg.register.models import Decision, DecisionState, Incident, InstantStatement, Promise, StatementState, Task
from breachreg.scrutiny.models import Question, QuestionState
from breachreg.web.parts import number

WAITING_SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person: what, on which incident, on which page, until when (None: no date)."""

    what: str
    incident: Incident | None
    url: str
    due_at: datetime | None = None
    is_overdue: bool = False
    about: str = ""


def waiting(user: User, organisation: Organisation, abilities: frozenset[str], at: datetime) -> list[Waiting]:
    """What waits for this person here: decisions of theirs to take first, then what they promised, by its date."""
    mine = [
        *(_to_second(user, organisation) if "incident.second" in abilities else []),
        *(_to_review(user, organisation, at) if "notification.review" in abilities else []),
        *(_letters_to_review(user, organisation) if "letter.review" in abilities else []),
        *(_runs_to_approve(user, organisation) if "incident.second" in abilities else []),
        *(_runs_to_start(organisation) if "letter.write" in abilities else []),
        *(_to_answer(user, organisation) if "notification.write" in abilities else []),
        *(_to_file(organisation) if "notification.write" in abilities else []),
        *(_asked_by_the_auditor(organisation) if "incident.manage" in abilities else []),
        *(_answered_to_the_auditor(user, organisation) if "audit.question" in abilities else []),
        *(_to_judge(organisation) if "mailbox.work" in abilities else []),
        *(_to_qualify(organisation) if "incident.manage" in abilities else []),
        *(_to_decide_again(organisation) if "incident.manage" in abilities else []),
        *_promised(user, organisation, at),
        *_to_do(user, organisation, at, except_for={TASK_ORIGIN} if "incident.manage" in abilities else set()),
    ]
    return mine[:WAITING_SHOWN]


def _to_second(user: User, organisation: Organisation) -> list[Waiting]:
    decisions = Decision.objects.filter(incident__organisation=organisation, state=DecisionState.PENDING)
    statements = InstantStatement.objects.filter(incident__organisation=organisation, state=StatementState.PENDING)
    return [
        Waiting(_("Confirm or refuse the decision not to notify"), one.incident, address("second", one.incident))
        for one in decisions.exclude(decided_by=user).select_related("incident__organisation")[:WAITING_SHOWN]
    ] + [
        Waiting(_("Confirm or refuse a change of the awareness"), one.incident, address("aware", one.incident))
        for one in statements.exclude(recorded_by=user).select_related("incident__organisation")[:WAITING_SHOWN]
    ]


def _to_review(user: User, organisation: Organisation, at: datetime) -> list[Waiting]:
    """Notifications that somebody else submitted, or filed without approval; who wrote a text does not approve it."""
    ours = Notification.objects.filter(incident__organisation=organisation)
    unapproved = ours.filter(state=State.FILED, unapproved_at__isnull=False, reviewed_after_at=None).exclude(unapproved_by=user)
    submitted = (ours.in_review() | unapproved).exclude(submitted_by=user)
    return [
        Waiting(
            _("Review it after the fact") if one.unapproved_at else _("Review the notification"), one.incident, address("notification", one.incident), one.review_due_at,
            bool(one.review_due_at and one.review_due_at < at),
        )
        for one in submitted.select_related("incident__organisation").order_by("review_due_at")[:WAITING_SHOWN]
    ]


def _letters_to_review(user: User, organisation: Organisation) -> list[Waiting]:
    """Letters that somebody else wrote, the longest waiting first."""
    wrote = Letter.authors.through.objects.filter(letter=OuterRef("pk"), user=user)
    submitted = Letter.objects.filter(incident__organisation=organisation, state=LetterState.IN_REVIEW).exclude(Exists(wrote))
    return [
        Waiting(_("Review the letter"), one.incident, reverse("letter", args=[organisation.slug, one.incident.reference, one.number]))
        for one in submitted.select_related("incident__organisation").order_by("submitted_at")[:WAITING_SHOWN]
    ]


def _runs_to_approve(user: User, organisation: Organisation) -> list[Waiting]:
    """Runs of letters that somebody else prepared and whose proofs were read, the longest waiting first."""
    checked = Run.objects.filter(incident__organisation=organisation, state=RunState.CHECKED).exclude(prepared_by=user)
    found = checked.select_related("incident__organisation").order_by("checked_at")[:WAITING_SHOWN]
    return [Waiting(_("Approve the run of letters"), one.incident, _run(one)) for one in found]


def _runs_to_start(organisation: Organisation) -> list[Waiting]:
    """Approved runs: nobody is told until one of those who write letters starts them."""
    approved = Run.objects.filter(incident__organisation=organisation, state=RunState.APPROVED)
    found = approved.select_related("incident__organisation").order_by("approved_at")[:WAITING_SHOWN]
    return [Waiting(_("Start the approved run of letters"), one.incident, _run(one)) for one in found]


def _run(run: Run) -> str:
    return reverse("run", args=[run.incident.organisation.slug, run.incident.reference, run.number])


def _to_answer(user: User, organisation: Organisation) -> list[Waiting]:
    """Notifications that this person submitted and that came back."""
    returned = Notification.objects.filter(incident__organisation=organisation, state=State.SENT_BACK, submitted_by=user)
    return [
        Waiting(_("Answer the review of the notification"), one.incident, address("notification", one.incident))
        for one in returned.select_related("incident__organisation").order_by("pk")[:WAITING_SHOWN]
    ]


def _to_file(organisation: Organisation) -> list[Waiting]:
    """Approved notifications: the clock runs until one of those who may file does."""
    approved = Notification.objects.filter(incident__organisation=organisation, state=State.APPROVED)
    return [
        Waiting(_("File the approved notification with the CNIL"), one.incident, address("notification", one.incident))
        for one in approved.select_related("incident__organisation").order_by("approved_at")[:WAITING_SHOWN]
    ]


def _asked_by_the_auditor(organisation: Organisation) -> list[Waiting]:
    """Questions of the auditor that wait for a DPO, the oldest first."""
    asked = Question.objects.filter(organisation=organisation).unanswered().select_related("incident").order_by("asked_at")
    return [
        Waiting(
            _("Answer the auditor's question %(number)s") % {"number": one.number}, one.incident,
            reverse("question", args=[organisation.slug, one.number]),
        )
        for one in asked[:WAITING_SHOWN]
    ]


def _answered_to_the_auditor(user: User, organisation: Organisation) -> list[Waiting]:
    """Answers to questions of this auditor, to be read and closed."""
    answered = Question.objects.filter(organisation=organisation, asked_by=user, state=QuestionState.ANSWERED)
    return [
        Waiting(
            _("Read the answer to question %(number)s") % {"number": one.number}, one.incident,
            reverse("question", args=[organisation.slug, one.number]),
        )
        for one in answered.select_related("incident").order_by("asked_at")[:WAITING_SHOWN]
    ]


def _to_judge(organisation: Organisation) -> list[Waiting]:
    """Suspicious messages that employees reported, as one line: they are judged on a page of their own."""
    count = triage.waiting(organisation).count()
    if not count:
        return []
    what = ngettext("Judge %(all)s reported message", "Judge %(all)s reported messages", count) % {"all": number(count)}
    return [Waiting(what, None, reverse("mailboxes", args=[organisation.slug]), about=_("Employees found them suspicious."))]


def _to_qualify(organisation: Organisation) -> list[Waiting]:
    reported = Incident.objects.filter(organisation=organisation, qualification=None, closed_at=None, is_imported=False)
    return [
        Waiting(_("Say whether personal data were breached"), one, address("qualify", one))
        for one in reported.select_related("organisation").order_by("reported_at")[:WAITING_SHOWN]
    ]


def _to_decide_again(organisation: Organisation) -> list[Waiting]:
    """Decisions that reopened by themselves: whoever manages incidents may take them anew, not only who took them first."""
    tasks = Task.objects.filter(incident__organisation=organisation, incident__closed_at=None, origin=TASK_ORIGIN, done_at=None)
    return [
        Waiting(_("Decide again: the facts changed"), one.incident, address("decide", one.incident))
        for one in tasks.select_related("incident__organisation").order_by("created_at")[:WAITING_SHOWN]
    ]


def _promised(user: User, organisation: Organisation, at: datetime) -> list[Waiting]:
    promises = Promise.objects.filter(incident__organisation=organisation, owed_by_user=user, kept_at=None)
    return [
        Waiting(
            _("You owe: %(fact)s") % {"fact": label_of(one.field).lower()}, one.incident, address("facts", one.incident),
            one.promised_for, bool(one.promised_for and one.promised_for < at),
        )
        for one in promises.select_related("incident__organisation")[:WAITING_SHOWN]
    ]


def _to_do(user: User, organisation: Organisation, at: datetime, *, except_for: set[str]) -> list[Waiting]:
    """Tasks of this person, but for those that stand on the list already, by the code of the rule that gave them."""
    tasks = Task.objects.filter(incident__organisation=organisation, owner=user, done_at=None).exclude(origin__in=except_for)
    return [
        Waiting(one.what, one.incident, address("tasks", one.incident), one.due_at, bool(one.due_at and one.due_at < at))
        for one in tasks.select_related("incident__organisation")[:WAITING_SHOWN]
    ]


def address(view: str, incident: Incident) -> str:
    """The page of this incident that has this name, or the incident's own."""
    place = [incident.organisation.slug, incident.reference]
    try:
        return reverse(view, args=place)
    except NoReverseMatch:
        return reverse("incident", args=place)
