"""A table of recipients from the upload to the list: memory, time, and every row accounted for.

    python benchmarks/recipients.py                  1,000, 10,000 and 100,000 rows
    python benchmarks/recipients.py --million        1,000,000 alone
    scripts/with-postgresql python benchmarks/recipients.py

One row in a hundred is broken, in five ways. Every size runs in a process of its own, so that the peak of memory is its
own; "before" is that of the process with its database, before the table comes. All good rows stand on the list at the
end and every broken one is named with its number, or this fails.
"""

import argparse
import csv
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
EVERY = 100
AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
HEADER = ("civilite", "prenom", "nom", "adresse", "cp", "ville", "courriel", "donnees")
BROKEN = (
    ("M.", "Paul", "Durand", "", "35000", "Rennes", "", ""),
    ("M.", "Paul", "", "2 rue A", "35000", "Rennes", "", ""),
    ("M.", "Paul", "Durand", "2 rue A", "350", "Rennes", "", ""),
    ("Duc", "Paul", "Durand", "2 rue A", "35000", "Rennes", "", ""),
    ("M.", "Paul", "Durand", "2 rue A", "35000", "Rennes", "", "chaussures"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", action="store_true", help="1,000,000 rows alone")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return _measure(options.child)
    for size in (MILLION,) if options.million else SIZES:
        subprocess.run([sys.executable, __file__, "--child", str(size)], check=True)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def _measure(count: int) -> None:
    letter, awa = _register()
    from breachreg.letters import doubles, imports, reading
    from breachreg.letters.columns import guess

    with tempfile.TemporaryFile() as table:
        broken = _write(table, count)
        before, took = _peak(), {}
        start = time.perf_counter()
        entry = imports.upload(letter=letter, file=table, name="patients.csv", by=awa, at=AT)
        took["upload"] = time.perf_counter() - start
    entry = imports.choose_columns(entry=entry, columns=guess(HEADER), by=awa, at=AT)
    start = time.perf_counter()
    reading.read_due(AT)
    took["reading"] = time.perf_counter() - start
    entry.refresh_from_db()
    named = {int(line[0]) for line in csv.reader(io.StringIO(imports.refusals(entry, AT).decode("utf-8-sig")), delimiter=";") if line[0].isdigit()}
    assert named == broken, "a broken row is not named"
    start = time.perf_counter()
    twice = doubles.of_table(entry).count()
    took["doubles"] = time.perf_counter() - start
    start = time.perf_counter()
    added = imports.confirm(entry=entry, by=awa, at=AT, leave_out_undecided=False)
    took["confirming"] = time.perf_counter() - start
    assert (added, entry.rows_refused, twice) == (count - len(broken), len(broken), 0), (added, entry.rows_refused, twice)
    times = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items())
    print(
        f"{count:>9,} rows: {added:,} on the list, {len(broken):,} named; {times}; {count / took['reading']:,.0f} rows/s; "
        f"peak {_peak():.0f} MB (before {before:.0f} MB)",
        flush=True,
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write(table, count: int) -> set[int]:
    """Write a table of ``count`` rows; the numbers of those that are broken, as a spreadsheet shows them."""
    text = io.TextIOWrapper(table, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text, delimiter=";")
    rows.writerow(HEADER)
    broken = set()
    for number in range(count):
        if number % EVERY == EVERY - 1:
            rows.writerow(BROKEN[number // EVERY % len(BROKEN)])
            broken.add(number + 2)
        else:
            rows.writerow(
                ("Mme", f"Jeanne{number % 997}", f"Martin{number}", f"{number % 199 + 1} rue des Lilas", "35000", "Rennes", f"m{number}@example.net", "IBAN" if number % 3 == 0 else "")
            )
    text.flush()
    text.detach()
    table.seek(0)
    return broken


def _register():
    """A sealed letter of a hospital, in a database of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    sys.path[:0] = [str(ROOT)]
    import django

    django.setup()
    from django.core.management import call_command

    from breachreg.accounts.models import Role
    from breachreg.letters import actions, prefill
    from breachreg.letters.segments import Segment
    from breachreg.register import actions as register
    from tests.cast import found_hospital, member

    call_command("migrate", verbosity=0)
    hospital = found_hospital()
    awa = member("Awa Diallo", hospital, Role.DPO)
    incident = register.report_incident(organisation=hospital, title="Ordinateur volé", by=awa, at=AT)
    incident = register.qualify_as_breach(incident=incident, reasons="Oui.", by=awa, at=AT)
    segment = Segment("fr", "concerned", "person", ("contact",), (), ())
    texts = prefill.first_draft(incident, segment)
    return actions.write_letter(incident=incident, by=awa, at=AT, **segment.columns, **texts), awa


if __name__ == "__main__":
    main()
