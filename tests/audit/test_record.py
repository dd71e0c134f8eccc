"""Nothing is done without its entry, and an entry says who did what, when, with old and new values."""

import contextlib
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy

from breachreg.accounts.models import Organisation, User
from breachreg.audit import actions, catalogue
from breachreg.audit.models import ChainHead, Entry, EntryContent
from breachreg.register import actions as register
from breachreg.register.models import Incident


def test_an_entry_says_who_what_when_with_old_and_new_values(incident, awa, noon):
    register.amend_facts(incident=incident, by=awa, at=noon + timedelta(hours=1), people_likely=12)
    entry = Entry.objects.last()
    assert (entry.action, entry.at, entry.actor_id) == ("incident.amended", noon + timedelta(hours=1), awa.pk)
    assert entry.content.actor == "Awa Diallo <awa.diallo@example.org>"
    assert entry.content.object_label == "HOP-2026-0001 · Ordinateur portable perdu"
    assert entry.content.changes == {"people_likely": [None, 12]}


def test_codes_that_change_are_told_as_lists_and_unknown_stays_null(incident, awa, noon):
    register.amend_facts(incident=incident, by=awa, at=noon, natures=["integrity", "confidentiality"])
    assert Entry.objects.last().content.changes == {"natures": [None, ["confidentiality", "integrity"]]}


def test_many_to_many_is_part_of_a_snapshot(awa):
    from django.contrib.auth.models import Group

    before = actions.snapshot(awa)
    awa.groups.add(group := Group.objects.create(name="Cellule de crise"))
    assert actions.difference(before, actions.snapshot(awa)) == {"groups": [[], [str(group.pk)]]}


def test_a_password_never_enters_the_trail(awa):
    awa.set_password("correct horse battery staple")
    assert "password" not in actions.snapshot(awa)


def test_an_undeclared_action_is_refused(hospital, awa, noon):
    with pytest.raises(catalogue.UndeclaredEvent), transaction.atomic():
        actions.record(action="incident.vanished", by=awa, at=noon, organisation=hospital)


def test_two_rooms_can_not_declare_the_same_action():
    with pytest.raises(ValueError, match=r"trail declares events that another room has: incident\.reported"):
        catalogue.register("trail", {"incident.reported": gettext_lazy("Incident read")})


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="inside its action's transaction"):
        actions.record(action="incident.reported", by=None, at=datetime(2026, 3, 10, tzinfo=UTC))


def test_a_row_that_was_not_saved_can_not_be_spoken_of(db, noon):
    with pytest.raises(ValueError, match="record what is saved"), transaction.atomic():
        actions.record(action="organisation.founded", by=None, at=noon, subject=Organisation(name="Rien"))


def test_each_organisation_counts_its_own_entries_beside_the_installation(incident, town_hall, awa, noon):
    numbers = Entry.objects.filter(organisation_id=town_hall.pk).values_list("number", "organisation_number")
    assert list(numbers) == [(Entry.objects.count(), 1)]
    last = Entry.objects.filter(organisation_id=incident.organisation_id).last()
    assert ChainHead.objects.get(scope=incident.organisation_id).hash == last.hash


def test_an_entry_lies_in_the_file_of_its_incident(incident, awa, noon):
    party = incident.parties.create(role="processor", name="Sous-traitant SA")
    with transaction.atomic():
        entry = actions.record(
            action="incident.amended", by=awa, at=noon, organisation=incident.organisation, subject=party
        )
    assert (entry.object_type, entry.file_type, entry.file_id) == ("party", "incident", str(incident.pk))
    assert entry in Entry.objects.in_file_of(incident)
    assert entry not in Entry.objects.about(incident)


def test_an_entry_takes_four_queries(hospital, awa, noon, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(4):
        actions.record(action="incident.listed", by=awa, at=noon, organisation=hospital)


def test_when_the_entry_can_not_be_written_nothing_is(hospital, awa, noon, broken_trail):
    with broken_trail(), pytest.raises(actions.TrailUnavailable):
        register.report_incident(organisation=hospital, title="Clé USB perdue", by=awa, at=noon)
    assert not Incident.objects.exists()
    assert register.report_incident(organisation=hospital, title="Clé USB", by=awa, at=noon).number == 1


def test_who_swallows_the_failure_still_saves_nothing(hospital, awa, noon, broken_trail):
    with broken_trail(), transaction.atomic():
        User.objects.filter(pk=awa.pk).update(full_name="Quelqu'un d'autre")
        with contextlib.suppress(actions.TrailUnavailable):
            actions.record(action="person.changed", by=awa, at=noon, subject=awa)
    awa.refresh_from_db()
    assert awa.full_name == "Awa Diallo"


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.filter(number=1).update(action="incident.closed"),
        lambda: Entry.objects.filter(number=1)._raw_delete("default"),
        lambda: EntryContent.objects.filter(entry_id=1).update(actor="Personne"),
        lambda: EntryContent.objects.filter(entry_id=1)._raw_delete("default"),
    ],
    ids=["change an entry", "delete an entry", "change its words", "delete its words"],
)
def test_the_database_itself_refuses(hospital, change):
    with pytest.raises(DatabaseError, match=r"never|only by a purge"), transaction.atomic():
        change()


def test_the_database_refuses_to_empty_the_trail(hospital):
    empty = {"sqlite": "DELETE FROM breachreg_entry", "postgresql": "TRUNCATE breachreg_entry CASCADE"}
    connection.check_constraints()  # PostgreSQL truncates nothing while a foreign key waits to be checked
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(empty[connection.vendor])


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (date(2026, 3, 10), "2026-03-10"),
        (datetime(2026, 3, 10, 12, tzinfo=UTC), "2026-03-10T12:00:00+00:00"),
        (Decimal("2.50"), "2.50"),
        ({"b": (1, 2)}, {"b": [1, 2]}),
        ({"y", "x"}, ["x", "y"]),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (gettext_lazy("HOP-2026-0001"), "HOP-2026-0001"),
    ],
)
def test_values_are_kept_in_a_plain_form(value, plain):
    assert actions.plain(value) == plain


def test_a_value_without_a_plain_form_is_refused():
    with pytest.raises(TypeError, match="no plain form for object"):
        actions.plain(object())
