"""What we tell the authority: notifications, their answers, frozen versions, sealed documents, review, filing."""

from breachreg.notifications.models.controller import (
    ControllerDispatch,
    ControllerNotice,
    ControllerNoticeQuerySet,
    NoticeChannel,
)
from breachreg.notifications.models.notification import (
    OPEN,
    READING,
    WRITABLE,
    AnswerEntry,
    EntryQuerySet,
    Notification,
    NotificationQuerySet,
    State,
)
from breachreg.notifications.models.printing import LetterPrint, PrintedLetter, PrintPart
from breachreg.notifications.models.review import (
    Comment,
    MessageKind,
    Outcome,
    Review,
    ReviewMessage,
    Thread,
    Tick,
)
from breachreg.notifications.models.sealed import DecisionFile, Seal, SealKind, Version

__all__ = [
    "AnswerEntry", "Comment", "ControllerDispatch", "ControllerNotice", "DecisionFile", "LetterPrint", "Notification",
    "PrintPart", "PrintedLetter", "Review", "ReviewMessage", "Seal", "Thread", "Tick", "Version",
]  # fmt: skip
