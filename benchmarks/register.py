"""The register of a million incidents in each format, and the verification of a million entries, against bare work.

    python benchmarks/register.py [--incidents 1000000] [--small 10000] [--keep FOLDER]
                                  [--forms csv,open_data,json,xlsx,pdf,pack,verification]

On SQLite, in a folder of its own; one that is kept is filled once, and can be measured again. Rows are made by SQL from one
incident that went through the actions, each with texts, instants and numbers of its own and its statement of awareness,
every second with a decision, every third with a filing. Everything that is measured runs in a new process, from the first
row on; what it loads before is not counted.

The baseline is ``csv.writer.writerows`` over a raw cursor of the 70 columns that stand in the incident itself or beside it
(names, clock, number of entries), as they are stored: codes, UTC, no word. What the product adds to that is counted against
it: the eight columns of what lies under an incident, every code in words, every instant in its zone, guarded cells. Open data
has nine columns only, which counts for it. The second baseline also reads those eight, each as one text that the database makes.

Prints rows per second of each format, and its seconds of processor against those of both baselines before and after it (on a
machine where others work as well, seconds of the wall say more of them than of us); the peak of memory of each export, at the
small and at the full number, and what the file weighs; the PDF of as many incidents as paper takes; a sealed pack with the
whole trail; entries verified per second against bare SHA-256 of the same bytes, an entry's and its content's, one after the
other, in seconds of processor. Asserts nothing.
"""

import argparse
import csv
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
ROUNDS = 3
"""How often a verification is measured: one that others disturb says little."""
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
SERIES = "WITH RECURSIVE series(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM series WHERE n < %s)"


