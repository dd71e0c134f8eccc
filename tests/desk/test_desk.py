"""The desk: what is due first, what waits for this person, what others changed since they last looked."""

import smtplib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.desk import calendar, dashboard, figures
from breachreg.desk.waiting import waiting
from breachreg.register import actions, awareness, filings, reminders
from breachreg.register.models import FilingKind, Incident, Promise, Task


def reported(organisation, by, at, title="Un incident"):
    return actions.report_incident(organisation=organisation, title=title, report="…", by=by, at=at)


def with_clock(organisation, by, at, title="Une violation"):
    incident = actions.qualify_as_breach(incident=reported(organisation, by, at, title), reasons="Oui.", by=by, at=at)
    return awareness.become_aware(incident=incident, aware_at=at, stated_by="Awa", evidence="Appel", by=by, at=at)


@pytest.fixture
def open_desk(client, noon):
    def look(user, at=noon, language="en"):
        client.force_login(user)
        client.cookies["django_language"] = language
        with time_machine.travel(at, tick=False):
            return client.get(reverse("desk", args=["hopital"]))

    return look


def test_the_desk_and_the_administrators_page_say_when_no_reminder_leaves(open_desk, client, hospital, awa, farid, noon, monkeypatch):
    def refuse(message):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    with_clock(hospital, awa, noon)
    later = noon + timedelta(hours=24)
    assert "Reminders do not leave" not in open_desk(awa, later).content.decode()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refuse)
        reminders.send_due(later)
    for user, view in ((awa, "desk"), (farid, "people")):
        client.force_login(user)
        with time_machine.travel(later, tick=False):
            page = client.get(reverse(view, args=["hopital"])).content.decode()
        assert "Reminders do not leave" in page
        assert "Connection unexpectedly closed" in page
    reminders.send_due(later + timedelta(minutes=3))
    assert "Reminders do not leave" not in open_desk(awa, later + timedelta(minutes=4)).content.decode()


def test_what_is_due_comes_by_the_minute_left_and_overdue_first(hospital, awa, noon):
    later = with_clock(hospital, awa, noon)
    overdue = with_clock(hospital, awa, noon - timedelta(hours=80))
    soon = with_clock(hospital, awa, noon - timedelta(hours=70))
    due = dashboard.due(hospital, noon)
    assert [one.incident for one in due] == [overdue, soon, later]
    assert [one.clock.state for one in due] == ["late", "pressing", "running"]


def test_a_filed_or_closed_incident_is_not_due(aware, awa, hospital, noon):
    filings.record_filing(incident=aware, kind=FilingKind.COMPLETE, filed_at=noon, receipt_number="1", by=awa, at=noon)
    assert dashboard.due(hospital, noon) == []


def test_the_most_urgent_incident_says_its_next_step(open_desk, aware, awa):
    page = open_desk(awa).content.decode()
    assert "Assess the risk to the people" in page
    assert aware.reference in page


def test_a_new_report_waits_for_the_dpo_and_not_for_the_auditor(incident, awa, chloe, hospital, noon):
    def waits(person, abilities):
        return [one.incident for one in waiting(person, hospital, frozenset(abilities), noon)]

    assert waits(awa, {"incident.manage"}) == [incident]
    assert waits(chloe, {"incident.read"}) == []


def test_what_i_promised_and_what_i_have_to_do_wait_for_me(aware, awa, bruno, hospital, noon):
    late = noon - timedelta(hours=1)
    Promise.objects.create(
        incident=aware, field="people", owed_by="Bruno", owed_by_user=bruno, promised_for=late, recorded_at=noon, recorded_by=awa
    )
    Task.objects.create(incident=aware, what="Appeler le prestataire", owner=bruno, created_at=noon, created_by=awa)
    promised, task = waiting(bruno, hospital, frozenset({"incident.second"}), noon)
    assert promised.is_overdue
    assert task.what == "Appeler le prestataire"
    assert waiting(awa, hospital, frozenset(), noon) == []


