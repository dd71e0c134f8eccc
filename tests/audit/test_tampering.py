"""A thousand random ways to falsify a trail, by one who owns the database but not the key: each is found, and named."""

import random
from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from breachreg.audit import chain, purging, witness
from breachreg.audit.models import ChainHead, Checkpoint, ContentPurge, Entry, EntryContent
from breachreg.audit.verify import verify
from breachreg.exports import trail as signing
from breachreg.register import actions as register

TRIES = 1000
TABLES = {
    "entry": (Entry, "number", [field.column for field in Entry._meta.concrete_fields]),
    "content": (EntryContent, "entry_id", [field.column for field in EntryContent._meta.concrete_fields]),
    "head": (ChainHead, "scope", ["scope", "number", "hash"]),
    "leave": (ContentPurge, "entry_id", ["entry_id", "purged_by_entry_id"]),
    "checkpoint": (Checkpoint, "id", ["organisation_id", "organisation_number", "number", "hash", "at", "text"]),
}


def third_to_fifth_of(organisation):
    return lambda: Entry.objects.of_organisation(organisation).values_list("number", flat=True)[2:5]


@pytest.fixture
def forty(incident, awa, town_hall, dan, noon):
    """Some forty entries of two organisations with checkpoints between and a purge, and what the witness has seen."""
    for hour in range(1, 13):
        incident = register.amend_facts(
            incident=incident, by=awa, at=noon + timedelta(hours=hour, microseconds=hour), people_likely=hour,
            narrative=f"Récit « {hour} »\navec\ttout",
        )
        register.report_incident(organisation=town_hall, title=f"Courriel {hour}", by=dan, at=noon)
        if hour % 5 == 0:
            signing.make_checkpoint(organisation=incident.organisation, by=awa, at=noon, reason="asked")
        if hour == 7:
            purging.purge_words(of=third_to_fifth_of(town_hall), organisation=town_hall, subject=town_hall, at=noon, details={})
    last = Entry.objects.last()
    witness.note(last.number, last.hash)
    return Entry.objects.count()


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else None


