"""What the author does to a notification: draft it, write its answers, follow the record, submit it, abandon it.

Each verb is one transaction with one entry in the trail. ``seen`` is the notification's version that the person had on
the screen: who writes over an answer that somebody changed since gets a Conflict, and keeps what was typed.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.notifications import completeness, messages
from breachreg.notifications.answers import Answer, Source
from breachreg.notifications.changes import (
    Conflict,
    NotNow,
    advance,
    authors,
    end_review,
    freeze_version,
    lock,
    tell,
)
from breachreg.notifications.compare import is_same
from breachreg.notifications.models import (
    OPEN,
    AnswerEntry,
    MessageKind,
    Notification,
    Outcome,
    Review,
    State,
    Version,
)
from breachreg.notifications.prefill import FORM_TYPE, Filled, fill
from breachreg.notifications.record import Record, read
from breachreg.register.changes import in_every_language, note_event
from breachreg.register.models import FilingKind, Incident, Qualification

LONGEST_REVIEW = timedelta(hours=24)
SHORTEST_REVIEW = timedelta(minutes=30)
FIRST_KINDS = (FilingKind.INITIAL, FilingKind.COMPLETE)


class AlreadyOpen(Exception):
    """The incident has an open notification already; carries it."""

    def __init__(self, notification: Notification):
        super().__init__(_("This incident has an open notification already. Go on with it, or abandon it first."))
        self.notification = notification


@transaction.atomic
def draft(*, incident: Incident, kind: FilingKind, by: User, at: datetime) -> Notification:
    """Fill a new notification from the record. Raises AlreadyOpen or NotNow.

    A complementary one starts from what the authority holds: what a person typed into the last one stays, as long as
    the record has not changed since.
    """
    check_kind(incident, kind)
    last = incident.notifications.filter(state=State.FILED).order_by("number").last()
    number = (incident.notifications.aggregate(last=Max("number"))["last"] or 0) + 1
    notification = Notification(
        incident=incident, number=number, kind=kind, builds_on=last, drafted_at=at, drafted_by=by
    )
    _insert(notification)
    _fill(notification, read(incident, at=at, kind=kind), last)
    note_event(incident=incident, event="notification.drafted", by=by, at=at, text=in_every_language(FilingKind(kind).label))
    tell("notification.drafted", notification, by, at, details={"kind": str(kind), "number": number})
    return notification


@transaction.atomic
def write(*, notification: Notification, seen: int, values: dict[str, Answer], by: User, at: datetime) -> Notification:
    """Write the answers that a person typed. Raises Conflict (with its fields) or NotNow; writes nothing when nothing changed."""
    current = lock(notification)
    _check_writable(current)
    entries = {entry.field: entry for entry in current.entries.filter(field__in=values)}
    changed = {field: value for field, value in values.items() if _is_change(entries[field], value)}
    _check_fields(current, entries, changed, seen)
    if not changed:
        return current
    before = {field: entries[field].value for field in changed}
    advance(current, at)
    for field, value in changed.items():
        _save_entry(entries[field], current.version, value, Source.TYPED, by, at)
    changes = {field: [before[field], value] for field, value in changed.items()}
    tell("notification.answered", current, by, at, changes=changes)
    return _end_approval(current, by, at)


@transaction.atomic
def follow_record(*, notification: Notification, seen: int, fields: tuple[str, ...], by: User, at: datetime) -> Notification:
    """Take these answers from the record again, as it is now; what was typed there goes. Raises Conflict or NotNow."""
    current = lock(notification)
    _check_writable(current)
    filled = fill(read(current.incident, at=at, kind=current.kind))
    entries = {entry.field: entry for entry in current.entries.filter(field__in=fields)}
    _check_fields(current, entries, {field: filled[field].value for field in entries}, seen)
    before = {field: entry.value for field, entry in entries.items()}
    advance(current, at)
    for field, entry in entries.items():
        _save_filled(entry, current.version, filled[field])
    changes = {field: [before[field], filled[field].value] for field in entries}
    tell("notification.refreshed", current, by, at, changes=changes)
    return _end_approval(current, by, at)


@transaction.atomic
def keep(*, notification: Notification, fields: tuple[str, ...], by: User, at: datetime) -> None:
    """Note that these answers stay as they are although the record says something else now."""
    current = lock(notification)
    _check_writable(current)
    filled = fill(read(current.incident, at=at, kind=current.kind))
    for entry in current.entries.filter(field__in=fields):
        AnswerEntry.objects.filter(pk=entry.pk).update(record_value=filled[entry.field].value)
    tell("notification.kept", current, by, at, details={"fields": list(fields)})


@transaction.atomic
def change_kind(*, notification: Notification, seen: int, kind: FilingKind, by: User, at: datetime) -> Notification:
    """Make an initial notification a complete one, or the other way round. Raises Conflict or NotNow."""
    current = lock(notification)
    _check_writable(current)
    if current.version != seen:
        raise Conflict(current)
    if {FilingKind(current.kind), kind} - set(FIRST_KINDS):
        raise NotNow(_("Only a first notification can change between initial and complete."))
    before = current.kind
    current.kind = kind
    advance(current, at, kind=kind)
    current.entries.filter(field="notification_type").update(
        value=FORM_TYPE[kind], record_value=FORM_TYPE[kind], changed_in=current.version
    )
    tell("notification.kind_changed", current, by, at, changes={"kind": [before, str(kind)]})
    return _end_approval(current, by, at)


@transaction.atomic
def submit(*, notification: Notification, seen: int, by: User, at: datetime) -> Version:
    """Freeze the draft as a version and ask for its review, due by the review's own clock. Raises Conflict or NotNow."""
    current = lock(notification)
    if current.state not in (State.DRAFT, State.SENT_BACK):
        raise NotNow(_("Only a draft can be submitted for review."))
    if current.version != seen:
        raise Conflict(current)
    record = read(current.incident, at=at, kind=current.kind)
    version = freeze_version(current, record, by, at)
    due_at = review_due(record.running_due_at, at)
    advance(
        current, at, state=State.IN_REVIEW, submitted_at=at, submitted_by=by, review_due_at=due_at, approved_at=None,
        approved_by=None,
    )
    Review.objects.create(notification=current, version=version, asked_at=at, asked_by=by, due_at=due_at)
    messages.call_reviewers(notification=current, kind=MessageKind.SUBMITTED, but=authors(current), at=at)
    note_event(incident=current.incident, event="notification.submitted", by=by, at=at)
    tell(
        "notification.submitted", current, by, at,
        details={"version": version.number, "sha256": version.sha256, "due_at": due_at},
    )
    return version


