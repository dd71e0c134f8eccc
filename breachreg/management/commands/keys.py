"""`manage.py keys`: write the keys that are missing."""

from django.conf import settings
from django.core.management.base import BaseCommand

from breachreg import keys


class Command(BaseCommand):
    help = "Write the keys that are missing into DATA_DIR/keys; existing ones are never touched."
    requires_system_checks = []

    def handle(self, **options):
        for file in keys.make(settings.KEYS_DIR):
            self.stdout.write(f"Wrote {file}. Back it up apart from the database.")
