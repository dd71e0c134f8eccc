"""What is purged is gone, all of it and nothing else; the trail still holds, and says what went."""

import importlib
import io
import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction

from breachreg.audit import personal
from breachreg.audit.models import ContentPurge, Entry, EntryContent
from breachreg.audit.verify import verify
from breachreg.exports import leaving
from breachreg.register import actions as register
from breachreg.register import evidence, holds
from breachreg.register.models import Incident, Tombstone
from breachreg.retention import files, proposals, purge
from breachreg.retention.due import shifted
from breachreg.retention.models import Going
from breachreg.retention.weight import weigh
from tests.retention.conftest import CLOSED, words_of

triggers = importlib.import_module("breachreg.migrations.0002_triggers")


def kept_rows(organisation) -> dict[str, int]:
    """Rows by table that belong to an incident of this organisation."""
    ways = {model: f"{way}__organisation" if way else "organisation" for model, way in personal.with_the_record().items()}
    counts = {model.__name__: model._base_manager.filter(**{way: organisation}).count() for model, way in ways.items()}
    return {name: count for name, count in counts.items() if count}


def files_of(organisation) -> list[Path]:
    """Where the files of its incidents lie, and the files of the register that were exported."""
    folders = {"default": settings.EVIDENCE_DIR, "letters": settings.DATA_DIR / "letters", "census": settings.CENSUS_DIR}
    ways = {model: f"{way}__organisation" if way else "organisation" for model, way in personal.with_the_record().items()}
    places = [place for model, way in ways.items() for place in files.places_of(model._base_manager.filter(**{way: organisation}))]
    paths = [folders[storage] / name for storage, name in places if storage != "census"]
    assert {storage for storage, _name in places} == set(folders)
    assert [path for path in paths if not path.is_file()] == []
    return [*paths, *(settings.EXPORTS_DIR / place for place in organisation.exports.values_list("location", flat=True))]


def test_nothing_that_stays_points_at_what_goes():
    going = set(personal.with_the_record())
    pointing = [
        f"{model.__name__}.{field.name}" for model, _said in personal.all_tables() if model not in going
        for field in model._meta.concrete_fields if field.is_relation and field.related_model in going
    ]  # fmt: skip
    assert pointing == []


def test_all_that_the_rooms_hang_on_an_incident_goes(everything):
    hospital, awa = everything.hospital, everything.awa
    before, places = kept_rows(hospital), files_of(hospital)
    assert {"Evidence", "Recipient", "Vault", "Seal", "Review", "Report", "ExaminedFile", "Indicator", "Party"} <= set(before)
    later = shifted(CLOSED, 5, hospital) + timedelta(days=1)
    proposal = proposals.propose(organisation=hospital, by=awa, at=later)
    proposals.approve(proposal=proposal, by=everything.second_dpo, at=later)
    incidents = list(Incident.objects.filter(organisation=hospital))
    assert purge.purge_due(later) == len(incidents) > 3
    assert kept_rows(hospital) == {}
    assert [words_of(incident) for incident in incidents] == [0] * len(incidents)
    assert [path for path in places if path.exists()] == []
    assert verify().holds
    assert verify(organisation_id=hospital.pk).purged > 50
    assert Tombstone.objects.filter(organisation=hospital).count() == len(incidents)
    assert Incident.objects.get().organisation == everything.town_hall


def test_no_word_of_it_is_left_in_the_database(everything):
    hospital = everything.hospital
    said = ["Ordinateur portable perdu", "Votre colis", "Clinique du Lac", "Un agent a cliqué", "Ordinateur volé", "Courriel égaré"]
    later = shifted(CLOSED, 5, hospital) + timedelta(days=1)
    assert all(found_in_database(word) for word in said)
    proposal = proposals.propose(organisation=hospital, by=everything.awa, at=later)
    proposals.approve(proposal=proposal, by=everything.second_dpo, at=later)
    purge.purge_due(later)
    assert {word: found for word in said if (found := found_in_database(word))} == {}


def found_in_database(word: str) -> list[str]:
    """The tables in which this text stands, in any column."""
    tables = []
    for model, _said in personal.all_tables():
        names = [field.name for field in model._meta.concrete_fields]
        if any(word in str(value) for row in model._base_manager.values_list(*names) for value in row):
            tables.append(model.__name__)
    return tables


def test_a_tombstone_stays_in_the_register(closed, purged, later, noon):
    incident = closed()
    purged(later)
    stone = Tombstone.objects.get()
    assert (stone.reference, stone.reported_at, stone.closed_at, stone.purged_at) == (incident.reference, noon, CLOSED, later)
    assert (stone.qualification, stone.duty, stone.aware_at, stone.kept_years) == ("not_a_breach", None, None, 5)


