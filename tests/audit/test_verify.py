"""A trail that was touched is found, and the first bad entry is named."""

import hmac
import importlib
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from breachreg.audit import actions, chain, witness
from breachreg.audit import stored as storage
from breachreg.audit import verify as reading
from breachreg.audit.models import ChainHead, Entry
from breachreg.audit.purging import purge_words
from breachreg.audit.stored import batches, written
from breachreg.audit.verify import Mark, Result, verify
from breachreg.register import actions as register

triggers = importlib.import_module("breachreg.migrations.0002_triggers")
purges = importlib.import_module("breachreg.migrations.0004_purges")


@pytest.fixture
def trail(incident, awa, town_hall, dan, noon):
    """Two organisations' entries, one after the other, in a database without its triggers."""
    for hour in range(1, 5):
        incident = register.amend_facts(incident=incident, by=awa, at=noon + timedelta(hours=hour), people_likely=hour)
        register.report_incident(organisation=town_hall, title=f"Courriel {hour}", by=dan, at=noon)
    triggers.remove(connection)
    yield incident.organisation
    triggers.install(connection)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def first_bad(**scope):
    found = verify(**scope).trouble
    return (found.number, found.kind) if found else None


def test_an_untouched_trail_holds(trail):
    result = verify()
    assert result.holds
    assert (result.checked, result.last_number) == (Entry.objects.count(), Entry.objects.count())
    assert verify(organisation_id=trail.pk).checked == Entry.objects.of_organisation(trail).count()


def test_an_empty_trail_holds(db):
    assert verify().holds


@pytest.mark.parametrize("column", [
    "action = 'incident.closed'", "at = '2026-03-10 11:00:01'", "actor_id = -77", "actor_id = NULL", "object_type = 'x'",
    "object_id = '-77'", "file_type = NULL", "file_id = '-77'",
])  # fmt: skip
def test_a_changed_column_names_its_entry(trail, column):
    sql(f"UPDATE breachreg_entry SET {column} WHERE number = 9")
    assert first_bad() == (9, "hash")


@pytest.mark.parametrize("column", [
    "actor = 'Personne'", "actor = NULL", "object_label = 'x'", "changes = '{}'", "changes = '{ }'", "details = 'x'",
    "salt = 'x'",
])  # fmt: skip
def test_changed_words_name_their_entry(trail, column):
    sql(f"UPDATE breachreg_entrycontent SET {column} WHERE entry_id = 9")
    assert first_bad() == (9, "content")


def test_a_changed_seal_names_its_entry(trail):
    sql("UPDATE breachreg_entry SET seal = previous_hash WHERE number = 9")
    assert first_bad() == (9, "seal")


def test_a_removed_entry_is_named(trail):
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = 9")
    sql("DELETE FROM breachreg_entry WHERE number = 9")
    assert first_bad() == (9, "missing")


def test_words_that_are_gone_without_a_purge_are_named(trail):
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = 9")
    assert first_bad() == (9, "content_missing")


def test_an_entry_moved_to_another_organisation_is_found_from_both(trail, town_hall):
    entry = Entry.objects.of_organisation(trail).last()
    sql("UPDATE breachreg_entry SET organisation_id = 4711 WHERE number = %s", entry.number)
    assert first_bad()[0] == entry.number
    assert first_bad(organisation_id=trail.pk)[1] == "head"


def recompute(since):
    """What an administrator of the database can do: rebuild every hash from an entry on, but not with our key."""
    previous, own = chain.entry_hash(b""), {}
    previous = Entry.objects.get(number=since - 1).hash
    for entry in Entry.objects.filter(number__lt=since).exclude(organisation_id=None):
        own[entry.organisation_id] = entry.hash
    for entry in Entry.objects.filter(number__gte=since):
        entry.previous_hash = previous
        if entry.organisation_id:
            entry.organisation_previous_hash = own.get(entry.organisation_id, "0" * 64)
        entry.hash = previous = own[entry.organisation_id] = chain.hash_of_entry(entry)
        entry.seal = chain.seal(b"a guess", entry.hash)
        entry.save()
    for head in ChainHead.objects.all():
        ChainHead.objects.filter(pk=head.pk).update(hash=own.get(head.scope, previous) if head.scope else previous)


def test_a_chain_recomputed_without_the_key_is_found(trail):
    Entry.objects.filter(number=9).update(action="incident.closed")
    recompute(9)
    assert first_bad() == (9, "seal")


def test_a_cut_tail_is_found_by_the_head(trail):
    last = Entry.objects.last().number
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id > %s", last - 3)
    sql("DELETE FROM breachreg_entry WHERE number > %s", last - 3)
    assert first_bad() == (last - 2, "cut")


def cut_cleanly(after):
    """Cut the tail and put every head back, as one who knows how the chain is made would do."""
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id > %s", after)
    sql("DELETE FROM breachreg_entry WHERE number > %s", after)
    for head in ChainHead.objects.all():
        scope = {"organisation_id": head.scope} if head.scope else {}
        last = Entry.objects.filter(**scope).last()
        if last is None:
            head.delete()
            continue
        number = last.organisation_number if head.scope else last.number
        ChainHead.objects.filter(pk=head.pk).update(number=number, hash=last.hash)