def set_up(folder: Path) -> None:
    """Django over the database of this folder."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "breachreg.settings", "DATA_DIR": str(folder)}
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "keys"], check=True, capture_output=True)
    import django

    django.setup()


def fill(incidents: int) -> None:
    """One incident through the actions, and the others as its copies."""
    from django.core.management import call_command
    from django.db import connection

    from breachreg.accounts import actions as accounts
    from breachreg.accounts.models import Role
    from breachreg.law import vocabulary
    from breachreg.register import actions as register
    from breachreg.register import assessments, awareness, filings
    from breachreg.register.models import Duty, FilingKind

    call_command("migrate", verbosity=0)
    hospital = accounts.found_organisation(name="Hôpital", slug="hopital", reference_prefix="HOP", by=None, at=NOON)
    awa = accounts.add_person(email="awa@example.org", full_name="Awa Diallo", by=None, at=NOON)
    accounts.give_role(user=awa, organisation=hospital, role=Role.DPO, by=None, at=NOON)
    one = register.report_incident(organisation=hospital, title="Ordinateur portable perdu", report="Perdu dans le train.", by=awa, at=NOON)
    one = register.qualify_as_breach(incident=one, reasons="Des données de patients y sont enregistrées.", by=awa, at=NOON)
    one = awareness.become_aware(incident=one, aware_at=NOON, stated_by="Awa Diallo", evidence="Appel", by=awa, at=NOON)
    one = register.amend_facts(
        incident=one, by=awa, at=NOON, people_likely=41, records_likely=82, natures=("confidentiality",), media=vocabulary.load("media").codes[:1],
        data_categories=vocabulary.load("data_categories").codes[:2], narrative="L’appareil était chiffré ; « le code » ne l’était pas.", is_cross_border=False,
    )
    made = assessments.assess(incident=one, answers={}, by=awa, at=NOON)
    one.refresh_from_db()
    assessments.decide(incident=one, assessment=made, duty=Duty.NOTIFY, reasons="Risque.", departure_reasons="Prudence.", by=awa, at=NOON)
    filings.record_filing(incident=one, kind=FilingKind.INITIAL, filed_at=NOON, receipt_number="R1", by=awa, at=NOON)
    with connection.cursor() as cursor:
        copy(cursor, "breachreg_incident", incidents, {
            "id": "n", "number": "n", "reference": "printf('HOP-2026-%%07d', n)", "submission": "lower(hex(randomblob(16)))",
            "title": "title || ' ' || n", "people_likely": "n %% 5000", "reported_at": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', reported_at, '+' || n || ' seconds')",
            "aware_at": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', aware_at, '+' || n || ' minutes')", "narrative": "narrative || ' ' || n",
            "report": "report || ' ' || n", "qualification_reasons": "qualification_reasons || ' ' || n", "is_cross_border": "n %% 2",
            "natures": "CASE n %% 3 WHEN 0 THEN '|integrity|' WHEN 1 THEN natures ELSE '|confidentiality|availability|' END",
            "measures_after": "CASE n %% 2 WHEN 0 THEN 'Mot de passe changé ; poste n° ' || n END",
        })  # fmt: skip
        changed = {"id": "n + 10", "incident_id": "n", "receipt_number": "'R' || n", "evidence": "evidence || ' ' || n", "reasons": "reasons || ' ' || n"}
        for table, every in (("instantstatement", 1), ("deadline", 1), ("decision", 2), ("filing", 3)):
            copy(cursor, f"breachreg_{table}", incidents, changed, every)


def copy(cursor, table: str, most: int, changed: dict[str, str], every: int = 1) -> None:
    """The first row of a table again and again, with these columns computed."""
    cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")
    names = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({columns}) {SERIES} SELECT {values} FROM series,"
        f" (SELECT * FROM {table} ORDER BY id LIMIT 1) WHERE n %% {every} = 0",
        [most],
    )


def add_entries(wanted: int) -> None:
    """Entries that a key of ours sealed, made in bulk."""
    from django.conf import settings
    from django.db import connection

    from breachreg.audit import chain
    from breachreg.audit.models import ChainHead

    head, own = ChainHead.objects.get(pk=0), ChainHead.objects.exclude(pk=0).get()
    previous, own_previous = head.hash, own.hash
    entries, contents = [], []

    def flush(cursor):
        cursor.executemany(f"INSERT INTO breachreg_entry VALUES ({','.join(['%s'] * 15)})", entries)
        cursor.executemany("INSERT INTO breachreg_entrycontent VALUES (%s,%s,%s,%s,%s,%s,%s)", contents)
        entries.clear(), contents.clear()

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info('breachreg_entry')")
        assert [name for (name,) in cursor.fetchall()][:4] == ["number", "organisation_id", "organisation_number", "at"]
        for count in range(1, wanted - head.number + 1):
            number, at = head.number + count, NOON + timedelta(seconds=count)
            changes = f'{{"people_likely":[{count},{count + 1}]}}'
            said = chain.content_hash("5a" * 16, chain.content_bytes("Awa Diallo <awa@example.org>", "HOP-2026-1", changes, "{}", "{}"))
            values = (number, own.scope, own.number + count, chain.instant(at), 1, "incident.amended", "incident", "1", "incident", "1", said, previous, own_previous)
            hash_ = chain.entry_hash(chain.entry_bytes(*values))
            entries.append((*values[:3], at.replace(tzinfo=None).isoformat(" "), *values[4:], hash_, chain.seal(settings.AUDIT_KEY, hash_)))
            contents.append((number, "5a" * 16, "Awa Diallo <awa@example.org>", "HOP-2026-1", changes, "{}", "{}"))
            previous = own_previous = hash_
            if len(entries) == 5000:
                flush(cursor)
        flush(cursor)
        last = max(wanted, head.number)
    ChainHead.objects.filter(pk=0).update(number=last, hash=previous)
    ChainHead.objects.exclude(pk=0).update(number=own.number + last - head.number, hash=previous)


class Watch:
    """Seconds of the wall and of this process's processor since it was made."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def found(most: int):
    """The first so many incidents of the organisation, as leaving.py finds them."""
    from breachreg.accounts.models import Organisation
    from breachreg.register.listing import with_clock
    from breachreg.register.models import Incident

    organisation = Organisation.objects.get()
    return with_clock(Incident.objects.filter(organisation=organisation, number__lte=most)).order_by("year", "number")


