"""The register: incidents with every field of the CNIL's form, what was decided on them, what is due, what was kept.

Unknown is null in every column of a fact; an empty set of codes is "none of them". Instants are UTC.
"""

from breachreg.register.models.clocks import Deadline, FollowUp, OwnClock, Reminder
from breachreg.register.models.constraints import in_order, together
from breachreg.register.models.filings import Filing, FilingKind
from breachreg.register.models.imports import MappingPreset, RegisterImport
from breachreg.register.models.incidents import Incident, IncidentQuerySet, Qualification, ReferenceCounter
from breachreg.register.models.instants import InstantKind, InstantStatement, Precision, StatementState
from breachreg.register.models.judgements import Assessment, Decision, DecisionState, Duty, ExemptionSheet
from breachreg.register.models.notices import Notice
from breachreg.register.models.parties import Party, Promise
from breachreg.register.models.records import Evidence, Task, TimelineEntry, TimelineKind
from breachreg.register.models.retention import LegalHold, Tombstone

__all__ = [
    "Assessment", "Deadline", "Decision", "Evidence", "ExemptionSheet", "Filing", "FollowUp", "Incident", "InstantStatement",
    "LegalHold", "MappingPreset", "Notice", "OwnClock", "Party", "Promise", "ReferenceCounter", "RegisterImport", "Reminder", "Task",
    "TimelineEntry", "Tombstone",
]  # fmt: skip
