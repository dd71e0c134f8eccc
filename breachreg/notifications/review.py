"""What the reviewer does: comment, suggest a wording, send back with a summary, approve. Never the author's own text."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from breachreg.accounts.access import holders
from breachreg.accounts.models import User
from breachreg.notifications import document, messages
from breachreg.notifications.actions import write
from breachreg.notifications.changes import Conflict, NotNow, advance, authors, blocking, end_review, lock, tell
from breachreg.notifications.completeness import Point
from breachreg.notifications.models import Comment, MessageKind, Notification, Outcome, SealKind, State, Thread, Version
from breachreg.notifications.record import read
from breachreg.notifications.sealing import seal, told
from breachreg.register.changes import note_event


class OwnText(Exception):
    """The author of a text does not approve it."""


class Incomplete(Exception):
    """Something blocks the approval; carries the points."""

    def __init__(self, points: list[Point]):
        super().__init__(_("It can't be approved yet: something that must be answered is missing."))
        self.points = points


@transaction.atomic
def comment(
    *, notification: Notification, text: str, by: User, at: datetime, field: str = "", quote: str = "",
    suggestion: str = "",
) -> Thread:
    """Open a thread on a question, on a sentence of its answer (`quote`), or on the whole; perhaps with a suggested wording."""
    current = lock(notification)
    _check_discussable(current)
    if not text.strip() and not suggestion.strip():
        raise NotNow(_("Write a comment, or suggest a wording."))
    if quote and quote not in _text_of(current, field):
        raise Conflict(current, (field,), _("The sentence you comment on was changed meanwhile. Choose it again."))
    thread = Thread.objects.create(
        notification=current, field=field, quote=quote, suggestion=suggestion.strip(), opened_at=at, opened_by=by
    )
    _add(thread, text.strip() or _("I suggest another wording."), by, at)
    event = "notification.suggested" if suggestion.strip() else "notification.commented"
    tell(event, current, by, at, details={"field": field, "text": text.strip(), "suggestion": suggestion.strip()})
    return thread


@transaction.atomic
def reply(*, thread: Thread, text: str, by: User, at: datetime) -> Comment:
    """Answer in a thread. Raises NotNow when it is resolved or empty."""
    if thread.resolved_at:
        raise NotNow(_("This thread is resolved. Open a new one."))
    if not text.strip():
        raise NotNow(_("Write a comment."))
    added = _add(thread, text.strip(), by, at)
    tell(
        "notification.commented", thread.notification, by, at, details={"field": thread.field, "text": text.strip()}
    )
    return added


@transaction.atomic
def resolve(*, thread: Thread, by: User, at: datetime) -> None:
    """Close a thread. Raises NotNow when somebody resolved it before."""
    _settle(thread, None, by, at)
    tell("notification.thread_resolved", thread.notification, by, at, details={"field": thread.field})


@transaction.atomic
def accept_suggestion(*, thread: Thread, seen: int, by: User, at: datetime) -> Notification:
    """Put the suggested wording into the answer, as the author's own text. Raises Conflict or NotNow."""
    if not thread.suggestion:
        raise NotNow(_("Nothing is suggested here."))
    _settle(thread, True, by, at)
    text = _text_of(thread.notification, thread.field)
    wording = text.replace(thread.quote, thread.suggestion, 1) if thread.quote else thread.suggestion
    if thread.quote and thread.quote not in text:
        raise Conflict(thread.notification, (thread.field,), _("The sentence was changed since this wording was suggested."))
    written = write(notification=thread.notification, seen=seen, values={thread.field: wording}, by=by, at=at)
    tell("notification.suggestion_accepted", written, by, at, details={"field": thread.field})
    return written


@transaction.atomic
def decline_suggestion(*, thread: Thread, by: User, at: datetime) -> None:
    """Leave the answer as it is and close the thread. Raises NotNow when it was settled before."""
    if not thread.suggestion:
        raise NotNow(_("Nothing is suggested here."))
    _settle(thread, False, by, at)
    tell("notification.suggestion_declined", thread.notification, by, at, details={"field": thread.field})


@transaction.atomic
def send_back(*, notification: Notification, seen: int, summary: str, by: User, at: datetime) -> Notification:
    """Give the draft back to its author with what is to be done. Raises Conflict or NotNow."""
    if not summary.strip():
        raise NotNow(_("Say in a summary what is to be done."))
    current = _claim(notification, seen, State.SENT_BACK)
    end_review(current, Outcome.SENT_BACK, by, at, summary.strip())
    messages.call(notification=current, kind=MessageKind.SENT_BACK, recipients=[current.submitted_by], at=at)
    note_event(incident=current.incident, event="notification.sent_back", by=by, at=at, text=summary.strip())
    tell("notification.sent_back", current, by, at, details={"summary": summary.strip()})
    return current


