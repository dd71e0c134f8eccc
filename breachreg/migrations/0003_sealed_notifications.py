"""A frozen version and a sealed document are never changed: the database itself refuses, whatever program asks.

Deleting is left to a lawful purge of the whole incident; until then the foreign keys hold the rows.
"""

from django.db import migrations

# name: table, columns (all of them for ""), condition, message
TRIGGERS = {
    "version_stays": ("breachreg_version", "", "1 = 1", "a frozen version of a notification is never changed"),
    "seal_stays": ("breachreg_seal", "", "1 = 1", "a sealed document is never changed"),
    "decision_file_stays": ("breachreg_decisionfile", "", "1 = 1", "a sealed document is never changed"),
    "sent_notice_stays": (
        "breachreg_controllernotice", "OF text, sha256, sent_at, channel, controller, people_count, extract",
        "OLD.sent_at IS NOT NULL", "a notice that was sent is never changed",
    ),
}
SQLITE = """
CREATE TRIGGER {name} BEFORE UPDATE {columns} ON {table} FOR EACH ROW WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {name} BEFORE UPDATE {columns} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}();
"""


def install(apps, editor) -> None:
    """Create the triggers."""
    sql = POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE
    for name, (table, columns, condition, message) in TRIGGERS.items():
        with editor.connection.cursor() as cursor:
            cursor.execute(sql.format(name=name, table=table, columns=columns, condition=condition, message=message))


def remove(apps, editor) -> None:
    """Drop the triggers, only for going back."""
    for name in TRIGGERS:
        drop = f"DROP FUNCTION {name}() CASCADE" if editor.connection.vendor == "postgresql" else f"DROP TRIGGER {name}"
        with editor.connection.cursor() as cursor:
            cursor.execute(drop)


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0002_triggers")]
    operations = [migrations.RunPython(install, remove)]
