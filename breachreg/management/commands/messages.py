"""`manage.py messages`: bring the catalogues of translations up to date, check them, compile them."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from breachreg import catalogues

LANGUAGE = "fr"


class Command(BaseCommand):
    help = "Collect the texts of each room into locale/<room>/fr/LC_MESSAGES/django.po, and compile them."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("rooms", nargs="*", metavar="room", help="only these rooms (default: all)")
        parser.add_argument("--check", action="store_true", help="change nothing; fail on anything not translated")
        parser.add_argument("--compile", action="store_true", help="only compile what is stale")

    def handle(self, *, rooms, check, compile, **options):
        unknown = set(rooms) - set(settings.ROOMS)
        if unknown:
            raise CommandError(f"No such room: {', '.join(sorted(unknown))}. Rooms: {', '.join(settings.ROOMS)}.")
        chosen = [catalogues.Room(name, settings.BASE_DIR, settings.ROOMS) for name in rooms or settings.ROOMS]
        if check:
            return self._check(chosen)
        if not compile:
            self._update(chosen)
        for file in catalogues.compile_stale(settings.BASE_DIR):
            self.stdout.write(f"Compiled {file.relative_to(settings.BASE_DIR)}")

    def _check(self, rooms):
        if troubles := catalogues.troubles(rooms, LANGUAGE):
            raise CommandError("\n".join(troubles))

    def _update(self, rooms):
        everywhere = [catalogues.Room(name, settings.BASE_DIR, settings.ROOMS) for name in settings.ROOMS]
        memory = {}
        for room in everywhere:
            memory |= {m: entry for m, entry in catalogues.read(room.catalogue(LANGUAGE)).items() if entry.translated()}
        for room in rooms:
            for message in catalogues.update(room, LANGUAGE, memory):
                self.stdout.write(f"{room.name}: to translate: {message.text}")
