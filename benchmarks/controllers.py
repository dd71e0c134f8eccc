"""One incident of a processor, 11,635 controllers: import, order, send, track, and the pages meanwhile.

    python benchmarks/controllers.py [number]
    scripts/with-postgresql python benchmarks/controllers.py

Baseline, in the same run: a tenth of the controllers. The times of import and sending should grow tenfold, those of
the pages not at all; nothing is asserted on seconds. E-mails go to a mail server's stand-in in memory.
"""

import csv
import io
import os
import resource
import sys
import time
import tracemalloc
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402

django.setup()

from django.core import mail  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from pages import first_incident, register  # noqa: E402

from breachreg.notifications import controllers as telling  # noqa: E402
from breachreg.notifications import document, printing  # noqa: E402
from breachreg.notifications.models import PrintedLetter, PrintPart  # noqa: E402
from breachreg.notifications.record import read  # noqa: E402

WHOLE = 11_635


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else WHOLE
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    print(connection.vendor)
    document.warm_up()
    few, many = run("few", number // 10), run("many", number)
    print(f"{'':32}{number // 10:>10}{number:>10}   ratio")
    for what in few:
        print(f"{what:32}{few[what]:>10.1f}{many[what]:>10.1f}   {many[what] / few[what] if few[what] else 0:.1f}")
    print(f"\nresident memory at its most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def run(slug: str, number: int) -> dict[str, float]:
    """What this many controllers take, step by step: seconds, and for the pages milliseconds and queries."""
    organisation, dpo = register(slug, slug[:3].upper())
    incident, at, took = first_incident(organisation, dpo, 1), timezone.now(), {}
    file = ContentFile(spreadsheet(number))
    tracemalloc.start()
    with lap(took, "import, s"):
        found = telling.read_spreadsheet(file, "clients.csv")
        assert telling.import_all(incident=incident, controllers=found, by=dpo, at=at) == number
    took["memory of the import, MB"] = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    del found
    print_some(took, incident, dpo, at)
    post_all(took, incident, dpo, at)
    with lap(took, "order, s"):
        assert telling.order_emails(incident=incident, by=dpo, at=at) == number
    client = Client()
    client.force_login(dpo, backend="allauth.account.auth_backends.AuthenticationBackend")
    page(took, client, "first page", reverse("controllers", args=[organisation.slug, incident.reference]))
    page(took, client, "last page", reverse("controllers", args=[organisation.slug, incident.reference]) + "?page=9999")
    page(took, client, "search", reverse("controllers", args=[organisation.slug, incident.reference]) + "?search=client+77")
    send_all(took, incident, at)
    with lap(took, "track as CSV, s"):
        answer = client.get(reverse("controllers-track", args=[organisation.slug, incident.reference]))
        lines = b"".join(answer.streaming_content).splitlines()
    assert len(lines) == number + 1
    return took


def print_some(took: dict, incident, dpo, at: datetime) -> None:
    """Order every letter for the post, and draw one file of them; the others take as long each."""
    with lap(took, "order of letters, s"):
        printing.order_letters(incident=incident, with_email=True, by=dpo, at=at)
    part = next(PrintPart.objects.filter(order__incident=incident).claim(at, most=1))
    with lap(took, "one file of letters, s"):
        assert printing._draw(part, at)
    took["its letters"] = part.letters.count()
    took["its pages"] = PrintPart.objects.get(pk=part.pk).pages


def post_all(took: dict, incident, dpo, at: datetime) -> None:
    """Record every letter as posted, in one request as a person does; taken back, so that all are sent by e-mail next.

    The other files are not drawn for that: their letters get their texts, as drawing them would.
    """
    order, record = incident.letter_prints.get(), read(incident, at=at)
    with transaction.atomic():
        for part in order.parts.filter(done_at=None):
            letters = list(part.letters.select_related("notice"))
            printing._write(letters, record)
            PrintedLetter.objects.bulk_update(letters, ["text", "sha256"], batch_size=200)
        order.parts.filter(done_at=None).update(done_at=at)
        with lap(took, "record all as posted, s"):
            assert printing.note_posted(order=order, posted_at=at, by=dpo, at=at) == order.count
        transaction.set_rollback(True)


def send_all(took: dict, incident, at: datetime) -> None:
    """Sweep until nobody is left; each is written to once."""
    mail.outbox.clear()
    sweeps = 0
    with lap(took, "send, s"):
        while telling.send_due(at + timedelta(minutes=sweeps)):
            sweeps += 1
    took["sweeps (one a minute)"] = sweeps
    addresses = {message.to[0] for message in mail.outbox}
    assert len(addresses) == len(mail.outbox) == incident.controller_notices.filter(sent_at__isnull=False).count()
    mail.outbox.clear()


def page(took: dict, client: Client, what: str, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as queries, lap(took, f"{what}, ms", 1000):
        assert client.get(address).status_code == 200
    took[f"{what}, queries"] = len(queries)


@contextmanager
def lap(took: dict, what: str, scale: float = 1):
    started = time.perf_counter()
    yield
    took[what] = (time.perf_counter() - started) * scale


def spreadsheet(number: int) -> bytes:
    """A list as a processor keeps it: one line a client, with what of theirs is concerned."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Responsable de traitement", "Contact", "Courriel", "Nombre de personnes", "Données concernées", "Langue"])
    for one in range(number):
        count = "" if one % 7 == 0 else one % 500
        writer.writerow([f"Client {one}", "Le DPO", f"dpo{one}@example.org", count, "Noms et adresses des usagers.", "fr"])
    return out.getvalue().encode()


if __name__ == "__main__":
    main()
