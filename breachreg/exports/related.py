"""What lies under a batch of incidents, in one query a table: incident's key to its rows, in their order."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F
from django.db.models.functions import Coalesce

from breachreg.register.models import (
    Assessment,
    Decision,
    Evidence,
    Filing,
    InstantKind,
    InstantStatement,
    Party,
    Promise,
    Task,
)  # fmt: skip

Rows = dict[int, list[dict]]


def _read(queryset, keys: Iterable[int], order: tuple[str, ...], *columns: str, **named) -> Rows:
    found: Rows = defaultdict(list)
    for row in queryset.filter(incident_id__in=list(keys)).order_by(*order).values("incident_id", *columns, **named):
        found[row.pop("incident_id")].append(row)
    return found


def statements(keys):
    aware = InstantStatement.objects.filter(kind=InstantKind.AWARE)
    by = F("recorded_by__full_name")
    return _read(
        aware, keys, ("recorded_at", "pk"), "at", "stated_by", "evidence", "reason", "state",
        recorded_by_name=by,
    )


def assessments(keys):
    return _read(
        Assessment.objects, keys, ("number",), "score_low", "score_likely", "score_high", "recommended_duty",
        "rule_version", "assessed_at", assessed_by_name=F("assessed_by__full_name"),
    )


def decisions(keys):
    return _read(
        Decision.objects, keys, ("decided_at", "pk"), "duty", "state", "reasons", "departure_reasons", "decided_at",
        decided_by_name=F("decided_by__full_name"), seconded_by_name=F("seconded_by__full_name"),
    )


def filings(keys):
    return _read(Filing.objects, keys, ("filed_at", "pk"), "kind", "filed_at", "precision", "receipt_number")


def parties(keys):
    return _read(Party.objects, keys, ("pk",), "name", "role", "contact", "told_us_at")


def tasks(keys):
    return _read(
        Task.objects, keys, ("pk",), "what", "due_at", "done_at", owner_words=Coalesce("owner__full_name", "owner_name")
    )


def promises(keys):
    return _read(Promise.objects.filter(kept_at=None), keys, ("pk",), "field", "owed_by", "promised_for")


def evidence(keys):
    return _read(Evidence.objects, keys, ("added_at", "pk"), "name", "sha256")


READERS = {
    "statements": statements, "assessments": assessments, "decisions": decisions, "filings": filings,
    "parties": parties, "tasks": tasks, "promises": promises, "evidence": evidence,
}  # fmt: skip
RENAMED = {
    "recorded_by_name": "recorded_by", "assessed_by_name": "assessed_by", "decided_by_name": "decided_by",
    "seconded_by_name": "seconded_by", "owner_words": "owner",
}  # fmt: skip
"""A value can't be named like a column of its table; the export can."""


def read(names: Iterable[str], keys: list[int]) -> dict[str, Rows]:
    """The rows under these incidents, by name of the kind and by incident."""
    return {name: _renamed(READERS[name](keys)) for name in names}


def _renamed(rows: Rows) -> Rows:
    for lines in rows.values():
        for line in lines:
            for old in RENAMED.keys() & line.keys():
                line[RENAMED[old]] = line.pop(old)
    return rows
