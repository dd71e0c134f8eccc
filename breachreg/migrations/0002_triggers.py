"""Rows that nobody may change: the database itself refuses, whatever program asks.

Written by hand; 0001 is regenerated as long as nothing is released (scripts/remigrate), this file stays.
A later migration that alters one of these tables on SQLite remakes it, and must run `install` again.
"""

from django.db import migrations

CHECKPOINT = "breachreg_checkpoint"
ENTRY, CONTENT = "breachreg_entry", "breachreg_entrycontent"
NO_LEAVE = "NOT EXISTS (SELECT 1 FROM breachreg_contentpurge WHERE entry_id = OLD.entry_id)"

REFUSED = [
    # name, table, event, condition, message
    ("entry_stays", ENTRY, "UPDATE", None, "an entry of the trail is never changed"),
    ("entry_remains", ENTRY, "DELETE", None, "an entry of the trail is never deleted"),
    ("checkpoint_stays", CHECKPOINT, "UPDATE", None, "a signed checkpoint is never changed"),
    ("checkpoint_remains", CHECKPOINT, "DELETE", None, "a signed checkpoint is never deleted"),
    ("content_stays", CONTENT, "UPDATE", None, "what an entry says is never changed"),
    ("content_remains", CONTENT, "DELETE", NO_LEAVE, "what an entry says goes only by a purge that the trail names"),
]

SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""

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

POSTGRESQL_TRUNCATE = """
CREATE FUNCTION trail_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the trail is never emptied' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON breachreg_entry EXECUTE FUNCTION trail_is_not_emptied();
CREATE TRIGGER content_is_not_emptied BEFORE TRUNCATE ON breachreg_entrycontent EXECUTE FUNCTION trail_is_not_emptied();
"""


def install(connection) -> None:
    """Create every trigger, on the database that this connection speaks to."""
    with connection.cursor() as cursor:
        for name, table, event, condition, message in REFUSED:
            cursor.execute(_sql(connection, name, table, event, condition, message))
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_TRUNCATE)


def remove(connection) -> None:
    """Drop every trigger; only for going back to 0001, and for emptying the database of the tests."""
    with connection.cursor() as cursor:
        for name, *_ in REFUSED:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION {name}() CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER {name}")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION trail_is_not_emptied() CASCADE")


def _sql(connection, name, table, event, condition, message) -> str:
    if connection.vendor == "postgresql":
        return POSTGRESQL.format(name=name, table=table, event=event, condition=condition or "TRUE", message=message)
    when = f"WHEN {condition}" if condition else ""
    return SQLITE.format(name=name, table=table, event=event, when=when, message=message)


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0001_tables")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), lambda apps, editor: remove(editor.connection)
        )
    ]