def other(value, chance):
    """The same value with one byte changed."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=chance.choice([-1, 1, 1000, 60_000_000]))
    text = str(value)
    place = chance.randrange(len(text))
    pool = "0123456789" if isinstance(value, int) else "0123456789abcdefé -:Z{}\" \t"
    changed = text[:place] + chance.choice([sign for sign in pool if sign != text[place]]) + text[place + 1 :]
    return int(changed) if isinstance(value, int) else changed


def edit(chance, last):
    """One byte of one column of one row. Gives the numbers that may be named."""
    name = chance.choices(list(TABLES), weights=[6, 4, 1, 1, 1])[0]
    model, key, columns = TABLES[name]
    table = model._meta.db_table
    rows = sql(f"SELECT {key} FROM {table} ORDER BY {key}")
    if not rows:
        return None
    row = chance.choice(rows)[0]
    column = chance.choice(columns)
    [(value,)] = sql(f"SELECT {column} FROM {table} WHERE {key} = %s", row)
    if value is None or value == "":
        return None
    changed = other(value, chance)
    if changed == value:
        return None
    sql(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", changed, row)
    if name in ("checkpoint", "leave"):
        return set(range(0, 10_000))  # it is named by its entry, which may be what was changed
    return {last, last + 1} if name == "head" else {row}


def delete(chance, last):
    number = chance.randint(1, last)
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", number)
    sql("DELETE FROM breachreg_entry WHERE number = %s", number)
    return {number}


def delete_words(chance, last):
    (number,) = chance.choice(sql("SELECT entry_id FROM breachreg_entrycontent ORDER BY entry_id"))
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", number)
    return {number}


def delete_checkpoint(chance, last):
    key, number = chance.choice(sql("SELECT id, number FROM breachreg_checkpoint"))
    sql("DELETE FROM breachreg_checkpoint WHERE id = %s", key)
    return {number}


def shift(first):
    """Make room before an entry, as an insertion needs."""
    for table, column in (("breachreg_entry", "number"), ("breachreg_entrycontent", "entry_id")):
        sql(f"UPDATE {table} SET {column} = {column} + 1000 WHERE {column} >= %s", first)
        sql(f"UPDATE {table} SET {column} = {column} - 999 WHERE {column} >= %s", first + 1000)


def insert(chance, last):
    number = chance.randint(1, last + 1)
    before = Entry.objects.filter(number=number - 1).first()
    shift(number)
    forged = Entry(
        number=number, at=datetime.fromisoformat("2026-03-10T12:00:00+00:00"), action="incident.closed",
        content_hash=chain.content_hash("ab", chain.content_bytes(None, None, "{}", "{}", "{}")),
        previous_hash=before.hash if before else "0" * 64,
    )
    forged.hash = chain.hash_of_entry(forged)
    forged.seal = chain.seal(b"a guess", forged.hash)
    forged.save(force_insert=True)
    EntryContent(entry=forged, salt="ab").save(force_insert=True)
    return {number}


def swap(chance, last):
    one, two = sorted(chance.sample(range(1, last + 1), 2))
    for table, column in (("breachreg_entry", "number"), ("breachreg_entrycontent", "entry_id")):
        for old, new in ((one, 9999), (two, one), (9999, two)):
            sql(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", new, old)
    return {one}


def swap_words(chance, last):
    one, two = sorted(number for (number,) in chance.sample(sql("SELECT entry_id FROM breachreg_entrycontent ORDER BY entry_id"), 2))
    for old, new in ((one, 9999), (two, one), (9999, two)):
        sql("UPDATE breachreg_entrycontent SET entry_id = %s WHERE entry_id = %s", new, old)
    return {one}


def delete_leave(chance, last):
    rows = sql("SELECT entry_id FROM breachreg_contentpurge ORDER BY entry_id")
    if not rows:
        return None
    (number,) = chance.choice(rows)
    sql("DELETE FROM breachreg_contentpurge WHERE entry_id = %s", number)
    return {number}


def put_heads_right():
    """What one who knows the chain does after cutting it."""
    for head in ChainHead.objects.all():
        entry = Entry.objects.filter(**({"organisation_id": head.scope} if head.scope else {})).last()
        if entry is None:
            head.delete()
            continue
        number = entry.organisation_number if head.scope else entry.number
        ChainHead.objects.filter(pk=head.pk).update(number=number, hash=entry.hash)


def cut(chance, last):
    first = chance.randint(2, last)
    sql("DELETE FROM breachreg_contentpurge WHERE purged_by_entry_id >= %s", first)
    sql("DELETE FROM breachreg_checkpoint WHERE number >= %s", first)
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id >= %s", first)
    sql("DELETE FROM breachreg_entry WHERE number >= %s", first)
    put_heads_right()
    return {first}


def recompute(chance, last):
    """Change one entry and make the whole chain after it again, heads and all, without the key."""
    first = chance.randint(1, last)
    previous, own = "0" * 64, {}
    for entry in Entry.objects.order_by("number"):
        if entry.number == first:
            entry.action = "incident.closed"
        if entry.number >= first:
            entry.previous_hash = previous
            entry.organisation_previous_hash = entry.organisation_id and own.get(entry.organisation_id, "0" * 64)
            entry.hash = chain.hash_of_entry(entry)
            entry.seal = chain.seal(b"a guess", entry.hash)
            entry.save()
        previous = own[entry.organisation_id] = entry.hash
    sql("DELETE FROM breachreg_checkpoint WHERE number >= %s", first)
    put_heads_right()
    return {first}


WAYS = {
    edit: 12, delete: 2, delete_words: 1, delete_leave: 1, delete_checkpoint: 1, insert: 2, swap: 2, swap_words: 1, cut: 2, recompute: 1,
}  # fmt: skip


GARBAGE = ["CAST(x'ff41' AS TEXT)", "'garbage'", "''", "x'00'", "-1", "1.5", "NULL"]
"""What SQLite takes in place of any value; PostgreSQL has types that refuse it."""


@pytest.mark.sqlite
@pytest.mark.parametrize("name", TABLES)
def test_garbage_in_any_column_is_found_and_told(forty, trail_without_triggers, name):
    sql("PRAGMA ignore_check_constraints = ON")
    model, key, columns = TABLES[name]
    table, tried, missed = model._meta.db_table, 0, []
    rows = sql(f"SELECT {key} FROM {table} ORDER BY {key}")
    [row] = rows[len(rows) // 2]
    for column, garbage in product(columns, GARBAGE):
        place = transaction.savepoint()
        try:
            with transaction.atomic():
                sql(f"UPDATE {table} SET {column} = {garbage} WHERE {key} = %s AND {column} IS NOT {garbage}", row)
        except IntegrityError:  # the database itself refused this one
            pass
        else:
            [(changed,)] = sql("SELECT changes()")
            tried += changed
            if changed and not str(verify().trouble or ""):
                missed.append((column, garbage))
        transaction.savepoint_rollback(place)
    sql("PRAGMA ignore_check_constraints = OFF")
    assert missed == []
    assert tried > len(columns) * 3


@pytest.mark.slow
def test_a_thousand_random_tamperings_are_found_and_named(forty, trail_without_triggers):
    chance = random.Random(20260310)
    missed, tried = [], 0
    assert verify().holds
    while tried < TRIES:
        way = chance.choices(list(WAYS), weights=list(WAYS.values()))[0]
        place = transaction.savepoint()
        try:
            with transaction.atomic():
                wanted = way(chance, forty)
        except IntegrityError:  # the database itself refused this one
            wanted = None
        if wanted is not None:
            tried += 1
            found = verify()
            if found.holds or found.trouble.number not in wanted:
                missed.append((way.__name__, wanted, found.trouble))
        transaction.savepoint_rollback(place)
    assert missed == []
    assert verify().holds
