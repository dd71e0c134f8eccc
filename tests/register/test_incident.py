"""Reporting, qualifying and describing an incident, with half of the facts unknown."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from breachreg.register import actions, changes
from breachreg.register.models import Incident, Qualification
from tests.cast import NOON


def test_references_count_up_without_gaps_per_organisation_and_year(hospital, town_hall, awa, dan, noon):
    def report(organisation, by, at):
        return actions.report_incident(organisation=organisation, title="Incident", by=by, at=at).reference

    assert [report(hospital, awa, noon) for _ in range(2)] == ["HOP-2026-0001", "HOP-2026-0002"]
    assert report(town_hall, dan, noon) == "MAI-2026-0001"
    assert report(hospital, awa, noon + timedelta(days=365)) == "HOP-2027-0001"


def test_a_refused_report_leaves_no_gap(hospital, awa, noon):
    with pytest.raises(ValidationError):
        actions.report_incident(organisation=hospital, title="", by=awa, at=noon)
    assert actions.report_incident(organisation=hospital, title="Oui", by=awa, at=noon).reference == "HOP-2026-0001"


def test_a_double_click_reports_once(hospital, awa, noon):
    submission = uuid.uuid4()
    first, second = (
        actions.report_incident(organisation=hospital, title="Clé USB", by=awa, at=noon, submission=submission)
        for _ in range(2)
    )
    assert first == second
    assert Incident.objects.count() == 1


def test_everything_may_be_unknown_and_stays_unknown(incident):
    incident.refresh_from_db()
    assert incident.natures is None
    assert incident.people_likely is None
    assert incident.is_ongoing is None


def test_none_of_them_is_not_unknown(incident, awa, noon):
    actions.amend_facts(incident=incident, by=awa, at=noon, sensitive_categories=())
    incident.refresh_from_db()
    assert incident.sensitive_categories == ()


def test_codes_are_kept_in_the_order_of_the_form_and_can_be_searched(incident, awa, noon):
    actions.amend_facts(incident=incident, by=awa, at=noon, natures=["availability", "confidentiality"])
    found = Incident.objects.get(natures__has="availability")
    assert found.natures == ("confidentiality", "availability")
    assert not Incident.objects.filter(natures__has="integrity").exists()


def test_a_code_outside_the_list_is_refused(incident, awa, noon):
    with pytest.raises(ValidationError) as refused:
        actions.amend_facts(incident=incident, by=awa, at=noon, natures=["loss_of_face"])
    assert "natures" in refused.value.message_dict


def test_a_stale_change_is_refused_and_nothing_is_written(incident, awa, noon):
    seen_by_both = Incident.objects.get(pk=incident.pk)
    actions.amend_facts(incident=incident, by=awa, at=noon, people_likely=12)
    with pytest.raises(changes.Stale) as refused:
        actions.amend_facts(incident=seen_by_both, by=awa, at=noon, people_likely=40)
    assert refused.value.incident.people_likely == 12


def test_counts_are_in_order_even_in_the_database(incident):
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(people_low=10, people_high=3)


BROKEN = {
    "nothing": {},
    "order of numbers": {"people_low": 3, "people_likely": 2},
    "two at once": {"people_low": 3, "people_likely": 2, "qualification": Qualification.BREACH},
    "awareness before the start": {"occurred_from": NOON, "aware_at": NOON - timedelta(hours=1)},
    "an end while it goes on": {"is_ongoing": True, "occurred_to": NOON},
    "an unknown beside a wrong one": {"is_ongoing": None, "records_low": 3, "records_high": 2},
}


def complaints(validate, incident, exclude=None) -> dict:
    try:
        validate(incident, exclude)
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize("values", BROKEN.values(), ids=BROKEN)
def test_the_checks_of_a_row_complain_as_django_does(incident, values):
    for name, value in values.items():
        setattr(incident, name, value)
    expected = complaints(models.Model.validate_constraints, incident)

    assert complaints(Incident.validate_constraints, incident) == expected
    assert bool(expected) == bool(values)


def test_a_check_about_an_excluded_column_is_not_asked(incident):
    incident.people_low, incident.people_likely = 3, "many"

    assert complaints(Incident.validate_constraints, incident, {"people_likely"}) == {}


def test_a_reference_used_twice_is_complained_about_with_its_name(incident, awa, noon):
    other = actions.report_incident(organisation=incident.organisation, title="Autre", report=None, by=awa, at=noon)
    other.reference = incident.reference

    assert complaints(Incident.validate_constraints, other) == complaints(models.Model.validate_constraints, other) != {}


def test_the_checks_of_a_row_are_asked_in_one_query(incident, django_assert_num_queries):
    unique = sum(isinstance(each, models.UniqueConstraint) for each in Incident._meta.constraints)

    with django_assert_num_queries(unique + 3):  # a savepoint, the one question, its release
        incident.validate_constraints()


def test_a_qualification_needs_its_reasons(incident, awa, noon):
    with pytest.raises(ValidationError):
        actions.qualify_as_breach(incident=incident, reasons=" ", by=awa, at=noon)


def test_a_conclusion_that_it_is_no_breach_stays_in_the_register(incident, awa, noon):
    actions.conclude_not_a_breach(incident=incident, reasons="Aucune donnée personnelle.", by=awa, at=noon)
    kept = Incident.objects.get()
    assert kept.qualification == Qualification.NOT_A_BREACH
    assert kept.qualification_reasons == "Aucune donnée personnelle."


def test_a_closed_incident_is_reopened_before_it_changes(breach, awa, noon):
    closed = actions.close_incident(incident=breach, lessons="Chiffrer les portables.", by=awa, at=noon)
    with pytest.raises(actions.AlreadyClosed):
        actions.amend_facts(incident=closed, by=awa, at=noon, people_likely=1)
    reopened = actions.reopen_incident(incident=closed, reason="Nouveau fait", by=awa, at=noon)
    assert actions.amend_facts(incident=reopened, by=awa, at=noon, people_likely=1).people_likely == 1


def test_an_outsider_sees_no_incident_and_a_reporter_only_their_own(incident, hospital, rose, dan, noon):
    mine = actions.report_incident(organisation=hospital, title="Courriel suspect", by=rose, at=noon)
    assert list(Incident.objects.visible_to(rose, hospital)) == [mine]
    assert not Incident.objects.visible_to(dan, hospital).exists()
