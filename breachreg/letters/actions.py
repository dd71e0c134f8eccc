"""What is done to a letter: written, submitted, commented on, sent back, approved and sealed.

Each verb is one transaction with one entry in the trail. A letter's version decides where two people meet: the second
one gets ``Stale`` and keeps what was typed. Nobody approves a text that they wrote themselves.
"""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from breachreg.accounts.models import User
from breachreg.audit.actions import difference, record, snapshot
from breachreg.letters import content, seal
from breachreg.letters.events import EVENTS
from breachreg.letters.models import CommentKind, Group, Letter, LetterComment, LetterState
from breachreg.register.actions import note_event
from breachreg.register.models import Incident

TEXTS = ("subject", *content.part_codes())
SEGMENT = ("language", "group", "capacity", "data_categories", "sensitive_categories", "details")


class Stale(Exception):
    """Somebody else changed the letter since this page was opened; carries the letter as it stands now."""

    def __init__(self, letter: Letter):
        super().__init__(_("Somebody changed this letter after you opened the page. What you typed is still here."))
        self.letter = letter


class NotNow(Exception):
    """The letter is in another state than this step needs; says which step comes first."""


class OwnText(Exception):
    """Nobody approves, or sends back, a text that they wrote themselves."""


@transaction.atomic
def write_letter(
    *, incident: Incident, by: User, at: datetime, replaces: Letter | None = None, **fields
) -> Letter:
    """Begin a letter for one segment of the people concerned by a breach.

    Raises NotNow when the incident was not qualified as a breach, ValidationError naming each wrong field.
    """
    if not incident.is_breach:
        raise NotNow(_("Qualify the incident as a personal-data breach first; then write to the people."))
    Incident.objects.select_for_update().get(pk=incident.pk)
    last = Letter.objects.filter(incident=incident).aggregate(last=Max("number"))["last"] or 0
    letter = Letter(
        incident=incident, number=last + 1, created_at=at, created_by=by, replaces=replaces, **_tidied(fields)
    )
    letter.full_clean()
    letter.save()
    letter.authors.add(by)
    _record(letter, "letter.written", by, at, changes=difference({}, snapshot(letter, (*TEXTS, *SEGMENT))))
    note_event(incident=incident, event="letter.written", by=by, at=at, text=letter.reference)
    return letter


@transaction.atomic
def amend_letter(*, letter: Letter, by: User, at: datetime, **fields) -> Letter:
    """Change a draft's text or segment; who changes it is an author from then on.

    ``letter.version`` is the one that the person saw. Raises NotNow, Stale, or ValidationError naming each wrong field.
    """
    current = _locked(letter, LetterState.DRAFT, _("Only a draft can be changed. Have it sent back, or write a new letter."))
    before = snapshot(current, (*TEXTS, *SEGMENT))
    for name, value in _tidied(fields).items():
        setattr(current, name, value)
    changes = difference(before, snapshot(current, (*TEXTS, *SEGMENT)))
    if not changes:
        return current
    current.full_clean()
    current.authors.add(by)
    return _save(current, fields.keys(), "letter.amended", by, at, changes)


@transaction.atomic
def submit_letter(*, letter: Letter, by: User, at: datetime) -> Letter:
    """Hand a draft to review. Raises NotNow, Stale, or ValidationError with what the law or the checks still ask for."""
    current = _locked(letter, LetterState.DRAFT, _("This letter is in review or approved already."))
    refuse_gaps(current)
    current.state, current.submitted_at, current.submitted_by = LetterState.IN_REVIEW, at, by
    return _save(current, ("state", "submitted_at", "submitted_by"), "letter.submitted", by, at)


@transaction.atomic
def comment_on_letter(*, letter: Letter, text: str, by: User, at: datetime, part: str | None = None) -> LetterComment:
    """Say something about a part of a letter, or (without ``part``) about the whole. Raises ValidationError."""
    comment = _add_comment(letter, CommentKind.COMMENT, text, part, by, at)
    _record(letter, "letter.commented", by, at, details={"part": part, "text": comment.text})
    return comment


@transaction.atomic
def settle_comment(*, comment: LetterComment, by: User, at: datetime) -> None:
    """Mark a comment as dealt with; the second time changes nothing."""
    won = LetterComment.objects.filter(pk=comment.pk, settled_at__isnull=True).update(settled_at=at, settled_by=by)
    if won:
        _record(comment.letter, "letter.comment_settled", by, at, details={"text": comment.text})


@transaction.atomic
def send_back_letter(*, letter: Letter, reasons: str, by: User, at: datetime) -> Letter:
    """Make a letter a draft again, with the reasons. Raises OwnText, NotNow, Stale or ValidationError."""
    current = _for_decision(letter, by)
    _add_comment(current, CommentKind.SENT_BACK, reasons, None, by, at)
    current.state, current.submitted_at, current.submitted_by = LetterState.DRAFT, None, None
    return _save(
        current, ("state", "submitted_at", "submitted_by"), "letter.sent_back", by, at, details={"reasons": reasons}
    )


