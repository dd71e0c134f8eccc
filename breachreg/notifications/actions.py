"""What the author does to a notification: draft it, write its answers, follow the record, submit it, abandon it.

Each verb is one transaction with one entry in the trail. ``seen`` is the notification's version that the person had on
the screen: who writes over an answer that somebody changed since gets a Conflict, and keeps what was typed.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import record as record_entry
from breachreg.notifications import completeness, events, neutral  # noqa: F401 (events declares what this room does)
from breachreg.notifications.answers import Answer, Source
from breachreg.notifications.compare import is_same
from breachreg.notifications.content import freeze
from breachreg.notifications.models import (
    OPEN,
    AnswerEntry,
    Notification,
    Outcome,
    Review,
    State,
    Version,
)
from breachreg.notifications.prefill import FORM_TYPE, Filled, fill
from breachreg.notifications.record import Record, read
from breachreg.register.changes import note_event
from breachreg.register.models import FilingKind, Incident, Qualification

LONGEST_REVIEW = timedelta(hours=24)
SHORTEST_REVIEW = timedelta(minutes=30)
FIRST_KINDS = (FilingKind.INITIAL, FilingKind.COMPLETE)


class Conflict(Exception):
    """Somebody was first. Carries the notification as it stands now and the fields where both met."""

    def __init__(self, notification: Notification, fields: tuple[str, ...] = (), message: str = ""):
        super().__init__(
            message
            or _("Somebody changed this notification after you opened the page. Nothing of yours was saved or lost: compare, then save again.")
        )
        self.notification, self.fields = notification, fields


class NotNow(Exception):
    """The notification is not in a state in which this can be done; the message says what to do first."""


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
    _check_kind(incident, kind)
    last = incident.notifications.filter(state=State.FILED).order_by("number").last()
    number = (incident.notifications.aggregate(last=Max("number"))["last"] or 0) + 1
    notification = Notification(
        incident=incident, number=number, kind=kind, builds_on=last, drafted_at=at, drafted_by=by
    )
    _insert(notification)
    _fill(notification, read(incident, at=at, kind=kind), last)
    note_event(incident=incident, event="notification.drafted", by=by, at=at, text=str(notification.get_kind_display()))
    _record("notification.drafted", notification, by, at, details={"kind": str(kind), "number": number})
    return notification


@transaction.atomic
def write(*, notification: Notification, seen: int, values: dict[str, Answer], by: User, at: datetime) -> Notification:
    """Write the answers that a person typed. Raises Conflict (with its fields) or NotNow; writes nothing when nothing changed."""
    current = _lock(notification)
    _check_writable(current)
    entries = {entry.field: entry for entry in current.entries.filter(field__in=values)}
    changed = {field: value for field, value in values.items() if _is_change(entries[field], value)}
    _check_fields(current, entries, changed, seen)
    if not changed:
        return current
    before = {field: entries[field].value for field in changed}
    _advance(current, at)
    for field, value in changed.items():
        _save_entry(entries[field], current.version, value, Source.TYPED, by, at)
    changes = {field: [before[field], value] for field, value in changed.items()}
    _record("notification.answered", current, by, at, changes=changes)
    return _end_approval(current, by, at)


@transaction.atomic
def follow_record(*, notification: Notification, seen: int, fields: tuple[str, ...], by: User, at: datetime) -> Notification:
    """Take these answers from the record again, as it is now; what was typed there goes. Raises Conflict or NotNow."""
    current = _lock(notification)
    _check_writable(current)
    filled = fill(read(current.incident, at=at, kind=current.kind))
    entries = {entry.field: entry for entry in current.entries.filter(field__in=fields)}
    _check_fields(current, entries, {field: filled[field].value for field in entries}, seen)
    before = {field: entry.value for field, entry in entries.items()}
    _advance(current, at)
    for field, entry in entries.items():
        _save_filled(entry, current.version, filled[field])
    changes = {field: [before[field], filled[field].value] for field in entries}
    _record("notification.refreshed", current, by, at, changes=changes)
    return _end_approval(current, by, at)


@transaction.atomic
def keep(*, notification: Notification, fields: tuple[str, ...], by: User, at: datetime) -> None:
    """Note that these answers stay as they are although the record says something else now."""
    current = _lock(notification)
    _check_writable(current)
    filled = fill(read(current.incident, at=at, kind=current.kind))
    for entry in current.entries.filter(field__in=fields):
        AnswerEntry.objects.filter(pk=entry.pk).update(record_value=filled[entry.field].value)
    _record("notification.kept", current, by, at, details={"fields": list(fields)})


@transaction.atomic
def change_kind(*, notification: Notification, seen: int, kind: FilingKind, by: User, at: datetime) -> Notification:
    """Make an initial notification a complete one, or the other way round. Raises Conflict or NotNow."""
    current = _lock(notification)
    _check_writable(current)
    if current.version != seen:
        raise Conflict(current)
    if {FilingKind(current.kind), kind} - set(FIRST_KINDS):
        raise NotNow(_("Only a first notification can change between initial and complete."))
    before = current.kind
    current.kind = kind
    _advance(current, at, kind=kind)
    current.entries.filter(field="notification_type").update(
        value=FORM_TYPE[kind], record_value=FORM_TYPE[kind], changed_in=current.version
    )
    _record("notification.kind_changed", current, by, at, changes={"kind": [before, str(kind)]})
    return _end_approval(current, by, at)


@transaction.atomic
def submit(*, notification: Notification, seen: int, by: User, at: datetime) -> Version:
    """Freeze the draft as a version and ask for its review, due by the review's own clock. Raises Conflict or NotNow."""
    current = _lock(notification)
    if current.state not in (State.DRAFT, State.SENT_BACK):
        raise NotNow(_("Only a draft can be submitted for review."))
    if current.version != seen:
        raise Conflict(current)
    record = read(current.incident, at=at, kind=current.kind)
    version = freeze_version(current, record, by, at)
    due_at = review_due(record.due_at, at)
    _advance(
        current, at, state=State.IN_REVIEW, submitted_at=at, submitted_by=by, review_due_at=due_at, approved_at=None,
        approved_by=None,
    )
    Review.objects.create(notification=current, version=version, asked_at=at, asked_by=by, due_at=due_at)
    note_event(incident=current.incident, event="notification.submitted", by=by, at=at)
    _record(
        "notification.submitted", current, by, at,
        details={"version": version.number, "sha256": version.sha256, "due_at": due_at},
    )
    return version