@transaction.atomic
def take_back(*, notification: Notification, seen: int, by: User, at: datetime) -> Notification:
    """Take a submitted notification back to go on writing. Raises Conflict or NotNow."""
    current = lock(notification)
    if current.state != State.IN_REVIEW:
        raise NotNow(_("This notification is not in review."))
    if current.version != seen:
        raise Conflict(current)
    end_review(current, Outcome.TAKEN_BACK, by, at)
    advance(current, at, state=State.DRAFT, submitted_at=None, submitted_by=None, review_due_at=None)
    tell("notification.taken_back", current, by, at)
    return current


@transaction.atomic
def abandon(*, notification: Notification, seen: int, reason: str, by: User, at: datetime) -> Notification:
    """Give up an open notification, with the reason; its versions stay. Raises Conflict or NotNow."""
    current = lock(notification)
    if not current.is_open:
        raise NotNow(_("This notification is not open any more."))
    if not reason.strip():
        raise NotNow(_("Say why it is abandoned: the register keeps the reason."))
    if current.version != seen:
        raise Conflict(current)
    if current.state == State.IN_REVIEW:
        end_review(current, Outcome.TAKEN_BACK, by, at)
    advance(current, at, state=State.ABANDONED, ended_at=at, ended_by=by, ended_reason=reason.strip())
    note_event(incident=current.incident, event="notification.abandoned", by=by, at=at, text=reason.strip())
    tell("notification.abandoned", current, by, at, details={"reason": reason.strip()})
    return current


@transaction.atomic
def note_reading(*, notification: Notification, by: User, at: datetime) -> None:
    """Record that a person read this notification."""
    tell("notification.opened", notification, by, at)


@transaction.atomic
def note_download(*, notification: Notification, what: str, sha256: str, by: User, at: datetime) -> None:
    """Record that a person downloaded a document of this notification."""
    tell("notification.downloaded", notification, by, at, details={"document": what, "sha256": sha256})


