"""Real processes in tests: started, followed with all that they start, and always ended (Linux)."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from celery import Celery
from kombu import Connection

from breachreg.celery import SWEEP

ROOT = Path(__file__).resolve().parent.parent
DEADLINE = 90
"""Seconds that a step may take before the test fails; each usually takes a tenth of one."""


def wait_for(condition: Callable):
    """The first true value of the condition; fails when it does not come."""
    until = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
    return value


class Seen(NamedTuple):
    """A living process, as /proc tells."""

    pid: int
    parent: int
    session: int


class Run:
    """A process and its descendants, which are known by their parent or, once orphaned, by their session."""

    def __init__(self, command: Sequence[str], output: Path, environment: Mapping[str, str] | None = None):
        self.output = output
        self.sessions: set[int] = set()
        environment = {**os.environ, **(environment or {}), "PYTHONPATH": str(ROOT)}
        with output.open("w") as stream:
            self.process = subprocess.Popen(
                command, env=environment, stdout=stream, stderr=stream, cwd=ROOT, start_new_session=True
            )

    def descendants(self, containing: str = "") -> set[int]:
        """The ids of the living processes below, or of those whose command line contains this text."""
        living = _living()
        known = {self.process.pid}
        while more := {seen.pid for seen in living if seen.parent in known} - known:
            known |= more
        self.sessions |= {seen.session for seen in living if seen.pid in known}
        found = {seen.pid for seen in living if seen.session in self.sessions} - {self.process.pid}
        return {pid for pid in found if containing in _read(pid, "cmdline").lower()}

    def said(self, text: str) -> bool:
        return text in self.output.read_text()

    def end(self) -> None:
        """End the process and all below it."""
        for pid in [*self.descendants(), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def _living() -> list[Seen]:
    return [seen for folder in Path("/proc").iterdir() if folder.name.isdigit() and (seen := _see(int(folder.name)))]


def _see(pid: int) -> Seen | None:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return Seen(pid, int(fields[1]), int(fields[3])) if fields and fields[0] not in "ZX" else None


def _read(pid: int, name: str) -> str:
    try:
        return (Path("/proc") / str(pid) / name).read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def send_wake_up(url: str, **transport_options: object) -> None:
    """Send what an action sends, to this broker."""
    # By its own connection: Celery takes the address of the environment before any other.
    with Connection(url, transport_options=transport_options) as connection, Celery() as app:
        app.send_task(SWEEP, connection=connection)
