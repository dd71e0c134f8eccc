"""A processor tells its controllers: listed by hand or from a spreadsheet, each told once, with its own letter."""

import hashlib
import io
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.notifications import controllers, notices
from breachreg.notifications.controllers import Controller
from breachreg.notifications.models import ControllerDispatch, ControllerNotice
from breachreg.notifications.record import read


def add(incident, by, at, name="Clinique du Lac", **more):
    more.setdefault("email", "dpo@example.org")
    return controllers.add(incident=incident, controller=Controller(name, **more), by=by, at=at)


def spreadsheet(*lines, encoding="utf-8"):
    return io.BytesIO("\r\n".join(lines).encode(encoding))


HEAD = "Responsable de traitement;Courriel;Personnes;Données concernées"


def test_a_controller_is_listed_once(told, awa, noon):
    add(told, awa, noon)
    with pytest.raises(controllers.AlreadyListed):
        add(told, awa, noon)


def test_each_letter_holds_its_own_extract_and_none_of_the_others(told, awa, noon):
    one = add(told, awa, noon, people_count=12, extract="Comptes rendus de 2025.")
    other = add(told, awa, noon, "Clinique du Val")
    record = read(told, at=noon)
    assert "Comptes rendus de 2025." in notices.letter(one, record)
    assert "concernées pour votre organisme\u00a0: 12" in notices.letter(one, record)
    text = notices.letter(other, record)
    assert "Comptes rendus" not in text and "Clinique du Lac" not in text
    assert "1 200" not in text and "1\u00a0200" not in text  # the number of everybody's people is not theirs to know
    assert "n’est pas encore établi" in text
    assert "article 33, paragraphe 2" in text


def test_a_letter_is_written_in_the_controllers_language(told, awa, noon):
    text = notices.letter(add(told, awa, noon, language="en"), read(told, at=noon))
    assert text.startswith("Dear Sir or Madam") and "Article 33(2) GDPR" in text


def test_a_spreadsheet_is_read_in_either_language_and_encoding(noon):
    found = controllers.read_spreadsheet(
        spreadsheet(HEAD, "Mairie d’Été;a@example.org;1 200;État civil", "Lycée;;;", encoding="cp1252"), "clients.csv"
    )
    assert [(one.controller, one.email, one.people_count, one.extract) for one in found] == [
        ("Mairie d’Été", "a@example.org", 1200, "État civil"), ("Lycée", None, None, None),
    ]


def test_every_wrong_row_is_named_with_its_column_and_nothing_is_taken(told, awa, noon):
    with pytest.raises(controllers.BadRows) as refused:
        controllers.read_spreadsheet(
            spreadsheet(HEAD, "A;pas une adresse;;", ";b@example.org;;", "C;;moins deux;", "D;;;", "D;;;", "E;;;;;;trop"),
            "clients.csv",
        )
    assert [(error.row, error.column) for error in refused.value.errors] == [
        (2, "email"), (3, "controller"), (4, "people_count"), (6, "controller"), (7, ""),
    ]


def test_a_name_that_is_listed_already_stops_the_whole_import(told, awa, noon):
    add(told, awa, noon, "B")
    with pytest.raises(controllers.BadRows) as refused:
        controllers.import_all(
            incident=told, controllers=[Controller("A", row=2), Controller("B", row=3)], by=awa, at=noon
        )
    assert [error.row for error in refused.value.errors] == [3]
    assert told.controller_notices.count() == 1


def test_an_order_sends_each_e_mail_once_however_often_it_is_pressed_or_swept(told, awa, second_dpo, noon):
    for number in range(3):
        add(told, awa, noon, f"Client {number}", email=f"c{number}@example.org")
    add(told, awa, noon, "Sans adresse", email=None)
    assert controllers.order_emails(incident=told, by=awa, at=noon) == 3
    assert controllers.order_emails(incident=told, by=second_dpo, at=noon) == 0
    later = noon + timedelta(minutes=1)
    assert controllers.send_due(later) == 3
    assert controllers.send_due(later) == 0
    assert sorted(message.to[0] for message in mail.outbox) == ["c0@example.org", "c1@example.org", "c2@example.org"]
    assert told.controller_notices.unsent().count() == 1