def test_a_cleanly_cut_tail_is_found_by_a_mark_outside_the_database(trail):
    last = Entry.objects.last()
    cut_cleanly(last.number - 3)
    assert first_bad() is None
    assert first_bad(marks=[Mark(last.number, last.hash)]) == (last.number - 2, "cut")


def test_an_older_database_put_back_is_found_from_every_organisation(trail, town_hall):
    last = Entry.objects.last()
    witness.note(last.number, last.hash)
    assert first_bad(organisation_id=trail.pk) is None
    cut_cleanly(last.number - 3)
    for organisation in (trail, town_hall):
        assert first_bad(organisation_id=organisation.pk) == (last.number - 2, "cut")


def test_a_mark_that_the_chain_contradicts_is_named(trail):
    assert first_bad(marks=[Mark(5, "f" * 64)]) == (5, "link")


def test_a_forged_entry_after_the_last_is_named(trail):
    last = Entry.objects.last()
    forged = Entry(
        number=last.number + 1, at=last.at, action="incident.closed", content_hash="0" * 64, previous_hash=last.hash
    )
    forged.hash = chain.hash_of_entry(forged)
    forged.seal = chain.seal(b"a guess", forged.hash)
    forged.save(force_insert=True)
    assert first_bad() == (last.number + 1, "seal")


def test_an_entry_of_ours_written_past_the_head_is_named(trail, noon):
    heads = list(ChainHead.objects.values())
    with transaction.atomic():
        actions.record(action="organisation.changed", by=None, at=noon)
    ChainHead.objects.filter(scope=0).update(**{k: v for k, v in heads[0].items() if k != "scope"})
    assert first_bad() == (Entry.objects.count(), "head")


def test_a_head_that_is_gone_is_found(trail):
    ChainHead.objects.filter(scope=trail.pk).delete()
    assert first_bad()[1] == "head_missing"


def test_stray_words_are_found(trail):
    if connection.vendor != "sqlite":
        return  # PostgreSQL's foreign key refuses them
    sql("PRAGMA defer_foreign_keys = ON")
    sql("INSERT INTO breachreg_entrycontent VALUES (4711, 'x', 'x', 'x', '{}', '{}', '{}')")
    assert first_bad() == (4711, "stray")
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = 4711")


def test_a_lawful_purge_leaves_the_chain_whole(trail, awa, noon):
    triggers.install(connection)
    numbers = list(Entry.objects.of_organisation(trail).values_list("number", flat=True)[2:5])
    purge = purge_words(of=lambda: numbers, organisation=trail, subject=trail, at=noon, details={})
    triggers.remove(connection)
    assert [number for first, last in purge.content.details["entries"] for number in range(first, last + 1)] == numbers
    result = verify()
    assert result.holds
    assert result.purged == 3


@pytest.fixture
def purge(trail, noon):
    """The entry of a purge of three entries, in a database without its triggers."""
    triggers.install(connection)
    numbers = list(Entry.objects.of_organisation(trail).values_list("number", flat=True)[2:5])
    purge = purge_words(of=lambda: numbers, organisation=trail, subject=trail, at=noon, details={})
    triggers.remove(connection)
    purges.remove(connection)
    yield purge
    purges.install(connection)


@pytest.mark.parametrize("details", ["{}", '{"entries":[]}', '{"entries":[[9,10]]}'])
def test_an_entry_of_a_purge_whose_words_were_falsified_is_named_and_not_those_it_emptied(purge, details):
    sql("UPDATE breachreg_entrycontent SET details = %s WHERE entry_id = %s", details, purge.number)
    assert first_bad() == (purge.number, "content")


def test_an_entry_of_a_purge_that_was_made_another_one_is_named(purge):
    sql("UPDATE breachreg_entry SET action = 'incident.closed' WHERE number = %s", purge.number)
    assert first_bad() == (purge.number, "hash")


def test_a_purge_that_was_cut_off_is_named_and_not_what_it_emptied(purge):
    sql("DELETE FROM breachreg_contentpurge")
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", purge.number)
    sql("DELETE FROM breachreg_entry WHERE number = %s", purge.number)
    assert first_bad() == (purge.number, "cut")


def test_leave_that_no_purge_gave_and_leave_that_was_forgotten_are_found(purge):
    first, _last = purge.content.details["entries"][0]
    place = transaction.savepoint()
    sql("DELETE FROM breachreg_contentpurge WHERE entry_id = %s", first)
    assert first_bad() == first_bad(organisation_id=purge.organisation_id) == (first, "leave")
    transaction.savepoint_rollback(place)
    sql("INSERT INTO breachreg_contentpurge VALUES (1, %s)", purge.number)
    assert first_bad() == first_bad(organisation_id=purge.organisation_id) == (1, "leave")
    sql("UPDATE breachreg_contentpurge SET purged_by_entry_id = 2 WHERE entry_id = 1")
    assert first_bad() == (1, "leave")


