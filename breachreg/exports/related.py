"""What lies under a batch of incidents, in one query a table: incident's key to its rows, in their order."""

from collections import defaultdict, namedtuple
from collections.abc import Callable, Sequence

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

HERE = "/* these incidents */ TRUE"
"""Where a statement, which is made once, says each time which incidents it is about."""

Rows = dict[int, list[tuple]]
Reading = Callable[[Sequence[int]], Rows]
"""Reads the rows under these incidents; made once for a register, and asked batch by batch."""


def _reading(queryset: QuerySet, order: tuple[str, ...], *columns: str, **named) -> Reading:
    """Rows by incident. A statement of Django's made anew for each batch costs more than the answer."""
    model = queryset.model
    instants = [name for name in columns if isinstance(model._meta.get_field(name), DateTimeField)]
    wanted = [*(_stored(name, name in instants) for name in columns), *named.values(), "incident_id"]
    here = queryset.extra(where=[HERE]).order_by(*order).values_list(*wanted)
    sql, parameters = here.query.sql_with_params()
    make, key = namedtuple(model.__name__, (*columns, *named, "incident_id"))._make, f'"{model._meta.db_table}"."incident_id"'

    def read(keys: Sequence[int]) -> Rows:
        found: Rows = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(sql.replace(HERE, among(key, keys)), parameters)
            for row in map(make, cursor.fetchall()):
                found[row.incident_id].append(row)
        return found

    return read


def among(column: str, keys: Sequence[int]) -> str:
    """A condition in SQL; the keys are numbers. Keys that lie close together are a range, and what lies between passed over.

    A thousand keys that are bound one by one cost more than the query.
    """
    first, last = int(min(keys)), int(max(keys))
    if last - first < SPARSE * len(keys):
        return f"{column} BETWEEN {first} AND {last}"
    return f"{column} IN ({','.join(str(int(key)) for key in keys)})"


def _stored(name: str, is_instant: bool):
    """A column as an expression; an instant as the text that SQLite holds, because reading that here is quicker."""
    return Cast(F(name), TextField()) if is_instant and connection.vendor == "sqlite" else F(name)


def statements() -> Reading:
    aware = InstantStatement.objects.filter(kind=InstantKind.AWARE)
    return _reading(
        aware, ("recorded_at", "pk"), "at", "stated_by", "evidence", "reason", "state", recorded_by=F("recorded_by__full_name"),
    )


def assessments() -> Reading:
    return _reading(
        Assessment.objects, ("number",), "score_low", "score_likely", "score_high", "recommended_duty", "rule_version",
        "assessed_at", assessed_by=F("assessed_by__full_name"),
    )


def decisions() -> Reading:
    return _reading(
        Decision.objects, ("decided_at", "pk"), "duty", "state", "reasons", "departure_reasons", "decided_at",
        decided_by=F("decided_by__full_name"), seconded_by=F("seconded_by__full_name"),
    )


def filings() -> Reading:
    return _reading(Filing.objects, ("filed_at", "pk"), "kind", "filed_at", "precision", "receipt_number")


def parties() -> Reading:
    return _reading(Party.objects, ("pk",), "name", "role", "contact", "told_us_at")


def tasks() -> Reading:
    owner = Coalesce("owner__full_name", "owner_name", output_field=CharField())
    return _reading(Task.objects, ("pk",), "what", "due_at", "done_at", owner=owner)


def promises() -> Reading:
    return _reading(Promise.objects.filter(kept_at=None), ("pk",), "field", "owed_by", "promised_for")


def evidence() -> Reading:
    return _reading(Evidence.objects, ("added_at", "pk"), "name", "sha256")


READINGS = {
    "statements": statements, "assessments": assessments, "decisions": decisions, "filings": filings,
    "parties": parties, "tasks": tasks, "promises": promises, "evidence": evidence,
}  # fmt: skip
"""How the rows of each kind are read, by its name."""