def test_what_was_sent_is_kept_with_its_hash_and_never_changes(told, awa, noon):
    notice = add(told, awa, noon)
    controllers.order_emails(incident=told, by=awa, at=noon)
    controllers.send_due(noon)
    notice.refresh_from_db()
    assert notice.text == mail.outbox[0].body
    assert notice.sha256 == hashlib.sha256(notice.text.encode()).hexdigest()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ControllerNotice.objects.filter(pk=notice.pk).update(text="Autre chose")
    controllers.acknowledge(notice=notice, by=awa, at=noon)
    assert Entry.objects.filter(action="controller.told").count() == 1


def test_a_mail_server_that_refuses_undoes_the_sending_and_it_is_tried_again(told, awa, noon, monkeypatch):
    notice = add(told, awa, noon)
    controllers.order_emails(incident=told, by=awa, at=noon)

    def refuse(self):
        raise smtplib.SMTPServerDisconnected("closed")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        assert controllers.send_due(noon) == 0
    notice.refresh_from_db()
    assert notice.sent_at is None
    assert ControllerDispatch.objects.get().trouble == "closed"
    assert controllers.send_due(noon + timedelta(hours=3)) == 1


def test_who_was_told_by_post_is_not_written_to(told, awa, noon):
    from breachreg.notifications.models import NoticeChannel

    notice = add(told, awa, noon)
    controllers.note_told(notice=notice, channel=NoticeChannel.POST, told_at=noon, by=awa, at=noon)
    assert controllers.order_emails(incident=told, by=awa, at=noon) == 0


def address(name, incident, *more):
    return reverse(name, args=["hopital", incident.reference, *more])


