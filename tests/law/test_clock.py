"""72 hours are elapsed hours, whatever the clocks on the wall do in between."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breachreg.law import board, clock, rules
from breachreg.law.clock import LocalTimeKind

from . import oracle

PARIS = ZoneInfo("Europe/Paris")
ZONES = (
    "Europe/Paris",
    "Europe/Dublin",
    "Atlantic/Azores",
    "Indian/Reunion",
    "Indian/Mayotte",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "America/Santiago",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "UTC",
)
KEPT = [ZoneInfo(name) for name in ZONES]  # a zone that nobody holds is read from its file again each time
FIRST, LAST = oracle.days_from_civil(2018, 5, 25) * oracle.DAY, oracle.days_from_civil(2045, 1, 1) * oracle.DAY


def paris(*parts, fold=0):
    return datetime(*parts, tzinfo=PARIS, fold=fold)


WORKED = [
    (paris(2026, 9, 8, 10, 20), paris(2026, 9, 11, 10, 20), paris(2026, 9, 11, 11)),
    (paris(2026, 9, 11, 17, 45), paris(2026, 9, 14, 17, 45), paris(2026, 9, 14, 18)),
    (paris(2026, 5, 13, 9, 30), paris(2026, 5, 16, 9, 30), paris(2026, 5, 16, 10)),
    (paris(2026, 5, 22, 18, 5), paris(2026, 5, 25, 18, 5), paris(2026, 5, 25, 19)),
    (paris(2026, 12, 24, 10, 20), paris(2026, 12, 27, 10, 20), paris(2026, 12, 27, 11)),
    (paris(2026, 12, 31, 16), paris(2027, 1, 3, 16), paris(2027, 1, 3, 17)),
    (paris(2026, 3, 27, 17), paris(2026, 3, 30, 18), paris(2026, 3, 30, 19)),
    (paris(2026, 10, 23, 17), paris(2026, 10, 26, 16), paris(2026, 10, 26, 17)),
    (paris(2026, 10, 25, 2, 30), paris(2026, 10, 28, 1, 30), paris(2026, 10, 28, 2)),
    (paris(2026, 10, 25, 2, 30, fold=1), paris(2026, 10, 28, 2, 30), paris(2026, 10, 28, 3)),
    (paris(2027, 3, 26, 15, 30), paris(2027, 3, 29, 16, 30), paris(2027, 3, 29, 17)),
    (datetime(2020, 12, 22, 12, 17, tzinfo=PARIS), paris(2020, 12, 25, 12, 17), paris(2020, 12, 25, 13)),
]


@pytest.mark.parametrize(("aware", "due", "full_hour"), WORKED, ids=lambda value: f"{value:%Y-%m-%d %H:%M}")
def test_a_worked_instant_is_due_after_72_elapsed_hours(aware, due, full_hour):
    assert clock.due_at(aware) == due
    assert clock.full_hour_end(aware) == full_hour


def test_the_full_hour_drops_minutes_and_seconds():
    assert clock.full_hour_end(datetime(2026, 9, 8, 8, 20, 31, 5, tzinfo=UTC)) == datetime(2026, 9, 11, 9, tzinfo=UTC)


def test_a_due_instant_is_in_utc():
    assert clock.due_at(paris(2026, 10, 23, 17)).tzinfo is UTC


def test_a_leap_day_is_a_day_like_another():
    assert clock.due_at(paris(2028, 2, 28, 9)) == paris(2028, 3, 2, 9)
    assert clock.due_at(paris(2026, 2, 27, 9)) == paris(2026, 3, 2, 9)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(clock.NaiveInstant, match="2026-10-23T17:00:00 has no time zone"):
        clock.due_at(datetime(2026, 10, 23, 17))  # noqa: DTZ001


def test_what_is_done_in_the_due_instant_is_in_time_and_one_second_later_is_late():
    due = clock.due_at(paris(2026, 9, 8, 10, 20))
    assert not clock.is_late(due, due)
    assert clock.is_late(due, due + timedelta(seconds=1))
    assert clock.remaining(due, due - timedelta(hours=9, minutes=12)) == timedelta(hours=9, minutes=12)
    assert clock.remaining(due, due + timedelta(hours=3)) == timedelta(hours=-3)


def test_when_only_the_date_is_known_it_counts_from_midnight_and_says_so():
    stated = clock.from_date(date(2026, 9, 8), PARIS)
    assert stated.instant == paris(2026, 9, 8)
    assert stated.date_only and stated.kind is LocalTimeKind.PLAIN
    assert (
        stated.note("fr") == "Seule la date est connue\u00a0: le délai court depuis 00 h 00 ce jour-là (Europe/Paris)."
    )
    assert stated.note("en") == "Only the date is known: time is counted from 00:00 of that day (Europe/Paris)."


def test_an_hour_that_exists_twice_is_taken_the_first_time_unless_said_otherwise():
    reading = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    first, second = clock.from_local(reading, PARIS), clock.from_local(reading, PARIS, second_time=True)
    assert first.kind is second.kind is LocalTimeKind.AMBIGUOUS
    assert first.instant.tzinfo is UTC and first.date_only is False
    assert second.instant - first.instant == timedelta(hours=1)
    assert first.note("fr") == (
        "Cette heure a existé deux fois ce jour-là (Europe/Paris)\u00a0; retenue\u00a0: CEST, UTC+02:00."
    )
    assert second.note("en") == "This hour existed twice on that day (Europe/Paris); taken: CET, UTC+01:00."


def test_an_hour_that_the_clocks_skipped_is_the_instant_of_the_jump():
    stated = clock.from_local(datetime(2026, 3, 29, 2, 30), PARIS)  # noqa: DTZ001
    assert stated.kind is LocalTimeKind.NON_EXISTENT
    assert stated.instant == datetime(2026, 3, 29, 1, tzinfo=UTC) and stated.instant.tzinfo is UTC
    assert stated.date_only is False
    assert stated.note("fr").startswith("Cette heure n’a pas existé ce jour-là (Europe/Paris)\u00a0:")
    assert stated.note("en").startswith("This hour did not exist on that day (Europe/Paris):")


def test_a_plain_reading_needs_no_note():
    stated = clock.from_local(datetime(2026, 9, 8, 10, 20), PARIS)  # noqa: DTZ001
    assert stated.instant.tzinfo is UTC
    assert (stated.instant, stated.kind, stated.note("fr"), stated.date_only) == (
        paris(2026, 9, 8, 10, 20),
        LocalTimeKind.PLAIN,
        "",
        False,
    )


def test_a_reading_that_carries_a_zone_already_is_refused():
    with pytest.raises(ValueError, match="already has a time zone"):
        clock.from_local(paris(2026, 9, 8, 10), PARIS)


def test_midnight_of_a_day_that_begins_at_one_is_the_instant_of_the_jump():
    beirut = ZoneInfo("Asia/Beirut")
    assert clock.start_of_day(date(2026, 3, 29), beirut) == datetime(2026, 3, 28, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "months", "day"),
    [
        (paris(2026, 1, 31, 10), 1, (2026, 2, 28)),
        (paris(2028, 1, 31, 10), 1, (2028, 2, 29)),
        (paris(2026, 12, 15, 23, 59), 1, (2027, 1, 15)),
        (paris(2026, 11, 30, 8), 3, (2027, 2, 28)),
        (paris(2026, 11, 30, 8), 12, (2027, 11, 30)),
        (paris(2026, 11, 30, 8), 13, (2027, 12, 30)),
    ],
)
def test_a_period_in_months_ends_with_the_last_minute_of_the_same_day(event, months, day):
    assert clock.add_months(event, months, PARIS) == paris(*day, 23, 59)


def test_the_day_of_the_event_is_the_day_in_the_zone_of_the_organisation():
    event = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # 1 February in Paris
    assert clock.add_months(event, 1, PARIS) == paris(2026, 3, 1, 23, 59)
    assert clock.add_days(event, 3, PARIS) == paris(2026, 2, 4, 23, 59)
    assert clock.add_months(event, 11, PARIS) == paris(2027, 1, 1, 23, 59)


def test_a_period_in_days_does_not_count_the_day_of_the_event():
    assert clock.add_days(paris(2026, 10, 23, 17), 3, PARIS) == paris(2026, 10, 26, 23, 59)


def random_instants(count):
    """Seconds since 1970: two in three anywhere, one in three close to a change of clocks, a leap day or a month's end."""
    source = random.Random("seventy-two hours")
    for _ in range(count):
        zone = source.choice(ZONES)
        if source.random() < 0.67:
            yield zone, source.randrange(FIRST, LAST)
        else:
            yield zone, _close_call(source)


