"""The board follows the facts: the people were told, a processor is at play, a system was attacked; a large register in parts."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from breachreg import tasks
from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.law.exemptions import Shown
from breachreg.register import actions, awareness, exemptions, instants, met, own_clocks, parties
from breachreg.register.clock_words import lines_of
from breachreg.register.models import Deadline, Duty, ExemptionSheet, FollowUp, InstantKind, OwnClock
from tests.audit.conftest import broken_trail  # noqa: F401
from tests.law.in_force import in_force_from
from tests.register.boards import OWN, amend, decide, hours, running


def codes_of(incident, at) -> set[str]:
    incident.refresh_from_db()
    return {line.clock.rule.code for line in lines_of(incident, at)}


@pytest.fixture
def grave(aware, awa, noon):
    """Decided: the people are to be told; the clock of Article 34 is open."""
    decide(aware, awa, hours(noon, 5), Duty.NOTIFY_AND_TELL)
    return aware


def test_the_people_told_stop_the_clock_of_article_34_at_the_end_of_that_day(grave, awa, noon):
    day = hours(noon, 24).date()
    amend(grave, awa, hours(noon, 60), communication="informed", told_on=day)
    row = grave.deadlines.get(rule="gdpr_34")
    assert row.met_at.astimezone(grave.organisation.zone).isoformat()[:16] == f"{day}T23:59"
    assert not row.reminders.filter(done_at=None, cancelled_at=None).exists()
    assert "gdpr_34" not in running(grave)


def test_told_today_is_told_by_now_and_never_before_the_high_risk_was_known(grave, awa, noon):
    amend(grave, awa, hours(noon, 6), communication="informed", told_on=noon.date())
    assert grave.deadlines.get(rule="gdpr_34").met_at == hours(noon, 6)


def test_told_the_day_before_the_high_risk_was_known_leaves_no_negative_time(grave, awa, noon):
    amend(grave, awa, hours(noon, 6), communication="informed", told_on=noon.date() - timedelta(days=1))
    row = grave.deadlines.get(rule="gdpr_34")
    assert row.met_at == row.started_at


def test_a_day_that_is_only_planned_stops_nothing(grave, awa, noon):
    amend(grave, awa, hours(noon, 6), communication="planned", told_on=noon.date())
    assert "gdpr_34" in running(grave)


def test_a_processor_is_no_question_as_long_as_nothing_speaks_for_one(aware, awa, noon):
    assert "processor_tells_us" not in codes_of(aware, noon)
    amend(aware, awa, hours(noon, 1), causes=("external_accidental",))
    aware.refresh_from_db()
    (possible,) = [line for line in lines_of(aware, noon) if line.clock.rule.code == "processor_tells_us"]
    assert not possible.is_certain
    aware.refresh_from_db()
    parties.name_party(incident=aware, role="processor", name="Hébergeur", contact=None, by=awa, at=hours(noon, 1), told_us_at=None)
    (certain,) = [line for line in lines_of(aware, noon) if line.clock.rule.code == "processor_tells_us"]
    assert certain.is_certain


@pytest.mark.parametrize(
    ("facts", "runs"),
    [
        ({"origins": ("hacking",), "causes": ("internal_accidental",)}, True),
        ({"origins": ("lost_device",), "causes": ("external_malicious",)}, False),
        ({"origins": ("unintended_publication",), "causes": ("internal_accidental",)}, False),
    ],
)
def test_the_complaint_of_the_insurance_is_for_attacks_on_a_system_alone(aware, awa, noon, facts, runs):
    own_clocks.choose_regimes(organisation=aware.organisation, regimes=("insurance",), contract_hours=None, by=awa, at=noon)
    amend(aware, awa, hours(noon, 1), **facts)
    assert ("insurance_complaint" in codes_of(aware, noon)) is runs


def test_many_open_incidents_follow_in_the_background_a_part_at_a_time(client, hospital, awa, noon, monkeypatch, aware):
    monkeypatch.setattr(own_clocks, "AT_ONCE", 2)
    monkeypatch.setattr(own_clocks, "AT_A_SWEEP", 2)
    for number in range(4):
        actions.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=noon)
    own = own_clocks.save_own_clock(organisation=hospital, by=awa, at=noon, **OWN)
    assert own.code not in running(aware)
    client.force_login(awa)
    tasks.sweep_at(hours(noon, 1))
    page = client.get(reverse("our-clocks", args=["hopital"])).content.decode()
    assert "2 sur 5" in page
    for minute in range(4):
        tasks.sweep_at(hours(noon, 1) + timedelta(minutes=minute + 1))
    assert own.code in running(aware)
    assert FollowUp.objects.get().done_at and FollowUp.objects.get().followed == 5
    assert Entry.objects.filter(action="clocks.followed").count() == 1
    assert "2 sur 5" not in client.get(reverse("our-clocks", args=["hopital"])).content.decode()


def test_when_the_trail_can_not_be_written_no_clock_is_met(grave, awa, noon, broken_trail):  # noqa: F811
    row = running(grave)["gdpr_34"]
    with broken_trail(), pytest.raises(TrailUnavailable):
        met.meet_clock(deadline=row, met_at=hours(noon, 6), reference="R", by=awa, at=hours(noon, 7))
    assert Deadline.objects.get(pk=row.pk).met_at is None
    assert row.reminders.filter(cancelled_at=None).exists()


def test_when_the_trail_can_not_be_written_no_clock_of_ones_own_is_kept(hospital, awa, noon, broken_trail):  # noqa: F811
    with broken_trail(), pytest.raises(TrailUnavailable):
        own_clocks.save_own_clock(organisation=hospital, by=awa, at=noon, **OWN)
    assert not OwnClock.objects.exists()


def test_when_the_trail_can_not_be_written_the_former_version_of_a_clock_goes_on(hospital, awa, noon, broken_trail):  # noqa: F811
    own = own_clocks.save_own_clock(organisation=hospital, by=awa, at=noon, **OWN)
    for verb in (
        lambda: own_clocks.save_own_clock(organisation=hospital, by=awa, at=noon, replaces=own, **OWN),
        lambda: own_clocks.end_own_clock(own=own, by=awa, at=noon),
    ):
        with broken_trail(), pytest.raises(TrailUnavailable):
            verb()
        assert OwnClock.objects.get().ended_at is None


def test_when_the_trail_can_not_be_written_no_regime_is_chosen(aware, awa, noon, broken_trail):  # noqa: F811
    with broken_trail(), pytest.raises(TrailUnavailable):
        own_clocks.choose_regimes(organisation=aware.organisation, regimes=("nis2",), contract_hours=24, by=awa, at=noon)
    aware.organisation.refresh_from_db()
    assert (aware.organisation.regimes, aware.organisation.contract_hours) == (None, None)


def test_when_the_trail_can_not_be_written_no_exemption_is_kept(aware, awa, noon, broken_trail):  # noqa: F811
    aware.refresh_from_db()
    shown = {claim: Shown(True, "Rapport") for claim in ("effort", "public_communication")}
    with broken_trail(), pytest.raises(TrailUnavailable):
        exemptions.review_exemption(incident=aware, code="disproportionate_effort", shown=shown, takes_over=True, by=awa, at=noon)
    aware.refresh_from_db()
    assert not ExemptionSheet.objects.exists() and aware.not_telling_reason is None


def test_the_pages_of_the_clocks_cost_as_much_with_many_as_with_few(client, aware, awa, noon, django_assert_max_num_queries):
    own_clocks.choose_regimes(
        organisation=aware.organisation, regimes=("dora", "nis2", "insurance", "health"), contract_hours=24, by=awa, at=noon
    )
    client.force_login(awa)
    for view in ("clocks", "exemptions"):
        with django_assert_max_num_queries(26) as few:
            client.get(reverse(view, args=["hopital", aware.reference]))
        amend(aware, awa, hours(noon, 1), risk_regimes=("dora", "nis2", "health"))
        for number in range(5):
            own_clocks.save_own_clock(organisation=aware.organisation, by=awa, at=noon, **OWN | {"name": f"Client {view} {number}"})
        with django_assert_max_num_queries(len(few.captured_queries)):
            client.get(reverse(view, args=["hopital", aware.reference]))


def test_the_pages_of_the_organisations_clocks_and_of_who_is_in_charge_cost_the_same_at_any_size(
    client, aware, awa, noon, django_assert_max_num_queries
):
    client.force_login(awa)
    for view, place, most in (("our-clocks", ["hopital"], 8), ("charge", ["hopital", aware.reference], 12)):
        address = reverse(view, args=place)
        client.get(address)
        with django_assert_max_num_queries(most) as few:
            client.get(address)
        for number in range(5):
            own_clocks.save_own_clock(organisation=aware.organisation, by=awa, at=noon, **OWN | {"name": f"Client {view} {number}"})
        with django_assert_max_num_queries(len(few.captured_queries)):
            client.get(address)


def test_the_strict_day_is_said_where_only_the_day_of_the_awareness_is_known(client, breach, awa, noon):
    client.force_login(awa)
    place = ["hopital", breach.reference]
    day = date.fromisoformat(noon.date().isoformat())
    said = {"version": breach.version, "instant_day": day.isoformat(), "instant_time": "", "stated_by": "Awa", "evidence": "Appel"}
    answer = client.post(reverse("aware", args=place), said)
    assert answer.status_code == 302
    assert breach.statements.get(kind="aware").is_date_only
    said = {"incident": "Seul le jour de la prise de connaissance est connu", "situation": "compté depuis 00\u00a0h\u00a000"}
    for view in ("incident", "situation", "clocks", "aware"):
        page = client.get(reverse(view, args=place)).content.decode()
        assert said.get(view, "seul le jour est connu") in page, view


def test_the_omnibus_brought_into_force_moves_no_clock_that_runs(hospital, aware, awa, noon, tmp_path):
    """One line of data: an awareness before that day keeps its 72 hours, one after it gets 96, until somebody decides."""
    with in_force_from("2026-03-11", tmp_path):
        amend(aware, awa, hours(noon, 30), causes=("internal_accidental",))
        old = running(aware)["gdpr_33"]
        assert (old.rule_version, old.due_at) == ("2018-05-25", hours(noon, 72))
        later = actions.report_incident(organisation=hospital, title="Après", by=awa, at=hours(noon, 40))
        later = actions.qualify_as_breach(incident=later, reasons="Oui.", by=awa, at=hours(noon, 40))
        later = awareness.become_aware(
            incident=later, aware_at=hours(noon, 40), stated_by="Awa", evidence="Appel", by=awa, at=hours(noon, 40)
        )
        new = running(later)["gdpr_33"]
        assert (new.rule_version, new.due_at) == ("omnibus", hours(noon, 40 + 96))
        decide(later, awa, hours(noon, 41), Duty.NOTIFY_AND_TELL)
        assert running(later)["gdpr_33"].due_at == new.due_at


def test_the_clock_of_a_processor_stops_when_it_told_us(aware, awa, noon):
    aware.refresh_from_db()
    instants.state_instant(incident=aware, kind=InstantKind.PROCESSOR_AWARE, instant=hours(noon, -40), by=awa, at=noon, stated_by="Hébergeur")
    assert "processor_tells_us" in running(aware)
    aware.refresh_from_db()
    parties.name_party(incident=aware, role="processor", name="Hébergeur", contact=None, by=awa, at=noon, told_us_at=hours(noon, -2))
    assert aware.deadlines.get(rule="processor_tells_us").met_at == hours(noon, -2)