def test_an_entry_of_a_purge_that_lost_its_words_is_named_and_not_those_it_emptied(purge):
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = %s", purge.number)
    assert first_bad() == (purge.number, "content_missing")


def test_words_that_somebody_removed_are_named_before_what_is_wrong_later(purge):
    sql("DELETE FROM breachreg_entrycontent WHERE entry_id = 2")
    assert first_bad() == (2, "content_missing")
    sql("UPDATE breachreg_entry SET action = 'incident.closed' WHERE number = 5")
    assert first_bad() == (2, "content_missing")



def test_the_bytes_of_an_entry_are_those_of_the_documentation(trail):
    """Recomputed here by hand, as docs/trail.md tells it, from what the columns hold."""
    import hashlib
    import hmac
    import json

    entry = Entry.objects.select_related("content").get(number=9)
    lines = ["breachreg entry 1"] + [
        "" if value is None else str(value)
        for value in (
            entry.number, entry.organisation_id, entry.organisation_number, entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            entry.actor_id, entry.action, entry.object_type, entry.object_id, entry.file_type, entry.file_id,
            entry.content_hash, entry.previous_hash, entry.organisation_previous_hash,
        )
    ]  # fmt: skip
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == entry.hash
    assert hmac.new(settings.AUDIT_KEY, entry.hash.encode(), "sha256").hexdigest() == entry.seal
    words = entry.content
    form = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    parts = [json.dumps(part, **form) for part in (words.actor, words.object_label, words.changes, words.details, words.rows)]
    said = "\n".join(["breachreg content 2", *parts]).encode()
    assert hmac.new(words.salt.encode(), said, "sha256").hexdigest() == entry.content_hash


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=100), st.text(st.characters(codec="ascii"), max_size=200), st.binary(max_size=200))
def test_the_hashes_under_a_key_are_those_of_rfc_2104(key, text, message):
    assert chain.seal(key, text) == hmac.new(key, text.encode(), "sha256").hexdigest()
    assert chain.content_hash(text, message) == hmac.new(text.encode(), message, "sha256").hexdigest()


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.text(max_size=70), st.none() | st.text(), st.none() | st.text(), st.text(), st.text(), st.text()), min_size=1))
def test_the_hashes_of_many_contents_are_those_of_each(contents):
    salts, *words = zip(*contents, strict=True)
    messages = chain.bytes_of_contents(*words)
    assert messages == [chain.content_bytes(*said) for _salt, *said in contents]
    assert chain.content_hashes(salts, messages) == list(map(chain.content_hash, salts, messages))


@given(st.lists(st.from_regex(r"2026-03-10[ T]11:0\d:00(\.0{5}[01])?", fullmatch=True), min_size=1))
def test_many_instants_are_written_as_each_is(stored):
    def each():
        return [written(at) for at in stored]

    try:
        wanted = each()
    except ValueError:
        with pytest.raises(ValueError):
            storage.all_written(stored)
    else:
        assert storage.all_written(stored) == wanted


@pytest.mark.parametrize("stored", ["2026-03-10T11:00:00", "2026-03-10 11:00:00.000000", "2026-03-10 11:00", "2026-03-10 11:00:00+00:00"])
def test_an_instant_written_another_way_is_not_as_it_was_stored(stored):
    with pytest.raises(ValueError):
        written(stored)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_the_same_entry_is_named_however_many_are_read_at_once(trail, monkeypatch, size):
    monkeypatch.setattr(storage, "BATCH", size)
    assert verify().checked == Entry.objects.count()
    assert verify(organisation_id=trail.pk).checked == Entry.objects.of_organisation(trail).count()
    sql("UPDATE breachreg_entry SET action = 'incident.closed' WHERE number = 9")
    result = verify()
    assert (result.trouble.number, result.trouble.kind, result.checked, result.last_number) == (9, "hash", 8, 8)


def reader_of_all():
    return reading._Reader(Result(), None, {}, all_marks=False)


def test_a_batch_in_which_everything_fits_is_read_at_once(trail):
    [batch], reader = list(batches()), reader_of_all()
    assert reader._fits(batch)
    assert (reader.result.checked, reader.result.last_hash, reader.own[trail.pk]) == (
        len(batch[0]), batch[13][-1], Entry.objects.of_organisation(trail).values_list("organisation_number", "hash").last(),
    )  # fmt: skip


def test_no_batch_is_read_at_once_with_another_value_in_any_column(trail):
    [batch] = batches()
    place, reader = next(place for place, row in enumerate(zip(*batch, strict=True)) if None not in row), reader_of_all()
    for number, column in enumerate(batch):
        held = column[place]
        for column[place] in {None, "", "x", b"x", 77, 1.5} - {held}:
            assert not reader._fits(batch), (number, column[place])
        column[place] = held
    assert reader.result == Result()
    assert reader._fits(batch)


def test_a_mark_in_a_batch_has_to_fit(trail):
    [batch] = batches()
    for hash_, holds in ((batch[13][3], True), (batch[13][4], False)):
        assert reading._Reader(Result(), None, {batch[0][3]: hash_}, all_marks=False)._fits(batch) is holds