def approve(*, notification: Notification, seen: int, by: User, at: datetime, unsigned: bool = False) -> Version:
    """Approve the submitted version and seal its documents: the first to press wins.

    Raises OwnText, Incomplete (with what blocks), Conflict, NotNow, document.CannotDraw, or signature.CannotSign,
    after which it can be approved ``unsigned``.
    """
    document.warm_up()  # outside the transaction, which would hold everybody's writes meanwhile
    return _approve(notification, seen, by, at, unsigned)


@transaction.atomic
def _approve(notification: Notification, seen: int, by: User, at: datetime, unsigned: bool) -> Version:
    if by.pk in authors(Notification.objects.get(pk=notification.pk)):
        raise OwnText(_("You wrote a part of this text: somebody else has to approve it."))
    current = _claim(notification, seen, State.APPROVED, approved_at=at, approved_by=by)
    review = end_review(current, Outcome.APPROVED, by, at)
    if points := blocking(review.version, read(current.incident, at=at, kind=current.kind)):
        raise Incomplete(points)
    review.version.notification = current
    seals = seal(version=review.version, kind=SealKind.APPROVED, by=by, at=at, unsigned=unsigned)
    messages.call(notification=current, kind=MessageKind.APPROVED, recipients=[current.submitted_by], at=at)
    note_event(incident=current.incident, event="notification.approved", by=by, at=at)
    tell(
        "notification.approved", current, by, at,
        details={"version": review.version.number} | told(seals, unsigned),
    )
    return review.version


@transaction.atomic
def review_after(*, notification: Notification, note: str, by: User, at: datetime) -> Notification:
    """Review what was filed without approval, after the fact, once. Raises OwnText or NotNow."""
    current = lock(notification)
    if not note.strip():
        raise NotNow(_("Say what your review found."))
    if by.pk in authors(current) | {current.unapproved_by_id}:
        raise OwnText(_("You wrote or filed this text: somebody else has to review it."))
    if not current.awaits_later_review:
        raise NotNow(_("This notification does not wait for a later review."))
    advance(current, at, reviewed_after_at=at, reviewed_after_by=by, reviewed_after_note=note.strip())
    note_event(incident=current.incident, event="notification.reviewed_after", by=by, at=at, text=note.strip())
    tell("notification.reviewed_after", current, by, at, details={"note": note.strip()})
    return current


def mentionable(notification: Notification) -> list[User]:
    """The people who can be mentioned: those who may write or review notifications here."""
    organisation = notification.incident.organisation
    found = {person.pk: person for ability in ("notification.write", "notification.review") for person in holders(ability, organisation)}
    return sorted(found.values(), key=lambda person: person.full_name)


def _claim(notification: Notification, seen: int, state: State, **columns) -> Notification:
    """Move a notification out of review, if it is still there in the version that was seen. Raises Conflict."""
    won = Notification.objects.filter(pk=notification.pk, version=seen, state=State.IN_REVIEW).update(
        state=state, version=F("version") + 1, **columns
    )
    current = Notification.objects.select_related("incident__organisation", "submitted_by", "approved_by").get(
        pk=notification.pk
    )
    if not won:
        raise Conflict(current, message=_("Somebody was faster: this notification is no longer as you saw it. Read it again."))
    return current


def _check_discussable(notification: Notification) -> None:
    if not notification.is_open and not notification.awaits_later_review:
        raise NotNow(_("This notification is closed; nothing can be commented on any more."))


def _text_of(notification: Notification, field: str) -> str:
    entry = notification.entries.filter(field=field).first()
    return entry.value if entry and isinstance(entry.value, str) else ""


def _add(thread: Thread, text: str, by: User, at: datetime) -> Comment:
    added = Comment.objects.create(thread=thread, text=text, written_at=at, written_by=by)
    mentioned = _mentioned(thread.notification, text)
    added.mentions.set(mentioned)
    messages.call(
        notification=thread.notification, kind=MessageKind.MENTIONED, thread=thread, at=at,
        recipients=[person for person in mentioned if person != by],
    )
    return added


def _mentioned(notification: Notification, text: str) -> list[User]:
    """The people named in a comment as @Full Name."""
    return [person for person in mentionable(notification) if f"@{person.full_name}".casefold() in text.casefold()]


def _settle(thread: Thread, is_accepted: bool | None, by: User, at: datetime) -> None:
    settled = Thread.objects.filter(pk=thread.pk, resolved_at=None).update(
        resolved_at=at, resolved_by=by, is_accepted=is_accepted
    )
    if not settled:
        raise NotNow(_("Somebody settled this before you."))
