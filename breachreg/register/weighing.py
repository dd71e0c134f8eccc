"""What the law's engine may know of an incident: its columns, and the answers given for the assessment."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from breachreg.law.facts import BadFact, Count, Facts
from breachreg.register.models import Incident

FROM_THE_RECORD = {
    "natures": "natures", "origins": "origins", "causes": "causes", "data_categories": "data_categories",
    "sensitive_categories": "sensitive_categories", "people_categories": "people_categories",
}  # fmt: skip
"""Fact of the law's engine -> column of the incident that holds its answer."""
PEOPLE_COUNT = "people_count"


def facts_of(incident: Incident, answers: Mapping | None = None) -> Facts:
    """What the law's engine may know of an incident: its columns, and the answers given for the assessment.

    Raises ValidationError naming the question whose answer it does not allow.
    """
    held = {name: getattr(incident, column) for name, column in FROM_THE_RECORD.items()}
    if held["sensitive_categories"] is None and incident.has_sensitive_data is not None:
        held["sensitive_categories"] = ("unspecified",) if incident.has_sensitive_data else ()
    held[PEOPLE_COUNT] = Count(incident.people_low, incident.people_likely, incident.people_high)
    given = incident.risk_facts if answers is None else answers
    try:
        return Facts.from_answers({**given, **{name: value for name, value in held.items() if value is not None}})
    except BadFact as refusal:
        raise ValidationError(str(refusal)) from refusal