@transaction.atomic
def approve_letter(*, letter: Letter, by: User, at: datetime) -> Letter:
    """Approve and seal: text and SHA-256 are kept, and the letter never changes again.

    Raises OwnText, NotNow, Stale, or ValidationError with what is still missing (the record may have changed).
    """
    current = _for_decision(letter, by)
    refuse_gaps(current)
    current.state, current.approved_at, current.approved_by = LetterState.APPROVED, at, by
    current.sealed_text = seal.text_of(current)
    current.sealed_sha256 = seal.digest(current.sealed_text)
    names = ("state", "approved_at", "approved_by", "sealed_text", "sealed_sha256")
    saved = _save(current, names, "letter.approved", by, at, details={"sha256": current.sealed_sha256})
    note_event(incident=saved.incident, event="letter.approved", by=by, at=at, text=saved.reference)
    return saved


@transaction.atomic
def rewrite_letter(*, letter: Letter, by: User, at: datetime) -> Letter:
    """Begin a new letter with the text of a sealed one, which stays as it is. Raises NotNow."""
    if not letter.is_approved:
        raise NotNow(_("This letter is not sealed: change it as it is."))
    if Letter.objects.filter(replaces=letter).exists():
        raise NotNow(_("A new version of this letter was begun already."))
    fields = {name: getattr(letter, name) for name in (*TEXTS, *SEGMENT)}
    return write_letter(incident=letter.incident, by=by, at=at, replaces=letter, **fields)


@transaction.atomic
def note_letter_reading(*, letter: Letter, by: User, at: datetime) -> None:
    """Record that a person read this letter."""
    _record(letter, "letter.opened", by, at)


@transaction.atomic
def note_download(*, letter: Letter, by: User, at: datetime, details: Mapping) -> None:
    """Record that letters left as PDF: how many, which, under which hash."""
    _record(letter, "letter.downloaded", by, at, details=details)


def texts(letter: Letter) -> dict[str, str]:
    """Subject and parts by code."""
    return {name: getattr(letter, name) for name in TEXTS}


def findings(letter: Letter) -> list[content.Finding]:
    """Everything to say about a letter's text, what stops first; a text to the public names no single person."""
    return content.check(texts(letter), letter.language, is_public=letter.group == Group.PUBLIC)


def refuse_gaps(letter: Letter) -> None:
    """Raise ValidationError for everything that keeps this letter from review, by part."""
    found: dict[str, list[str]] = {}
    for finding in findings(letter):
        if not finding.stops:
            continue
        found.setdefault(finding.part, []).append(finding.message)
    for part, message in seal.missing_values(letter):
        found.setdefault(part, []).append(message)
    if found:
        raise ValidationError(found)


def can_decide(letter: Letter, by: User) -> bool:
    """Whether this person may approve or send back this letter: it waits for review, and they wrote none of it."""
    return letter.is_in_review and not letter.authors.filter(pk=by.pk).exists()


def _for_decision(letter: Letter, by: User) -> Letter:
    current = _locked(letter, LetterState.IN_REVIEW, _("This letter does not wait for review."))
    if current.authors.filter(pk=by.pk).exists():
        raise OwnText(_("You wrote this text, or part of it. A colleague has to review it."))
    return current


def _locked(letter: Letter, state: str, otherwise: str) -> Letter:
    current = Letter.objects.select_for_update().select_related("incident__organisation").get(pk=letter.pk)
    if current.version != letter.version:
        raise Stale(current)
    if current.state != state:
        raise NotNow(otherwise)
    return current


def _save(letter: Letter, names, action: str, by: User, at: datetime, changes=None, details=None) -> Letter:
    won = Letter.objects.filter(pk=letter.pk, version=letter.version).update(
        version=letter.version + 1, **{name: getattr(letter, name) for name in names}
    )
    if not won:
        raise Stale(Letter.objects.get(pk=letter.pk))
    letter.version += 1
    _record(letter, action, by, at, changes, details)
    return letter


def _add_comment(letter: Letter, kind: str, text: str, part: str | None, by: User, at: datetime) -> LetterComment:
    if not text.strip():
        raise ValidationError({"text": _("Write what should be changed, and why.")})
    if part is not None and part not in TEXTS:
        raise ValidationError({"part": _("There is no such part.")})
    return LetterComment.objects.create(
        letter=letter, kind=kind, part=part, text=text.strip(), letter_version=letter.version, made_at=at, made_by=by
    )


def _record(letter: Letter, action: str, by: User, at: datetime, changes=None, details=None) -> None:
    EVENTS[action]
    record(
        action=action, by=by, at=at, organisation=letter.incident.organisation, subject=letter, changes=changes,
        details={"incident": letter.incident.reference, **(details or {})},
    )


def _tidied(fields: Mapping) -> dict:
    """Texts without blanks at their ends, in the line ends of the web made plain."""
    return {
        name: value.replace("\r\n", "\n").strip() if name in TEXTS and isinstance(value, str) else value
        for name, value in fields.items()
    }
