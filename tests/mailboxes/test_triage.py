"""From a reported message to its judgement and its incident: grouped with what belongs to it, undone, never twice."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.mailboxes.models import Campaign, IncomingMail, Report, Source, Verdict
from breachreg.mailboxes.reporting import intake, sealing, triage
from breachreg.register.actions import report_incident
from breachreg.register.models import Incident
from tests.mailboxes.makers import messages, ole


@pytest.fixture(autouse=True)
def folder(messages_folder):
    return messages_folder


@pytest.fixture
def bring(hospital, awa, noon):
    def bring(raw: bytes, name="message.eml", at=noon) -> Report:
        return intake.bring_file(organisation=hospital, raw=raw, name=name, by=awa, at=at)[0][0]

    return bring


@pytest.fixture
def pages(client, hospital, awa):
    client.force_login(awa)

    def get(name, *args, **query):
        return client.get(reverse(name, args=[hospital.slug, *args]), query)

    return get


def from_evil(name: str, link: str, **more) -> bytes:
    return messages.ordinary(subject=more.pop("subject", "Votre colis"), sender=f"{name} <{name}@evil.example>", body=f"Payez : {link}", **more)


def break_the_trail(monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("the trail is away")

    monkeypatch.setattr("breachreg.audit.actions._append", refuse)


def test_the_same_file_twice_adds_nothing(bring, hospital, awa, noon):
    raw = messages.suspicious()
    first, second = bring(raw), bring(raw, name="again.eml")
    assert first == second
    assert (IncomingMail.objects.count(), Report.objects.count()) == (1, 1)


def test_what_came_in_is_kept_byte_for_byte_and_encrypted(bring, folder):
    raw = messages.suspicious()
    report = bring(raw)
    assert sealing.read(report.location) == raw
    assert report.sha256 == hashlib.sha256(raw).hexdigest()
    assert not any(b"evil.example" in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_file_that_is_no_message_is_refused_with_the_remedy(bring):
    with pytest.raises(intake.NotAMessage, match=r"photo\.eml.*\.msg"):
        bring(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, name="photo.eml")
    assert not IncomingMail.objects.exists()


def test_a_message_of_a_colleague_reports_what_it_forwards(bring, hospital, awa, noon):
    report = bring(messages.forwarding(messages.suspicious()))
    assert report.sender_address == "direction@hopital-troisrlvieres.example"
    assert report.incoming.note == "Je trouve ce message étrange."


def test_an_outside_message_is_its_own_report_whatever_it_carries(bring):
    carrying = messages.forwarding(messages.ordinary(), reporter="Faux <faux@evil.example>")
    assert bring(carrying).sender_address == "faux@evil.example"


def test_messages_with_the_same_link_are_one_campaign_and_say_why(bring):
    first = bring(from_evil("a", "https://evil.example/rib?to=rose"))
    second = bring(from_evil("b", "https://evil.example/rib?to=paul", subject="Facture"))
    assert first.campaign == second.campaign
    assert second.grouped_by == [["link", "hxxps://evil[.]example/rib?to=paul"]]


def test_messages_with_the_same_file_are_one_campaign_and_those_with_the_same_logo_are_not(bring):
    def sent(data, number):
        return bring(messages.with_file(data, "f", sender=f"{number}@evil{number}.example", subject=f"lettre {'abc'[number]}"))

    logo, letter = b"\x89PNG\r\n\x1a\n" + b"x" * 50, b"%PDF-1.7 " + b"x" * 50
    assert sent(letter, 0).campaign == sent(letter, 1).campaign
    assert sent(logo, 0).campaign != sent(logo, 2).campaign


def test_the_same_sender_and_subject_group_whatever_the_numbers(bring):
    first = bring(messages.ordinary(subject="Facture 17", sender="f@evil.example", body="a"))
    second = bring(messages.ordinary(subject="RE: Facture 18", sender="f@evil.example", body="b"))
    assert first.campaign == second.campaign


def test_links_that_everybody_holds_group_nothing(bring):
    bodies = ("https://www.facebook.com/", "https://hopital.example.org/accueil")
    for body in bodies:
        one = bring(messages.ordinary(subject="un", sender="a@evil.example", body=f"voir {body} a"))
        other = bring(messages.ordinary(subject="deux", sender="b@other.example", body=f"voir {body} b"))
        assert one.campaign != other.campaign


def test_a_message_saved_by_outlook_is_read_too(bring):
    report = bring(ole.outlook_message(subject="Votre colis", sender="La Poste", address="colis@evil.example", body="Payez ici"), name="colis.msg")
    assert (report.subject, report.sender_address) == ("Votre colis", "colis@evil.example")


def test_the_file_of_outlook_is_kept_as_it_was_brought(bring, client, hospital, awa, noon):
    brought = ole.outlook_message(subject="Votre colis", sender="La Poste", address="colis@evil.example", body="Payez ici")
    report = bring(brought, name="colis.msg")
    triage.judge(reports=[report], verdict=Verdict.FOLLOWED, reason="Payé.", by=awa, at=noon)
    incident = triage.open_incident(report=report, title="Colis", by=awa, at=noon)
    kept = incident.evidence.get()
    assert kept.name.endswith(".msg") and kept.sha256 == hashlib.sha256(brought).hexdigest()
    client.force_login(awa)
    answer = client.get(reverse("message-file", args=[hospital.slug, report.pk]))
    assert answer.content == brought and answer["Content-Disposition"].endswith('.msg"')


def test_judging_needs_a_reason(bring, awa, noon):
    with pytest.raises(ValidationError, match=r"colleague|collègue"):
        triage.judge(reports=[bring(messages.suspicious())], verdict=Verdict.HARMLESS, reason=" ", by=awa, at=noon)


def test_the_second_of_two_people_changes_nothing(bring, awa, second_dpo, noon):
    report = bring(messages.suspicious())
    assert triage.judge(reports=[report], verdict=Verdict.RECEIVED, reason="Filtré.", by=awa, at=noon) == 1
    assert triage.judge(reports=[report], verdict=Verdict.HARMLESS, reason="Non.", by=second_dpo, at=noon) == 0
    report.refresh_from_db()
    assert (report.verdict, report.judged_by) == (Verdict.RECEIVED, awa)


def test_a_whole_campaign_is_judged_with_one_entry_in_the_trail(bring, awa, noon):
    for name in "abc":
        report = bring(from_evil(name, "https://evil.example/rib"))
    entries = Entry.objects.count()
    assert triage.judge(reports=report.campaign.reports.waiting(), verdict=Verdict.RECEIVED, reason="Connu.", by=awa, at=noon) == 3
    assert Entry.objects.count() == entries + 1


def test_a_judgement_can_be_undone_until_an_incident_came_from_it(bring, awa, noon):
    report = bring(messages.suspicious())
    triage.judge(reports=[report], verdict=Verdict.FOLLOWED, reason="Cliqué.", by=awa, at=noon)
    assert triage.undo_judgement(report=report, by=awa, at=noon)
    assert not triage.undo_judgement(report=report, by=awa, at=noon)
    triage.judge(reports=[report], verdict=Verdict.FOLLOWED, reason="Cliqué.", by=awa, at=noon)
    triage.open_incident(report=report, title="Hameçonnage", by=awa, at=noon)
    with pytest.raises(triage.NotNow):
        triage.undo_judgement(report=report, by=awa, at=noon)


def test_an_incident_takes_the_messages_of_its_campaign_along_as_evidence(bring, awa, noon):
    first = bring(from_evil("a", "https://evil.example/rib"))
    second = bring(from_evil("b", "https://evil.example/rib"))
    harmless = bring(from_evil("c", "https://evil.example/rib"))
    triage.judge(reports=[harmless], verdict=Verdict.HARMLESS, reason="Exercice.", by=awa, at=noon)
    triage.judge(reports=[first, second], verdict=Verdict.FOLLOWED, reason="Mot de passe saisi.", by=awa, at=noon)
    incident = triage.open_incident(report=first, title="Hameçonnage suivi", by=awa, at=noon)
    assert {kept.sha256 for kept in incident.evidence.all()} == {first.sha256, second.sha256}
    assert set(incident.message_reports.all()) == {first, second}
    assert incident.first_signal_at == first.received_at
    assert "Mot de passe saisi." in incident.report and "evil[.]example" in incident.report
    assert triage.open_incident(report=first, title="Encore", by=awa, at=noon) == incident


def test_bytes_that_no_text_holds_are_kept_in_an_archive(bring, awa, noon):
    report = bring(b"From: a@evil.example\r\nSubject: nul\x00\r\n\r\nvoir\x00")
    triage.judge(reports=[report], verdict=Verdict.BREACH, reason="Vu.", by=awa, at=noon)
    incident = triage.open_incident(report=report, title="Octets", by=awa, at=noon)
    assert incident.evidence.get().name.endswith(".zip")


def test_a_harmless_message_opens_no_incident(bring, awa, noon):
    report = bring(messages.suspicious())
    triage.judge(reports=[report], verdict=Verdict.HARMLESS, reason="Exercice.", by=awa, at=noon)
    with pytest.raises(triage.NotNow):
        triage.open_incident(report=report, title="Rien", by=awa, at=noon)
    assert not Incident.objects.exists()


def test_a_message_can_be_taken_out_of_its_campaign(bring, awa, noon):
    first = bring(from_evil("a", "https://evil.example/rib"))
    second = bring(from_evil("b", "https://evil.example/rib"))
    own = triage.take_out(report=second, by=awa, at=noon)
    second.refresh_from_db()
    assert (second.campaign, own.reports.count(), first.campaign.reports.count()) == (own, 1, 1)
    with pytest.raises(triage.NotNow):
        triage.take_out(report=second, by=awa, at=noon)


def test_nothing_is_kept_or_judged_when_the_trail_cannot_be_written(bring, hospital, awa, noon, monkeypatch):
    report = bring(messages.suspicious())
    break_the_trail(monkeypatch)
    with pytest.raises(TrailUnavailable):
        bring(messages.ordinary())
    with pytest.raises(TrailUnavailable):
        triage.judge(reports=[report], verdict=Verdict.BREACH, reason="Vu.", by=awa, at=noon)
    assert IncomingMail.objects.count() == 1
    assert Report.objects.waiting().get() == report


def test_nothing_is_read_half_when_the_trail_cannot_be_written(hospital, noon, monkeypatch):
    mail, _ = intake.keep_mail(organisation=hospital, raw=messages.suspicious(), source=Source.IMAP, by=None, at=noon)
    claimed = IncomingMail.objects.claim_one(mail.pk, noon)
    with monkeypatch.context() as patch:
        break_the_trail(patch)
        with pytest.raises(TrailUnavailable):
            intake.read_mail(mail=claimed, at=noon)
    assert (Report.objects.count(), Campaign.objects.count()) == (0, 0)
    intake.read_due(noon + timedelta(minutes=6))
    assert Report.objects.count() == 1


def test_a_message_that_kills_its_reader_again_and_again_is_parked_and_shown(hospital, noon, pages):
    mail, _ = intake.keep_mail(organisation=hospital, raw=messages.ordinary(), source=Source.IMAP, by=None, at=noon)
    at = noon
    for _ in range(intake.MOST_READINGS):
        assert IncomingMail.objects.claim_one(mail.pk, at)  # and the worker dies
        at += timedelta(minutes=6)
    assert intake.read_due(at) == 0
    assert IncomingMail.objects.unreadable().get() == mail
    assert mail.sha256 in pages("mailboxes").content.decode()


@pytest.mark.parametrize("name", messages.BROKEN)
def test_a_hostile_message_is_read_kept_and_shown(name, hospital, awa, noon, pages):
    raw = messages.BROKEN[name]
    mail, _ = intake.keep_mail(organisation=hospital, raw=raw, source=Source.IMAP, by=None, at=noon)
    reports = intake.read_now(mail, noon)
    assert reports
    for report in reports:
        assert pages("message-report", report.pk).status_code == 200
    assert sealing.read(mail.location) == raw


HOSTILE = {
    "nested 200 deep": lambda: messages.nested(200),
    "messages in messages": lambda: messages.messages_in_messages(200),
    "5,000 parts": lambda: messages.many_parts(5000),
    "bomb": lambda: messages.with_file(messages.zip_bomb(), "bombe.zip"),
    "svg": lambda: messages.with_file(b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://203.0.113.1/x"/><script>1</script></svg>', "a.svg", "image", "svg+xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_structure_is_read_kept_and_shown(name, hospital, noon, pages):
    raw = HOSTILE[name]()
    mail, _ = intake.keep_mail(organisation=hospital, raw=raw, source=Source.IMAP, by=None, at=noon)
    [report] = intake.read_now(mail, noon)
    assert pages("message-report", report.pk).status_code == 200
    assert sealing.read(mail.location) == raw


def test_the_page_of_a_report_shows_everything_defanged(bring, pages):
    shown = pages("message-report", bring(messages.suspicious()).pk).content.decode()
    assert "hxxps://evil[.]example/login" in shown
    assert "https://banque" not in shown
    assert 'href="https://evil' not in shown and 'src="https://pixel' not in shown
    assert hashlib.sha256(b"MZ\x90\x00" + b"\0" * 60).hexdigest() in shown


def test_the_list_shows_one_line_a_campaign_in_few_queries(bring, pages, django_assert_num_queries):
    for number in range(12):
        bring(from_evil(f"a{number}", f"https://evil.example/{number % 6}", subject="abcdef"[number % 6] * 3))
    with django_assert_num_queries(14):
        answer = pages("mailboxes")
    assert len(answer.context["lines"]) == 6
    assert [line.campaign.total for line in answer.context["lines"]] == [2] * 6


def test_a_judgement_from_the_page_takes_the_whole_campaign(bring, client, pages, hospital, noon):
    for name in "ab":
        report = bring(from_evil(name, "https://evil.example/rib"))
    address = reverse("message-report", args=[hospital.slug, report.pk])
    pages("mailboxes")
    assert client.post(address, {"verdict": "received"}).status_code == 422
    client.post(address, {"verdict": "received", "reason": "Campagne connue.", "whole_campaign": "on"})
    assert not Report.objects.waiting().exists()
    assert not pages("mailboxes").context["lines"]
    assert len(pages("mailboxes", view="judged").context["lines"]) == 1


def test_a_followed_phishing_becomes_an_incident_in_one_step(bring, client, hospital, awa, noon):
    report = bring(messages.suspicious())
    triage.judge(reports=[report], verdict=Verdict.FOLLOWED, reason="Cliqué.", by=awa, at=noon)
    client.force_login(awa)
    address = reverse("message-incident", args=[hospital.slug, report.pk])
    form = client.get(address).context["form"]
    answer = client.post(address, {"title": form["title"].initial or form.initial["title"], "submission": form["submission"].value(), "gives_tasks": "on"})
    incident = Incident.objects.get()
    assert answer.url == reverse("incident", args=[hospital.slug, incident.reference])
    assert incident.evidence.get().sha256 == report.sha256
    assert incident.tasks.filter(origin="playbook:mailbox:contain").exists()


def test_a_message_is_added_to_an_incident_that_is_there(bring, incident, client, hospital, awa, town_hall, dan, noon):
    first, second = bring(from_evil("a", "https://evil.example/rib")), bring(from_evil("b", "https://evil.example/rib"))
    with pytest.raises(triage.NotNow):
        triage.attach(report=first, incident=incident, by=awa, at=noon)
    triage.judge(reports=[first, second], verdict=Verdict.FOLLOWED, reason="Cliqué.", by=awa, at=noon)
    foreign = report_incident(organisation=town_hall, title="Ailleurs", by=dan, at=noon)
    with pytest.raises(triage.NotNow):
        triage.attach(report=first, incident=foreign, by=awa, at=noon)
    client.force_login(awa)
    address = reverse("message-attach", args=[hospital.slug, first.pk])
    assert client.post(address, {"incident": foreign.pk}).status_code == 422
    assert client.post(address, {"incident": incident.pk}).status_code == 302
    assert (incident.evidence.count(), incident.message_reports.count()) == (2, 2)
    assert client.post(address, {"incident": incident.pk}).status_code == 422
