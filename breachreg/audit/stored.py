"""The entries and what they say, as the database holds them: straight from its tables, in the order of their chain."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from breachreg.audit.chain import instant
from breachreg.audit.gathering import columns_of

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

NAMES = [column.partition(".")[2] for column in COLUMNS]

WORDS = "LEFT JOIN breachreg_entrycontent AS content ON content.entry_id = entry.number"

SECONDS, MICROSECONDS = len("2026-03-10 11:00:00"), len("2026-03-10 11:00:00.000001")
"""How long an instant is that SQLite holds."""


def rows(organisation_id: int | None = None) -> Iterator[tuple]:
    """The columns of each entry and of its content, in the order of the chain, straight from the database."""
    for columns in batches(organisation_id):
        yield from zip(*columns, strict=True)


def batches(organisation_id: int | None = None, *, after: int = 0) -> Iterator[Columns]:
    """The same in batches of columns, from the entry after this one on."""
    where, place, parameters = ("TRUE", "number", [])
    if organisation_id is not None:
        where, place, parameters = "organisation_id = %s", "organisation_number", [organisation_id]
    there = f"FROM breachreg_entry AS entry WHERE {where} AND {place} > %s"
    ends = f"SELECT MAX(place) FROM (SELECT {place} AS place {there} ORDER BY {place} LIMIT {BATCH}) AS batch"
    columns = ", ".join(COLUMNS)
    if connection.vendor == "sqlite":  # every byte of its text counts: what the driver makes of it would hide another way of writing it
        columns = columns.replace("entry.at", "CAST(entry.at AS TEXT) AS at")
    here = f"SELECT {columns} {there.replace(' WHERE ', f' {WORDS} WHERE ')} AND {place} <= %s"
    if connection.vendor != "sqlite":  # there the index of this condition is read in its order; to ask for it takes twice as long
        here += f" ORDER BY {place}"
    while (last := _one(ends, [*parameters, after])) is not None:
        yield columns_of(here, NAMES, [*parameters, after, last])
        after = last


def as_stored(column: str):
    """A column of instants as an expression: on SQLite the very text that it holds."""
    return Cast(column, TextField()) if connection.vendor == "sqlite" else F(column)


def _one(query: str, parameters: list):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


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
