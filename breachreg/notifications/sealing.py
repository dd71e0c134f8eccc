"""Seal a version: draw its documents once, keep the bytes and their SHA-256, and serve those for ever."""

import hashlib
from datetime import datetime

from breachreg.accounts.models import User
from breachreg.notifications import document, papers, signature
from breachreg.notifications.answers import written
from breachreg.notifications.models import Notification, Seal, SealKind, Version
from breachreg.notifications.paper import Paper

LANGUAGES = ("fr", "en")


def seal(*, version: Version, kind: SealKind, by: User, at: datetime, unsigned: bool = False) -> list[Seal]:
    """Draw and keep the French document and its English reading version, inside the caller's transaction.

    They are signed and dated as the settings ask, unless a person chose to seal them ``unsigned``. Raises
    document.CannotDraw on a machine without Pango and signature.CannotSign; then nothing of the action happens.
    """
    return [_seal(version, kind, language, by, at, unsigned) for language in LANGUAGES]


def sealed(paper: Paper, *, at: datetime, by: User, unsigned: bool) -> dict:
    """The columns of a sealed document: its bytes as drawn, then signed and dated. Raises what seal() raises."""
    drawn = document.draw(paper)
    signed = signature.Signed(drawn.content) if unsigned else signature.sign(drawn.content, at=at)
    return {
        "content": signed.content, "size": len(signed.content), "sha256": hashlib.sha256(signed.content).hexdigest(),
        "data_sha256": paper.data_sha256, "pages": drawn.pages, "signed_as": signed.signed_as,
        "dated_at": signed.dated_at, "dated_by": signed.dated_by, "sealed_at": at, "sealed_by": by,
    }


def told(seals: list[Seal], unsigned: bool) -> dict:
    """What the trail says of sealed documents: their hashes, and that a person sealed them without a signature."""
    documents = {one.name: one.sha256 for one in seals}
    return {"documents": documents} | ({"unsigned": True} if unsigned and signature.is_configured() else {})


def _seal(version: Version, kind: SealKind, language: str, by: User, at: datetime, unsigned: bool) -> Seal:
    paper = papers.notification(
        version.content, kind=kind, language=language, at=at, trail=trail_of(version.notification)
    )
    columns = sealed(paper, at=at, by=by, unsigned=unsigned)
    return Seal.objects.create(version=version, kind=kind, language=language, **columns)


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
