"""From when to when an attacker was in: proposed from the evidence, with the evidence named. A person decides.

An address is strange when something an attacker does was done from it, when it is an indicator, when somebody declared
it strange, when it signed in by an old protocol that asks for no second factor and was hardly seen before, or when it
acted from a country from which nobody had signed in. An address that was usual before its first evidence (usual.py) is
not made strange by it: the evidence stays, and says so. Indicators and declarations always count.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from breachreg.mailboxes.log.record import (
    AUDITING,
    CONSENT,
    DELETED,
    FAILED_SIGN_IN,
    FORWARDING,
    OTHER,
    PASSWORD,
    PERMISSION,
    READ,
    RULE,
    SECURITY_METHOD,
    SENT,
    SIGN_IN,
    SYNCED,
    TRANSPORT_RULE,
    Record,
)  # fmt: skip
from breachreg.mailboxes.log.rules import rule_in
from breachreg.mailboxes.log.usual import Habits
from breachreg.mailboxes.rules.verdict import ALARMING, Surroundings, judge

OLD_PROTOCOLS = ("imap", "pop", "bav2ropc", "authenticated smtp", "autodiscover", "exchange activesync")
CERTAIN = frozenset({"indicator", "declared_strange"})
TELLING = (RULE, FORWARDING, TRANSPORT_RULE, PERMISSION, CONSENT, SECURITY_METHOD, AUDITING, SENT, READ, SYNCED, DELETED)
"""What makes a sign-in from a new country more than a journey."""
MANY_SENT, SENT_WITHIN = 50, timedelta(hours=1)


class Evidence(NamedTuple):
    """Why an address is strange: a code, the source row, the instant and what it concerns."""

    code: str
    row: int
    at: datetime
    address: str
    what: str
    is_usual: bool = False  # the address was usual before


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

    def __init__(self, around: Surroundings, indicators: frozenset[str] = frozenset()):
        self.around, self.indicators = around, indicators
        self.habits = Habits()
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
        self.habits.note(record)
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
        evidence = self._weighed(self.evidence + self._rare_old_protocols() + self._mass_sending() + self._from_new_countries())
        strange = {item.address for item in evidence if not item.is_usual}
        begins = min((item.at for item in evidence if not item.is_usual), default=None)
        strange |= {ip for ips in self.sessions.values() if ips & strange for ip in ips if not self.habits.is_usual(ip, begins)}
        acts = [self.uses[ip] for ip in strange if ip in self.uses and _succeeded(self.uses[ip])]
        if not acts:
            return Window(evidence=_sorted(evidence), addresses=sorted(strange))
        end = max(use.last for use in acts)
        is_over = any(change >= end for change in self.password_changes)
        return Window(min(use.first for use in acts), end, sorted(strange), _sorted(evidence), is_still_open=not is_over)

    def _weighed(self, evidence: list[Evidence]) -> list[Evidence]:
        """Each evidence with whether its address was usual before the first one of that address."""
        first: dict[str, datetime] = {}
        for item in evidence:
            first[item.address] = min(first.get(item.address, item.at), item.at)
        usual = {address for address, at in first.items() if self.habits.is_usual(address, at)}
        return [item._replace(is_usual=item.code not in CERTAIN and item.address in usual) for item in evidence]

    def _from_new_countries(self) -> list[Evidence]:
        """Addresses that signed in from a country never seen before, and then did what leaves traces in a mailbox."""
        return [
            Evidence("new_country", row, at, ip, country) for ip, (row, at, country) in self.habits.new_countries().items()
            if any(self.uses[ip].counts.get(kind) for kind in TELLING)
        ]  # fmt: skip

    def _rare_old_protocols(self) -> list[Evidence]:
        """Old protocols from an address that the log does not know from many other days."""
        return [item for ip, item in self.old_sign_ins.items() if len(self.uses[ip].days) <= 3]

    def _mass_sending(self) -> list[Evidence]:
        found = []
        for ip, instants in self.sent.items():
            instants.sort()
            for place in range(len(instants) - MANY_SENT + 1):
                if instants[place + MANY_SENT - 1] - instants[place] <= SENT_WITHIN:
                    found.append(Evidence("many_sent", 0, instants[place], ip, str(len(instants))))
                    break
        return found


def _succeeded(use: AddressUse) -> bool:
    return any(count for kind, count in use.counts.items() if kind not in (FAILED_SIGN_IN, OTHER))


def _sorted(evidence: list[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda item: (item.at, item.row))
