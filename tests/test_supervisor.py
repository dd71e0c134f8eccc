"""The supervisor, with real processes: a dead child comes back, signals arrive, nobody is left behind."""

import os
import signal
import sys

import pytest

from breachreg.supervisor import LONGEST_PAUSE, pause_after
from tests.processes import DEADLINE, Run, wait_for

PROGRAM = """
import sys
from breachreg import supervisor
supervisor.FIRST_PAUSE = 0.2
supervisor.PATIENCE = 1.0
children = [supervisor.Child(name, [sys.executable, "-c", source]) for name, source in {children!r}.items()]
supervisor.Supervisor(children, say=lambda text: print(text, flush=True)).run()
print("all ended", flush=True)
"""

PATIENT = "import signal; signal.pause()"
WITH_A_CHILD_OF_ITS_OWN = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'])"
)
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()"
TELLS_OF_HUP = (
    "import signal\nsignal.signal(signal.SIGHUP, lambda *_: print('reloaded', flush=True))\n"
    "print('listening', flush=True)\nwhile True: signal.pause()"
)


@pytest.fixture
def supervise(tmp_path):
    runs = []

    def start(**children: str) -> Run:
        runs.append(Run([sys.executable, "-c", PROGRAM.format(children=children)], tmp_path / f"output-{len(runs)}"))
        return runs[-1]

    yield start
    for run in runs:
        run.end()


def test_a_killed_child_is_started_again_and_its_siblings_are_left_alone(supervise):
    run = supervise(web=PATIENT, worker=PATIENT)
    first = wait_for(lambda: len(run.descendants()) == 2 and run.descendants())
    victim = min(first)
    os.kill(victim, signal.SIGKILL)
    second = wait_for(lambda: len(now := run.descendants()) == 2 and victim not in now and now)
    assert len(first & second) == 1
    assert run.said("ended (SIGKILL); starting it again")


def test_a_child_that_keeps_failing_is_kept_trying(supervise):
    run = supervise(web="raise SystemExit(3)", worker=PATIENT)
    wait_for(lambda: run.output.read_text().count("web ended (code 3)") >= 3)
    assert run.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_ends_all(supervise, number):
    run = supervise(web=PATIENT, worker=WITH_A_CHILD_OF_ITS_OWN)
    wait_for(lambda: len(run.descendants()) == 3)
    run.process.send_signal(number)
    assert run.process.wait(DEADLINE) == 0
    assert run.said("all ended")
    assert run.descendants() == set()


def test_a_child_that_ignores_the_signal_is_made_to_end(supervise):
    run = supervise(web=DEAF)
    wait_for(run.descendants)
    run.process.terminate()
    assert run.process.wait(DEADLINE) == 0
    assert run.descendants() == set()


def test_a_reload_is_passed_on(supervise):
    run = supervise(web=TELLS_OF_HUP)
    wait_for(lambda: run.said("listening"))
    run.process.send_signal(signal.SIGHUP)
    wait_for(lambda: run.said("reloaded"))


def test_a_supervisor_that_is_killed_leaves_no_child(supervise):
    run = supervise(web=PATIENT, worker=DEAF)
    wait_for(lambda: len(run.descendants()) == 2)
    run.process.kill()
    run.process.wait()
    wait_for(lambda: not run.descendants())


def test_the_pauses_grow_up_to_half_a_minute():
    assert [pause_after(failures) for failures in range(1, 8)] == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE]
