"""Keeps a few processes running: restarts one that ends, passes signals on, and leaves no orphan.

One that ends is started again after a pause that doubles each time, up to half a minute, and starts over at one second
once the process has lived for a minute. Each process is a group of its own, so that Ctrl-C reaches only the supervisor,
which then asks each to finish (SIGTERM) and insists (SIGKILL) after a while, or at once when it is asked twice.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from breachreg.orphans import die_with_parent

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LIVED_WELL = 60.0
PATIENCE = 20.0
TICK = 0.1
"""All in seconds."""


def pause_after(failures: int) -> float:
    """Seconds to wait before the next start, after so many ends in a row."""
    return min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)


@dataclass
class Child:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)

    def start(self, now: float) -> None:
        """Start the process in a group of its own that dies with us. ``now`` is monotonic seconds."""
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            pass_fds=self.pass_fds,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent),
        )
        self.started = now

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self, now: float) -> float:
        """Clear away what the dead process left, and say in how many seconds it starts again."""
        self.kill()
        self.failures = 1 if now - self.started >= LIVED_WELL else self.failures + 1
        pause = pause_after(self.failures)
        self.process, self.start_at = None, now + pause
        return pause

    def signal(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """End the process and whatever it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs children until it is told to stop by SIGTERM or SIGINT; SIGHUP is passed on to them."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], object] = print):
        self.children = children
        self.say = say
        self.stops = 0

    def run(self) -> None:
        """Keep the children running, and return when all have ended after a signal to stop."""
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            while not self.stops:
                self._tend(time.monotonic())
                time.sleep(TICK)
            self._finish(time.monotonic() + PATIENCE)
        finally:
            for child in self.children:
                child.kill()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: object) -> None:
        if number == signal.SIGHUP:
            for child in self.children:
                child.signal(number)
        else:
            self.stops += 1

    def _tend(self, now: float) -> None:
        for child in self.children:
            if child.has_ended():
                code = child.process.returncode
                self.say(f"{child.name} ended ({_told(code)}); starting it again in {child.plan_restart(now):.0f} s")
            elif child.process is None and now >= child.start_at:
                child.start(now)

    def _finish(self, until: float) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        while self.stops < 2 and time.monotonic() < until and any(_is_alive(child) for child in self.children):
            time.sleep(TICK)


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _is_alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _told(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name
