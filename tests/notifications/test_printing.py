"""Letters to many controllers for the post: drawn together in the background, each with its address, posted together."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.notifications import controllers, document, printing
from breachreg.notifications.actions import NotNow
from breachreg.notifications.controllers import Controller
from breachreg.notifications.models import LetterPrint, PrintedLetter, PrintPart
from breachreg.register import actions as register
from tests.notifications.standards import faults


def at(noon, hours):
    return noon + timedelta(hours=hours)


@pytest.fixture
def listed(told, awa, noon):
    """Four controllers: two have no e-mail address, one of them reads English."""
    rows = [
        Controller("Clinique du Lac", email="dpo@example.org"),
        Controller("Clinique du Val", address="2 rue du Val, 35000 Rennes", people_count=12),
        Controller("Valley Clinic", address="3 Valley Road", language="en"),
        Controller("Clinique du Mont", email="mont@example.org"),
    ]
    for row in rows:
        controllers.add(incident=told, controller=row, by=awa, at=noon)
    return told


def order(incident, by, noon, with_email=False):
    return printing.order_letters(incident=incident, with_email=with_email, by=by, at=at(noon, 1))


def test_only_those_without_an_email_address_are_printed_unless_asked(listed, awa, noon):
    order(listed, awa, noon)
    assert names() == ["Clinique du Val", "Valley Clinic"]
    order(listed, awa, noon, with_email=True)
    assert LetterPrint.objects.get(number=2).count == 4


def names():
    return [letter.notice.controller for letter in PrintedLetter.objects.select_related("notice").order_by("notice__number")]


def test_a_controller_to_whom_an_email_is_on_its_way_is_not_printed(listed, awa, noon):
    controllers.order_emails(incident=listed, by=awa, at=noon)
    order(listed, awa, noon, with_email=True)
    assert names() == ["Clinique du Val", "Valley Clinic"]


def test_with_nobody_left_nothing_is_ordered(told, awa, noon):
    with pytest.raises(NotNow):
        order(told, awa, noon)
    assert not LetterPrint.objects.exists()


@pytest.mark.own_pages
def test_each_file_holds_letters_of_one_language_each_with_its_address_and_its_own_page_numbers(listed, awa, noon):
    controllers.add(incident=listed, controller=Controller("Clinique du Bois", address="4 rue du Bois"), by=awa, at=noon)
    order(listed, awa, noon)
    assert printing.draw_due(at(noon, 2)) == 2
    english, french = PrintPart.objects.order_by("language")
    assert (french.pages, english.pages) == (2, 1)
    with pikepdf.open(io.BytesIO(bytes(french.content))) as pdf:
        assert str(pdf.Root.Lang) == "fr"
    assert not faults(bytes(french.content))
    assert french.letters.get(notice__controller="Clinique du Val").text.startswith("Madame, Monsieur")


def test_a_hundred_letters_go_into_a_file(told, awa, noon, monkeypatch):
    monkeypatch.setattr(printing, "A_FILE", 2)
    for number in range(5):
        controllers.add(incident=told, controller=Controller(f"Clinique {number}"), by=awa, at=noon)
    order(told, awa, noon)
    assert [part.letters.count() for part in PrintPart.objects.all()] == [2, 2, 1]


def test_posting_tells_each_with_the_very_text_on_its_paper(listed, awa, noon):
    printed = order(listed, awa, noon)
    printing.draw_due(at(noon, 2))
    register.amend_facts(incident=listed, by=awa, at=at(noon, 3), measures_after="Tout autre chose.")
    assert printing.note_posted(order=printed, posted_at=at(noon, 4), by=awa, at=at(noon, 5)) == 2
    notice = listed.controller_notices.get(controller="Clinique du Val")
    assert (notice.channel, notice.sent_at) == ("post", at(noon, 4))
    assert "Tout autre chose" not in notice.text
    assert listed.controller_notices.filter(sent_at=None).count() == 2


def test_what_recording_a_post_asks_of_the_database_grows_with_the_files_not_with_the_letters(
    told, awa, noon, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(printing, "A_FILE", 10)
    for number in range(25):
        controllers.add(incident=told, controller=Controller(f"Clinique {number}"), by=awa, at=noon)
    printed = order(told, awa, noon)
    assert printing.draw_due(at(noon, 2)) == 3
    with django_assert_num_queries(10 + 2 * 3):
        assert printing.note_posted(order=printed, posted_at=at(noon, 3), by=awa, at=at(noon, 3)) == 25
    for notice in told.controller_notices.all():
        assert notice.sha256 == hashlib.sha256(notice.text.encode()).hexdigest()


def test_a_sweep_draws_as_many_files_as_fit_its_slice(told, awa, noon, monkeypatch):
    monkeypatch.setattr(printing, "A_FILE", 1)
    for number in range(5):
        controllers.add(incident=told, controller=Controller(f"Clinique {number}"), by=awa, at=noon)
    order(told, awa, noon)
    monkeypatch.setattr(printing, "SLICE", -1.0)
    assert printing.draw_due(at(noon, 2)) == 1
    monkeypatch.setattr(printing, "SLICE", 600.0)
    assert printing.draw_due(at(noon, 2)) == 4


def test_a_controller_that_was_told_otherwise_meanwhile_keeps_that(listed, awa, noon):
    printed = order(listed, awa, noon)
    printing.draw_due(at(noon, 2))
    notice = listed.controller_notices.get(controller="Clinique du Val")
    controllers.note_told(notice=notice, channel="other", told_at=at(noon, 3), by=awa, at=at(noon, 3))
    assert printing.note_posted(order=printed, posted_at=at(noon, 4), by=awa, at=at(noon, 4)) == 1
    notice.refresh_from_db()
    assert notice.channel == "other"


def test_letters_are_posted_once_and_only_when_all_are_drawn(listed, awa, noon):
    printed = order(listed, awa, noon)
    with pytest.raises(NotNow):
        printing.note_posted(order=printed, posted_at=at(noon, 2), by=awa, at=at(noon, 2))
    printing.draw_due(at(noon, 2))
    with pytest.raises(ValidationError):
        printing.note_posted(order=printed, posted_at=at(noon, 9), by=awa, at=at(noon, 3))
    printing.note_posted(order=printed, posted_at=at(noon, 3), by=awa, at=at(noon, 3))
    with pytest.raises(NotNow):
        printing.note_posted(order=printed, posted_at=at(noon, 3), by=awa, at=at(noon, 3))


def test_a_part_is_drawn_once_whoever_sweeps(listed, awa, noon):
    order(listed, awa, noon)
    assert (printing.draw_due(at(noon, 2)), printing.draw_due(at(noon, 2))) == (2, 0)
    assert Entry.objects.filter(action="controllers.printed").count() == 2


def test_without_pango_the_order_says_what_to_install(listed, awa, sign_in, noon, at_noon, monkeypatch):
    def refuse(papers):
        raise document.CannotDraw("install libpango-1.0-0")

    monkeypatch.setattr(document, "draw_together", refuse)
    order(listed, awa, noon)
    printing.draw_due(at(noon, 2))
    html = sign_in(awa).get(reverse("controllers", args=["hopital", listed.reference])).content.decode()
    assert "install libpango-1.0-0" in html


@pytest.mark.parametrize("verb", ["order", "post"])
def test_when_the_trail_cannot_be_written_nothing_is_saved(verb, listed, awa, noon, broken_trail):
    if verb == "order":
        with broken_trail(), pytest.raises(TrailUnavailable):
            order(listed, awa, noon)
        assert not LetterPrint.objects.exists()
        return
    printed = order(listed, awa, noon)
    printing.draw_due(at(noon, 2))
    with broken_trail(), pytest.raises(TrailUnavailable):
        printing.note_posted(order=printed, posted_at=at(noon, 3), by=awa, at=at(noon, 3))
    assert not listed.controller_notices.exclude(sent_at=None).exists()


def test_awa_prints_downloads_and_posts(listed, awa, sign_in, noon, at_noon):
    client = sign_in(awa)
    response = client.post(reverse("controllers-print", args=["hopital", listed.reference]), {"whom": "all"})
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert "Impression 1, 4 courriers" in page and "En préparation" in page
    assert client.get(reverse("controllers-print-download", args=["hopital", listed.reference, 1])).status_code == 404
    printing.draw_due(at(noon, 4))
    answer = client.get(reverse("controllers-print-download", args=["hopital", listed.reference, 1]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert [name.rsplit("-", 2)[1:] for name in archive.namelist()] == [["001", "en.pdf"], ["002", "fr.pdf"]]
        assert archive.read(archive.namelist()[0]).startswith(b"%PDF-")
    assert Entry.objects.filter(action="controllers.print_downloaded").count() == 1
    at_noon(6)
    response = client.post(
        reverse("controllers-print-posted", args=["hopital", listed.reference, 1]),
        {"posted_at_day": "2026-03-10", "posted_at_time": "17:30"},
    )
    assert response.status_code == 302
    assert "Postés le" in client.get(response.url).content.decode()
    assert not listed.controller_notices.filter(sent_at=None).exists()
