"""Counts a store chunk by chunk with worker processes, and enters each chunk into the ledger as it comes in.

Stopping, a crash, a kill: what was entered stays, the rest is counted at the next run.
"""

import contextlib
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from breachreg.mailboxes.census import mbox
from breachreg.mailboxes.census.ledger import Ledger
from breachreg.mailboxes.census.tally import Tally, Terms
from breachreg.mailboxes.census.worker import COUNT, DOCUMENT, RESULT, TERMS, read_frame, write_frame

PATIENCE = 300.0
"""Seconds without a sign of life after which a worker is taken for stuck."""
ROOT = Path(__file__).resolve().parents[3]


@dataclass
class _Worker:
    """A worker process and the thread that listens to it."""

    number: int
    path: Path
    terms: Terms
    inbox: queue.Queue
    command: tuple[str, ...]
    process: subprocess.Popen = field(init=False)
    listener: threading.Thread = field(init=False)
    chunk: mbox.Chunk | None = None
    at_document: int | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self.listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self.listener.start()
        self._send(TERMS, (str(self.path), self.terms))

    def _listen(self, process: subprocess.Popen) -> None:
        while frame := read_frame(process.stdout):
            self.inbox.put((self, process, *frame))
        self.inbox.put((self, process, b"X", None))

    def give(self, chunk: mbox.Chunk, without: frozenset[int]) -> None:
        self.chunk, self.at_document = chunk, None
        self._send(COUNT, (chunk, without))

    def _send(self, kind: bytes, content: object) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died; its thread says so
            write_frame(self.process.stdin, kind, content)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.listener.join()
        self.process.stdout.close()


class Census:
    """One run over a store. ``go_on`` is asked between chunks, and stops the run by answering False."""

    MOST_DEATHS = 20
    command = (sys.executable, "-m", "breachreg.mailboxes.census.worker")

    def __init__(self, path: Path, ledger: Ledger, terms: Terms, *, workers: int = 1, size: int = mbox.CHUNK):
        self.path, self.ledger, self.terms, self.workers, self.size = path, ledger, terms, workers, size
        self.skipped: dict[int, set[int]] = {}
        self.deaths: dict[int, int] = {}
        self.inbox: queue.Queue = queue.Queue()

    def run(self, go_on: Callable[[int, int], bool] = lambda messages, size: True) -> bool:
        """Count what is not counted yet; True when everything is counted."""
        done = self.ledger.done()
        waiting = deque(chunk for chunk in mbox.chunks(self.path, self.size) if chunk.number not in done)
        if not waiting:
            return True
        team = [_Worker(n, self.path, self.terms, self.inbox, self.command) for n in range(min(self.workers, len(waiting)))]
        try:
            for worker in team:
                worker.start()
                self._give(worker, waiting)
            return self._collect(team, waiting, go_on)
        finally:
            for worker in team:
                worker.end()

    def _give(self, worker: _Worker, waiting: deque) -> None:
        worker.chunk = None
        if waiting:
            chunk = waiting.popleft()
            worker.give(chunk, frozenset(self.skipped.get(chunk.number, ())))

    def _collect(self, team: list[_Worker], waiting: deque, go_on: Callable[[int, int], bool]) -> bool:
        while any(worker.chunk for worker in team):
            try:
                worker, process, kind, content = self.inbox.get(timeout=PATIENCE)
            except queue.Empty:
                for stuck in team:
                    stuck.process.kill()  # its thread then says that it ended
                continue
            if process is not worker.process:
                continue
            if kind == DOCUMENT:
                worker.at_document = content
            elif kind == RESULT:
                self.ledger.enter(worker.chunk, content)
                if not go_on(*self.ledger.progress()):
                    return False
                self._give(worker, waiting)
            else:
                self._replace(worker, waiting)
        return True

    def _replace(self, worker: _Worker, waiting: deque) -> None:
        """Start a dead worker again, without the document at which it died."""
        chunk = worker.chunk
        worker.end()
        if chunk is None:
            return
        self.deaths[chunk.number] = self.deaths.get(chunk.number, 0) + 1
        if self.deaths[chunk.number] > self.MOST_DEATHS:
            self._give_up(chunk)
        else:
            if worker.at_document is not None:
                self.skipped.setdefault(chunk.number, set()).add(worker.at_document)
            waiting.appendleft(chunk)
        worker.start()
        self._give(worker, waiting)

    def _give_up(self, chunk: mbox.Chunk) -> None:
        """Enter a chunk that nobody could read as one trouble, so that the census ends and says so."""
        tally = Tally()
        tally.trouble("chunk_unreadable", chunk.start, f"{chunk.start}-{chunk.end}")
        self.ledger.enter(chunk, tally)
