"""Awareness starts the clock once; a filing stops it; nothing else moves it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from breachreg.audit.models import Entry
from breachreg.register import awareness, deadlines, filings
from breachreg.register.models import Deadline, FilingKind, StatementState


def file(incident, by, hours, kind=FilingKind.INITIAL, receipt="CNIL-1", **more):
    filed_at = incident.aware_at + timedelta(hours=hours)
    return filings.record_filing(
        incident=incident, kind=kind, filed_at=filed_at, receipt_number=receipt, by=by,
        at=filed_at + timedelta(minutes=5), **more,
    )


def test_the_clock_runs_72_elapsed_hours_from_awareness(aware):
    assert aware.deadlines.get().due_at == aware.aware_at + timedelta(hours=72)


def test_awareness_is_recorded_once(aware, awa, noon):
    with pytest.raises(awareness.AlreadyAware):
        awareness.become_aware(
            incident=aware, aware_at=noon, stated_by="Awa", evidence="—", by=awa, at=noon + timedelta(hours=1)
        )


def test_an_awareness_in_the_future_is_refused(breach, awa, noon):
    with pytest.raises(ValidationError, match=r"lies ahead|à venir|futur"):
        awareness.become_aware(
            incident=breach, aware_at=noon + timedelta(days=1), stated_by="Awa", evidence="—", by=awa, at=noon
        )
    assert not Deadline.objects.exists()


def test_reminders_are_planned_for_who_must_act(aware, awa):
    planned = aware.deadlines.get().reminders.filter(recipient=awa)
    assert [reminder.hours_before for reminder in planned] == [48, 24, 12, 6, 2, 0]


def test_filing_stops_the_clock_and_silences_the_reminders(aware, awa):
    filing = file(aware, awa, hours=62)
    deadline = aware.deadlines.get(rule="gdpr_33")
    assert deadline.met_at == filing.filed_at
    assert not deadline.reminders.filter(cancelled_at=None).exists()


def test_a_complementary_filing_restarts_nothing(aware, awa):
    first = file(aware, awa, hours=62)
    file(aware, awa, hours=90, kind=FilingKind.COMPLEMENTARY, receipt="CNIL-2")
    assert aware.deadlines.get(rule="gdpr_33").met_at == first.filed_at


def test_a_late_filing_needs_its_reasons(aware, awa):
    with pytest.raises(ValidationError) as refused:
        file(aware, awa, hours=75)
    assert "delay_reasons" in refused.value.message_dict
    file(aware, awa, hours=75, delay_reasons="Le sous-traitant a répondu le vendredi.")
    aware.refresh_from_db()
    assert aware.delay_reasons == "Le sous-traitant a répondu le vendredi."


def test_a_filing_at_the_due_instant_is_in_time(aware, awa):
    assert file(aware, awa, hours=72).pk


def test_the_same_receipt_is_not_recorded_twice(aware, awa):
    file(aware, awa, hours=10)
    with pytest.raises(ValidationError) as refused:
        file(aware, awa, hours=11)
    assert "receipt_number" in refused.value.message_dict


def test_a_changed_awareness_waits_for_a_second_person_and_the_strict_clock_alarms(aware, awa, bruno, noon):
    earlier = noon - timedelta(hours=5)
    statement = awareness.propose_awareness(
        incident=aware, aware_at=earlier, stated_by="Support", evidence="Ticket", reason="Le ticket est antérieur.",
        by=awa, at=noon + timedelta(hours=1),
    )
    assert aware.deadlines.get().due_at == earlier + timedelta(hours=72)
    with pytest.raises(awareness.NotTheSecondPerson):
        awareness.settle_awareness(statement=statement, accept=True, note="", by=awa, at=noon + timedelta(hours=2))
    awareness.settle_awareness(statement=statement, accept=False, note="Non", by=bruno, at=noon + timedelta(hours=2))
    assert aware.deadlines.get().due_at == noon + timedelta(hours=72)
    statement.refresh_from_db()
    assert statement.state == StatementState.REFUSED


def test_a_later_awareness_never_delays_the_alarm_before_it_is_confirmed(aware, awa, bruno, noon):
    statement = awareness.propose_awareness(
        incident=aware, aware_at=noon + timedelta(hours=3), stated_by="Awa", evidence="Rapport", reason="Doute levé.",
        by=awa, at=noon + timedelta(hours=4),
    )
    assert aware.deadlines.get().due_at == noon + timedelta(hours=72)
    awareness.settle_awareness(statement=statement, accept=True, note="Vu", by=bruno, at=noon + timedelta(hours=5))
    assert aware.deadlines.get().due_at == noon + timedelta(hours=75)


@pytest.mark.parametrize(("accept", "hours"), [(True, 67), (False, 72)])
def test_what_was_filed_is_held_to_the_awareness_that_two_people_confirm_afterwards(aware, awa, bruno, noon, accept, hours):
    """Filed 70 hours after what was believed, but 75 after what turned out to be so: the register says that it was late."""
    filing = file(aware, awa, hours=70)
    aware.refresh_from_db()
    statement = awareness.propose_awareness(
        incident=aware, aware_at=noon - timedelta(hours=5), stated_by="Support", evidence="Ticket", reason="Le ticket est antérieur.",
        by=awa, at=noon + timedelta(hours=80),
    )
    assert aware.deadlines.get(rule="gdpr_33").due_at == noon + timedelta(hours=72)
    awareness.settle_awareness(statement=statement, accept=accept, note="Vu", by=bruno, at=noon + timedelta(hours=81))
    deadline = aware.deadlines.get(rule="gdpr_33")
    assert (deadline.due_at, deadline.met_at) == (noon + timedelta(hours=hours), filing.filed_at)
    assert not deadline.reminders.filter(cancelled_at=None).exists()
    moved = [entry.content.details["rule"] for entry in Entry.objects.filter(action="deadline.moved").select_related("content")]
    assert ("gdpr_33" in moved) == accept


def test_the_72_hours_are_elapsed_hours_across_the_change_of_clocks(breach, awa):
    paris = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)  # Friday 17:00 in Paris, summer time
    aware = awareness.become_aware(
        incident=breach, aware_at=paris, stated_by="Awa", evidence="—", by=awa, at=paris + timedelta(hours=1)
    )
    assert aware.deadlines.get().due_at == datetime(2026, 10, 26, 15, 0, tzinfo=UTC)  # 16:00 in Paris, winter time


def test_the_strict_awareness_of_an_incident_without_any_is_unknown(incident):
    assert deadlines.strict_awareness(incident) is None
