"""What a brought file is, by its content and never by its name; a person confirms it."""

import io
import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from breachreg.mailboxes import tables
from breachreg.mailboxes.census import staging
from breachreg.mailboxes.examinations.models import Kind
from breachreg.mailboxes.rules import microsoft

_HEAD = 4 * 2**20
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"
_OF_LOGS = frozenset(
    ["auditdata", "operation", "operations", "createddatetime", "date (utc)", "events", "creationdate", "creationtime", "date (utc+00:00)"]
)
_SIEVE = re.compile(rb"(?mi)^\s*(require|if|elsif|redirect|fileinto|keep|discard)\b[^\n]*[;{\"\[]")


def recognise(path: Path) -> str | None:
    """The kind of a file, or None when nothing tells it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    start = head.lstrip(_BLANK)
    if start.startswith(b"<"):
        return Kind.RULES
    is_json = start[:1] in (b"[", b"{")
    rows = tables.rows_of_json if is_json else tables.rows_of_csv
    kind = _of_rows(row.cells for row in itertools.islice(rows(io.BytesIO(head)), 20))
    if kind or is_json:
        return kind
    try:
        staging.kind_of(path)
    except staging.NotAMailStore:
        return Kind.RULES if _SIEVE.search(head.replace(b"\x00", b"")) else None
    return Kind.STORE


def _of_rows(rows: Iterable[Mapping]) -> str | None:
    for cells in rows:
        columns = {str(column).lower().strip() for column in cells}
        if columns & _OF_LOGS and not columns & {"actions", "conditions", "criteria"}:
            return Kind.LOG
        if microsoft.looks_like_rules(columns) or "criteria" in columns:
            return Kind.RULES
    return None