def _close_call(source):
    year = source.randrange(2019, 2045)
    month, day = source.choice(
        [(2, 28), (3, 1), (3, 28), (4, 1), (10, 25), (10, 31), (12, 31), (1, 31), (9, 5), (11, 1)]
    )
    return oracle.days_from_civil(year, month, day) * oracle.DAY + source.randrange(-4 * oracle.DAY, 4 * oracle.DAY)


def expected_end(term, zone, epoch):
    if term.hours is not None:
        return epoch + term.hours * 3600
    day = oracle.local_day(zone, epoch)
    later = day + term.days if term.days is not None else oracle.months_later(day, term.months)
    return oracle.last_minute(zone, later)


def test_every_clock_agrees_with_an_independent_computation_on_ten_thousand_instants():
    timed = [rule for rule in rules.load().rules if any(t.hours or t.days or t.months for t in rule.terms)]
    source = random.Random("rules")
    for zone, epoch in random_instants(10_000):
        rule = source.choice(timed)
        instant = datetime.fromtimestamp(epoch, ZoneInfo(zone))
        later = {term.instant: epoch + place * 7200 for place, term in enumerate(rule.terms)}
        instants = {name: datetime.fromtimestamp(at, ZoneInfo(zone)) for name, at in later.items()}
        shown = board.clock_of(rule, {}, instants, ZoneInfo(zone), {}, {})
        expected = min(expected_end(term, zone, later[term.instant]) for term in rule.terms)
        assert shown.due_at.timestamp() == expected, (rule.key, zone, instant)