@pytest.fixture
def visit(client):
    def visit(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return visit


def test_awa_imports_sends_and_tracks_on_her_pages(told, awa, visit):
    client = visit(awa)
    assert client.get(address("controllers", told)).status_code == 200
    bad = client.post(address("controllers-import", told), {"file": SimpleUploadedFile("c.csv", b"Client;Courriel\r\nA;faux\r\n")})
    assert bad.status_code == 422 and b"faux" in bad.content
    good = SimpleUploadedFile("c.csv", b"Client;Courriel;Personnes\r\n=A;a@example.org;3\r\nB;;\r\n")
    assert client.post(address("controllers-import", told), {"file": good}).status_code == 302
    for state in ("", "unsent", "on_way", "sent", "trouble"):
        assert client.get(address("controllers", told), {"state": state, "search": "a"}).status_code == 200
    assert client.get(address("controller", told, 1)).status_code == 200
    client.post(address("controllers-send", told))
    track = b"".join(client.get(address("controllers-track", told)).streaming_content).decode("utf-8-sig")
    assert "1;'=A;a@example.org;3;;;;" in track


def test_awa_adds_one_and_says_that_it_was_told_by_post(told, awa, visit):
    client = visit(awa)
    assert client.post(address("controllers-add", told), {"controller": "", "language": "fr"}).status_code == 422
    added = {"controller": "Lycée", "contact": "", "email": "", "address": "", "people_count": "", "extract": "", "language": "fr"}
    assert client.post(address("controllers-add", told), added).status_code == 302
    notice = told.controller_notices.get()
    assert (notice.email, notice.people_count) == (None, None)
    data = {"channel": "post", "told_at_day": "2026-03-10", "told_at_time": "14:00"}
    assert client.post(address("controller-told", told, 1), data).status_code == 302
    assert client.post(address("controller-acknowledged", told, 1)).status_code == 302
    notice.refresh_from_db()
    assert notice.acknowledged_at
    letter = client.get(address("controller-letter", told, 1))
    assert letter.content.startswith(b"%PDF")


READING = ["controllers", "controllers-track", "controller", "controller-letter"]
WRITING = ["controllers-add", "controllers-import", "controllers-send", "controller-told", "controller-acknowledged"]


@pytest.mark.parametrize("name", READING + WRITING)
def test_each_role_finds_what_it_may(told, awa, bruno, chloe, rose, farid, dan, town_hall, visit, noon, name):
    add(told, awa, noon)
    more = [1] if name.startswith("controller-") or name == "controller" else []
    url = address(name, told, *more)
    verb = "get" if name in READING else "post"
    for person in (bruno, chloe):
        assert getattr(visit(person), verb)(url).status_code == (200 if name in READING else 403)
    for person in (rose, farid):
        assert getattr(visit(person), verb)(url).status_code == 403
    for slug in ("hopital", "mairie"):
        assert getattr(visit(dan), verb)(url.replace("hopital", slug)).status_code == 404


def test_thousands_of_controllers_are_listed_and_ordered_in_a_handful_of_queries(
    told, awa, noon, visit, django_assert_max_num_queries
):
    many = [Controller(f"Client {number}", email=f"c{number}@example.org", row=number) for number in range(2000)]
    with django_assert_max_num_queries(60):  # SQLite takes a thousand values at a time
        controllers.import_all(incident=told, controllers=many, by=awa, at=noon)
    with django_assert_max_num_queries(30):
        assert controllers.order_emails(incident=told, by=awa, at=noon) == 2000
    client = visit(awa)
    client.get(address("controllers", told))
    with django_assert_max_num_queries(30):
        client.get(address("controllers", told))


def test_one_conversation_with_the_mail_server_serves_many_controllers(told, awa, noon, settings, free_port):
    from aiosmtpd.controller import Controller as Server
    from aiosmtpd.handlers import Sink

    class Counting(Sink):
        conversations, messages = 0, 0

        async def handle_EHLO(self, server, session, envelope, hostname, responses):
            type(self).conversations += 1
            session.host_name = hostname
            return responses

        async def handle_DATA(self, server, session, envelope):
            type(self).messages += 1
            return "250 OK"

    many = [Controller(f"Client {number}", email=f"c{number}@example.org", row=number) for number in range(5)]
    controllers.import_all(incident=told, controllers=many, by=awa, at=noon)
    controllers.order_emails(incident=told, by=awa, at=noon)
    server = Server(Counting(), hostname="127.0.0.1", port=free_port)
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
        assert controllers.send_due(noon + timedelta(minutes=1)) == 5
    finally:
        server.stop()
    assert (Counting.conversations, Counting.messages) == (1, 5)


def test_what_is_read_of_the_record_does_not_grow_with_the_controllers(told, awa, noon):
    def queries_for(number):
        many = [Controller(f"{number} {one}", email=f"c{one}@example.org", row=one) for one in range(number)]
        controllers.import_all(incident=told, controllers=many, by=awa, at=noon)
        controllers.order_emails(incident=told, by=awa, at=noon)
        with CaptureQueriesContext(connection) as queries:
            assert controllers.send_due(noon) == number
        return len(queries)

    few, more = queries_for(2), queries_for(4)
    assert (more - few) / 2 < 26  # each is noted twice: once to see that it can be, once when it has left


def test_the_progress_refreshes_itself_only_while_e_mails_leave(told, awa, noon, visit):
    controllers.add(incident=told, controller=Controller("Clinique", email="dpo@example.org"), by=awa, at=noon)
    client = visit(awa)
    assert "hx-get" not in client.get(address("controllers-progress", told)).content.decode()
    controllers.order_emails(incident=told, by=awa, at=noon)
    assert "hx-get" in client.get(address("controllers-progress", told)).content.decode()
    controllers.send_due(noon)
    page = client.get(address("controllers-progress", told)).content.decode()
    assert "hx-get" not in page and 'value="1"' in page
