"""Triggers that refuse a change, whatever program asks: written in one way for SQLite and PostgreSQL."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython

SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
# The condition stands in the function, because PostgreSQL takes no question to other tables in WHEN.
POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""


@dataclass(frozen=True)
class Refusal:
    """One trigger: before which event on which table, under which condition, and what it says."""

    name: str
    table: str
    event: str
    message: str
    condition: str = "1 = 1"


def install(connection: BaseDatabaseWrapper, refusals: Iterable[Refusal]) -> None:
    """Create these triggers, on the database that this connection speaks to."""
    sql = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        for refusal in refusals:
            cursor.execute(sql.format(**vars(refusal)))


def remove(connection: BaseDatabaseWrapper, refusals: Iterable[Refusal]) -> None:
    """Drop them; only for going back, and for emptying the database of the tests."""
    sql = "DROP FUNCTION {name}() CASCADE" if connection.vendor == "postgresql" else "DROP TRIGGER {name}"
    with connection.cursor() as cursor:
        for refusal in refusals:
            cursor.execute(sql.format(name=refusal.name))


def run(install, remove) -> RunPython:
    """The operation of a migration that calls these two with its connection, there and back."""
    return RunPython(lambda apps, editor: install(editor.connection), lambda apps, editor: remove(editor.connection))
