"""The clocks that the pages of a notification show: the 72 hours of Art. 33, and the CNIL's indicative ones that follow."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from breachreg.register.deadlines import ARTICLE_33, COMPLEMENTARY
from breachreg.register.models import FilingKind, Incident, Qualification
from breachreg.web.clockface import ClockFace

NAMES = {
    ARTICLE_33: gettext_noop("Notify the CNIL"), COMPLEMENTARY: gettext_noop("Complete the notification (indicative)"),
}
RULE_OF = {
    FilingKind.INITIAL: ARTICLE_33, FilingKind.COMPLETE: ARTICLE_33, FilingKind.COMPLEMENTARY: COMPLEMENTARY,
    FilingKind.WITHDRAWAL: None,
}
"""The clock that a notification of each kind stops; a withdrawal stops none."""


@dataclass(frozen=True)
class NamedClock:
    """A clock with the words above it."""

    rule: str
    what: str
    face: ClockFace


def clocks_of(incident: Incident, at: datetime) -> list[NamedClock]:
    """The clocks of this incident towards the authority (one query); that of Art. 33 also before it starts, but not when
    it was called off: what is no breach, or is not notified by decision, waits for nothing.
    """
    rows = {row.rule: row for row in incident.deadlines.filter(rule__in=NAMES, cancelled_at=None).order_by("-occurrence")}
    return [
        NamedClock(rule, _(name), _face(rows.get(rule), at))
        for rule, name in NAMES.items()
        if rule in rows or (rule == ARTICLE_33 and _is_yet_to_start(incident))
    ]


def _is_yet_to_start(incident: Incident) -> bool:
    return incident.aware_at is None and incident.qualification != Qualification.NOT_A_BREACH


def clock_for(kind: str, clocks: list[NamedClock]) -> NamedClock | None:
    """The clock that a notification of this kind stops; None when it stops none."""
    return next((one for one in clocks if one.rule == RULE_OF[FilingKind(kind)]), None)


def _face(row, at: datetime) -> ClockFace:
    if row is None:
        return ClockFace(at=at)
    return ClockFace(at=at, due_at=row.due_at, aware_at=row.started_at, stopped_at=row.met_at)