@transaction.atomic
def take_back(*, notification: Notification, seen: int, by: User, at: datetime) -> Notification:
    """Take a submitted notification back to go on writing. Raises Conflict or NotNow."""
    current = _lock(notification)
    if current.state != State.IN_REVIEW:
        raise NotNow(_("This notification is not in review."))
    if current.version != seen:
        raise Conflict(current)
    end_review(current, Outcome.TAKEN_BACK, by, at)
    _advance(current, at, state=State.DRAFT, submitted_at=None, submitted_by=None, review_due_at=None)
    _record("notification.taken_back", current, by, at)
    return current


@transaction.atomic
def abandon(*, notification: Notification, seen: int, reason: str, by: User, at: datetime) -> Notification:
    """Give up an open notification, with the reason; its versions stay. Raises Conflict or NotNow."""
    current = _lock(notification)
    if not current.is_open:
        raise NotNow(_("This notification is not open any more."))
    if not reason.strip():
        raise NotNow(_("Say why it is abandoned: the register keeps the reason."))
    if current.version != seen:
        raise Conflict(current)
    if current.state == State.IN_REVIEW:
        end_review(current, Outcome.TAKEN_BACK, by, at)
    _advance(current, at, state=State.ABANDONED, ended_at=at, ended_by=by, ended_reason=reason.strip())
    note_event(incident=current.incident, event="notification.abandoned", by=by, at=at, text=reason.strip())
    _record("notification.abandoned", current, by, at, details={"reason": reason.strip()})
    return current


@transaction.atomic
def note_reading(*, notification: Notification, by: User, at: datetime) -> None:
    """Record that a person read this notification."""
    _record("notification.opened", notification, by, at)


@transaction.atomic
def note_download(*, notification: Notification, what: str, sha256: str, by: User, at: datetime) -> None:
    """Record that a person downloaded a document of this notification."""
    _record("notification.downloaded", notification, by, at, details={"document": what, "sha256": sha256})


