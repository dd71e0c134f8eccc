"""The census against Python's bare parse of the same mailbox, in the same run; and against the known truth of it.

    python benchmarks/census.py [--messages 100000] [--rounds 1] [--keep FOLDER]

Prints messages and MB per second on one core and on two, as ratios to `for m in mailbox.mbox(path)` (which parses each
message with the email package and looks at nothing); the peak of memory of the counting process and its workers at
1,000 messages and at all; precision and recall per category. Nothing is asserted on seconds.

The seconds depend on who else uses the machine: of several rounds, the quickest of each kind counts, one and two workers
by turns. What a second core of this machine can give at all is measured beside it, by two bare parses at once; two virtual
processors that share a real one give less than twice. On a busy Linux, a better "nice" counts only among the processes of
one session when /proc/sys/kernel/sched_autogroup_enabled is 1; there, write it to /proc/self/autogroup of a new session.
"""

import argparse
import hashlib
import mailbox
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from breachreg.mailboxes.census.ledger import _NUMBER, Ledger  # noqa: E402
from breachreg.mailboxes.census.run import Census  # noqa: E402
from breachreg.mailboxes.census.tally import Terms  # noqa: E402
from tests.mailboxes.makers import known_truth  # noqa: E402

KEY = b"k" * 32
MEASURED = ("iban", "card", "nir", "phone", "birth_date", "password", "postal_address", "health")


def terms() -> Terms:
    return Terms(key=KEY, own_domains=frozenset({"hopital-troisrivieres.example"}), owner=known_truth.OWNER)


def processor(who: int = resource.RUSAGE_SELF) -> float:
    """Seconds of processor time that this process, or its ended children, took so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def bare_parse(path: Path) -> float:
    start = time.perf_counter()
    count = sum(1 for _ in mailbox.mbox(path, create=False))
    print(f"  bare parse: {count} messages")
    return time.perf_counter() - start


def bare_parses_at_once(path: Path) -> float:
    """Seconds that two processes take, each for the whole file."""
    code = f"import mailbox; sum(1 for _ in mailbox.mbox({str(path)!r}, create=False))"
    start = time.perf_counter()
    for process in [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]:
        process.wait()
    return time.perf_counter() - start


def census(path: Path, ledger: Path, workers: int) -> float:
    ledger.unlink(missing_ok=True)
    start = time.perf_counter()
    opened = Ledger(ledger)
    Census(path, opened, terms(), workers=workers).run()
    opened.close()
    return time.perf_counter() - start


def measured(path: Path, ledger: Path, workers: int, bare_processor: float) -> float:
    """Seconds of a census; prints its processor time."""
    own, others = processor(), processor(resource.RUSAGE_CHILDREN)
    seconds = census(path, ledger, workers)
    own, others = processor() - own, processor(resource.RUSAGE_CHILDREN) - others
    print(
        f"  {workers} worker(s): {seconds:.1f} s, {own + others:.1f} s of processor time, {bare_processor / (own + others):.2f} of the bare"
        f" parse's; the counting process took {own / (own + others):.1%} of it"
    )
    return seconds


def memory_of(path: Path, ledger: Path, workers: int) -> tuple[float, float]:
    """Peak MB of the counting process and of its largest worker, each in a process of its own."""
    code = (
        f"import resource, sys; from pathlib import Path; sys.path.insert(0, {str(ROOT)!r}); import benchmarks.census as b;"
        f"b.census(Path({str(path)!r}), Path({str(ledger)!r}), {workers});"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return int(out[-2]) / 1024, int(out[-1]) / 1024


def digest(category: str, value: str) -> bytes:
    return hashlib.blake2b((category + value).encode(), key=KEY, digest_size=12).digest()


def quality(ledger: Path, truth: known_truth.Truth, level: int = 2) -> None:
    opened = Ledger(ledger)
    print("\nprecision and recall at likely (values: distinct ones; messages: where they stand)")
    for category in MEASURED:
        number = _NUMBER[category]
        found = {h for (h,) in opened.database.execute("SELECT hash FROM value WHERE category=? AND confidence>=?", (number, level))}
        messages = opened.database.execute("SELECT count(*) FROM found WHERE category=? AND confidence>=?", (number, level)).fetchone()[0]
        said = ""
        if category not in ("health", "postal_address"):
            true = {digest(category, value) for value in truth.values[category]}
            right = len(found & true)
            said = f"values precision {right / max(len(found), 1):.4f} recall {right / max(len(true), 1):.4f} of {len(true)}"
        print(f"  {category:15} messages {messages} of {len(truth.messages[category])}  {said}")
    print("  correspondents", opened.figures()["people"][0], "of", len(truth.correspondents))
    opened.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--messages", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--keep", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        path, small, ledger = folder / "all.mbox", folder / "thousand.mbox", Path(scratch) / "ledger.sqlite3"
        truth = known_truth.write_mbox(path, given.messages)
        known_truth.write_mbox(small, 1000)
        size = path.stat().st_size / 1e6
        print(f"{given.messages} messages, {size:.0f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        before = processor()
        bare = bare_parse(path)
        bare_processor = processor() - before
        at_once = bare_parses_at_once(path)
        speeds = {1: float("inf"), 2: float("inf")}
        for _ in range(given.rounds):
            for workers in speeds:
                speeds[workers] = min(speeds[workers], measured(path, ledger, workers, bare_processor))
        for name, seconds in (("bare parse", bare), ("census, one worker", speeds[1]), ("census, two workers", speeds[2])):
            print(f"  {name:20} {given.messages / seconds:9.0f} messages/s {size / seconds:7.1f} MB/s  {bare / seconds:5.2f} of the bare parse")
        print(f"  two workers against one: {speeds[1] / speeds[2]:.2f}; two bare parses at once against one: {2 * bare / at_once:.2f}")
        quality(ledger, truth)
        for name, file in (("1,000 messages", small), (f"{given.messages} messages", path)):
            own, worker = memory_of(file, Path(scratch) / "memory.sqlite3", 2)
            print(f"memory at {name}: {own:.0f} MB, largest worker {worker:.0f} MB")


if __name__ == "__main__":
    main()
