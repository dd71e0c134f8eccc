"""Scaled out: a worker takes the wake-up from Redis, which as we run it keeps it through a kill.

The embedded broker, a folder, is tried in test_serve.
"""

import shutil
import sys

import pytest

from breachreg.celery import SWEEP
from tests.processes import Run, send_wake_up, wait_for

WORKER = [sys.executable, "-m", "celery", "--app", "breachreg", "worker", "--loglevel", "info", "--pool", "solo"]


@pytest.fixture
def start(tmp_path):
    """Starts a process, which is ended with the test."""
    runs = []

    def start(*command: str, **environment: str) -> Run:
        runs.append(Run(command, tmp_path / f"output-{len(runs)}", environment))
        return runs[-1]

    yield start
    for run in reversed(runs):
        run.end()


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server on this machine")
def test_redis_keeps_the_wake_up_through_a_kill(start, copy_register, free_port, tmp_path):
    server = f"redis-server --port {free_port} --bind 127.0.0.1 --appendonly yes --dir".split()
    url = f"redis://127.0.0.1:{free_port}/0"
    first = start(*server, str(tmp_path))
    wait_for(lambda: first.said("Ready to accept connections"))
    send_wake_up(url)
    first.end()

    second = start(*server, str(tmp_path))
    wait_for(lambda: second.said("Ready to accept connections"))
    worker = start(
        *WORKER,
        DATA_DIR=str(tmp_path / "var"),
        DATABASE_URL=copy_register(tmp_path / "register.sqlite3"),
        CELERY_BROKER_URL=url,
        DJANGO_SETTINGS_MODULE="breachreg.settings",
    )
    wait_for(lambda: worker.said(f"Task {SWEEP}") and worker.said("succeeded"))