# What the other actions of this room are made of


def review_due(due_at: datetime | None, at: datetime) -> datetime:
    """When the review should be done: after half of what is left of the 72 hours, within 24 hours, in 30 minutes at least."""
    left = (due_at - at) / 2 if due_at else LONGEST_REVIEW
    due = at + min(max(left, SHORTEST_REVIEW), LONGEST_REVIEW)
    return due.replace(second=0, microsecond=0) + timedelta(minutes=1 if due.second or due.microsecond else 0)


def freeze_version(notification: Notification, record: Record, by: User, at: datetime) -> Version:
    """Freeze the draft's content as its next version."""
    number = (notification.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    content = freeze(
        record, notification.entries.as_content(), number=notification.number, version=number, held=held_by(notification)
    )
    return Version.objects.create(
        notification=notification, number=number, content=content, frozen_at=at, frozen_by=by,
        sha256=neutral.digest(neutral.serialise(content)),
    )


def held_by(notification: Notification) -> dict | None:
    """What the authority holds: the answers of the filed notification that this one builds on; None when it holds nothing."""
    if notification.builds_on_id is None:
        return None
    filed = notification.builds_on.versions.order_by("number").last()
    return filed.answers if filed else None


def end_review(notification: Notification, outcome: Outcome, by: User, at: datetime, summary: str = "") -> Review:
    """End the running review of this notification. Raises Conflict when somebody ended it before."""
    review = notification.reviews.get(outcome=None)
    ended = Review.objects.filter(pk=review.pk, outcome=None).update(
        outcome=outcome, ended_at=at, ended_by=by, summary=summary
    )
    if not ended:
        raise Conflict(notification)
    return review


def authors(notification: Notification) -> set[int]:
    """The people whose text this is: who drafted, typed an answer, or submitted it."""
    typed = notification.entries.exclude(edited_by=None).values_list("edited_by", flat=True)
    return {notification.drafted_by_id, notification.submitted_by_id, *typed} - {None}


def blocking(version: Version, record: Record) -> list[completeness.Point]:
    """What keeps a version from being approved at the instant of the record, the reasons for a delay included."""
    composed = {code for code, entry in version.content["answers"].items() if entry["source"] == Source.COMPOSED}
    return completeness.blocking(version.answers, record.circumstances, composed)


def _is_change(entry: AnswerEntry, value: Answer) -> bool:
    """Whether saving this answer changes anything: its value, or whose words it is."""
    is_adopted = entry.field in completeness.OWNED_BY_A_PERSON and entry.source == Source.COMPOSED and value
    return bool(is_adopted) or not is_same(entry.value, value)


def _check_kind(incident: Incident, kind: FilingKind) -> None:
    told = incident.filings.exists()
    if kind in FIRST_KINDS and told:
        raise NotNow(_("The authority was told already. Draft a complementary notification."))
    if kind not in FIRST_KINDS and not told:
        raise NotNow(_("The authority holds nothing yet. Draft an initial or a complete notification."))
    if kind != FilingKind.WITHDRAWAL and incident.qualification != Qualification.BREACH:
        raise NotNow(_("Say first that this is a personal-data breach; then draft its notification."))


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


def _lock(notification: Notification) -> Notification:
    return Notification.objects.select_for_update(of=("self",)).select_related("incident__organisation").get(
        pk=notification.pk
    )


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


def _advance(notification: Notification, at: datetime, **columns) -> None:
    """Write these columns and count the version up, if it is still the one that was locked. Raises Conflict."""
    won = Notification.objects.filter(pk=notification.pk, version=notification.version).update(
        version=F("version") + 1, **columns
    )
    if not won:
        raise Conflict(Notification.objects.get(pk=notification.pk))
    notification.version += 1
    for name, value in columns.items():
        setattr(notification, name, value)


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
    _record("notification.approval_ended", notification, by, at)
    return notification


def _record(action: str, notification: Notification, by: User, at: datetime, *, changes=None, details=None) -> None:
    record_entry(
        action=action, by=by, at=at, organisation=notification.incident.organisation, subject=notification,
        changes=changes, details=details,
    )
