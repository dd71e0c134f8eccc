"""Who is concerned, by address: read anew from the messages with data in them, in a process of its own, and kept nowhere."""

import contextlib
import itertools
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from breachreg.mailboxes.census.run import PATIENCE, ROOT
from breachreg.mailboxes.census.tally import Terms
from breachreg.mailboxes.census.worker import DOCUMENT, NAME, RESULT, TERMS, read_frame, write_frame

BATCH = 100
COMMAND = (sys.executable, "-m", "breachreg.mailboxes.census.worker")


def concerned(path: Path, terms: Terms, places: Iterable[int], *, command: tuple[str, ...] = COMMAND) -> Iterator[str]:
    """The addresses of those whose data stand in the messages at these places, once each.

    A document that kills its reader costs that document; a message that kills it without one costs the message.
    """
    seen: set[str] = set()
    left = iter(places)
    with contextlib.closing(_Reader(path, terms, command)) as reader:
        while batch := list(itertools.islice(left, BATCH)):
            for address in _of_batch(reader, batch):
                if address not in seen:
                    seen.add(address)
                    yield address


def _of_batch(reader: "_Reader", batch: list[int]) -> list[str]:
    without: set[int] = set()
    while True:
        found = reader.ask(batch, frozenset(without))
        if found is not None:
            return found
        if reader.at is not None and reader.at not in without:
            without.add(reader.at)
        elif len(batch) == 1:
            return []
        else:  # no document's fault: the messages one by one
            return [address for place in batch for address in _of_batch(reader, [place])]


class _Reader:
    """A worker process that is started again when it died."""

    def __init__(self, path: Path, terms: Terms, command: tuple[str, ...]):
        self.path, self.terms, self.command = path, terms, command
        self.process: subprocess.Popen | None = None
        self.at: int | None = None

    def ask(self, batch: list[int], without: frozenset[int]) -> list[str] | None:
        """The addresses of these messages; None when the process died, ``at`` being the place of the document it read."""
        self.at = None
        process = self.process or self._start()
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died; the end of its answers says so
                write_frame(process.stdin, NAME, (batch, without))
            while frame := read_frame(process.stdout):
                if frame[0] == RESULT:
                    return frame[1]
                self.at = frame[1] if frame[0] == DOCUMENT else self.at
        finally:
            watch.cancel()
        self.close()
        return None

    def _start(self) -> subprocess.Popen:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        with contextlib.suppress(BrokenPipeError):
            write_frame(self.process.stdin, TERMS, (str(self.path), self.terms))
        return self.process

    def close(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process:
            process.kill()
            process.wait()
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.stdout.close()