@pytest.mark.parametrize("statement", ["UPDATE breachreg_tombstone SET reference = 'X'", "DELETE FROM breachreg_tombstone"])
def test_a_tombstone_is_never_changed(closed, purged, later, statement):
    closed()
    purged(later)
    with pytest.raises(IntegrityError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_entry_of_the_purge_says_what_went(closed, purged, later):
    incident = closed()
    words = list(Entry.objects.in_file_of(incident).values_list("number", flat=True))
    proposal = purged(later)
    entry = Entry.objects.get(action="retention.purged")
    details = entry.content.details
    assert (details["incident"], details["purge"], details["files"]) == (incident.reference, proposal.number, 0)
    assert details["rows"]["incident"] == 1
    assert details["words"] == len(words)
    assert [number for first, last in details["entries"] for number in range(first, last + 1)] == words
    assert (entry.content.actor, entry.content.object_label) == (None, incident.reference)


def test_as_many_rows_go_as_the_preview_counted(closed, purged, later):
    incident = closed()
    counted = weigh([incident])[incident.pk]
    purged(later)
    going = Going.objects.get()
    assert (going.row_count, going.word_count) == (counted.row_count, counted.words)


def test_its_number_is_never_given_again(closed, purged, later, hospital, awa, noon):
    first = closed()
    purged(later)
    again = register.report_incident(organisation=hospital, title="Nouveau", by=awa, at=later, reported_at=noon)
    assert again.reference != first.reference


def test_what_is_open_or_held_or_too_early_is_not_proposed(closed, hospital, awa, later, noon):
    register.report_incident(organisation=hospital, title="Ouvert", by=awa, at=noon)
    holds.set_hold(incident=closed("Tenu"), reason="Contentieux", by=awa, at=later)
    closed("Trop tôt", later - timedelta(days=30))
    with pytest.raises(proposals.NothingDue):
        proposals.propose(organisation=hospital, by=awa, at=later)


@pytest.mark.parametrize("why", ["open", "held", "too_early"])
def test_it_is_looked_at_again_at_the_moment_of_the_purge(why, closed, approved, hospital, awa, later):
    incident = closed()
    proposal = approved(later)
    if why == "open":
        register.reopen_incident(incident=incident, reason="Nouvel élément", by=awa, at=later)
    elif why == "held":
        holds.set_hold(incident=incident, reason="Contentieux", by=awa, at=later)
    else:
        proposals.set_period(organisation=hospital, years=6, by=awa, at=later)
    assert purge.purge_due(later) == 0
    assert Incident.objects.get() == incident
    assert proposal.goings.get().spared == why
    assert Entry.objects.get(action="retention.spared").content.details == {"incident": incident.reference, "reason": why}
    assert not Tombstone.objects.exists()


def test_nothing_goes_before_a_second_person_approved(closed, hospital, awa, later):
    closed()
    proposals.propose(organisation=hospital, by=awa, at=later)
    assert purge.purge_due(later) == 0
    assert Incident.objects.exists()


def test_a_file_that_cannot_be_removed_is_tried_again(closed, approved, awa, later):
    incident = closed()
    kept = evidence.add_evidence(incident=incident, file=io.BytesIO(b"%PDF-1.7 x"), name="a.pdf", by=awa, at=later)
    approved(later)
    path = Path(storages["default"].path(kept.location))
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    assert purge.purge_due(later) == 0
    going = Going.objects.get()
    assert (going.purged_at, going.done_at, bool(going.trouble)) == (later, None, True)
    assert not Incident.objects.exists()
    (path / "in the way").unlink()
    path.rmdir()
    path.touch()
    assert purge.purge_due(later + timedelta(hours=3)) == 1
    assert not path.exists()
    going.refresh_from_db()
    assert (going.files, going.file_count, going.done_at) == ([], 1, later + timedelta(hours=3))


def test_the_files_of_the_register_made_before_go_too(closed, approved, hospital, awa, later):
    closed()
    export = leaving.order(organisation=hospital, form="csv", language="fr", by=awa, at=later)
    assert leaving.make_now(export, later)
    export.refresh_from_db()
    approved(later)
    purge.purge_due(later)
    export.refresh_from_db()
    assert export.removed_at == later
    assert not storages["exports"].exists(export.location)
    with pytest.raises(leaving.Gone):
        leaving.hand_out(export=export, by=awa, at=later)


def test_without_its_entry_nothing_goes(closed, approved, later, broken_trail):
    incident = closed()
    approved(later)
    with broken_trail():
        assert purge.purge_due(later) == 0
    assert Incident.objects.get() == incident
    assert words_of(incident) > 0
    assert purge.purge_due(later + timedelta(hours=1)) == 1


def test_a_row_that_still_points_at_it_stops_the_purge_of_that_one(closed, approved, later, monkeypatch):
    first, second = closed("Un"), closed("Deux")
    approved(later)
    holding = personal.with_the_record()
    order = {model: way for model, way in holding.items() if model.__name__ != "TimelineEntry"}
    monkeypatch.setattr(personal, "with_the_record", lambda: order)
    with pytest.raises(IntegrityError):
        with transaction.atomic():
            going = next(Going.objects.claim(later))
            purge.purge_rows(going, later)
            connection.check_constraints()
    assert set(Incident.objects.all()) == {first, second}


@pytest.mark.parametrize("seed", range(6))
def test_the_chain_holds_after_a_purge_of_any_of_them(closed, purged, hospital, awa, later, seed):
    chance = random.Random(seed)
    made = [closed(f"Incident {number}") for number in range(5)]
    chosen = [incident for incident in made if chance.random() < 0.6]
    for incident in set(made) - set(chosen):
        holds.set_hold(incident=incident, reason="Contentieux", by=awa, at=later)
    before = Entry.objects.count()
    if chosen:
        purged(later)
    result = verify()
    assert result.holds, str(result)
    assert result.checked == Entry.objects.count() >= before
    assert result.purged == sum(Entry.objects.in_file_of(incident).count() for incident in chosen)
    assert {incident.title for incident in Incident.objects.all()} == {one.title for one in made if one not in chosen}


@pytest.fixture
def after_a_purge(closed, purged, awa, later):
    """Two incidents of which one was purged; the database without its triggers."""
    gone, stays = closed("Un"), closed("Deux", later)
    purged(later)
    triggers.remove(connection)
    purges = importlib.import_module("breachreg.migrations.0004_purges")
    purges.remove(connection)
    yield gone, stays
    triggers.install(connection)
    purges.install(connection)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_words_that_no_purge_took_are_missed_after_one(after_a_purge):
    _gone, stays = after_a_purge
    number = Entry.objects.in_file_of(stays).first().number
    ContentPurge.objects.create(entry_id=number, purged_by_entry=Entry.objects.get(action="retention.purged"))
    EntryContent.objects.filter(entry_id=number).delete()
    assert (verify().trouble.number, verify().trouble.kind) == (number, "content_missing")


def test_words_put_back_in_the_place_of_purged_ones_are_found(after_a_purge):
    gone, _stays = after_a_purge
    number = Entry.objects.in_file_of(gone).first().number
    sql(
        "INSERT INTO breachreg_entrycontent (entry_id, salt, actor, object_label, changes, details, rows)"
        " VALUES (%s, 'x', 'Personne', 'x', '{}', '{}', '{}')", number,
    )
    assert (verify().trouble.number, verify().trouble.kind) == (number, "content")


@pytest.mark.parametrize("column", ["action = 'incident.closed'", "actor_id = 77", "content_hash = 'x'", "at = '2026-03-10 11:00:01'"])
def test_a_purged_entry_is_still_guarded(after_a_purge, column):
    gone, _stays = after_a_purge
    number = Entry.objects.in_file_of(gone).first().number
    sql(f"UPDATE breachreg_entry SET {column} WHERE number = %s", number)
    assert (verify().trouble.number, verify().trouble.kind) == (number, "hash")


def test_the_purge_itself_cannot_be_made_to_say_more(after_a_purge):
    entry = Entry.objects.get(action="retention.purged")
    sql("UPDATE breachreg_entrycontent SET details = %s WHERE entry_id = %s", '{"entries":[[1,999]]}', entry.number)
    assert (verify().trouble.number, verify().trouble.kind) == (entry.number, "content")


class TestTheDatabaseItself:
    def test_it_gives_no_leave_that_no_purge_gave(self, closed, later):
        incident = closed()
        number = Entry.objects.in_file_of(incident).first().number
        with pytest.raises(IntegrityError, match="purge only"), transaction.atomic():
            ContentPurge.objects.create(entry_id=number, purged_by_entry=Entry.objects.last())

    def test_a_purge_of_another_organisation_gives_none(self, closed, purged, later, town_hall, dan, noon):
        other = register.report_incident(organisation=town_hall, title="Autre", by=dan, at=noon)
        closed()
        purged(later)
        number = Entry.objects.in_file_of(other).first().number
        with pytest.raises(IntegrityError, match="purge only"), transaction.atomic():
            ContentPurge.objects.create(entry_id=number, purged_by_entry=Entry.objects.get(action="retention.purged"))

    def test_the_words_of_a_purge_are_never_purged(self, closed, purged, hospital, awa, later):
        closed("Un")
        purged(later)
        closed("Deux")
        purged(later + timedelta(days=1))
        first, second = Entry.objects.filter(action="retention.purged")
        with pytest.raises(IntegrityError, match="purge only"), transaction.atomic():
            ContentPurge.objects.create(entry=first, purged_by_entry=second)

    @pytest.mark.parametrize("statement", ["UPDATE breachreg_contentpurge SET entry_id = 1", "DELETE FROM breachreg_contentpurge"])
    def test_leave_once_given_stays(self, closed, purged, later, statement):
        closed()
        purged(later)
        with pytest.raises(IntegrityError, match="never"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
