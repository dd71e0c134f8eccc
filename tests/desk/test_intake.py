"""Any employee reports in two minutes: nothing is refused for being unknown, and nothing typed is lost."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from breachreg.desk.intake import title_of
from breachreg.desk.waiting import waiting
from breachreg.register.models import Incident

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 200


@pytest.fixture
def send(client, rose, noon):
    client.force_login(rose)
    client.cookies["django_language"] = "en"

    def post(**answers):
        shown = {"what": "J'ai perdu mon téléphone.\nDans le bus.", "submission": str(uuid.uuid4()), **answers}
        with time_machine.travel(noon, tick=False):
            return client.post(reverse("report", args=["hopital"]), shown)

    return post


def test_one_sentence_is_enough(send, rose):
    answer = send()
    incident = Incident.objects.get()
    assert answer.url == reverse("report_receipt", args=["hopital", incident.reference])
    assert (incident.title, incident.reported_by) == ("J'ai perdu mon téléphone.", rose)
    assert (incident.is_ongoing, incident.first_signal_at, incident.aware_at) == (None, None, None)


def test_what_was_said_is_in_the_register_in_the_words_of_the_reporter(send):
    send(concerned="Trente patients", reach="poste 4410", is_ongoing="yes")
    incident = Incident.objects.get()
    assert "Trente patients" in incident.report and "poste 4410" in incident.report
    assert incident.is_ongoing is True


def test_when_it_was_noticed_is_a_statement_of_the_reporter(send, noon):
    send(noticed_at_day="2026-03-10", noticed_at_time="08:15")
    incident = Incident.objects.get()
    assert incident.first_signal_at == noon.replace(hour=7, minute=15)
    assert incident.statements.get().stated_by == "Rose Petit"


def test_a_double_press_is_one_report(send):
    once = str(uuid.uuid4())
    first = send(submission=once, noticed_at_day="2026-03-10", noticed_at_time="08:15")
    assert send(submission=once, noticed_at_day="2026-03-10", noticed_at_time="08:15").url == first.url
    assert Incident.objects.get().statements.count() == 1


def test_an_instant_to_come_is_refused_and_what_was_typed_stays(send):
    answer = send(noticed_at_day="2026-03-11", noticed_at_time="08:15")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This lies ahead" in page
    assert "J&#x27;ai perdu mon téléphone." in page
    assert not Incident.objects.exists()


def test_photos_are_kept_with_the_report(send):
    send(files=[SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.png", PNG + b"1")])
    assert list(Incident.objects.get().evidence.values_list("name", flat=True)) == ["a.png", "b.png"]


def test_a_file_that_cannot_be_kept_never_costs_the_report(send, client):
    answer = send(files=[SimpleUploadedFile("photo.pdf", b"MZ" + b"0" * 200)])
    incident = Incident.objects.get()
    assert incident.evidence.count() == 0
    assert "photo.pdf" in client.get(answer.url).content.decode()


def test_a_file_may_follow(send, client):
    receipt = send().url
    client.post(receipt, {"files": [SimpleUploadedFile("late.png", PNG)]})
    assert Incident.objects.get().evidence.get().name == "late.png"


def test_the_receipt_names_the_reference_and_what_happens_now(send, client):
    page = client.get(send().url).content.decode()
    assert Incident.objects.get().reference in page
    assert "What happens now" in page


def test_no_legal_word_stands_on_the_form(client, rose):
    client.force_login(rose)
    for language, words in [("fr", ("violation", "RGPD", "CNIL", "notif", "traitement")), ("en", ("breach", "GDPR", "CNIL", "controller", "processor"))]:
        client.cookies["django_language"] = language
        form = client.get(reverse("report", args=["hopital"])).content.decode().split("<main")[1].split("</main")[0]
        assert [word for word in words if word.lower() in form.lower()] == []


def test_a_reporter_follows_their_own_reports_only(send, client, incident, rose):
    send()
    mine = Incident.objects.get(reported_by=rose)
    page = client.get(reverse("my_reports", args=["hopital"])).content.decode()
    assert mine.reference in page and incident.reference not in page
    assert client.get(reverse("report_receipt", args=["hopital", incident.reference])).status_code == 404


def test_nobody_of_another_organisation_reports_here(client, hospital, dan):
    client.force_login(dan)
    assert client.get(reverse("report", args=["hopital"])).status_code == 404


@pytest.mark.parametrize("what", ["x" * 500, "Perdu\n" + "y" * 500])
def test_a_title_is_short(what):
    assert len(title_of(what)) <= 90


def test_a_report_lands_on_the_desk_of_the_dpo(send, awa, hospital, noon):
    send()
    (one,) = waiting(awa, hospital, frozenset({"incident.manage"}), noon + timedelta(minutes=1))
    assert one.incident == Incident.objects.get()
