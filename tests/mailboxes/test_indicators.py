"""Indicators: one form for each value, files of three formats with errors by row, and where each was seen, offline."""

import contextlib
import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.mailboxes.indicators import actions, matching, reading
from breachreg.mailboxes.indicators.models import Indicator, ReportObservable
from breachreg.mailboxes.indicators.values import Kind, Value, guess, normalised, widened
from breachreg.mailboxes.models import Verdict
from breachreg.mailboxes.reporting import intake, triage
from breachreg.register import actions as register
from tests.mailboxes.makers import messages

SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("hxxps://Evil[.]example/Rib/", Kind.URL, "evil.example/Rib"),
        ("http://evil.example:8080/a?b=1", Kind.URL, "evil.example:8080/a?b=1"),
        ("https://evil.example", Kind.URL, "evil.example"),
        ("evil[.]example", Kind.DOMAIN, "evil.example"),
        ("*.Evil.example.", Kind.DOMAIN, "evil.example"),
        ("évil.example", Kind.DOMAIN, "xn--vil-9la.example"),
        ("Caisse[@]evil[.]example", Kind.ADDRESS, "caisse@evil.example"),
        ("<a@evil.example>", Kind.ADDRESS, "a@evil.example"),
        ("203[.]0[.]113[.]9", Kind.IP, "203.0.113.9"),
        ("203.0.113.9:443", Kind.IP, "203.0.113.9"),
        ("[2001:DB8::1]:50", Kind.IP, "2001:db8::1"),
        ("::ffff:203.0.113.9", Kind.IP, "203.0.113.9"),
        (SHA256.upper(), Kind.SHA256, SHA256),
        ("d41d8cd98f00b204e9800998ecf8427e", Kind.MD5, "d41d8cd98f00b204e9800998ecf8427e"),
    ],
)
def test_a_value_is_recognised_and_has_one_form(written, kind, value):
    assert guess(written) == Value(kind, value)
    assert normalised(kind, written) == value


@pytest.mark.parametrize("written", ["", "  ", "bonjour", "a b@c.example", "203.0.113.0/24", "x" * 3000, "http://", "[.]"])
def test_what_is_none_is_refused_with_the_remedy(written):
    with pytest.raises(ValueError, match=r"\w"):
        guess(written)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_a_value(text):
    try:
        found = guess(text)
    except ValueError:
        return
    assert normalised(found.kind, found.value) == found.value or found.kind == Kind.URL
    assert found in widened(found)


def test_a_link_and_an_address_are_found_under_their_domains():
    assert [one.value for one in widened(guess("https://login.evil.example/a?b"))] == [
        "login.evil.example/a?b", "login.evil.example/a", "login.evil.example", "evil.example"
    ]  # fmt: skip
    assert Value(Kind.DOMAIN, "evil.example") in widened(guess("a@mail.evil.example"))
    assert Value(Kind.IP, "203.0.113.9") in widened(guess("http://203.0.113.9:81/x"))
    assert all(one.value != "example" for one in widened(guess("evil.example")))


def test_a_very_long_link_is_told_from_others_by_its_hash():
    first, second = (guess("https://evil.example/" + "a" * 3000 + end) for end in "xy")
    assert len(first.value) == 500 and first.value[:400] == second.value[:400]
    assert first != second


