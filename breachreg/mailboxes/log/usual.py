"""What is usual in a log: the networks and countries from which its people work, by share and over time, before an instant.

A provider gives a household another address from one week to the next, so addresses count by their network: /24 of
IPv4, /64 of IPv6.
"""

import ipaddress
from collections import Counter, defaultdict
from datetime import date, datetime
from functools import lru_cache

from breachreg.mailboxes.log.record import FAILED_SIGN_IN, SIGN_IN, Record

DAYS = 5
"""On so many days before must a network or a country have been seen."""
SHARE = 0.2
"""So much of all days with a sign-in (or, where the log has none, with any act) must be its own."""


class Habits:
    """Fed with every record in any order; asked about an instant afterwards."""

    def __init__(self):
        self.sign_ins: dict[str, set[date]] = defaultdict(set)
        self.acts: dict[str, set[date]] = defaultdict(set)
        self.countries: dict[str, Counter[date]] = defaultdict(Counter)
        self.first_from: dict[str, tuple[int, datetime, str]] = {}

    def note(self, record: Record) -> None:
        """Take a record with an address into account."""
        if record.kind == FAILED_SIGN_IN:
            return
        day, ip = record.at.date(), record.address.ip
        self.acts[network_of(ip)].add(day)
        if record.kind != SIGN_IN:
            return
        self.sign_ins[network_of(ip)].add(day)
        if country := country_of(record.place):
            self.countries[country][day] += 1
            known = self.first_from.get(ip)
            if known is None or (record.at, record.row) < (known[1], known[0]):
                self.first_from[ip] = (record.row, record.at, country)

    def is_usual(self, ip: str, before: datetime | None) -> bool:
        """Whether the network of an address was usual before this instant's day."""
        if before is None:
            return False
        network = network_of(ip)
        return any(_is_usual(days, network, before.date()) for days in (self.sign_ins, self.acts))

    def new_countries(self) -> dict[str, tuple[int, datetime, str]]:
        """By address: source row, instant and country of a first sign-in from a country that was new then, though others were usual."""
        return {ip: first for ip, first in self.first_from.items() if self._is_new(first[2], first[1].date())}

    def _is_new(self, country: str, day: date) -> bool:
        before = {other: {when for when in days if when < day} for other, days in self.countries.items()}
        return not before[country] and any(_is_usual(before, other, day) for other in before)


def _is_usual(seen: dict[str, set[date]], what: str, day: date) -> bool:
    own = {when for when in seen.get(what, ()) if when < day}
    everything = {when for days in seen.values() for when in days if when < day}
    return len(own) >= DAYS and len(own) >= SHARE * len(everything)


@lru_cache(maxsize=100_000)
def network_of(ip: str) -> str:
    """The network in which an address counts."""
    address = ipaddress.ip_address(ip)
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))


def country_of(place: str | None) -> str | None:
    """The country of a place as Entra writes it: "Rennes, FR" or "Rennes, Bretagne, FR"."""
    return place.rpartition(",")[2].strip().upper() or None if place else None
