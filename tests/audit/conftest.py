"""What the tests of the trail share: a trail that can't be written."""

import importlib
from contextlib import contextmanager

import pytest
from django.db import connection

TRIGGERS = [importlib.import_module(f"breachreg.migrations.{name}") for name in ("0002_triggers", "0004_purges")]

BREAK = {
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON breachreg_entry BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END",
    "postgresql": "ALTER TABLE breachreg_entry ADD CONSTRAINT broken CHECK (number IS NULL) NOT VALID",
}
MEND = {"sqlite": "DROP TRIGGER broken", "postgresql": "ALTER TABLE breachreg_entry DROP CONSTRAINT broken"}


@pytest.fixture
def broken_trail():
    """A context in which the database itself refuses every entry."""

    @contextmanager
    def broken():
        with connection.cursor() as cursor:
            cursor.execute(BREAK[connection.vendor])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(MEND[connection.vendor])

    return broken


@pytest.fixture
def trail_without_triggers(db):
    """Run SQL as one who owns the database and has dropped its triggers."""
    for triggers in TRIGGERS:
        triggers.remove(connection)

    def sql(statement, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    yield sql
    for triggers in TRIGGERS:
        triggers.install(connection)
