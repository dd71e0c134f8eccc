"""What employees forward: as an attachment, as an Outlook file, or quoted inline in the ways of several programmes."""

import contextlib

import pytest

from breachreg.mailboxes.reading import intake, outlook
from breachreg.mailboxes.reading.message import facts_of
from tests.mailboxes.makers import messages, ole

SUSPICIOUS = {"subject": "Votre colis", "sender": "La Poste", "address": "colis@evil.example", "body": "Payez ici : http://evil.example/x"}

INLINE = {
    "Outlook": "Bizarre, non ?\n\n-----Message d'origine-----\nDe : Banque <rib@evil.example>\nEnvoyé : mardi 10 mars 2026 09:12\nÀ : Rose Petit\nObjet : Changement de RIB\n\nMerci de payer sur http://evil.example/rib",
    "Outlook, without a line": "Bizarre, non ?\n\nDe : Banque <rib@evil.example>\nEnvoyé : mardi 10 mars 2026 09:12\nÀ : Rose Petit\nObjet : Changement de RIB\n\nMerci de payer sur http://evil.example/rib",
    "Gmail": "Bizarre, non ?\n\n---------- Forwarded message ---------\nFrom: Banque <rib@evil.example>\nDate: Tue, 10 Mar 2026 09:12:00 +0100\nSubject: Changement de RIB\nTo: <rose@example.org>\n\nMerci de payer sur http://evil.example/rib",
    "Thunderbird": "Bizarre, non ?\n\n-------- Message transféré --------\nSujet : Changement de RIB\nDate : Tue, 10 Mar 2026 09:12:00 +0100\nDe : Banque <rib@evil.example>\nPour : rose@example.org\n\nMerci de payer sur http://evil.example/rib",
    "Apple": "Bizarre, non ?\n\nDébut du message réexpédié :\n\nDe: Banque <rib@evil.example>\nObjet: Changement de RIB\nDate: 10 mars 2026\n\nMerci de payer sur http://evil.example/rib",
}


def test_an_attached_message_is_what_is_reported():
    found = intake.forwarded(messages.forwarding(messages.suspicious()))
    assert found.reporter.address == "rose.petit@example.org"
    assert found.note == "Je trouve ce message étrange."
    assert [facts_of(raw).subject for raw in found.messages] == ["Urgent : facture impayée"]


def test_a_message_within_the_reported_one_stays_within_it():
    inner = messages.forwarding(messages.ordinary(subject="au fond"), note="voir", reporter="b@evil.example")
    assert len(intake.forwarded(messages.forwarding(inner)).messages) == 1


@pytest.mark.parametrize("programme", INLINE)
def test_a_quoted_message_is_found_behind_the_words_of_each_programme(programme):
    found = intake.forwarded(messages.ordinary(sender="Rose Petit <rose@example.org>", body=INLINE[programme]))
    assert found.is_inline
    assert found.note == "Bizarre, non ?"
    facts = facts_of(found.messages[0])
    assert facts.sender.address == "rib@evil.example"
    assert facts.subject == "Changement de RIB"
    assert [link.host for link in facts.links] == ["evil.example"]
    assert "Merci de payer" in facts.text


def test_a_redirected_message_is_its_own_report():
    raw = messages.suspicious()
    assert intake.forwarded(raw).messages == [raw]


def test_an_outlook_file_attached_or_uploaded_is_read():
    file = ole.outlook_message(**SUSPICIOUS, files=[("rib.pdf", b"%PDF-1.4 " * 900)], to=[("Rose", "rose@example.org")], sent_ticks=134175175200000000)
    for raw in (intake.message_bytes(file), intake.forwarded(messages.with_file(file, "colis.msg")).messages[0]):
        facts = facts_of(raw)
        assert (facts.subject, facts.sender.address) == ("Votre colis", "colis@evil.example")
        assert facts.recipients == ["rose@example.org"]
        assert facts.sent_at.year == 2026
        assert [(a.name, a.kind) for a in facts.attachments] == [("rib.pdf", "pdf")]
        assert [link.target for link in facts.links] == ["hxxp://evil[.]example/x"]


def test_the_transport_headers_of_an_outlook_file_are_kept():
    file = ole.outlook_message(**SUSPICIOUS, headers="From: Vrai <vrai@evil.example>\r\nAuthentication-Results: mx.example; spf=fail\r\n")
    facts = facts_of(intake.message_bytes(file))
    assert facts.sender.address == "vrai@evil.example"
    assert facts.authentication[0].result == "fail"


def test_a_message_embedded_in_an_outlook_file_is_reported_when_the_file_is_forwarded():
    inner = ole.message_tree(**SUSPICIOUS, header_size=24)
    outer = ole.outlook_message(subject="TR", sender="Rose", address="rose@example.org", body="voir", embedded=inner)
    found = intake.forwarded(intake.message_bytes(outer))
    assert [facts_of(raw).subject for raw in found.messages] == ["Votre colis"]


def test_the_rtf_body_of_an_outlook_file_is_unpacked():
    packed = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    assert outlook.unpacked_rtf(packed).startswith(b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}")
    file = ole.outlook_message(**{**SUSPICIOUS, "body": ""}, rtf=packed)
    assert "hello world" in facts_of(intake.message_bytes(file)).text


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"hello", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600])
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(intake.NoMessage):
        intake.message_bytes(raw)


@pytest.mark.parametrize("cut", range(100, 9000, 431))
def test_a_broken_outlook_file_is_refused_or_read_but_never_crashes(cut):
    file = ole.outlook_message(**SUSPICIOUS, files=[("a.bin", b"x" * 5000)])
    spoilt = file[:cut] + bytes((byte * 7) % 256 for byte in file[cut : cut + 40]) + file[cut + 40 :]
    with contextlib.suppress(intake.NoMessage):
        assert facts_of(intake.message_bytes(spoilt)).size > 0


@pytest.mark.parametrize("name", messages.BROKEN)
def test_no_broken_message_stops_the_intake(name):
    assert len(intake.forwarded(messages.BROKEN[name]).messages) == 1


@pytest.mark.parametrize("raw", [messages.nested(3000), messages.messages_in_messages(2000), messages.many_parts(5000)])
def test_no_hostile_message_stops_the_intake(raw):
    assert intake.forwarded(raw).messages


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [({}, False), ({"Auto_Submitted": "auto-replied"}, True), ({"Precedence": "bulk"}, True), ({"Auto_Submitted": "no"}, False)],
)
def test_a_machine_is_recognised(headers, automatic):
    assert intake.forwarded(messages.ordinary(**headers)).is_automatic is automatic
