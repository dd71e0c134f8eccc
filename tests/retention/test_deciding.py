"""Four eyes on a purge, legal holds, and the period: who decides, and what is recorded."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.register import holds
from breachreg.register.changes import NotTheSecondPerson
from breachreg.register.models import Incident, LegalHold
from breachreg.retention import due, proposals
from breachreg.retention.models import PurgeProposal


@pytest.fixture
def proposed(closed, hospital, awa, later):
    closed()
    return proposals.propose(organisation=hospital, by=awa, at=later)


def last_action() -> str:
    return Entry.objects.last().action


@pytest.mark.parametrize("closed_on, years, expected", [
    (datetime(2020, 2, 29, 11, tzinfo=UTC), 5, datetime(2025, 2, 28, 11, tzinfo=UTC)),
    (datetime(2020, 2, 29, 11, tzinfo=UTC), 4, datetime(2024, 2, 28, 11, tzinfo=UTC)),
    (datetime(2021, 7, 1, 10, tzinfo=UTC), 5, datetime(2026, 7, 1, 10, tzinfo=UTC)),
    (datetime(2021, 3, 28, 23, 30, tzinfo=UTC), 1, datetime(2022, 3, 28, 23, 30, tzinfo=UTC)),
])  # fmt: skip
def test_years_are_those_of_the_calendar(hospital, closed_on, years, expected):
    hospital.kept_years = years
    assert due.due_from(closed_on, hospital) == expected


def test_nobody_approves_their_own_proposal(proposed, awa, later):
    with pytest.raises(NotTheSecondPerson):
        proposals.approve(proposal=proposed, by=awa, at=later)
    proposed.refresh_from_db()
    assert proposed.is_waiting


def test_the_database_itself_wants_a_second_person(proposed, awa, later):
    with pytest.raises(IntegrityError), transaction.atomic():
        PurgeProposal.objects.filter(pk=proposed.pk).update(state="approved", answered_by=awa, answered_at=later)


def test_a_second_person_approves_once(proposed, second_dpo, bruno, later):
    proposals.approve(proposal=proposed, by=second_dpo, at=later)
    assert last_action() == "retention.approved"
    with pytest.raises(proposals.AlreadyAnswered):
        proposals.approve(proposal=proposed, by=bruno, at=later)


def test_a_refusal_has_its_reason(proposed, bruno, later):
    with pytest.raises(ValidationError):
        proposals.refuse(proposal=proposed, reason=" ", by=bruno, at=later)
    proposals.refuse(proposal=proposed, reason="Un contrôle est annoncé.", by=bruno, at=later)
    proposed.refresh_from_db()
    assert (proposed.state, proposed.answer_reason) == ("refused", "Un contrôle est annoncé.")
    assert Entry.objects.last().content.details == {"reason": "Un contrôle est annoncé."}


def test_one_withdraws_ones_own_and_refuses_that_of_others(proposed, awa, second_dpo, later):
    with pytest.raises(NotTheSecondPerson):
        proposals.withdraw(proposal=proposed, by=second_dpo, at=later)
    with pytest.raises(NotTheSecondPerson):
        proposals.refuse(proposal=proposed, reason="Non", by=awa, at=later)
    proposals.withdraw(proposal=proposed, by=awa, at=later)
    assert last_action() == "retention.withdrawn"


def test_one_proposal_waits_at_a_time(proposed, hospital, second_dpo, later):
    with pytest.raises(proposals.AlreadyProposed):
        proposals.propose(organisation=hospital, by=second_dpo, at=later)


def test_a_double_press_is_one_proposal(closed, hospital, awa, later):
    closed()
    name = uuid.uuid4()
    first = proposals.propose(organisation=hospital, by=awa, at=later, submission=name)
    assert proposals.propose(organisation=hospital, by=awa, at=later, submission=name) == first


def test_without_its_entry_nothing_is_decided(proposed, second_dpo, later, broken_trail):
    with broken_trail(), pytest.raises(TrailUnavailable):
        proposals.approve(proposal=proposed, by=second_dpo, at=later)
    proposed.refresh_from_db()
    assert proposed.is_waiting


def test_the_period_is_changed_within_bounds(hospital, awa, noon):
    proposals.set_period(organisation=hospital, years=10, by=awa, at=noon)
    assert Entry.objects.last().content.changes == {"kept_years": [5, 10]}
    for years in (0, 31):
        with pytest.raises(ValidationError):
            proposals.set_period(organisation=hospital, years=years, by=awa, at=noon)
        hospital.refresh_from_db()
    assert hospital.kept_years == 10


class TestHolds:
    def test_a_hold_has_its_reason_and_is_one(self, incident, awa, second_dpo, noon):
        with pytest.raises(ValidationError):
            holds.set_hold(incident=incident, reason="", by=awa, at=noon)
        hold = holds.set_hold(incident=incident, reason="Contentieux n° 12", by=awa, at=noon)
        with pytest.raises(holds.AlreadyHeld):
            holds.set_hold(incident=incident, reason="Encore", by=second_dpo, at=noon)
        assert list(due.held(incident.organisation)) == [hold]

    def test_lifting_it_has_its_reason_and_happens_once(self, incident, awa, second_dpo, noon):
        hold = holds.set_hold(incident=incident, reason="Contentieux", by=awa, at=noon)
        with pytest.raises(ValidationError):
            holds.lift_hold(hold=hold, reason=" ", by=awa, at=noon)
        holds.lift_hold(hold=hold, reason="Jugement définitif", by=awa, at=noon + timedelta(hours=1))
        with pytest.raises(holds.NotHeld):
            holds.lift_hold(hold=hold, reason="Encore", by=second_dpo, at=noon)
        actions = Entry.objects.in_file_of(incident).values_list("action", flat=True)
        assert list(actions)[-2:] == ["hold.set", "hold.lifted"]
        assert holds.set_hold(incident=incident, reason="Appel", by=awa, at=noon)

    def test_an_incident_that_went_meanwhile_is_not_held(self, closed, purged, awa, later):
        incident = closed()
        purged(later)
        with pytest.raises(Incident.DoesNotExist):
            holds.set_hold(incident=incident, reason="Contentieux", by=awa, at=later)

    def test_without_its_entry_there_is_no_hold(self, incident, awa, noon, broken_trail):
        with broken_trail(), pytest.raises(TrailUnavailable):
            holds.set_hold(incident=incident, reason="Contentieux", by=awa, at=noon)
        assert not LegalHold.objects.exists()
