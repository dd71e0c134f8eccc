"""A page or a background job that changes the register and leaves no entry in the trail fails the test that ran it.

Every request of every test, and every call of the work that ``tasks`` does by itself, is watched at the database.
"""

import re
import sys
from collections import Counter
from contextlib import contextmanager
from functools import wraps

import pytest
from django.db import connection
from django.test import Client

from breachreg.audit import history

WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
SAVEPOINT = re.compile(r'^(ROLLBACK TO )?SAVEPOINT "?(\w+)"?', re.IGNORECASE)
ENTRY = "breachreg_entry"
UNRECORDED = {
    "breachreg_chainhead": "the trail's own",
    "breachreg_entrycontent": "the trail's own",
    "breachreg_followup": "how far a change of clocks has come; each clock that starts is recorded",
    "breachreg_searchword": "an index, made from what is recorded",
    "breachreg_searchprogress": "how far the index has come",
    "breachreg_registerimport": "a table that is looked at; its import is recorded",
    "breachreg_mailboxvisit": "when a mailbox is looked at next; what is found there is recorded",
    "breachreg_bouncemailbox": "when the mailbox for returns is looked at next; its settings and what is found there are recorded",
    "breachreg_mappingpreset": "how a table's columns were read last time; its import is recorded",
}
"""Tables whose writing is no change of the register, and why."""

QUEUES = {
    "breachreg_acknowledgement", "breachreg_controllerdispatch", "breachreg_delivery", "breachreg_dispatch", "breachreg_examinedfile",
    "breachreg_export", "breachreg_going",
    "breachreg_incomingmail", "breachreg_notice", "breachreg_questionmail", "breachreg_recipientimport", "breachreg_reminder", "breachreg_reviewmessage",
    "breachreg_run", "breachreg_takingmail",
}
"""Rows that a worker claims: an update that only claims, gives back or parks a row changes nothing for anybody."""

LEASE = re.compile(r'"(claimed_until|claim|attempts|trouble|parked_at|written|total|checkpoint_id|done_units|done_bytes|total_bytes|held_until|held_reason|held_times|minute_at|minute_count)" = ')
ASSIGNED = re.compile(r'"(\w+)" = ')


class Unrecorded(AssertionError):
    """Something was changed and the trail does not say so."""


@contextmanager
def watched(what: str):
    """Fail when the block changes the register without an entry; a block that fails by itself is let be."""
    written: Counter[str] = Counter()
    before: dict[str, Counter[str]] = {}  # what was written when each savepoint was made

    def look(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if point := SAVEPOINT.match(sql):
            if point[1]:  # what is rolled back was not written
                written.clear()
                written.update(before.get(point[2], Counter()))
            else:
                before[point[2]] = written.copy()
        if (found := WRITES.match(sql)) and context["cursor"].rowcount != 0 and not _only_lease(found[1], sql):
            written[found[1]] += 1
        return result

    noted = _noted_rows()
    with connection.execute_wrapper(look):
        yield written
    changed = sorted(table for table in written if table.startswith("breachreg_") and table not in UNRECORDED | {ENTRY: ""})
    if changed and not written[ENTRY]:
        raise Unrecorded(f"{what} changed {', '.join(changed)} and left no entry in the trail")
    if late := [row for row in _noted_rows() - noted if row[0] in written]:
        raise Unrecorded(f"{what} changed {sorted(late)} after its last entry: their history misses that")


def _noted_rows() -> set[tuple]:
    noted = history._noted()
    return {(model._meta.db_table, pk) for rows in noted.rows.values() for model, pk in rows} if noted else set()


def _only_lease(table: str, sql: str) -> bool:
    if table not in QUEUES or not sql.startswith("UPDATE"):
        return False
    assigned = sql.partition(" WHERE ")[0]
    return len(LEASE.findall(assigned)) == len(ASSIGNED.findall(assigned))


@pytest.fixture(autouse=True, scope="session")
def _changes_leave_entries(request):
    if all(item.path.parent.name == "law" for item in request.session.items):
        yield  # the law knows neither requests nor tasks: nothing to watch, and nothing to load for it
        return
    patch = pytest.MonkeyPatch()
    ask = Client.request

    def checked(self, **environment):
        with watched(f"{environment.get('REQUEST_METHOD', 'GET')} {environment.get('PATH_INFO')}") as written:
            response = ask(self, **environment)
            if response.status_code == 503:  # the trail was away, and everything was rolled back
                written.clear()
            return response

    patch.setattr(Client, "request", checked)
    _watch_tasks(patch)
    yield
    patch.undo()


def _watch_tasks(patch) -> None:
    from breachreg import tasks

    work = []
    for function in tasks.DUE_WORK:
        seen = _watching(function)
        patch.setattr(sys.modules[function.__module__], function.__name__, seen)
        work.append(seen)
    patch.setattr(tasks, "DUE_WORK", work)


def _watching(function):
    @wraps(function)
    def watching(at):
        with watched(f"{function.__module__}.{function.__name__}"):
            return function(at)

    return watching