def test_a_change_of_awareness_waits_for_everybody_but_who_proposed_it(aware, awa, bruno, hospital, noon):
    awareness.propose_awareness(
        incident=aware, aware_at=noon + timedelta(minutes=1), stated_by="DSI", evidence="Journal", reason="Heure du journal",
        by=awa, at=noon + timedelta(hours=1),
    )
    second = frozenset({"incident.second"})
    assert len(waiting(bruno, hospital, second, noon)) == 1
    assert waiting(awa, hospital, second, noon) == []


def test_the_news_are_what_others_changed_since_the_last_look(open_desk, hospital, awa, second_dpo, noon):
    open_desk(awa, noon)
    reported(hospital, awa, noon + timedelta(hours=1), "Le mien")
    reported(hospital, second_dpo, noon + timedelta(hours=2), "Le sien")
    lines = open_desk(awa, noon + timedelta(hours=3)).context["changes"]["lines"]
    assert [line["incident"].title for line in lines] == ["Le sien"]


def test_reloading_the_desk_keeps_the_news(open_desk, hospital, awa, second_dpo, noon):
    open_desk(awa, noon)
    reported(hospital, second_dpo, noon + timedelta(hours=2))
    for minutes in (0, 1, 20):
        answer = open_desk(awa, noon + timedelta(hours=3, minutes=minutes))
        assert len(answer.context["changes"]["lines"]) == 1
    assert open_desk(awa, noon + timedelta(hours=9)).context["changes"]["lines"] == []


def test_the_same_thing_done_again_and_again_is_one_line_of_the_news(open_desk, incident, awa, second_dpo, noon):
    open_desk(awa, noon)
    for minutes in (5, 10, 15):
        actions.add_timeline_note(
            incident=incident, happened_at=noon, text="Appel.", by=second_dpo, at=noon + timedelta(hours=2, minutes=minutes)
        )
    answer = open_desk(awa, noon + timedelta(hours=3))
    [line] = answer.context["changes"]["lines"]
    assert (line["times"], line["entry"].at) == (3, noon + timedelta(hours=2, minutes=15))
    assert "3 times" in answer.content.decode()


def test_reading_is_no_news(open_desk, incident, awa, chloe, noon):
    open_desk(awa, noon)
    actions.note_reading(incident=incident, by=chloe, at=noon + timedelta(hours=1))
    assert open_desk(awa, noon + timedelta(hours=3)).context["changes"]["lines"] == []


def test_a_look_is_recorded_once_a_sitting(open_desk, awa, noon):
    for minutes in (0, 5, 10, 45):
        open_desk(awa, noon + timedelta(minutes=minutes))
    assert Entry.objects.filter(action="desk.opened").count() == 2


def test_an_empty_register_shows_the_way_to_the_first_incident(open_desk, awa):
    page = open_desk(awa).content.decode()
    assert "Three ways to begin" in page


def test_nothing_of_another_organisation_is_at_the_desk(aware, town_hall, dan, noon):
    assert dashboard.due(town_hall, noon) == []
    assert waiting(dan, town_hall, frozenset({"incident.manage", "incident.second"}), noon) == []
    assert dashboard.changes(dan, town_hall, noon)["lines"] == []


def test_people_without_incidents_go_to_the_page_of_their_work(open_desk, farid):
    assert open_desk(farid).url == reverse("people", args=["hopital"])


def test_a_deadline_stands_on_its_local_day_in_the_calendar(hospital, awa):
    paris = ZoneInfo("Europe/Paris")
    at = datetime(2026, 10, 23, 0, 30, tzinfo=paris)  # due on 25 October at 23:30, after the clocks went back
    with_clock(hospital, awa, at)
    month = calendar.fill(hospital, at.date().replace(day=1), at)
    days = {day.day.day: day for week in month.weeks for day in week if day.is_in_month}
    assert [one.what for one in days[25].appointments] != []
    assert days[26].appointments == []


def test_a_calendar_knows_what_is_late_and_what_was_done(aware, awa, hospital, noon):
    def kind(at):
        month = calendar.fill(hospital, noon.date().replace(day=1), at)
        (one,) = [one for week in month.weeks for day in week for one in day.appointments]
        return one.kind

    assert kind(noon) == "due"
    assert kind(noon + timedelta(hours=73)) == "late"
    filings.record_filing(incident=aware, kind=FilingKind.COMPLETE, filed_at=noon, receipt_number="1", by=awa, at=noon)
    assert kind(noon + timedelta(days=20)) == "done"


