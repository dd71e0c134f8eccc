"""A person's calendar address: secret, revocable, with alarms, and only what that person may see."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from breachreg.audit.models import Entry
from breachreg.desk import feed
from breachreg.desk.models import CalendarFeed


@pytest.fixture
def secret(awa, noon):
    return feed.make_feed(user=awa, by=awa, at=noon)


def read(client, secret):
    return client.get(reverse("calendar-file", args=[secret]))


def test_the_calendar_holds_the_deadline_in_utc_with_the_alarms_of_its_rule(client, aware, secret, noon):
    with time_machine.travel(noon + timedelta(hours=1), tick=False):
        calendar = Calendar.from_ical(read(client, secret).content)
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].to_ical() == b"20260313T110000Z"
    assert aware.reference in event["SUMMARY"]
    assert "12\xa0h\xa000" in event["DESCRIPTION"]
    assert "Paris" in event["DESCRIPTION"]
    alarms = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(hours=-hours) for hours in (48, 24, 12, 6, 2)]


def test_the_secret_is_not_kept(secret):
    kept = CalendarFeed.objects.get()
    assert kept.digest == feed.digest(secret)
    assert secret not in str(vars(kept))


def test_a_new_address_ends_the_old_one_and_taking_it_away_ends_both(client, secret, awa, noon):
    other = feed.make_feed(user=awa, by=awa, at=noon)
    assert read(client, secret).status_code == 404
    assert read(client, other).status_code == 200
    feed.end_feed(user=awa, by=awa, at=noon)
    assert read(client, other).status_code == 404
    assert [entry.action for entry in Entry.objects.filter(action__startswith="feed.").order_by("number")] == [
        "feed.made", "feed.made", "feed.read", "feed.ended",
    ]


def test_nobody_sees_another_organisation_nor_more_than_their_role(aware, dan, rose, farid, noon):
    assert [feed.deadlines_of(one, noon) for one in (dan, rose, farid)] == [[], [], []]


def test_a_closed_account_reads_nothing(client, secret, awa):
    awa.is_active = False
    awa.save(update_fields=["is_active"])
    assert read(client, secret).status_code == 404


def test_a_calendar_that_reads_each_hour_leaves_one_entry_a_day(secret, noon):
    for hours in (1, 2, 3, 26):
        feed.read_feed(secret=secret, at=noon + timedelta(hours=hours))
    assert Entry.objects.filter(action="feed.read").count() == 2


def test_the_page_shows_the_address_once(client, awa):
    client.force_login(awa)
    page = reverse("calendar-feed")
    assert "/calendar/" in client.post(page).content.decode().split('id="calendar-address">')[1]
    assert 'id="calendar-address"' not in client.get(page).content.decode()
    assert client.post(page, {"end": "1"}).status_code == 302
    assert not CalendarFeed.objects.exists()


def test_a_failed_entry_makes_no_address(awa, noon, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr(feed, "record", fail)
    with pytest.raises(RuntimeError):
        feed.make_feed(user=awa, by=awa, at=noon)
    assert not CalendarFeed.objects.exists()
