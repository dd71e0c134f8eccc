"""Rows that nobody may change: the database itself refuses, whatever program asks.

Written by hand; 0001 is regenerated as long as nothing is released (scripts/remigrate), this file stays.
A later migration that alters one of these tables on SQLite remakes it, and must run `install` again.
"""

from django.db import migrations

from breachreg.migrations import _refusals
from breachreg.migrations._refusals import Refusal

CHECKPOINT = "breachreg_checkpoint"
ENTRY, CONTENT = "breachreg_entry", "breachreg_entrycontent"
NO_LEAVE = "NOT EXISTS (SELECT 1 FROM breachreg_contentpurge WHERE entry_id = OLD.entry_id)"

REFUSALS = [
    Refusal("entry_stays", ENTRY, "UPDATE", "an entry of the trail is never changed"),
    Refusal("entry_remains", ENTRY, "DELETE", "an entry of the trail is never deleted"),
    Refusal("checkpoint_stays", CHECKPOINT, "UPDATE", "a signed checkpoint is never changed"),
    Refusal("checkpoint_remains", CHECKPOINT, "DELETE", "a signed checkpoint is never deleted"),
    Refusal("content_stays", CONTENT, "UPDATE", "what an entry says is never changed"),
    Refusal("content_remains", CONTENT, "DELETE", "what an entry says goes only by a purge that the trail names", NO_LEAVE),
]

POSTGRESQL_TRUNCATE = """
CREATE FUNCTION trail_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the trail is never emptied' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON breachreg_entry EXECUTE FUNCTION trail_is_not_emptied();
CREATE TRIGGER content_is_not_emptied BEFORE TRUNCATE ON breachreg_entrycontent EXECUTE FUNCTION trail_is_not_emptied();
"""


def install(connection) -> None:
    """Create every trigger, on the database that this connection speaks to."""
    _refusals.install(connection, REFUSALS)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL_TRUNCATE)


def remove(connection) -> None:
    """Drop every trigger; only for going back to 0001, and for emptying the database of the tests."""
    _refusals.remove(connection, REFUSALS)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION trail_is_not_emptied() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0001_tables")]
    operations = [_refusals.run(install, remove)]