def export(form: str, most: int) -> tuple[float, float, float]:
    """Seconds that an export of the first so many incidents takes, as leaving.py makes it, and its size in MB; nothing is kept."""
    from breachreg.accounts.models import Organisation
    from breachreg.exports import making
    from breachreg.exports.rows import table

    said = making.Order(Organisation.objects.get(), form, "fr", NOON)
    with tempfile.TemporaryFile() as file:
        watch = Watch()
        written = making.write(said, table(found(most), said.columns), file)
        took = watch.read()
        assert written == most, written
        return *took, file.seek(0, io.SEEK_END) / 1e6


def pack(most: int) -> tuple[float, float, float]:
    """The same of a sealed pack: these incidents, and the whole trail."""
    from django.db import transaction

    from breachreg.accounts.models import Organisation
    from breachreg.audit import checkpoints
    from breachreg.exports import making
    from breachreg.exports.rows import table

    with transaction.atomic():
        checkpoint = checkpoints.make(at=NOON, organisation_id=Organisation.objects.get().pk)
    said = making.Order(Organisation.objects.get(), "pack", "fr", NOON, checkpoint=checkpoint.text)
    with tempfile.TemporaryFile() as file:
        watch = Watch()
        making.write_pack(said, lambda: table(found(most), said.columns), file)
        return *watch.read(), file.seek(0, io.SEEK_END) / 1e6


def bare(most: int, *, with_related: bool = False) -> tuple[float, float]:
    """Seconds of csv.writer over a raw cursor of the same columns of the incidents, with the names and the clock."""
    from django.db import connection

    from breachreg.exports.columns import COLUMNS
    from breachreg.exports.rows import _annotated, _name

    own = [column for column in COLUMNS if not column.is_related]
    sql, parameters = _annotated(found(most), own, None).values_list("pk", *map(_name, own)).query.sql_with_params()
    if with_related:
        sql = sql.replace(" FROM \"breachreg_incident\" INNER", f", {', '.join(map(as_text, RELATED))} FROM \"breachreg_incident\" INNER", 1)
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        watch = Watch()
        cursor.execute(sql, parameters)
        csv.writer(text, delimiter=";").writerows(cursor)
        text.flush()
        return watch.read()


RELATED = {
    "instantstatement": "at stated_by evidence reason", "assessment": "score_likely score_low score_high recommended_duty assessed_at",
    "decision": "duty state reasons departure_reasons decided_at", "filing": "kind filed_at receipt_number", "party": "name role contact told_us_at",
    "task": "what due_at done_at", "promise": "field owed_by promised_for", "evidence": "name sha256",
}  # fmt: skip
"""The tables under an incident, and what the register says of their rows."""


def as_text(table: str) -> str:
    """All rows of a table under an incident as one text, by the database itself."""
    parts = " || ' · ' || ".join(f"coalesce({name}, '')" for name in RELATED[table].split())
    return f"(SELECT group_concat({parts}, char(10)) FROM breachreg_{table} WHERE incident_id = breachreg_incident.id)"


def alone(folder: Path, call: str) -> list[float]:
    """What a function of this module gives in a process of its own, and the peak of that process in MB."""
    code = (
        f"import resource, sys; from pathlib import Path; sys.path.insert(0, {str(ROOT)!r}); import benchmarks.register as b;"
        f"b.set_up(Path({str(folder)!r})); print(*b.{call}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [float(number) for number in told.split()]


def verified() -> tuple[float, float, float, int, int]:
    """Seconds of the wall and of the processor that a verification takes, those of bare SHA-256, the number of entries and of bytes."""
    from breachreg.audit.chain import content_bytes, entry_bytes
    from breachreg.audit.stored import rows, written
    from breachreg.audit.verify import verify

    watch = Watch()
    result = verify()
    wall, took = watch.read()
    assert result.holds, str(result)
    spent, size, waiting = 0.0, 0, []
    for row in rows():
        waiting += [entry_bytes(*row[:3], written(row[3]), *row[4:13]), content_bytes(*row[16:])]
        if len(waiting) == 4000 or row[0] == result.last_number:
            bare_watch = Watch()
            for message in waiting:
                hashlib.sha256(message).digest()
            spent += bare_watch.read()[1]
            size += sum(map(len, waiting))
            waiting.clear()
    return wall, took, spent, result.checked, size


def load() -> str:
    return f"load average {os.getloadavg()[0]:.1f}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--incidents", type=int, default=1_000_000)
    arguments.add_argument("--small", type=int, default=10_000)
    arguments.add_argument("--forms", default="csv,open_data,json,xlsx,pdf,pack,verification")
    arguments.add_argument("--pdf", type=int, default=200)
    arguments.add_argument("--keep", type=Path, help="a folder that stays: it is filled once, and measured again")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(given, given.keep or Path(scratch))


