"""While a change of the awareness waits for its second person: both instants, each with the clock that it gives."""

from dataclasses import dataclass
from datetime import datetime

from breachreg.law import board
from breachreg.register.clocks import version_for
from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Incident, InstantKind, InstantStatement, StatementState
from breachreg.web.clockface import ClockFace


@dataclass(frozen=True)
class Reading:
    """One of two instants of awareness; ``alarms``: the strict one, which drives the reminders."""

    statement: InstantStatement
    clock: ClockFace
    alarms: bool

    @property
    def is_in_force(self) -> bool:
        return self.statement.state == StatementState.IN_FORCE


def both_clocks(incident: Incident, at: datetime) -> list[Reading]:
    """Both readings of the awareness, the one in force first; none when nothing waits. Each under the version of its own day."""
    states = [StatementState.IN_FORCE, StatementState.PENDING]
    stated = list(incident.statements.filter(kind=InstantKind.AWARE, state__in=states).select_related("recorded_by"))
    if len(stated) < 2:
        return []
    row = incident.deadlines.filter(rule=ARTICLE_33).first()
    strict, zone = min(statement.at for statement in stated), incident.organisation.zone
    readings = []
    for statement in sorted(stated, key=lambda one: one.state != StatementState.IN_FORCE):
        rule = version_for(incident, statement.at, row, at)
        due_at = board.notification_clock(statement.at, zone, rule_key=rule.key).due_at
        face = ClockFace(at=at, due_at=due_at, aware_at=statement.at, stopped_at=row.met_at if row else None)
        readings.append(Reading(statement, face, statement.at == strict))
    return readings
