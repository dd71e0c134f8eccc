"""No process outlives the one that started it, even when that one is killed without a chance to say so."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child must not load libraries between fork and exec.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
WATCH_EVERY = 1.0
"""Seconds between two looks at the parent."""


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, whose id is given, ends for whatever reason.

    To be called in the child; Linux only, elsewhere it does nothing. The kernel looks at the thread that forked, so the
    parent must have forked from a thread that lives as long as itself.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have ended before the wish was said.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def watch_parent(**signal_arguments: object) -> None:
    """End this process soon after its parent ended: for a child that a pool forks from a passing thread."""
    threading.Thread(target=_end_after, args=(os.getppid(),), name="watch-parent", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_EVERY)
    os._exit(1)