@pytest.mark.parametrize("words", ["2026-13", "abc", "", None, "99999-01", "2026-11-01"])
def test_a_month_that_is_none_is_this_month(words, noon):
    assert calendar.month_of(words, noon.date()) == noon.date().replace(day=1)


def test_the_figures_count_what_was_filed_in_time(hospital, awa, noon):
    in_time, late = with_clock(hospital, awa, noon), with_clock(hospital, awa, noon)
    reported(hospital, awa, noon)
    later = noon + timedelta(days=30)
    filings.record_filing(
        incident=in_time, kind=FilingKind.INITIAL, filed_at=noon + timedelta(hours=10), receipt_number="1", by=awa, at=later
    )
    filings.record_filing(
        incident=late, kind=FilingKind.INITIAL, filed_at=noon + timedelta(hours=100), receipt_number="2", by=awa, at=later,
        delay_reasons="Prestataire",
    )
    year = figures.of_year(hospital, 2026)
    assert (year.incidents, year.breaches, year.notified, year.timed, year.on_time) == (3, 2, 2, 2, 1)
    assert year.median_time == timedelta(hours=55)
    timing = next(chart for chart in year.charts if any(bar.kind == "late" for bar in chart.bars))
    assert [(bar.kind, bar.count) for bar in timing.bars if bar.count] == [("plain", 1), ("late", 1)]


def test_a_breach_counts_in_the_year_of_its_awareness_on_the_local_calendar(hospital, awa):
    at = datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("UTC"))  # 2027 in Paris
    with_clock(hospital, awa, at)
    assert figures.of_year(hospital, 2026).breaches == 0
    assert figures.of_year(hospital, 2027).breaches == 1


def test_an_unknown_nature_is_counted_as_unknown(aware, hospital):
    nature = next(chart for chart in figures.of_year(hospital, 2026).charts if chart.is_compared)
    assert [(bar.kind, bar.count) for bar in nature.bars if bar.count] == [("unknown", 1)]


@pytest.mark.parametrize("view", ["desk", "calendar", "figures"])
def test_a_page_of_the_desk_takes_as_many_queries_with_ten_incidents_as_with_one(
    view, client, awa, hospital, noon, django_assert_max_num_queries
):
    client.force_login(awa)
    address = reverse(view, args=["hopital"])

    def queries():
        with time_machine.travel(noon, tick=False), django_assert_max_num_queries(60) as counted:
            client.get(address)
        return len(counted)

    with_clock(hospital, awa, noon)
    queries()
    few = queries()
    for _more in range(9):
        with_clock(hospital, awa, noon)
    assert queries() == few


def test_the_figures_of_an_empty_year_say_so(client, awa):
    client.force_login(awa)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("figures", args=["hopital"]), {"year": "2019"})
    assert "Nothing was recorded in this year" in answer.content.decode()
    assert Incident.objects.count() == 0


def test_a_day_with_more_than_the_calendar_has_room_for_shows_them_when_asked(client, awa, hospital, noon):
    client.force_login(awa)
    for number in range(6):
        reported = actions.report_incident(organisation=hospital, title=f"Clé {number}", report="…", by=awa, at=noon)
        breach = actions.qualify_as_breach(incident=reported, reasons="Oui.", by=awa, at=noon)
        awareness.become_aware(incident=breach, aware_at=noon, stated_by="Awa", evidence="Appel", by=awa, at=noon)
    calendar = reverse("calendar", args=["hopital"])
    month = client.get(calendar, {"month": "2026-03"}).content.decode()
    assert month.count('class="late"') == month.replace("\u00a0", " ").count('"figures">12 h 00<') == 4  # in Paris, not in UTC
    assert "?month=2026-03&amp;day=2026-03-13#day" in month
    day = client.get(calendar, {"month": "2026-03", "day": "2026-03-13"}).content.decode()
    assert all(f"HOP-2026-000{number}" in day.partition('id="day"')[2] for number in range(1, 7))
