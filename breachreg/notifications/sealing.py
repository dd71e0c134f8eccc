"""Seal a version: draw its documents once, keep the bytes and their SHA-256, and serve those for ever."""

from datetime import datetime

from breachreg.accounts.models import User
from breachreg.notifications import document, papers
from breachreg.notifications.answers import written
from breachreg.notifications.models import Notification, Seal, SealKind, Version

LANGUAGES = ("fr", "en")


def seal(*, version: Version, kind: SealKind, by: User, at: datetime) -> list[Seal]:
    """Draw and keep the French document and its English reading version, inside the caller's transaction.

    Raises document.CannotDraw on a machine without Pango; then nothing of the action happens.
    """
    return [_seal(version, kind, language, by, at) for language in LANGUAGES]


def _seal(version: Version, kind: SealKind, language: str, by: User, at: datetime) -> Seal:
    paper = papers.notification(
        version.content, kind=kind, language=language, at=at, trail=trail_of(version.notification)
    )
    drawn = document.draw(paper)
    return Seal.objects.create(
        version=version, kind=kind, language=language, content=drawn.content, size=len(drawn.content),
        sha256=drawn.sha256, data_sha256=paper.data_sha256, pages=drawn.pages, sealed_at=at, sealed_by=by,
    )


def trail_of(notification: Notification) -> dict:
    """Who submitted, approved and filed, and when, as a document tells it."""
    trail: dict = {}
    for name in ("submitted", "approved", "unapproved"):
        if getattr(notification, f"{name}_at"):
            trail[f"{name}_at"] = written(getattr(notification, f"{name}_at"))
            trail[f"{name}_by"] = str(getattr(notification, f"{name}_by"))
    if notification.unapproved_reason:
        trail["unapproved_note"] = notification.unapproved_reason
    if filing := notification.filing:
        trail |= {
            "filed_at": written(filing.filed_at), "receipt": filing.receipt_number,
            "recorded_at": written(filing.recorded_at), "recorded_by": str(filing.recorded_by),
        }
    return trail
