"""Many rows at once, column by column.

Through its driver SQLite gives a row value by value, and lets another thread go first before each: of a row of seventy
columns that is half the time. A function of ours is handed all of them at once.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

from django.db import OperationalError, connection
from django.db.backends.signals import connection_created


class _Hands(threading.local):
    """What SQLite has handed over, to each thread on its own connection."""

    values: list


_hands = _Hands()


def _take(*row) -> None:
    _hands.values.extend(row)


def _teach(connection, **_kwargs) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("gather", -1, _take)


connection_created.connect(_teach, dispatch_uid="gather")  # in time for the first one: apps.py


@contextmanager
def bytes_for_broken_text() -> Iterator[None]:
    """Text that is no UTF-8 comes as its bytes as long as this lasts, where SQLite would give up; it fits nothing then."""
    if connection.vendor != "sqlite":
        yield  # PostgreSQL keeps none
        return
    connection.ensure_connection()
    driver, before = connection.connection, connection.connection.text_factory
    driver.text_factory = _text_or_bytes
    try:
        yield
    finally:
        driver.text_factory = before


def _text_or_bytes(stored: bytes) -> str | bytes:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def columns_of(query: str, names: Sequence[str], parameters: Sequence) -> list[list]:
    """The columns of these names of all rows that a query gives, in the order in which the database finds the rows.

    Values come as the database holds them: on SQLite an instant as its text. No statement is left open, so that others,
    and this connection, can write between one batch and the next.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(query, parameters)
            return list(map(list, zip(*cursor.fetchall(), strict=True))) or [[] for _name in names]
        _hands.values = []
        try:
            cursor.execute(f"SELECT COUNT(gather({', '.join(names)})) FROM ({query})", parameters)
        except OperationalError:  # it can't hand over text that is no UTF-8; a trouble of another kind comes again
            cursor.execute(query, parameters)
            _hands.values = list(chain.from_iterable(cursor.fetchall()))
    values, _hands.values = _hands.values, []
    return [values[place :: len(names)] for place in range(len(names))]
