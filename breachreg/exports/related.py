"""What lies under a batch of incidents, in one query a table: incident's key to its rows, in their order."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import CharField, DateTimeField, F, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

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

SPARSE = 4
"""From how many times as far apart as they could be keys are named one by one."""

Rows = dict[int, list[dict]]


def _read(queryset: QuerySet, keys: Iterable[int], order: tuple[str, ...], *columns: str, **named) -> Rows:
    """Rows by incident. Django binds the keys of ``in`` one by one, which for a thousand costs more than the query.

    Keys that lie close together are asked for as a range, and what lies between them is passed over.
    """
    wanted_keys = set(keys)
    model = queryset.model
    instants = [name for name in columns if isinstance(model._meta.get_field(name), DateTimeField)]
    wanted = [_stored(name, name in instants) for name in columns] + list(named.values())
    here = _among(f'"{model._meta.db_table}"."incident_id"', wanted_keys)
    names = ("incident_id", *columns, *named)
    found: Rows = defaultdict(list)
    for values in queryset.extra(where=[here]).order_by(*order).values_list("incident_id", *wanted):
        if values[0] not in wanted_keys:
            continue
        row = dict(zip(names, values, strict=True))
        found[row.pop("incident_id")].append(row)
    return found


def _among(column: str, keys: set[int]) -> str:
    """A condition in SQL; the keys are numbers."""
    first, last = int(min(keys)), int(max(keys))
    if last - first < SPARSE * len(keys):
        return f"{column} BETWEEN {first} AND {last}"
    return f"{column} IN ({','.join(str(int(key)) for key in keys)})"


def _stored(name: str, is_instant: bool):
    """A column as an expression; an instant as the text that SQLite holds, because reading that here is quicker."""
    return Cast(F(name), TextField()) if is_instant and connection.vendor == "sqlite" else F(name)


def statements(keys):
    aware = InstantStatement.objects.filter(kind=InstantKind.AWARE)
    return _read(
        aware, keys, ("recorded_at", "pk"), "at", "stated_by", "evidence", "reason", "state",
        recorded_by=F("recorded_by__full_name"),
    )


def assessments(keys):
    return _read(
        Assessment.objects, keys, ("number",), "score_low", "score_likely", "score_high", "recommended_duty",
        "rule_version", "assessed_at", assessed_by=F("assessed_by__full_name"),
    )


def decisions(keys):
    return _read(
        Decision.objects, keys, ("decided_at", "pk"), "duty", "state", "reasons", "departure_reasons", "decided_at",
        decided_by=F("decided_by__full_name"), seconded_by=F("seconded_by__full_name"),
    )


def filings(keys):
    return _read(Filing.objects, keys, ("filed_at", "pk"), "kind", "filed_at", "precision", "receipt_number")


def parties(keys):
    return _read(Party.objects, keys, ("pk",), "name", "role", "contact", "told_us_at")


def tasks(keys):
    owner = Coalesce("owner__full_name", "owner_name", output_field=CharField())
    return _read(Task.objects, keys, ("pk",), "what", "due_at", "done_at", owner=owner)


def promises(keys):
    return _read(Promise.objects.filter(kept_at=None), keys, ("pk",), "field", "owed_by", "promised_for")


def evidence(keys):
    return _read(Evidence.objects, keys, ("added_at", "pk"), "name", "sha256")


READERS = {
    "statements": statements, "assessments": assessments, "decisions": decisions, "filings": filings,
    "parties": parties, "tasks": tasks, "promises": promises, "evidence": evidence,
}  # fmt: skip


def read(names: Iterable[str], keys: list[int]) -> dict[str, Rows]:
    """The rows under these incidents, by name of the kind and by incident."""
    return {name: READERS[name](keys) for name in names}
