"""Steps that the tests of the clocks share."""

from datetime import timedelta

from breachreg.register import actions, assessments
from breachreg.register.models import Duty

OWN = {"name": "Prévenir l’assureur", "addressee": "Assureur", "instant": "aware", "hours": 48, "source": "Police 2026, art. 4"}


def hours(noon, count):
    return noon + timedelta(hours=count)


def running(incident) -> dict:
    return {row.rule: row for row in incident.deadlines.filter(cancelled_at=None, met_at=None)}


def amend(incident, by, at, **facts):
    incident.refresh_from_db()
    return actions.amend_facts(incident=incident, by=by, at=at, **facts)


def decide(incident, by, at, duty: Duty, answers=None):
    """Assess, then decide; with the reasons of a departure where there is one."""
    incident.refresh_from_db()
    made = assessments.assess(incident=incident, answers=answers or {}, by=by, at=at)
    incident.refresh_from_db()
    departs = None if made.recommended_duty == duty else "Motifs"
    return assessments.decide(
        incident=incident, assessment=made, duty=duty, reasons="Motifs", departure_reasons=departs, by=by, at=at
    )
