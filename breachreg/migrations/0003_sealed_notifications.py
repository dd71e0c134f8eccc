"""A frozen version and a sealed document are never changed: the database itself refuses, whatever program asks.

Deleting is left to a lawful purge of the whole incident; until then the foreign keys hold the rows.
"""

from django.db import migrations

TABLES = {
    "version_stays": ("breachreg_version", "a frozen version of a notification is never changed"),
    "seal_stays": ("breachreg_seal", "a sealed document is never changed"),
}
SQLITE = """
CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""


def install(apps, editor) -> None:
    """Create the triggers."""
    sql = POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE
    for name, (table, message) in TABLES.items():
        with editor.connection.cursor() as cursor:
            cursor.execute(sql.format(name=name, table=table, message=message))


def remove(apps, editor) -> None:
    """Drop the triggers, only for going back."""
    for name in TABLES:
        drop = f"DROP FUNCTION {name}() CASCADE" if editor.connection.vendor == "postgresql" else f"DROP TRIGGER {name}"
        with editor.connection.cursor() as cursor:
            cursor.execute(drop)


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0002_triggers")]
    operations = [migrations.RunPython(install, remove)]
