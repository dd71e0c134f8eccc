"""What a purge may remove, and what it leaves: the database itself lets go of nothing else.

Leave to remove the words of an entry is given by the entry of a purge in the same organisation that comes after it, is
never taken back, and never covers a purge. A tombstone stays as it was set.
"""

from django.db import migrations

LAWFUL = (
    "EXISTS (SELECT 1 FROM breachreg_entry AS purge JOIN breachreg_entry AS purged ON purged.number = NEW.entry_id"
    " WHERE purge.number = NEW.purged_by_entry_id AND purge.action = 'retention.purged'"
    " AND purge.organisation_id = purged.organisation_id AND purge.number > purged.number"
    " AND purged.action <> 'retention.purged')"
)
# name: table, event, condition, message
TRIGGERS = {
    "leave_is_lawful": ("breachreg_contentpurge", "INSERT", f"NOT {LAWFUL}", "leave to remove words comes from the entry of a purge only"),
    "leave_stays": ("breachreg_contentpurge", "UPDATE", "1 = 1", "what a purge removed is never changed"),
    "leave_remains": ("breachreg_contentpurge", "DELETE", "1 = 1", "what a purge removed is never forgotten"),
    "tombstone_stays": ("breachreg_tombstone", "UPDATE", "1 = 1", "what is left of a purged incident is never changed"),
    "tombstone_remains": ("breachreg_tombstone", "DELETE", "1 = 1", "what is left of a purged incident is never deleted"),
}
SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition}
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


def install(connection) -> None:
    """Create the triggers, on the database that this connection speaks to."""
    sql = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        for name, (table, event, condition, message) in TRIGGERS.items():
            cursor.execute(sql.format(name=name, table=table, event=event, condition=condition, message=message))


def remove(connection) -> None:
    """Drop the triggers, only for going back, and for emptying the database of the tests."""
    with connection.cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"DROP FUNCTION {name}() CASCADE" if connection.vendor == "postgresql" else f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0003_sealed_notifications")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), lambda apps, editor: remove(editor.connection)
        )
    ]