def test_a_due_instant_reads_on_the_wall_as_the_independent_computation_says():
    for zone, epoch in random_instants(1_000):
        due = clock.due_at(datetime.fromtimestamp(epoch, ZoneInfo(zone))).astimezone(ZoneInfo(zone))
        wall = epoch + 72 * 3600 + oracle.offset_at(zone, epoch + 72 * 3600)
        day, second = divmod(wall, oracle.DAY)
        assert (due.year, due.month, due.day) == oracle.civil_from_days(day)
        assert due.hour * 3600 + due.minute * 60 + due.second == second


def test_every_reading_of_the_wall_agrees_with_an_independent_computation():
    for zone, epoch in random_instants(1_000):
        wall = (epoch + oracle.offset_at(zone, epoch)) // 60 * 60
        stated = clock.from_local(datetime.fromtimestamp(wall, UTC).replace(tzinfo=None), ZoneInfo(zone))
        found = oracle.readings_of(zone, wall)
        assert stated.kind is (LocalTimeKind.AMBIGUOUS if len(found) == 2 else LocalTimeKind.PLAIN)
        assert stated.instant.timestamp() == found[0]


CHANGING = ["Europe/Paris", "Asia/Beirut", "Australia/Lord_Howe", "America/Santiago", "America/Miquelon"]


@pytest.mark.parametrize("zone", CHANGING)
def test_every_quarter_of_an_hour_that_a_spring_skips_is_recognised(zone):
    skipped = [wall for wall in quarters_of_changing_days(zone) if not oracle.readings_of(zone, wall)]
    assert len(skipped) >= 4
    for wall in skipped:
        stated = clock.from_local(datetime.fromtimestamp(wall, UTC).replace(tzinfo=None), ZoneInfo(zone))
        assert stated.kind is LocalTimeKind.NON_EXISTENT
        assert stated.instant.timestamp() == oracle.first_instant_from(zone, wall)


def quarters_of_changing_days(zone):
    for day in range(FIRST, FIRST + 2 * 366 * oracle.DAY, oracle.DAY):
        if oracle.offset_at(zone, day - oracle.DAY) != oracle.offset_at(zone, day + oracle.DAY):
            yield from range(day, day + oracle.DAY, 900)
