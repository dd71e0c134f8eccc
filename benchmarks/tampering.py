"""A copy of a database falsified in a thousand random ways, by one who owns it and not the key: how many are found.

    python benchmarks/tampering.py [--data FOLDER] [--tries 1000] [--seed 20260310]

``--data`` is the DATA_DIR of an installation on SQLite (its keys are read, its database is copied and never written);
without it, the demo register is made in a folder that is thrown away. The ways are those of tests/audit/test_tampering.py:
one byte of any column, a deletion, an insertion, an exchange, a cut with its heads put right, a chain recomputed without
the key. Prints how many were found, and how many by the very entry that was touched first; the others are told one by one.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def copy_of(data: Path | None, folder: Path) -> None:
    """The keys and the database of an installation, or those of a new demo."""
    if data is None:
        for command in (["keys"], ["migrate", "-v0"], ["demo"]):
            subprocess.run([sys.executable, ROOT / "manage.py", *command], check=True, capture_output=True, env={**os.environ, "DATA_DIR": str(folder)})
        return
    shutil.copytree(data / "keys", folder / "keys")
    if (data / "witness").exists():  # what the installation last committed, kept beside the database
        shutil.copy(data / "witness", folder)
    with sqlite3.connect(data / "breachreg.sqlite3") as old, sqlite3.connect(folder / "breachreg.sqlite3") as new:
        old.backup(new)


def falsify(tries: int, seed: int) -> None:
    """Falsify, verify and roll back, again and again; print what was found."""
    from django.db import IntegrityError, connection, transaction

    from breachreg.audit import verify as reading
    from breachreg.audit.models import Entry
    from tests.audit.test_tampering import WAYS

    import_module("breachreg.migrations.0002_triggers").remove(connection)
    import_module("breachreg.migrations.0004_purges").remove(connection)
    chance, last, found, named, tried = random.Random(seed), Entry.objects.last().number, Counter(), Counter(), Counter()
    assert reading.verify().holds, str(reading.verify())
    with transaction.atomic():
        while tried.total() < tries:
            way = chance.choices(list(WAYS), weights=list(WAYS.values()))[0]
            place, before = transaction.savepoint(), connection.connection.total_changes
            try:
                with transaction.atomic():
                    wanted = way(chance, last)
            except IntegrityError:  # the database itself refused this one
                wanted = None
            if wanted is not None and connection.connection.total_changes > before:
                tried[way.__name__] += 1
                trouble = reading.verify().trouble
                found[way.__name__] += trouble is not None
                named[way.__name__] += trouble is not None and trouble.number in wanted
                if trouble is None or trouble.number not in wanted:
                    print(f"{way.__name__} of {sorted(wanted)[:3]}: {trouble or 'NOT FOUND'}")
            transaction.savepoint_rollback(place)
        transaction.set_rollback(True)
    for way, count in sorted(tried.items()):
        print(f"{way:18} {count:4} tried, {found[way]:4} found, {named[way]:4} by the first entry that was touched")
    print(f"{found.total()}/{tries} found, {named.total()} by the first entry that was touched; a trail of {last} entries, seed {seed}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path)
    arguments.add_argument("--tries", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=20260310)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        folder.mkdir()
        copy_of(given.data, folder)
        os.environ |= {"DJANGO_SETTINGS_MODULE": "breachreg.settings", "DATA_DIR": str(folder)}
        import django

        django.setup()
        falsify(given.tries, given.seed)


if __name__ == "__main__":
    main()