def review_due(due_at: datetime | None, at: datetime) -> datetime:
    """When the review should be done: after half of what is left of the notification's clock, within 24 hours, in 30 minutes at least."""
    left = (due_at - at) / 2 if due_at else LONGEST_REVIEW
    due = at + min(max(left, SHORTEST_REVIEW), LONGEST_REVIEW)
    return due.replace(second=0, microsecond=0) + timedelta(minutes=1 if due.second or due.microsecond else 0)


def check_kind(incident: Incident, kind: FilingKind) -> None:
    """Raise NotNow for a kind of notification that does not fit what the authority holds, or what the incident is."""
    told = incident.filings.exists()
    if kind in FIRST_KINDS and told:
        raise NotNow(_("The authority was told already. Draft a complementary notification."))
    if kind not in FIRST_KINDS and not told:
        raise NotNow(_("The authority holds nothing yet. Draft an initial or a complete notification."))
    if kind != FilingKind.WITHDRAWAL and incident.qualification != Qualification.BREACH:
        raise NotNow(_("Say first that this is a personal-data breach; then draft its notification."))


def _is_change(entry: AnswerEntry, value: Answer) -> bool:
    """Whether saving this answer changes anything: its value, or whose words it is."""
    is_adopted = entry.field in completeness.OWNED_BY_A_PERSON and entry.source == Source.COMPOSED and value
    return bool(is_adopted) or not is_same(entry.value, value)


def _insert(notification: Notification) -> None:
    try:
        with transaction.atomic():
            notification.save(force_insert=True)
    except IntegrityError as error:
        open_one = Notification.objects.filter(incident=notification.incident, state__in=OPEN).first()
        if open_one is None:
            raise
        raise AlreadyOpen(open_one) from error


def _fill(notification: Notification, record: Record, last: Notification | None) -> None:
    typed = {entry.field: entry for entry in last.entries.exclude(edited_by=None)} if last else {}
    AnswerEntry.objects.bulk_create(
        _entry(notification, field, filled, typed.get(field)) for field, filled in fill(record).items()
    )


def _entry(notification: Notification, field: str, filled: Filled, typed: AnswerEntry | None) -> AnswerEntry:
    entry = AnswerEntry(
        notification=notification, field=field, value=filled.value, english=filled.english, source=filled.source,
        record_value=filled.value,
    )
    if typed and is_same(typed.record_value, filled.value) and field != "notification_type":
        entry.value, entry.english, entry.source = typed.value, "", Source.TYPED
        entry.edited_at, entry.edited_by = typed.edited_at, typed.edited_by
    return entry


def _check_writable(notification: Notification) -> None:
    if notification.state == State.IN_REVIEW:
        raise NotNow(_("This notification is in review. Take it back to go on writing."))
    if not notification.is_writable:
        raise NotNow(_("This notification is closed. Draft a complementary one to change what the authority holds."))


def _check_fields(notification, entries: dict[str, AnswerEntry], values: dict, seen: int) -> None:
    met = tuple(
        field for field, value in values.items()
        if entries[field].changed_in > seen and not is_same(entries[field].value, value)
    )
    if met:
        raise Conflict(notification, met)


def _save_entry(entry: AnswerEntry, version: int, value: Answer, source: str, by: User | None, at: datetime | None) -> None:
    entry.value, entry.source, entry.english, entry.changed_in = value, source, "", version
    entry.edited_by, entry.edited_at = by, at
    entry.save(update_fields=["value", "source", "english", "changed_in", "edited_by", "edited_at"])


def _save_filled(entry: AnswerEntry, version: int, filled: Filled) -> None:
    entry.record_value = filled.value
    entry.save(update_fields=["record_value"])
    _save_entry(entry, version, filled.value, filled.source, None, None)
    if filled.english:
        AnswerEntry.objects.filter(pk=entry.pk).update(english=filled.english)


def _end_approval(notification: Notification, by: User, at: datetime) -> Notification:
    """A change ends the approval: what was approved stays sealed, and the draft needs a new review."""
    if notification.state != State.APPROVED:
        return notification
    Notification.objects.filter(pk=notification.pk).update(
        state=State.DRAFT, approved_at=None, approved_by=None, submitted_at=None, submitted_by=None, review_due_at=None
    )
    notification.refresh_from_db()
    note_event(incident=notification.incident, event="notification.approval_ended", by=by, at=at)
    tell("notification.approval_ended", notification, by, at)
    return notification


