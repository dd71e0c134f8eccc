"""A real worker takes the wake-up from both brokers; Redis as we run it keeps it through a kill."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.processes import DEADLINE, Run, wait_for

CELERY = [sys.executable, "-m", "celery", "--app", "breachreg"]
DONE = "Task breachreg.tasks.sweep"


class Broker:
    """A place for wake-ups, with a register of its own; what runs there is ended with the test."""

    def __init__(self, folder: Path, url: str):
        self.folder, self.runs = folder, []
        self.environment = {
            "DATA_DIR": str(folder / "var"),
            "DATABASE_URL": f"sqlite:///{folder / 'register.sqlite3'}",
            "CELERY_BROKER_URL": url,
            "DJANGO_SETTINGS_MODULE": "breachreg.settings",
        }

    def run(self, *command: str) -> Run:
        self.runs.append(Run(command, self.folder / f"output-{len(self.runs)}", self.environment))
        return self.runs[-1]

    def finish(self, *command: str) -> None:
        run = self.run(*command)
        assert run.process.wait(DEADLINE) == 0, run.output.read_text()

    def wake_up(self) -> None:
        self.finish(*CELERY, "call", "breachreg.tasks.sweep")

    def work(self) -> Run:
        """Start a worker that says what it did."""
        quick = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self.run(*CELERY, "worker", "--loglevel", "info", *quick)

    def end(self) -> None:
        for run in reversed(self.runs):
            run.end()


@pytest.fixture
def broker(tmp_path):
    brokers = []

    def make(url: str) -> Broker:
        brokers.append(Broker(tmp_path, url))
        brokers[0].finish(sys.executable, "manage.py", "migrate", "-v0")
        return brokers[0]

    yield make
    for each in brokers:
        each.end()


def test_a_worker_takes_the_wake_up_from_a_folder(broker):
    folder = broker("filesystem://localhost//")
    folder.wake_up()
    worker = folder.work()
    wait_for(lambda: worker.said(DONE) and worker.said("succeeded"))


@pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server on this machine")
def test_redis_keeps_the_wake_up_through_a_kill(broker, free_port, tmp_path):
    redis = broker(f"redis://127.0.0.1:{free_port}/0")
    server = [
        "redis-server",
        "--port",
        str(free_port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(tmp_path),
        "--appendonly",
        "yes",
    ]
    first = redis.run(*server)
    wait_for(lambda: first.said("Ready to accept connections"))
    redis.wake_up()
    # The append-only file reaches the disc once a second; what matters is that a kill of the process loses nothing.
    first.end()
    second = redis.run(*server)
    wait_for(lambda: second.said("Ready to accept connections"))
    worker = redis.work()
    wait_for(lambda: worker.said(DONE) and worker.said("succeeded"))
