"""Logs: dirty rows read or listed, nothing counted twice, and the window of access proposed from the evidence."""

import io
import json
import random
from datetime import UTC, datetime

import pytest
from django.utils import translation

from breachreg.mailboxes.log.reading import NotALog, Tally, read_log
from breachreg.mailboxes.log.record import client_address, instant
from breachreg.mailboxes.log.rules import rule_in
from breachreg.mailboxes.log.telling import evidence_told, line
from breachreg.mailboxes.log.window import Examiner
from breachreg.mailboxes.rules.verdict import Surroundings, judge
from tests.mailboxes.makers import logs

AROUND = Surroundings(own_domains=frozenset({"hopital-troisrivieres.example"}))


def read(raw):
    tally = Tally()
    return list(read_log(io.BytesIO(raw), tally)), tally


def examined(records, **known):
    examiner = Examiner(AROUND, **known)
    for record in records:
        examiner.feed(record)
    return examiner


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("203.0.113.9", ("203.0.113.9", None)),
        ("203.0.113.9:52011", ("203.0.113.9", 52011)),
        ("2001:db8::1", ("2001:db8::1", None)),
        ("[2001:DB8:0::1]:443", ("2001:db8::1", 443)),
        ("[2001:db8::1]", ("2001:db8::1", None)),
        ("::ffff:203.0.113.9", ("203.0.113.9", None)),
        ("fe80::1%eth0", ("fe80::1", None)),
        *((text, None) for text in ("", "<null>", None, "::x", "999.1.1.1", "host.example:80", 7)),
    ],
)
def test_the_shapes_of_a_client_address(text, found):
    assert client_address(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-10T10:00:00", datetime(2026, 3, 10, 10, tzinfo=UTC)),
        ("2026-03-10T10:00:00Z", datetime(2026, 3, 10, 10, tzinfo=UTC)),
        ("2026-03-10T10:00:00.1234567Z", datetime(2026, 3, 10, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-10 10:00", datetime(2026, 3, 10, 10, tzinfo=UTC)),
        ("2026-03-10T11:00:00+01:00", datetime(2026, 3, 10, 10, tzinfo=UTC)),
        ("3/10/2026 10:00:00 AM", datetime(2026, 3, 10, 10, tzinfo=UTC)),
        ("25/03/2026 10:00:00", datetime(2026, 3, 25, 10, tzinfo=UTC)),
        *((text, None) for text in ("", None, "yesterday", "2026-13-45T99:00:00", "2026-02-30T10:00:00")),
    ],
)
def test_an_instant_without_a_zone_is_utc(text, found):
    assert instant(text) == found


@pytest.mark.parametrize(
    "raw",
    [
        logs.portal_csv(logs.attack()), logs.powershell_csv(logs.attack()), logs.portal_csv(logs.attack(), encoding="utf-16"),
        logs.portal_csv(logs.attack(), delimiter=";"), logs.portal_csv(logs.attack(), preamble="sep=,\r\n"),
        json.dumps(logs.attack()).encode(), "\n".join(map(json.dumps, logs.attack())).encode(),
    ],
)  # fmt: skip
def test_the_same_log_in_every_export_gives_the_same_records(raw):
    records, tally = read(raw)
    assert [r.fingerprint for r in records] == [r.fingerprint for r in read(logs.portal_csv(logs.attack()))[0]]
    assert (len(records), tally.unreadable) == (30, 0)


def test_a_record_that_stands_there_thousands_of_times_counts_once():
    one = logs.event("Send", number=5)
    records, tally = read(logs.portal_csv([one] * 5000))
    assert len(records) == 1
    assert (tally.rows, tally.repeated) == (5000, 4999)


def test_a_dirty_log_is_read_whole_and_what_could_not_be_read_is_listed():
    records, tally = read(logs.dirty_csv())
    clean, _ = read(logs.portal_csv(logs.attack()))
    assert {r.fingerprint for r in clean} <= {r.fingerprint for r in records}
    assert len(records) == len(clean) + 3  # the huge one, the cut one, and the one without an address
    assert tally.repeated == 2 * len(clean)
    assert tally.partial == 1
    assert tally.rows == len(records) + tally.repeated + tally.unreadable
    assert tally.unreadable == len(tally.examples)
    assert all(number > 1 and why for number, why in tally.examples)
    (huge,) = [r for r in records if r.details.get("message_count") == 20_000]
    assert len(huge.details["messages"]) == 1000


@pytest.mark.parametrize("raw", [b"", b"hello", b"a,b\r\n1,2\r\n", b"{}", b"[[[", bytes(range(256)) * 50, b'"' * 5000])
def test_what_is_no_log_is_refused(raw):
    with pytest.raises(NotALog):
        read(raw)


def test_noise_never_stops_the_import():
    good = logs.portal_csv(logs.attack())
    chance = random.Random(8)
    for _ in range(60):
        spoilt = bytearray(good)
        for _ in range(chance.randrange(1, 30)):
            spoilt[chance.randrange(200, len(spoilt))] = chance.randrange(256)
        records, tally = read(bytes(spoilt))
        assert tally.rows == len(records) + tally.repeated + tally.unreadable


def test_the_window_is_proposed_with_its_evidence():
    window = examined(read(logs.portal_csv(logs.attack()))[0]).window()
    assert window.start == datetime(2026, 3, 9, 22, 10, tzinfo=UTC)
    assert window.end == datetime(2026, 3, 10, 1, 5, tzinfo=UTC)
    assert window.addresses == ["2001:db8::66", logs.STRANGE]
    assert [item.code for item in window.evidence] == ["alarming_rule", "alarming_rule", "consent"]
    assert not window.is_still_open  # the password was changed afterwards
    with translation.override("en"):
        assert evidence_told(window.evidence[0]) == "an alarming rule was made: “.”"


def test_the_order_of_the_rows_does_not_matter():
    records, _ = read(logs.portal_csv(logs.attack()))
    shuffled = random.Random(3).sample(records, len(records))
    assert examined(shuffled).window() == examined(records).window()


def test_a_quiet_log_gives_no_window():
    window = examined(read(logs.portal_csv(logs.attack()[:21]))[0]).window()
    assert (window.start, window.evidence) == (None, [])


def test_evidence_from_an_address_that_was_usual_before_stays_and_makes_no_window():
    records, _ = read(logs.portal_csv([*logs.attack()[:21], logs.alarming_rule(at="2026-03-09T09:00:00", ip="192.0.2.77")]))
    window = examined(records).window()  # another address of the network of every morning
    assert (window.start, window.addresses) == (None, [])
    assert [(item.code, item.is_usual) for item in window.evidence] == [("alarming_rule", True)]
    with translation.override("en"):
        assert evidence_told(window.evidence[0]).endswith("usual before, so that it does not count here: ask the owner")


def test_what_is_usual_is_judged_by_what_was_before_the_first_evidence():
    rule = logs.alarming_rule(at="2026-03-09T22:00:00", ip=logs.STRANGE)
    after = [logs.event("UserLoggedIn", at=f"2026-03-{day}T08:00:00", ip=logs.STRANGE) for day in range(10, 30)]
    later = logs.alarming_rule(at="2026-03-30T22:00:00", ip=logs.STRANGE, name="..")
    window = examined(read(logs.portal_csv([*logs.attack()[:21], rule, *after, later]))[0]).window()
    assert [item.is_usual for item in window.evidence] == [False, False]
    assert window.end == datetime(2026, 3, 30, 22, tzinfo=UTC)


def test_few_days_or_a_small_share_make_nothing_usual():
    def of(days, many):
        others = [logs.event("UserLoggedIn", at=f"2026-02-{day:02d}T08:00:00", ip="198.51.100.9") for day in range(1, many)]
        own = [logs.event("UserLoggedIn", at=f"2026-01-{day:02d}T08:00:00", ip=logs.STRANGE) for day in range(1, days + 1)]
        rule = logs.alarming_rule(at="2026-03-09T22:00:00", ip=logs.STRANGE)
        return examined(read(logs.portal_csv([*others, *own, rule]))[0]).window().evidence[0].is_usual

    assert (of(days=4, many=1), of(days=5, many=1), of(days=5, many=21), of(days=5, many=22)) == (False, True, True, False)


def test_an_indicator_counts_however_usual_it_is():
    marked = examined(read(logs.portal_csv(logs.attack()))[0], indicators=frozenset({logs.USUAL})).window()
    assert marked.start == datetime(2026, 3, 2, 8, tzinfo=UTC)


def sign_in(day: int, ip: str, place: str) -> dict:
    city, country = place.split(", ")
    return {
        "id": f"{day}-{ip}", "createdDateTime": f"2026-03-{day:02d}T08:00:00Z", "userPrincipalName": logs.OWNER, "ipAddress": ip,
        "location": {"city": city, "countryOrRegion": country}, "status": {"errorCode": 0},
    }  # fmt: skip


def test_a_sign_in_from_a_new_country_is_evidence_when_acts_follow_and_a_journey_is_not():
    home = [sign_in(day, logs.USUAL, "Rennes, FR") for day in range(2, 9)]
    away = [sign_in(9, logs.STRANGE, "Ailleurs, ZZ"), sign_in(10, "198.51.100.7", "Rome, IT")]
    signed, _ = read(json.dumps({"value": home + away}).encode())
    quiet = examined(signed).window()
    assert quiet.evidence == []
    sent, _ = read(logs.portal_csv([logs.event("Send", at="2026-03-09T08:05:00", ip=logs.STRANGE)]))
    window = examined([*signed, *sent]).window()
    assert [(item.code, item.what) for item in window.evidence] == [("new_country", "ZZ")]
    assert window.addresses == [logs.STRANGE]


def test_an_old_protocol_from_a_rare_address_is_evidence():
    window = examined(read(logs.sign_ins_json())[0]).window()
    assert [item.code for item in window.evidence] == ["old_protocol"]
    assert window.start == datetime(2026, 3, 9, 22, 9, tzinfo=UTC)  # the failed try belongs to it


def test_many_messages_within_an_hour_are_evidence():
    sent = [logs.event("Send", at=f"2026-03-10T01:{n:02d}:00", ip=logs.STRANGE, number=n + 1) for n in range(60)]
    window = examined(read(logs.portal_csv(sent))[0]).window()
    assert [(item.code, item.what) for item in window.evidence] == [("many_sent", "60")]
    assert window.is_still_open


@pytest.mark.parametrize("raw", [logs.sign_ins_csv(), logs.sign_ins_json(), logs.google_json()])
def test_sign_in_logs_are_read(raw):
    records, tally = read(raw)
    assert tally.unreadable == 0
    signed_in = [r for r in records if r.kind == "sign_in"]
    assert [(r.user, r.address.ip) for r in signed_in] == [(logs.OWNER, logs.STRANGE)]
    assert {r.kind for r in records} <= {"sign_in", "failed_sign_in"}


def test_rules_in_a_log_know_who_made_them_when_and_from_where():
    rules = [rule for r in read(logs.portal_csv(logs.attack()))[0] if (rule := rule_in(r))]
    inbox, forwarding = rules
    assert (inbox.name, inbox.mailbox, inbox.made_from) == (".", logs.OWNER, logs.STRANGE)
    assert inbox.made_at == datetime(2026, 3, 9, 22, 14, 9, tzinfo=UTC)
    assert inbox.conditions[0].values == ("facture", "virement", "RIB")
    assert forwarding.targets() == ["collecte@evil.example"]
    assert [judge(rule, AROUND).level for rule in rules] == ["alarming", "alarming"]


def test_outlook_rules_and_transport_rules_are_found_too():
    outlook = logs.event("UpdateInboxRules", OperationProperties=logs.parameters(
        RuleOperation="AddMailboxRule", RuleName="..", RuleCondition="(&(Subject=*facture*))",
        RuleActions=json.dumps([{"ActionType": "Forward", "Recipients": ["collecte@evil.example"]}, {"ActionType": "MarkAsRead"}])))
    transport = logs.event("New-TransportRule", Parameters=logs.parameters(Name="t", BlindCopyTo="collecte@evil.example", SubjectOrBodyContainsWords="RIB;IBAN"))
    for record in read(logs.portal_csv([outlook, transport]))[0]:
        rule = rule_in(record)
        assert rule.targets() == ["collecte@evil.example"]
        assert "money_words" in {reason.code for reason in judge(rule, AROUND).reasons}


def test_a_synchronised_folder_is_told_as_read_whole_and_a_throttled_log_as_incomplete():
    records, _ = read(logs.portal_csv(logs.attack()))
    with translation.override("en"):
        told = {r.kind: line(r) for r in records}
    assert "The whole folder must be taken as read: \\Boîte de réception" in told["synced"]
    assert told["read"].endswith("Messages opened: 2 (the log was throttled here and is incomplete)")
    assert told["sent"].endswith("Subject: Changement de RIB")
    assert told["sign_in"].startswith(f"{logs.OWNER}: sign-in from {logs.STRANGE}")
