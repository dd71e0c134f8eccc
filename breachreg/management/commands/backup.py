"""`manage.py backup FILE`: the database, the evidence and the exports in one archive."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from breachreg import backups


class Command(BaseCommand):
    help = "Write a back-up while everybody goes on working. It holds personal data; the keys are not in it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the archive to write, ending in .zip")

    def handle(self, *, file, **options):
        try:
            count = backups.write(file, installation(), timezone.now())
        except backups.BackupTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"Wrote {file} with {count} files. Keep {settings.KEYS_DIR} in another place.")


def installation() -> backups.Installation:
    """This installation, as its settings tell."""
    folders = {"evidence": settings.EVIDENCE_DIR, "exports": settings.EXPORTS_DIR}
    return backups.Installation(database=connection.settings_dict, folders=folders)
