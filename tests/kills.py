"""Processes killed at work: at a moment of the work, not of the clock, so that a slow machine and a fast one show the same."""

import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import partial

from django.db import connections

FAILED = 1
GOES_ON = 300
"""Calls that a process may still make while the blow is on its way; then it waits for it."""


def killed_at(call: int, work: Callable, *given: object) -> bool:
    """Do the work in a process of its own, killed from outside about when it makes its so-manieth call; False when it
    was done before."""
    return killed_together([call], work, *given) == 1


def killed_together(calls: Iterable[int], work: Callable, *given: object) -> int:
    """Do the work in as many processes at once, each killed about when it makes its call; how many were."""
    working = {told: worker for worker, told in [_start(partial(work, *given), call) for call in calls]}
    killed = 0
    while working:
        for told in select.select(working, (), ())[0]:  # whoever is there first: another may wait for what it holds
            worker = working.pop(told)
            os.killpg(worker, signal.SIGKILL)  # with what it started
            killed += _ended(worker) == -signal.SIGKILL
            with os.fdopen(told, "rb") as news:
                news.read()  # to its end: a child killed before it became another program may hold its parent's locks for a moment
    return killed


def calls_of(work: Callable, *given: object) -> int:
    """Do the work in a process of its own, to its end, and say how many calls it made."""
    worker, told = _start(partial(work, *given), None)
    with os.fdopen(told, "rb") as news:
        said = news.read()
    assert _ended(worker) == 0, "the work failed by itself"
    return int(said)


def _ended(worker: int) -> int:
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    assert code in (0, -signal.SIGKILL), "the work failed by itself"
    return code


def _start(work: Callable[[], object], call: int | None) -> tuple[int, int]:
    connections.close_all()  # what is open in both processes would be closed by the first that ends
    told, tell = os.pipe()
    worker = os.fork()
    if worker:
        os.close(tell)
        return worker, told
    code = FAILED
    try:
        os.setsid()
        code = _work(work, call, tell)
    finally:
        if code == FAILED:
            traceback.print_exc()
        os._exit(code)


def _work(work: Callable[[], object], call: int | None, tell: int) -> int:
    made = 0

    def count(_frame, event, _argument):
        nonlocal made
        if event != "call":
            return
        made += 1
        if made == call:
            os.write(tell, b"!")
        elif call is not None and made > call + GOES_ON:
            signal.pause()

    sys.setprofile(count)
    work()
    sys.setprofile(None)
    if call is None:
        os.write(tell, str(made).encode())
    return 0
