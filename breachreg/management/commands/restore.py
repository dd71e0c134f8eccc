"""`manage.py restore FILE`: put a back-up into an empty installation."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from breachreg import backups
from breachreg.management.commands.backup import installation


class Command(BaseCommand):
    help = "Put a back-up into an empty database and empty folders, after verifying all of it."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the archive that `manage.py backup` wrote")

    def handle(self, *, file, **options):
        empty = not connection.introspection.table_names()
        connection.close()
        try:
            count = backups.restore(file, installation(), database_is_empty=empty)
        except backups.BackupTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(
            f"Put back {count} files. Put the keys back too, then run `python manage.py prepare --no-demo`."
        )
