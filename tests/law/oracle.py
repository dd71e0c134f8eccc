"""A second way to know the time, which calculates nothing with `datetime` or `zoneinfo`.

Days are counted by hand from the civil calendar, and the offsets of a zone are read from its compiled file (RFC 8536),
including the rule at its end for the years that the file does not list.
"""

import re
import struct
from bisect import bisect_right
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH

DAY = 86_400


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar."""
    leaps = lambda y: y // 4 - y // 100 + y // 400  # noqa: E731
    before = (year - 1970) * 365 + leaps(year - 1) - leaps(1969)
    return before + sum(length_of(year, each) for each in range(1, month)) + day - 1


def length_of(year: int, month: int) -> int:
    if month == 2:
        return 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return 30 if month in (4, 6, 9, 11) else 31


def civil_from_days(days: int) -> tuple[int, int, int]:
    year = 1970 + days // 366
    while days_from_civil(year + 1, 1, 1) <= days:
        year += 1
    month = 1
    while days_from_civil(year, month, 1) + length_of(year, month) <= days:
        month += 1
    return year, month, days - days_from_civil(year, month, 1) + 1


def months_later(days: int, months: int) -> int:
    """The same day of a later month, or the last day of that month when it is shorter."""
    year, month, day = civil_from_days(days)
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return days_from_civil(year, month, min(day, length_of(year, month)))


@cache
def _zone(name: str) -> tuple[list[int], list[int], int, str]:
    """Instants of transition, offsets after each, offset before the first, and the rule for later years."""
    data = _compiled(name)
    start = 44 + _block_length(data, 0, width=4)
    isut, isstd, leap, times, types, chars = struct.unpack(">6l", data[start + 20 : start + 44])
    at = start + 44
    instants = list(struct.unpack(f">{times}q", data[at : at + 8 * times]))
    kinds = data[at + 8 * times : at + 9 * times]
    at += 9 * times
    offsets = [struct.unpack(">l", data[at + 6 * n : at + 6 * n + 4])[0] for n in range(types)]
    footer = data[at + 6 * types + chars + 12 * leap + isstd + isut :].decode().strip()
    return instants, [offsets[kind] for kind in kinds], offsets[0], footer


def _compiled(name: str) -> bytes:
    """The zone's file, from the same place where Python looks first, so that both read one edition of the data."""
    for folder in TZPATH:
        if (path := Path(folder) / name).is_file():
            return path.read_bytes()
    *folders, file = name.split("/")
    return resources.files(".".join(["tzdata", "zoneinfo", *folders])).joinpath(file).read_bytes()


def _block_length(data: bytes, start: int, width: int) -> int:
    isut, isstd, leap, times, types, chars = struct.unpack(">6l", data[start + 20 : start + 44])
    return times * (width + 1) + types * 6 + chars + leap * (width + 4) + isstd + isut


_POSIX = re.compile(
    r"(?:[A-Za-z]+|<[^>]+>)(?P<std>[-+\d:]+)"
    r"(?:(?:[A-Za-z]+|<[^>]+>)(?P<dst>[-+\d:]+)?,M(?P<start>[\d.]+)(?:/(?P<start_at>[-+\d:]+))?,"
    r"M(?P<end>[\d.]+)(?:/(?P<end_at>[-+\d:]+))?)?$"
)


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def _rule_offset(footer: str, epoch: int) -> int:
    rule = _POSIX.match(footer)
    standard = -_seconds(rule["std"])
    if not rule["start"]:
        return standard
    summer = -_seconds(rule["dst"]) if rule["dst"] else standard + 3600
    year = civil_from_days((epoch + standard) // DAY)[0]
    begins = _nth_weekday(year, rule["start"]) * DAY + _seconds(rule["start_at"] or "2") - standard
    ends = _nth_weekday(year, rule["end"]) * DAY + _seconds(rule["end_at"] or "2") - summer
    inside = begins <= epoch < ends if begins < ends else not ends <= epoch < begins
    return summer if inside else standard


def _nth_weekday(year: int, rule: str) -> int:
    month, week, weekday = (int(part) for part in rule.split("."))
    first = days_from_civil(year, month, 1)
    day = first + (weekday - (first + 4)) % 7 + 7 * (week - 1)  # 1970-01-01 was a Thursday
    return day if day < first + length_of(year, month) else day - 7


def offset_at(name: str, epoch: int) -> int:
    """Seconds that clocks in the zone are ahead of UTC at an instant."""
    instants, offsets, first, footer = _zone(name)
    place = bisect_right(instants, epoch)
    if place == len(instants) and footer:
        return _rule_offset(footer, epoch)
    return offsets[place - 1] if place else first


def readings_of(name: str, wall: int) -> list[int]:
    """Every instant at which clocks in the zone read `wall` (seconds as if it were UTC): none, one or two."""
    around = {offset_at(name, wall + shift) for shift in (-DAY, DAY)}  # no zone changes twice within two days
    offsets = around if len(around) == 1 else around | {offset_at(name, wall + shift) for shift in (-43_200, 0, 43_200)}
    return sorted(wall - offset for offset in offsets if offset_at(name, wall - offset) == offset)


def first_instant_from(name: str, wall: int) -> int:
    """The first instant at which clocks in the zone read `wall`, or later when they jump over it."""
    found = readings_of(name, wall)
    if found:
        return found[0]
    early, late = wall - DAY, wall + DAY
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if middle + offset_at(name, middle) < wall else (early, middle)
    return late


def last_minute(name: str, day: int) -> int:
    return first_instant_from(name, (day + 1) * DAY) - 60


def local_day(name: str, epoch: int) -> int:
    return (epoch + offset_at(name, epoch)) // DAY