def measure(given: argparse.Namespace, folder: Path) -> None:
    is_new = not (folder / "breachreg.sqlite3").exists()
    set_up(folder)
    if is_new:
        begun = time.perf_counter()
        fill(given.incidents)
        print(f"{given.incidents} incidents made in {time.perf_counter() - begun:.0f} s; {load()}", flush=True)
    forms = given.forms.split(",")
    tables = [form for form in forms if form not in ("pdf", "pack", "verification")]
    if tables:
        measure_tables(folder, tables, given.small, given.incidents)
    if "pdf" in forms:
        wall, _cpu, size, peak = alone(folder, f"export('pdf', {given.pdf})")
        print(f"{'pdf':12} {given.pdf / wall:9,.1f} incidents/s, {size:.1f} MB; peak {peak:.0f} MB at {given.pdf} (at most 2000 go on paper)", flush=True)
    if {"pack", "verification"} & set(forms):
        add_entries(given.incidents)
    if "pack" in forms:
        wall, took, size, peak = alone(folder, f"pack({given.incidents})")
        print(f"{'pack':12} {given.incidents / wall:9,.0f} incidents and entries/s; seconds of processor {took:.1f}; {size:,.0f} MB; peak {peak:.0f} MB; {load()}", flush=True)
    if "verification" in forms:
        measure_verification(folder)


def measure_verification(folder: Path) -> None:
    """Verification and bare work in turns, in a process of their own each time."""
    ratios = []
    for _ in range(ROUNDS):
        wall, took, spent, count, size, peak = alone(folder, "verified()")
        ratios.append(spent / took)
        print(f"verification: {count:,.0f} entries, {count / wall:,.0f} a second of the wall, {count / took:,.0f} of the processor; bare SHA-256 of the "
              f"same {size / 1e6:,.0f} MB: {count / spent:,.0f}; ratio {ratios[-1]:.3f}; peak {peak:.0f} MB; {load()}", flush=True)  # fmt: skip
    print(f"verification: ratio {min(ratios):.3f} to {max(ratios):.3f}, median {median(ratios):.3f}", flush=True)


def measure_tables(folder: Path, forms: list[str], small: int, most: int) -> None:
    """The baselines, and each format against them."""
    before = baselines(folder, most)
    for form in forms:
        few = alone(folder, f"export({form!r}, {small})")[-1]
        wall, took, size, peak = alone(folder, f"export({form!r}, {most})")
        after = baselines(folder, most)
        baseline, whole = map(mean, zip(before, after, strict=True))
        before = after
        print(f"{form:12} {most / wall:9,.0f} rows/s; seconds of processor {took:.1f}: {baseline / took:.2f} of bare, {whole / took:.2f} of it with what lies "
              f"under; {size:,.0f} MB; peak {few:.0f} MB at {small}, {peak:.0f} MB at {most}; {load()}", flush=True)  # fmt: skip


def baselines(folder: Path, most: int) -> tuple[float, float]:
    """Seconds of processor of both baselines; measured before and after each format, because a shared machine is not equally fast twice."""
    (wall, baseline, _peak), (_wall, whole, _peak) = alone(folder, f"bare({most})"), alone(folder, f"bare({most}, with_related=True)")
    print(f"{'bare':12} {most / wall:9,.0f} rows/s; seconds of processor {baseline:.1f}, with what lies under {whole:.1f}; {load()}", flush=True)
    return baseline, whole


if __name__ == "__main__":
    main()
