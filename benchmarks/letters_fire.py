"""A run of e-mails under fire: two workers, killed twenty times at random, and a broker that is stopped twice.

    python benchmarks/letters_fire.py [people]
    REDIS=1 scripts/with-postgresql python benchmarks/letters_fire.py [people]

Workers are Celery's, of this program, with a broker of files, or (REDIS=1) a Redis of its own; messages go to a real SMTP
server in this process. At the end every person must have one message: none lost, and a second one only under the same
Message-ID, where a worker was killed between the server's 250 and its note.
"""

import logging
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
FOLDER = Path(tempfile.mkdtemp(prefix="letters-fire-"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


SMTP, REDIS = _free_port(), _free_port()
WITH_REDIS = bool(os.environ.get("REDIS"))
os.environ |= {
    "DATA_DIR": str(FOLDER), "ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "breachreg.settings", "EMAIL_URL": f"smtp://127.0.0.1:{SMTP}",
    "SECRET_KEY": "s" * 60, "AUDIT_KEY": "a" * 60, "RECIPIENTS_KEY": "r" * 60, "LETTERS_EMAILS_PER_MINUTE": "0",
    "PYTHONPATH": str(ROOT),
}  # fmt: skip
if WITH_REDIS:
    os.environ["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{REDIS}/0"
if address := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = address

ENVIRONMENT = dict(os.environ)  # of the workers: what is imported below asks for the settings of the tests

import django  # noqa: E402

django.setup()

import psycopg  # noqa: E402
from aiosmtpd.controller import Controller  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from kombu.exceptions import KombuError  # noqa: E402
from pages import first_incident, register  # noqa: E402

from breachreg.accounts import actions as accounts  # noqa: E402
from breachreg.accounts.models import Role  # noqa: E402
from breachreg.audit.verify import verify  # noqa: E402
from breachreg.celery import SWEEP, app  # noqa: E402
from breachreg.letters import actions, ledger, mailing, prefill, preparing, runs  # noqa: E402
from breachreg.letters.models import Channel, Letter, Recipient  # noqa: E402
from breachreg.letters.people import Person  # noqa: E402
from breachreg.letters.run_models import Run, RunState  # noqa: E402
from breachreg.letters.vault import box_of  # noqa: E402
from breachreg.register import actions as register_actions  # noqa: E402

KILLS, WORKERS = 20, 2
SEGMENT = {
    "language": "fr", "group": "concerned", "capacity": "person", "data_categories": ("contact",), "sensitive_categories": (), "details": [],
}  # fmt: skip


class Sink:
    """Counts each Message-ID that it took."""

    taken: Counter = Counter()

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.partition(b"\r\n\r\n")[0]
        [line] = [line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")]
        self.taken[line.partition(b":")[2].strip().decode()] += 1
        return "250 OK"


def main() -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    make_database()
    call_command("migrate", verbosity=0)
    run = started_run(people)
    server = Controller(Sink(), hostname="127.0.0.1", port=SMTP)
    server.start()
    broker, began = start_broker(), time.monotonic()
    workers = [start_worker(number) for number in range(WORKERS)]
    try:
        broker, kills, interrupted = fire(run, workers, broker)
        until_nothing_moves(run)
    finally:
        for process in [*workers, broker]:
            end(process, signal.SIGKILL)
        server.stop()
    took = time.monotonic() - began
    # The leases of those who were killed have run out by then; nobody else is at work any more.
    later = timezone.now() + timedelta(minutes=10)
    left = finish(run, later)
    report(run, people, kills, interrupted, took, left)


def make_database() -> None:
    """The throw-away PostgreSQL has no database of ours yet; SQLite makes its file by itself."""
    if address := os.environ.get("DATABASE_URL"):
        with psycopg.connect(address.rpartition("/")[0] + "/postgres", autocommit=True) as server:
            server.execute("CREATE DATABASE breachreg")


def started_run(people: int) -> Run:
    """A run to so many people, approved and started."""
    organisation, dpo = register("hopital", "HOP")
    at = timezone.now()
    reviewer = accounts.add_person(email="bruno@example.org", full_name="Bruno", by=None, at=at)
    accounts.give_role(user=reviewer, organisation=organisation, role=Role.LEGAL_REVIEWER, by=None, at=at)
    incident = first_incident(organisation, dpo, 3)
    incident.refresh_from_db()
    incident = register_actions.amend_facts(
        incident=incident, by=dpo, at=at, natures=["confidentiality"], data_categories=["contact"],
        narrative="Un ordinateur portable a été volé dans un train. Il contenait des listes.",
        measures_after="Nous avons coupé l’accès de cet ordinateur à nos fichiers.",
    )  # fmt: skip
    texts = prefill.first_draft(incident, prefill.Segment(**SEGMENT))
    texts |= {"contact": "Écrivez à notre déléguée à la protection des données, Awa Diallo.", "closing": "Awa Diallo"}
    texts = {code: text.replace("{organisation}", "l’hôpital").replace("{contact_name}", "Awa Diallo") for code, text in texts.items()}
    letter = actions.write_letter(incident=incident, by=dpo, at=at, **SEGMENT, **texts)
    letter = actions.approve_letter(letter=actions.submit_letter(letter=letter, by=dpo, at=at), by=reviewer, at=at)
    put_on_the_list(letter, dpo, people, at)
    run = runs.prepare(incident=incident, letters=[letter], by=dpo, at=at)
    preparing.prepare_due(at)
    run.refresh_from_db()
    runs.approve(run=runs.check(run=run, by=dpo, at=at), by=reviewer, at=at)
    return runs.start(run=run, by=dpo, at=at)


def put_on_the_list(letter: Letter, dpo, people: int, at) -> None:
    box = box_of(letter.incident, at)
    Recipient.objects.bulk_create(
        (
            Recipient(
                letter=letter, number=number, channel=Channel.EMAIL, added_at=at, added_by=dpo,
                **Person(f"Nom{number}", "Camille", "madam", email=f"p{number}@example.net").sealed(box),
            )
            for number in range(1, people + 1)
        ),
        batch_size=1000,
    )


def start_broker() -> subprocess.Popen | None:
    if not WITH_REDIS:
        return None
    command = ["redis-server", "--port", str(REDIS), "--bind", "127.0.0.1", "--save", "", "--dir", str(FOLDER)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def start_worker(number: int) -> subprocess.Popen:
    log = (FOLDER / f"worker-{number}.log").open("a")
    command = [sys.executable, "-m", "celery", "-A", "breachreg", "worker", "-P", "solo", "-l", "WARNING", "-n", f"w{number}.{time.monotonic_ns()}@fire", "--without-gossip", "--without-mingle"]
    return subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=log, stderr=log)


def end(process: subprocess.Popen | None, how: signal.Signals) -> None:
    if process is not None:
        process.send_signal(how)
        process.wait()


def wake() -> None:
    """What the beat does once a minute, oftener; a broker that is away costs nothing."""
    try:
        app.send_task(SWEEP, expires=55, retry=False)
    except (KombuError, OSError) as trouble:
        print(f"no wake-up: {type(trouble).__name__}", flush=True)


def fire(run: Run, workers: list, broker) -> tuple[subprocess.Popen | None, int, int]:
    """Kill twenty times, a worker chosen at random; stop the broker twice. The broker, the kills, those at work."""
    chance, interrupted = random.Random(2026), 0
    per_kill = run.dispatches.count() // (KILLS + 5)
    for kill in range(KILLS):
        until_sent(sum(Sink.taken.values()) + per_kill // 2)
        time.sleep(chance.uniform(0.0, 0.5))
        if kill in (6, 13):
            broker = stop_for_a_while(broker)
        before, number = sum(Sink.taken.values()), chance.randrange(WORKERS)
        time.sleep(0.2)
        interrupted += sum(Sink.taken.values()) > before
        end(workers[number], signal.SIGKILL)
        workers[number] = start_worker(number)
        print(f"kill {kill + 1}: {sum(Sink.taken.values())} messages", flush=True)
    return broker, KILLS, interrupted


def until_sent(number: int) -> None:
    """Wake the workers until so many messages were taken in all, or for a minute."""
    until = time.monotonic() + 60
    while sum(Sink.taken.values()) < number and time.monotonic() < until:
        wake()
        for _look in range(20):
            time.sleep(0.05)
            if sum(Sink.taken.values()) >= number:
                return


def stop_for_a_while(broker):
    """A broker of files can't be stopped: its folder is away instead."""
    if broker is not None:
        end(broker, signal.SIGKILL)
        time.sleep(2)
        return start_broker()
    folder = FOLDER / "broker"
    away = folder.rename(FOLDER / "broker-away")
    time.sleep(2)
    shutil.rmtree(folder, ignore_errors=True)
    away.rename(folder)
    return None


def until_nothing_moves(run: Run) -> None:
    """Wait until nothing new was sent for a while: all is sent, but for the lines of those who were killed."""
    last, still = -1, 0
    while still < 6:
        wake()
        time.sleep(5)
        sent = run.dispatches.filter(result="sent").count()
        still, last = (still + 1, sent) if sent == last else (0, sent)
        if sent == run.dispatches.count():
            return


def finish(run: Run, at) -> int:
    """Send what the killed had claimed, and end the run."""
    server = Controller(Sink(), hostname="127.0.0.1", port=SMTP)
    server.start()
    try:
        left = 0
        while sent := mailing.send_due(at):
            left += sent
    finally:
        server.stop()
    runs.end_due(at)
    return left


def report(run: Run, people: int, kills: int, interrupted: int, took: float, left: int) -> None:
    run.refresh_from_db()
    counts = ledger.whole(ledger.progress(run))
    twice = {message: times for message, times in Sink.taken.items() if times > 1}
    ours = {f"<{each}@localhost>" for each in run.dispatches.values_list("message_id", flat=True)}
    print(f"{connection.vendor}, broker {'redis' if WITH_REDIS else 'files'}: {people} people, {WORKERS} workers, {kills} kills, {interrupted} of them while sending")
    print(f"messages taken {sum(Sink.taken.values())}, Message-IDs {len(Sink.taken)}, under the same one again {sum(twice.values()) - len(twice)}")
    print(f"{took:.0f} s, {left} sent after the kills' leases had run out; progress {counts.percent} %, {ledger.totals(run)}, run {run.state}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    assert set(Sink.taken) == ours, "a message was lost, or is not ours"
    assert counts.percent == 100 and run.state == RunState.DONE and counts.sent == people
    assert verify(organisation_id=run.incident.organisation_id).holds


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
