"""One page tells the whole story of an incident: where it is on the 72 hours, what is missing, what was done."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from breachreg.audit.models import Entry
from breachreg.desk import facts, story
from breachreg.desk.standing import Standing
from breachreg.register import actions, awareness, filings, instants
from breachreg.register.models import FilingKind, Incident, InstantKind, Promise, TimelineEntry


@pytest.fixture
def read(client, noon):
    def get(user, incident, view="incident", at=None, language="en"):
        client.force_login(user)
        client.cookies["django_language"] = language
        with time_machine.travel(at or noon + timedelta(hours=1), tick=False):
            return client.get(reverse(view, args=[incident.organisation.slug, incident.reference]))

    return get


def test_the_page_shows_the_hours_left_the_next_step_and_what_is_missing(read, aware, awa, noon):
    page = read(awa, aware, at=noon + timedelta(hours=2)).content.decode()
    assert "<span data-hours>70</span>" in page
    assert "Assess the risk to the people" in page
    assert "Nobody owes these yet" in page
    assert "The clock of Art. 33 on a line" in page


def test_the_words_of_the_product_on_the_timeline_follow_the_language_of_the_reader(read, aware, awa, noon):
    instants.state_instant(
        incident=aware, kind=InstantKind.FIRST_SIGNAL, instant=noon - timedelta(hours=1), by=awa, at=noon + timedelta(hours=1)
    )
    assert "premier signal" in read(awa, aware, language="fr", view="timeline").content.decode()
    assert "first signal" in read(awa, aware, language="en", view="timeline").content.decode()


def test_reading_it_is_recorded(read, aware, chloe):
    read(chloe, aware)
    assert Entry.objects.about(aware).filter(action="incident.opened", actor_id=chloe.pk).count() == 1


def test_a_promise_shows_who_owes_what_and_that_it_is_overdue(read, aware, awa, noon):
    Promise.objects.create(
        incident=aware, field="people", owed_by="Service informatique", promised_for=noon, recorded_at=noon, recorded_by=awa
    )
    page = read(awa, aware).content.decode()
    assert "Service informatique" in page and "Overdue" in page


def test_both_clocks_are_visible_while_a_change_waits(read, aware, awa, noon):
    awareness.propose_awareness(
        incident=aware, aware_at=noon + timedelta(minutes=5), stated_by="DSI", evidence="Journal", reason="Heure du journal",
        by=awa, at=noon + timedelta(hours=1),
    )
    page = read(awa, aware, at=noon + timedelta(hours=2)).content.decode()
    assert "Two instants of awareness" in page and "Heure du journal" in page
    assert [page.count(f"Friday 13 March 2026, 12:{minute}") > 0 for minute in ("00", "05")] == [True, True]  # due under each
    assert page.count("The strict one: it drives the reminders.") == 1


def test_a_step_that_is_not_mine_says_whose_it_is(read, aware, chloe):
    page = read(chloe, aware).content.decode()
    assert "This is for: DPO" in page


@pytest.mark.parametrize("view", ["incident", "situation"])
def test_nobody_of_another_organisation_and_no_reporter_reads_it(read, aware, dan, rose, farid, view):
    assert read(dan, aware, view).status_code == 404
    assert read(rose, aware, view).status_code == 403
    assert read(farid, aware, view).status_code == 403


@pytest.mark.parametrize("stage", ["incident", "breach", "aware"])
@pytest.mark.parametrize("view", ["incident", "situation"])
def test_every_stage_has_its_page(read, request, awa, stage, view):
    assert read(awa, request.getfixturevalue(stage), view).status_code == 200


def test_what_is_not_a_breach_shows_its_reasons_and_no_clock(read, incident, awa, noon):
    actions.conclude_not_a_breach(incident=incident, reasons="Le disque était vide.", by=awa, at=noon)
    page = read(awa, incident).content.decode()
    assert "Le disque était vide." in page
    assert "data-clock" not in page


def test_a_filing_stands_on_the_line_and_stops_the_clock(aware, awa, noon):
    filings.record_filing(
        incident=aware, kind=FilingKind.INITIAL, filed_at=noon + timedelta(hours=60), receipt_number="1", by=awa,
        at=noon + timedelta(hours=61),
    )
    standing = Standing(Incident.objects.get(pk=aware.pk), noon + timedelta(days=90))
    with translation.override("en"):
        assert standing.clock.words.replace("\u00a0", " ") == "filed 12 h before the deadline"
        picture = story.picture_of(standing)
    assert [dot.moment.kind for dot in picture.dots][-1] == "done"


def test_a_late_filing_is_late_on_the_line(aware, awa, noon):
    filings.record_filing(
        incident=aware, kind=FilingKind.INITIAL, filed_at=noon + timedelta(hours=90), receipt_number="1", by=awa,
        at=noon + timedelta(hours=91), delay_reasons="Prestataire",
    )
    picture = story.picture_of(Standing(Incident.objects.get(pk=aware.pk), noon + timedelta(days=90)))
    assert [dot.moment.kind for dot in picture.dots][-1] == "late"
    assert "over" in picture.spans


def test_a_zero_is_known_and_none_of_them_is_an_answer(aware):
    aware.people_likely, aware.harms = 0, ()
    missing = {fact.name for fact in facts.missing(aware)}
    assert not {"people", "harms"} & missing
    assert "records" in missing


def test_every_fact_has_a_name_in_words():
    names = {name for group in facts.GROUPS for name in group.names}
    with translation.override("en"):
        assert {name for name in names if facts.label_of(name) == name} == set()


def test_a_long_story_takes_as_many_queries_as_a_short_one(read, aware, awa, noon, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(64) as counted:
            read(awa, aware)
        return len(counted)

    queries()
    few = queries()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            incident=aware, kind="note", happened_at=noon, text=f"Note {number}", recorded_at=noon, recorded_by=awa
        )
        for number in range(200)
    )
    assert queries() == few


def test_the_text_of_a_person_is_shown_as_text(read, awa, hospital, noon):
    nasty = actions.report_incident(
        organisation=hospital, title="<script>alert(1)</script>", report="{{ 7|add:7 }} <b>x</b>", by=awa, at=noon
    )
    page = read(awa, nasty).content.decode()
    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page
