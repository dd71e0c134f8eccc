"""From when to when an attacker was in: proposed from the evidence, with the evidence named. A person decides.

An address is strange when something an attacker does was done from it, when it is an indicator, when somebody declared
it strange, or when it signed in by an old protocol that asks for no second factor and was never seen before.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from breachreg.mailboxes.log.record import (
    AUDITING,
    CONSENT,
    FAILED_SIGN_IN,
    FORWARDING,
    OTHER,
    PASSWORD,
    READ,
    RULE,
    SENT,
    SIGN_IN,
    SYNCED,
    TRANSPORT_RULE,
    Record,
)  # fmt: skip
from breachreg.mailboxes.log.rules import rule_in
from breachreg.mailboxes.rules.verdict import ALARMING, Surroundings, judge

OLD_PROTOCOLS = ("imap", "pop", "bav2ropc", "authenticated smtp", "autodiscover", "exchange activesync")
MANY_SENT, SENT_WITHIN = 50, timedelta(hours=1)


class Evidence(NamedTuple):
    """Why an address is strange: a code, the source row, the instant and what it concerns."""

    code: str
    row: int
    at: datetime
    address: str
    what: str


@dataclass
class AddressUse:
    """What one client address did: counts by kind, first and last instants (UTC), clients and places seen."""

    first: datetime
    last: datetime
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clients: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    days: set = field(default_factory=set)


@dataclass
class Window:
    """A proposal: from, to, the strange addresses and the evidence. ``None`` when the log shows nothing strange."""

    start: datetime | None = None
    end: datetime | None = None
    addresses: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    is_still_open: bool = False


class Examiner:
    """Fed with the records of a log one by one, in any order; keeps addresses and evidence, not the records."""

    MOST_VALUES = 50

    def __init__(self, around: Surroundings, indicators: frozenset[str] = frozenset(), usual: frozenset[str] = frozenset()):
        self.around, self.indicators, self.usual = around, indicators, usual
        self.uses: dict[str, AddressUse] = {}
        self.sessions: dict[str, set[str]] = defaultdict(set)
        self.evidence: list[Evidence] = []
        self.old_sign_ins: dict[str, Evidence] = {}
        self.sent: dict[str, list[datetime]] = defaultdict(list)
        self.password_changes: list[datetime] = []
        self.first = self.last = None

    def feed(self, record: Record) -> None:
        """Take one record into account."""
        if record.at is None:
            return
        self.first = min(self.first or record.at, record.at)
        self.last = max(self.last or record.at, record.at)
        if record.kind == PASSWORD:
            self.password_changes.append(record.at)
        if not record.address:
            return
        ip = record.address.ip
        self._use(ip, record)
        for code, what in self._strange(record, ip):
            self.evidence.append(Evidence(code, record.row, record.at, ip, what))

    def _use(self, ip: str, record: Record) -> None:
        use = self.uses.setdefault(ip, AddressUse(record.at, record.at))
        use.first, use.last = min(use.first, record.at), max(use.last, record.at)
        use.counts[record.kind] += 1
        use.days.add(record.at.date())
        for values, value in ((use.clients, record.client), (use.places, record.place), (use.users, record.user)):
            if value and len(values) < self.MOST_VALUES:
                values.add(value)
        if record.session and record.kind != FAILED_SIGN_IN:
            self.sessions[record.session].add(ip)
        if record.kind == SENT:
            self.sent[ip].append(record.at)
        if record.kind == SIGN_IN and any(name in (record.client or "").lower() for name in OLD_PROTOCOLS):
            self.old_sign_ins.setdefault(ip, Evidence("old_protocol", record.row, record.at, ip, record.client or ""))

    def _strange(self, record: Record, ip: str) -> Iterable[tuple[str, str]]:
        if ip in self.indicators:
            yield "indicator", ip
        if ip in self.around.strange_addresses:
            yield "declared_strange", ip
        if ip in self.usual:
            return
        if record.kind in (RULE, FORWARDING, TRANSPORT_RULE):
            rule = rule_in(record)
            if rule and judge(rule, self.around).level == ALARMING:
                yield "alarming_rule", rule.name or ", ".join(rule.targets())
        if record.kind == CONSENT:
            yield "consent", record.target or record.operation
        if record.kind == AUDITING:
            yield "auditing_weakened", record.operation

    def window(self) -> Window:
        """Propose the window: the acts of the strange addresses, and of those that shared a session with them."""
        evidence = self.evidence + self._rare_old_protocols() + self._mass_sending()
        strange = {item.address for item in evidence}
        strange |= {ip for ips in self.sessions.values() if ips & strange for ip in ips if ip not in self.usual}
        acts = [self.uses[ip] for ip in strange if ip in self.uses and _succeeded(self.uses[ip])]
        if not acts:
            return Window(evidence=_sorted(evidence), addresses=sorted(strange))
        end = max(use.last for use in acts)
        is_over = any(change >= end for change in self.password_changes)
        return Window(min(use.first for use in acts), end, sorted(strange), _sorted(evidence), is_still_open=not is_over)

    def _rare_old_protocols(self) -> list[Evidence]:
        """Old protocols from an address that the log does not know from many other days."""
        return [item for ip, item in self.old_sign_ins.items() if ip not in self.usual and len(self.uses[ip].days) <= 3]

    def _mass_sending(self) -> list[Evidence]:
        found = []
        for ip, instants in self.sent.items():
            instants.sort()
            for place in range(len(instants) - MANY_SENT + 1):
                if ip not in self.usual and instants[place + MANY_SENT - 1] - instants[place] <= SENT_WITHIN:
                    found.append(Evidence("many_sent", 0, instants[place], ip, str(len(instants))))
                    break
        return found


def _succeeded(use: AddressUse) -> bool:
    return any(count for kind, count in use.counts.items() if kind not in (FAILED_SIGN_IN, OTHER))


def _sorted(evidence: list[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda item: (item.at, item.row))


WEIGHTY = (RULE, FORWARDING, TRANSPORT_RULE, CONSENT, AUDITING, SENT, READ, SYNCED, SIGN_IN)
