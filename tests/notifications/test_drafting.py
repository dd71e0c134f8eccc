"""A notification fills itself from the record, is written by its author, and follows or keeps when the record changes."""

from datetime import timedelta

import pytest
from django.db import transaction

from breachreg.audit import actions as audit
from breachreg.audit.models import Entry
from breachreg.law.form import load as form
from breachreg.notifications import actions, changes
from breachreg.notifications.answers import Source
from breachreg.notifications.models import Notification, State
from breachreg.register import actions as register
from breachreg.register.models import FilingKind


def answer(notification, field):
    return notification.entries.get(field=field)


def test_every_question_of_the_form_is_answered_or_unknown_in_its_order(draft):
    assert [entry.field for entry in draft.entries.all()] == [field.code for field in form().fields]


def test_answers_come_from_the_record_with_their_source(draft):
    assert answer(draft, "natures").value == ["confidentiality"]
    assert answer(draft, "natures").source == Source.RECORD
    assert answer(draft, "legal_name").value == "Hôpital des Trois Rivières"
    assert answer(draft, "legal_name").source == Source.ORGANISATION
    assert answer(draft, "people_count").value == {"low": 1000, "likely": 1200, "high": 1500}


def test_what_nobody_knows_is_unknown_and_never_zero_or_empty(draft):
    assert answer(draft, "records_count").value is None
    assert answer(draft, "measures_after").value is None


def test_the_narrative_is_composed_from_the_facts(draft):
    text = answer(draft, "description")
    assert text.source == Source.COMPOSED
    assert "Le 10 mars 2026 à 12\u00a0h\u00a000, le responsable de traitement (Hôpital des Trois Rivières) a pris connaissance" in text.value
    assert "On 10 March 2026 at 12:00" in text.english


def test_an_incident_that_is_not_qualified_has_no_notification(incident, awa, noon):
    with pytest.raises(actions.NotNow):
        actions.draft(incident=incident, kind=FilingKind.INITIAL, by=awa, at=noon)


def test_one_open_notification_at_a_time(draft, awa, noon):
    with pytest.raises(actions.AlreadyOpen) as refused:
        actions.draft(incident=draft.incident, kind=FilingKind.INITIAL, by=awa, at=noon + timedelta(hours=3))
    assert refused.value.notification == draft


def test_a_complementary_notification_needs_something_to_complete(told, awa, noon):
    with pytest.raises(actions.NotNow):
        actions.draft(incident=told, kind=FilingKind.COMPLEMENTARY, by=awa, at=noon + timedelta(hours=2))


def test_a_typed_answer_keeps_its_mark(draft, awa, noon):
    actions.write(
        notification=draft, seen=draft.version, values={"discovery": "Le voyageur a prévenu."}, by=awa,
        at=noon + timedelta(hours=3),
    )
    entry = answer(draft, "discovery")
    assert (entry.value, entry.source, entry.edited_by) == ("Le voyageur a prévenu.", Source.TYPED, awa)


def test_writing_the_same_again_changes_nothing(draft, awa, noon):
    actions.write(
        notification=draft, seen=draft.version, values={"natures": ["confidentiality"]}, by=awa,
        at=noon + timedelta(hours=3),
    )
    draft.refresh_from_db()
    assert draft.version == 1
    assert answer(draft, "natures").source == Source.RECORD


def test_two_people_on_different_answers_do_not_meet(draft, awa, second_dpo, noon):
    at = noon + timedelta(hours=3)
    actions.write(notification=draft, seen=1, values={"discovery": "A"}, by=awa, at=at)
    actions.write(notification=draft, seen=1, values={"measures_after": "B"}, by=second_dpo, at=at)
    assert (answer(draft, "discovery").value, answer(draft, "measures_after").value) == ("A", "B")


def test_two_people_on_the_same_answer_meet_and_the_second_is_told_where(draft, awa, second_dpo, noon):
    at = noon + timedelta(hours=3)
    actions.write(notification=draft, seen=1, values={"discovery": "A"}, by=awa, at=at)
    with pytest.raises(actions.Conflict) as met:
        actions.write(notification=draft, seen=1, values={"discovery": "B", "vat_number": "FR1"}, by=second_dpo, at=at)
    assert met.value.fields == ("discovery",)
    assert answer(draft, "discovery").value == "A"
    assert answer(draft, "vat_number").value is None


def test_an_answer_can_be_taken_back_to_the_record(draft, awa, noon):
    at = noon + timedelta(hours=3)
    actions.write(notification=draft, seen=1, values={"natures": ["integrity"]}, by=awa, at=at)
    actions.follow_record(notification=draft, seen=2, fields=("natures",), by=awa, at=at)
    entry = answer(draft, "natures")
    assert (entry.value, entry.source, entry.edited_by) == (["confidentiality"], Source.RECORD, None)


def test_the_draft_does_not_move_by_itself_when_the_record_changes(draft, awa, noon):
    incident = register.amend_facts(
        incident=draft.incident, by=awa, at=noon + timedelta(hours=3), natures=("confidentiality", "availability")
    )
    assert answer(draft, "natures").value == ["confidentiality"]
    actions.keep(notification=draft, fields=("natures",), by=awa, at=noon + timedelta(hours=4))
    assert answer(draft, "natures").record_value == list(incident.natures)


def test_an_abandoned_notification_makes_room_for_another(draft, awa, noon):
    at = noon + timedelta(hours=3)
    actions.abandon(notification=draft, seen=1, reason="Doublon.", by=awa, at=at)
    again = actions.draft(incident=draft.incident, kind=FilingKind.COMPLETE, by=awa, at=at)
    assert (again.number, again.state) == (2, State.DRAFT)


def test_the_kind_of_a_first_notification_can_change(draft, awa, noon):
    actions.change_kind(notification=draft, seen=1, kind=FilingKind.COMPLETE, by=awa, at=noon + timedelta(hours=3))
    assert answer(draft, "notification_type").value == "complete"
    assert Notification.objects.get().kind == FilingKind.COMPLETE


def test_each_verb_is_in_the_trail_with_old_and_new(draft, awa, noon):
    actions.write(notification=draft, seen=1, values={"vat_number": "FR00"}, by=awa, at=noon + timedelta(hours=3))
    entry = Entry.objects.get(action="notification.answered")
    assert entry.content.changes == {"vat_number": [None, "FR00"]}
    assert Entry.objects.filter(action="notification.drafted").count() == 1


def test_without_its_entry_in_the_trail_nothing_is_written(draft, awa, noon, monkeypatch):
    def broken(**kwargs):
        raise audit.TrailUnavailable("broken on purpose")

    monkeypatch.setattr(changes, "record_entry", broken)
    with pytest.raises(audit.TrailUnavailable), transaction.atomic():
        actions.write(notification=draft, seen=1, values={"vat_number": "FR00"}, by=awa, at=noon + timedelta(hours=3))
    assert answer(draft, "vat_number").value is None
    assert Notification.objects.get().version == 1
