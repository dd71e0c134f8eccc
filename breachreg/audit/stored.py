"""The entries and what they say, as the database holds them: straight from its tables, in the order of their chain."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from django.db import connection
from django.utils.translation import gettext as _

from breachreg.audit.chain import instant

BATCH = 250
"""Entries that are read at once: so few that they are still near the processor when they are checked."""

SECONDS, MICROSECONDS = len("2026-03-10 11:00:00"), len("2026-03-10 11:00:00.000001")
"""How long an instant is that SQLite holds."""


def rows(organisation_id: int | None = None) -> Iterator[tuple]:
    """The columns of each entry and of its content, in the order of the chain, straight from the database."""
    return chain.from_iterable(batches(organisation_id))


def batches(organisation_id: int | None = None, *, after: int = 0) -> Iterator[Sequence[tuple]]:
    """The same in batches, from the entry after this one on."""
    where, order = ("TRUE", "entry.number")
    parameters: list = [after]
    if organisation_id is not None:
        where, order = "entry.organisation_id = %s", "entry.organisation_number"
        parameters = [organisation_id, after]
    # SQLite holds text, and every byte of it counts: what its driver makes of it would hide another way of writing it.
    at = "CAST(entry.at AS TEXT)" if connection.vendor == "sqlite" else "entry.at"
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT entry.number, entry.organisation_id, entry.organisation_number, {at}, entry.actor_id,
                   entry.action, entry.object_type, entry.object_id, entry.file_type, entry.file_id,
                   entry.content_hash, entry.previous_hash, entry.organisation_previous_hash, entry.hash, entry.seal,
                   content.salt, content.actor, content.object_label, content.changes, content.details,
                   content.rows
              FROM breachreg_entry AS entry
              LEFT JOIN breachreg_entrycontent AS content ON content.entry_id = entry.number
             WHERE {where} AND {order} > %s
             ORDER BY {order}
            """,
            parameters,
        )
        while batch := cursor.fetchmany(BATCH):
            yield batch


def written(at: datetime | str) -> str:
    """The instant as the chain wrote it; raises ValueError for text that Django would not have stored.

    The text is not read as a date: another one than was stored gives another hash.
    """
    if isinstance(at, str):
        if at[10:11] != " " or len(at) not in (SECONDS, MICROSECONDS) or at.endswith(".000000"):
            raise ValueError(_("its instant is not as it was stored"))
        return f"{at[:10]}T{at[11:]}Z" if len(at) == MICROSECONDS else f"{at[:10]}T{at[11:]}.000000Z"
    return instant(at)
