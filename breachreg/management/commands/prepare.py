"""`manage.py prepare`: bring everything up to date before serving; quick when it is."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from breachreg import catalogues
from breachreg.accounts.models import User


class Command(BaseCommand):
    help = "Compile translations, migrate the database, collect static files, and fill an empty register with the demo."

    def add_arguments(self, parser):
        parser.add_argument("--no-demo", action="store_true", help="leave an empty register empty")
        parser.add_argument("--no-database", action="store_true", help="only files, as when an image is built")

    def handle(self, *, no_demo, no_database, **options):
        catalogues.compile_stale(settings.BASE_DIR)
        self._collect_static()
        if not no_database:
            self._fill_database(with_demo=not no_demo)

    def _fill_database(self, *, with_demo: bool) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if with_demo and not User.objects.exists():
            self.stdout.write("prepare: filling the empty register with the demo")
            # The sign-ins it would print are shown by `serve`, below the address.
            call_command("demo", stdout=io.StringIO())

    def _collect_static(self) -> None:
        stamp = settings.STATIC_ROOT / ".collected"
        state = fingerprint(static_sources())
        if stamp.exists() and stamp.read_text(encoding="ascii") == state:
            return
        self.stdout.write("prepare: collecting static files")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(state, encoding="ascii")


def static_sources() -> Iterator[Path]:
    """The files that collectstatic reads and that change with the project or its locked libraries."""
    yield settings.BASE_DIR / "requirements.txt"
    for folder in settings.STATICFILES_DIRS:
        yield from sorted(file for file in Path(folder).rglob("*") if file.is_file())


def fingerprint(files: Iterator[Path]) -> str:
    """A text that changes when one of the files does. Times of change are not asked: an image rounds them."""
    told = hashlib.sha256()
    for file in files:
        told.update(f"{file.name} {file.stat().st_size}\n".encode())
        told.update(file.read_bytes())
    return told.hexdigest()