CSV = f"type;value;commentaire\ndomain;evil[.]example;C2\nsha256;{SHA256};\nmutex;abc;\nip-dst;203.0.113.0/24;réseau\n;a@evil.example;\n"
MISP = {
    "Event": {
        "info": "Campagne d'hameçonnage",
        "Attribute": [
            {"type": "domain", "value": "evil.example", "comment": "C2"},
            {"type": "email-src", "value": "a@evil.example"},
            {"type": "ip-dst|port", "value": "203.0.113.9|443"},
            {"type": "filename|sha256", "value": f"rib.pdf|{SHA256}"},
            {"type": "yara", "value": "rule x {}"},
            {"type": "url"},
            "bizarre",
        ],
        "Object": [{"Attribute": [{"type": "url", "value": "hxxp://evil[.]example/rib"}]}],
    }
}
STIX = {
    "type": "bundle", "id": "bundle--1",
    "objects": [
        {"type": "report", "name": "CERTFR-2026-IOC-001"},
        {"type": "indicator", "pattern_type": "stix", "name": "C2", "pattern": "[domain-name:value = 'evil.example' OR url:value = 'http://evil.example/rib']"},
        {"type": "indicator", "pattern_type": "stix", "pattern": f"[file:hashes.'SHA-256' = '{SHA256}']"},
        {"type": "indicator", "pattern_type": "stix", "pattern": "[ipv4-addr:value IN ('203.0.113.9', '203.0.113.10')]"},
        {"type": "indicator", "pattern_type": "stix", "pattern": "[email-addr:value = 'a@evil.example'] FOLLOWEDBY [process:name = 'x']"},
        {"type": "indicator", "pattern_type": "stix", "pattern": "[domain-name:value LIKE '%.evil.example']"},
        {"type": "indicator", "pattern_type": "yara", "pattern": "rule x {}"},
        {"type": "indicator", "pattern_type": "stix", "pattern": "[process:name = 'x']"},
        {"type": "domain-name", "value": "autre.example"},
        {"type": "file", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"}},
        7,
    ],
}  # fmt: skip


def test_a_csv_is_read_and_each_bad_row_is_named():
    found = reading.read(CSV.encode("cp1252"))
    assert [(one.row, one.kind, one.value) for one in found.found] == [
        (2, "domain", "evil.example"), (3, "sha256", SHA256), (6, "address", "a@evil.example")
    ]  # fmt: skip
    assert [one.row for one in found.troubles] == [4, 5]
    assert "mutex" in found.troubles[0].why and "203.0.113.0/24" in found.troubles[1].why


def test_a_list_without_a_header_is_read_too():
    found = reading.read(b"# CERT-FR\nevil[.]example\nhxxp://evil[.]example/x\n\n203.0.113.9\n")
    assert [one.kind for one in found.found] == ["domain", "url", "ip"]


def test_a_misp_event_is_read_with_its_objects_and_pairs():
    found = reading.read(json.dumps(MISP).encode())
    assert found.title == "Campagne d'hameçonnage"
    assert {(one.kind, one.value) for one in found.found} == {
        ("domain", "evil.example"), ("address", "a@evil.example"), ("ip", "203.0.113.9"), ("sha256", SHA256), ("url", "evil.example/rib")
    }  # fmt: skip
    assert len(found.troubles) == 2


def test_a_stix_bundle_is_read_and_what_is_not_compared_is_said():
    found = reading.read(json.dumps(STIX).encode())
    assert found.title == "CERTFR-2026-IOC-001"
    assert {one.value for one in found.found} == {
        "evil.example", "evil.example/rib", SHA256, "203.0.113.9", "203.0.113.10", "a@evil.example", "autre.example",
        "d41d8cd98f00b204e9800998ecf8427e",
    }  # fmt: skip
    assert [one.row for one in found.troubles] == [6, 7, 8, 11]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[1]", b'{"a": 1}', b"[" * 100_000, b'{"type": "bundle"', b"\n\n"],
    ids=["nothing", "half", "list", "object", "deep", "cut", "blank"],
)
def test_a_file_that_is_none_of_these_is_refused(raw):
    with pytest.raises(reading.NotReadable):
        reading.read(raw)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_no_file_breaks_the_import(raw):
    with contextlib.suppress(reading.NotReadable):
        reading.read(raw)


def add(incident, awa, noon, text, **more):
    return actions.add_indicator(incident=incident, text=text, by=awa, at=noon, **more)


def test_the_same_indicator_is_kept_once(incident, awa, noon):
    assert add(incident, awa, noon, "hxxp://evil[.]example/rib", note="page")
    entries = Entry.objects.count()
    assert not add(incident, awa, noon, "https://evil.example/rib/")
    assert (incident.indicators.count(), Entry.objects.count()) == (1, entries)
    with pytest.raises(ValidationError):
        add(incident, awa, noon, "bonjour")
    with pytest.raises(ValidationError):
        add(incident, awa, noon, "evil.example", kind=Kind.MD5)


def test_the_same_file_twice_adds_nothing(incident, awa, noon):
    def bring():
        return actions.import_indicators(incident=incident, raw=json.dumps(STIX).encode(), name="ioc.json", by=awa, at=noon)

    first, entries = bring(), Entry.objects.count()
    second = bring()
    assert (first.added, first.known, second.added, second.known) == (8, 0, 0, 8)
    assert incident.indicators.count() == 8
    assert Entry.objects.count() == entries
    assert incident.indicators.first().source == "CERTFR-2026-IOC-001 (ioc.json)"


@pytest.fixture
def report(hospital, awa, noon, messages_folder):
    raw = messages.suspicious()
    [report] = intake.bring_file(organisation=hospital, raw=raw, name="m.eml", by=awa, at=noon)[0]
    return report


def test_an_indicator_is_found_in_a_reported_message_below_its_domain(report, incident, awa, noon):
    for text in ("evil.example", "203.0.113.9", "rien.example"):
        add(incident, awa, noon, text)
    found = matching.matches_of(incident)
    assert {match.value for match in found} == {"evil.example", "203.0.113.9"}
    assert {match.address for match in found} == {reverse("message-report", args=["hopital", report.pk])}
    assert [match.value for match in matching.incidents_of(report)] == ["evil.example", "203.0.113.9"]


def test_an_indicator_is_found_in_another_incident_and_never_in_another_organisation(incident, hospital, town_hall, dan, awa, noon):
    other = register.report_incident(organisation=hospital, title="Autre", by=awa, at=noon)
    foreign = register.report_incident(organisation=town_hall, title="Ailleurs", by=dan, at=noon)
    for one, who in ((incident, awa), (other, awa), (foreign, dan)):
        add(one, who, noon, "evil.example")
    [match] = matching.matches_of(incident)
    assert other.reference in match.where
    assert len(matching.seen(hospital, guess("evil[.]example"))) == 2
    assert len(matching.seen(town_hall, guess("evil[.]example"))) == 1


def test_what_belongs_to_the_organisation_is_not_observed(hospital, awa, noon, messages_folder):
    raw = messages.ordinary(sender="a@evil.example", body="Écrivez à rose@example.org ou voir https://www.example.org/x")
    intake.bring_file(organisation=hospital, raw=raw, name="m.eml", by=awa, at=noon)
    assert not ReportObservable.objects.filter(value__contains="example.org").exists()


def test_a_report_gives_its_indicators_in_one_step(report, awa, noon):
    triage.judge(reports=[report], verdict=Verdict.FOLLOWED, reason="Cliqué.", by=awa, at=noon)
    incident = triage.open_incident(report=report, title="Hameçonnage", by=awa, at=noon)
    added = actions.take_from_report(incident=incident, report=report, by=awa, at=noon)
    assert added == incident.indicators.count() > 3
    assert actions.take_from_report(incident=incident, report=report, by=awa, at=noon) == 0
    assert incident.indicators.filter(kind=Kind.ADDRESS, value="caisse@evil.example").exists()


def test_nothing_is_added_when_the_trail_cannot_be_written(incident, awa, noon, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("the trail is away")

    monkeypatch.setattr("breachreg.audit.actions._append", refuse)
    with pytest.raises(TrailUnavailable):
        add(incident, awa, noon, "evil.example")
    with pytest.raises(TrailUnavailable):
        actions.import_indicators(incident=incident, raw=CSV.encode(), name="a.csv", by=awa, at=noon)
    assert not Indicator.objects.exists()


@pytest.fixture
def dpo(client, awa):
    client.force_login(awa)
    return client


def test_indicators_are_added_imported_seen_and_removed_on_the_page(report, incident, dpo, hospital, django_assert_num_queries):
    address = reverse("indicators", args=[hospital.slug, incident.reference])
    assert dpo.post(address, {"value": "bonjour"}).status_code == 422
    assert dpo.post(address, {"value": "evil[.]example", "kind": ""}).status_code == 302
    with django_assert_num_queries(13):  # the pager asks for the keys of a page first, then for its rows
        shown = dpo.get(address).content.decode()
    assert "evil[.]example" in shown and reverse("message-report", args=[hospital.slug, report.pk]) in shown
    brought = dpo.post(reverse("indicators-import", args=[hospital.slug, incident.reference]), {"file": io.BytesIO(CSV.encode())})
    assert "mutex" in brought.content.decode()
    assert incident.indicators.count() == 3
    one = incident.indicators.get(kind=Kind.SHA256)
    dpo.post(reverse("indicator-remove", args=[hospital.slug, incident.reference, one.pk]))
    assert incident.indicators.count() == 2


def test_an_auditor_sees_other_incidents_and_no_reported_message(report, incident, awa, chloe, client, hospital, noon):
    add(incident, awa, noon, "evil.example")
    client.force_login(chloe)
    answer = client.get(reverse("indicators", args=[hospital.slug, incident.reference]))
    assert answer.status_code == 200
    assert answer.context["places"] == []


def test_a_value_is_looked_up_in_all_that_is_here(report, dpo, hospital):
    address = reverse("indicator-look-up", args=[hospital.slug])
    assert reverse("message-report", args=[hospital.slug, report.pk]) in dpo.get(address, {"q": "hxxps://evil[.]example/login"}).content.decode()
    assert "inconnu[.]example" in dpo.get(address, {"q": "inconnu.example"}).content.decode()
    assert dpo.get(address, {"q": "bonjour"}).status_code == 422
    assert dpo.get(address).status_code == 200


def test_what_its_source_took_back_is_listed_and_not_compared():
    stix = {"type": "bundle", "objects": [{"type": "indicator", "revoked": True, "pattern": "[domain-name:value = 'old.example']"}]}
    misp = {"response": {"Attribute": [{"type": "domain", "value": "old.example", "deleted": True}, {"type": "domain", "value": "new.example"}]}}
    for source, values in ((stix, []), (misp, ["new.example"])):
        taken = reading.read(json.dumps(source).encode())
        assert [found.value for found in taken.found] == values
        assert ["old.example" in trouble.text for trouble in taken.troubles] == [True]
