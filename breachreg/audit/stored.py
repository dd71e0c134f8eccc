"""The entries and what they say, as the database holds them: straight from its tables, in the order of their chain."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from breachreg.audit.chain import instant

BATCH = 1000
"""Entries that are read at once: so many that the query costs little beside them, and few enough to hold."""

Columns = list[list]
"""Some entries turned on their side: for each of COLUMNS its values. What is done to a column at once is done quickly."""

COLUMNS = (
    "entry.number", "entry.organisation_id", "entry.organisation_number", "entry.at", "entry.actor_id", "entry.action",
    "entry.object_type", "entry.object_id", "entry.file_type", "entry.file_id", "entry.content_hash", "entry.previous_hash",
    "entry.organisation_previous_hash", "entry.hash", "entry.seal",
    "content.salt", "content.actor", "content.object_label", "content.changes", "content.details", "content.rows",
)  # fmt: skip

TABLES = "breachreg_entry AS entry LEFT JOIN breachreg_entrycontent AS content ON content.entry_id = entry.number"

SECONDS, MICROSECONDS = len("2026-03-10 11:00:00"), len("2026-03-10 11:00:00.000001")
"""How long an instant is that SQLite holds."""


def rows(organisation_id: int | None = None) -> Iterator[tuple]:
    """The columns of each entry and of its content, in the order of the chain, straight from the database."""
    for columns in batches(organisation_id):
        yield from zip(*columns, strict=True)


def batches(organisation_id: int | None = None, *, after: int = 0) -> Iterator[Columns]:
    """The same in batches of columns, from the entry after this one on."""
    where, place = ("TRUE", "entry.number")
    parameters: list[int] = []
    if organisation_id is not None:
        where, place, parameters = "entry.organisation_id = %s", "entry.organisation_number", [organisation_id]
    read = _gathered if connection.vendor == "sqlite" else _fetched
    return read(where, parameters, place, after)


def _fetched(where: str, parameters: list[int], place: str, after: int) -> Iterator[Columns]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM {TABLES} WHERE {where} AND {place} > %s ORDER BY {place}", [*parameters, after]
        )
        while batch := cursor.fetchmany(BATCH):
            yield list(map(list, zip(*batch, strict=True)))


def _gathered(where: str, parameters: list[int], place: str, after: int) -> Iterator[Columns]:
    """On SQLite a batch's values are handed to a function of ours: the driver takes half as long again to fetch them.

    They come as they are stored, an instant as its text: every byte of it counts.
    """
    connection.ensure_connection()
    connection.connection.create_function("gather", len(COLUMNS), _gather)
    ends = f"SELECT MAX(place) FROM (SELECT {place} AS place FROM breachreg_entry AS entry WHERE {where} AND {place} > %s ORDER BY {place} LIMIT {BATCH})"
    gather = f"SELECT COUNT(gather({', '.join(COLUMNS)})) FROM {TABLES} WHERE {where} AND {place} > %s AND {place} <= %s"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(ends, [*parameters, after])
            (last,) = cursor.fetchone()
            if last is None:
                return
            _hands.values = []
            cursor.execute(gather, [*parameters, after, last])
            yield columns_of(_hands.values)
            after = last


class _Hands(threading.local):
    """What SQLite has handed over, to each thread on its own connection."""

    values: list


_hands = _Hands()


def _gather(*row) -> None:
    _hands.values.extend(row)


def columns_of(values: list) -> Columns:
    """The columns of rows that stand one after the other in one list."""
    return [values[place :: len(COLUMNS)] for place in range(len(COLUMNS))]


def all_written(instants: Sequence[datetime | str]) -> list[str]:
    """What ``written`` says of each, at once where SQLite holds all of them equally long.

    What Django would not have stored is only refused where it would read like something that it would have.
    """
    if type(instants[0]) is str and set(map(len, instants)) in ({SECONDS}, {MICROSECONDS}):
        text, end = "\n".join(instants) + "\n", "Z\n" if len(instants[0]) == MICROSECONDS else ".000000Z\n"
        if "T" not in text and ".000000\n" not in text and text.count("\n") == len(instants):
            return text.replace(" ", "T").replace("\n", end)[:-1].split("\n")
    return list(map(written, instants))


def written(at: datetime | str) -> str:
    """The instant as the chain wrote it; raises ValueError for text that Django would not have stored.

    The text is not read as a date: another one than was stored gives another hash.
    """
    if isinstance(at, str):
        if at[10:11] != " " or len(at) not in (SECONDS, MICROSECONDS) or at.endswith(".000000"):
            raise ValueError(_("its instant is not as it was stored"))
        return f"{at[:10]}T{at[11:]}Z" if len(at) == MICROSECONDS else f"{at[:10]}T{at[11:]}.000000Z"
    return instant(at)
