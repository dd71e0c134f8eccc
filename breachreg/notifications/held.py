"""What the authority holds: the answers of the notification that was filed last, and how it was filed."""

from dataclasses import dataclass
from datetime import datetime

from breachreg.notifications.answers import Answers, written
from breachreg.notifications.models import Notification


@dataclass(frozen=True)
class Held:
    """The version that the authority holds. `filed_elsewhere` counts what it was told since without a text of ours."""

    answers: Answers
    number: int
    version: int
    filed_at: datetime
    receipt: str | None
    filed_elsewhere: int = 0

    def as_content(self) -> dict:
        """How it was filed, as a content holds it."""
        return {
            "number": self.number, "version": self.version, "filed_at": written(self.filed_at), "receipt": self.receipt,
            "filed_elsewhere": self.filed_elsewhere,
        }


def held_by(notification: Notification) -> Held | None:
    """What the authority holds while this notification is written; None when it holds no text of ours (three queries)."""
    filed = notification.builds_on
    version = filed.versions.order_by("number").last() if filed else None
    if version is None:
        return None
    elsewhere = notification.incident.filings.filter(notification=None, filed_at__gt=filed.filing.filed_at)
    if notification.filing_id:
        elsewhere = elsewhere.filter(filed_at__lt=notification.filing.filed_at)
    return Held(
        answers=version.answers, number=filed.number, version=version.number, filed_at=filed.filing.filed_at,
        receipt=filed.filing.receipt_number, filed_elsewhere=elsewhere.count(),
    )
