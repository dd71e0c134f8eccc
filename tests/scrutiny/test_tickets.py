"""Tickets of the IT department: brought as a table, held against the register, ruled out with a reason."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.scrutiny import tickets
from breachreg.scrutiny.models import Ticket, TicketLink, TicketTable
from tests.scrutiny.conftest import TABLE

COLUMNS = {"number": 0, "opened_on": 1, "title": 2}


def bring(hospital, by, at, text: str | bytes, name="tickets.csv"):
    content = text.encode() if isinstance(text, str) else text
    return tickets.bring(organisation=hospital, file=io.BytesIO(content), name=name, by=by, at=at)


def bring_in(hospital, by, at, text):
    brought = bring(hospital, by, at, text)
    return tickets.import_tickets(brought=brought, mapping=COLUMNS, header_row=None, by=by, at=at)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_is_read_in_every_usual_encoding(hospital, chloe, noon, encoding, delimiter):
    brought = bring(hospital, chloe, noon, TABLE.replace(";", delimiter).encode(encoding))
    read = tickets.preview(brought, brought.mapping, None)
    assert [(draft.number, draft.opened_on.isoformat(), draft.title) for draft in read.drafts] == [
        ("INC-0041", "2026-03-09", "Portable volé à la gare"), ("INC-0042", "2026-03-10", "Imprimante en panne"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Numéro;Date d'ouverture;Objet", COLUMNS),
        ("Ticket ID,Created,Summary", COLUMNS),
        ("Titre;Numéro;Date", {"title": 0, "number": 1, "opened_on": 2}),
        ("A;B;C", {}),
    ],
)
def test_columns_are_guessed_by_their_names(header, found):
    assert tickets.guess(tuple(header.replace(",", ";").split(";"))) == found


def test_an_import_takes_every_row_and_throws_the_file_away(imported, hospital, django_capture_on_commit_callbacks):
    assert list(Ticket.objects.order_by("number").values_list("number", flat=True)) == ["INC-0041", "INC-0042"]
    assert (imported.imported_count, imported.location) == (2, None)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("INC-0043;pas une date;Titre", "pas une date"),
        (";10/03/2026;Titre", "Le numéro manque"),
        ("INC-0043;10/03/2026;", "Le titre manque"),
        ("INC-0043;;Titre", "La date manque"),
        ("INC-0042;10/03/2026;Encore", "deux fois"),
        ("INC-0043;10/03/2026;A;B", "cellules"),
        ("X" * 61 + ";10/03/2026;Titre", "60 caractères"),
    ],
)
def test_one_bad_row_is_named_and_nothing_is_imported(hospital, chloe, noon, row, said):
    brought = bring(hospital, chloe, noon, TABLE + row + "\n")
    read = tickets.preview(brought, brought.mapping, None)
    assert [draft.row for draft in read.wrong] == [4] and said in read.wrong[0].troubles[0]
    with pytest.raises(tickets.RowsRefused):
        tickets.import_tickets(brought=brought, mapping=COLUMNS, header_row=None, by=chloe, at=noon)
    brought.refresh_from_db()
    assert Ticket.objects.count() == 0 and brought.imported_at is None


def test_a_table_is_imported_once(imported, chloe, noon):
    with pytest.raises(tickets.AlreadyImported):
        tickets.import_tickets(brought=imported, mapping=COLUMNS, header_row=None, by=chloe, at=noon)


def test_next_month_s_table_leaves_the_known_ones_as_they_are(imported, hospital, chloe, awa, noon):
    tickets.dismiss(ticket=Ticket.objects.get(key="INC-0042"), reason="Une imprimante.", by=awa, at=noon)
    assert bring_in(hospital, chloe, noon, TABLE + "INC-0050;11/03/2026;Courriel\n") == 1
    assert Ticket.objects.get(key="INC-0042").dismissed_reason == "Une imprimante."


def test_a_number_noted_before_is_matched_by_the_import(hospital, incident, awa, chloe, noon):
    tickets.note_on(incident=incident, number=" inc-0041 ", by=awa, at=noon)
    bring_in(hospital, chloe, noon, TABLE)
    assert Ticket.objects.get(key="INC-0041").incident == incident


def test_a_number_noted_later_is_matched_too_and_unmatched_when_taken_off(imported, incident, awa, noon):
    link = tickets.note_on(incident=incident, number="INC-0041", by=awa, at=noon)
    assert Ticket.objects.get(key="INC-0041").incident == incident
    tickets.take_off(link=link, by=awa, at=noon)
    assert Ticket.objects.get(key="INC-0041").incident is None


def test_noting_a_ticket_that_was_ruled_out_takes_that_back(imported, incident, awa, noon):
    tickets.dismiss(ticket=Ticket.objects.get(key="INC-0041"), reason="Non.", by=awa, at=noon)
    tickets.note_on(incident=incident, number="INC-0041", by=awa, at=noon)
    ticket = Ticket.objects.get(key="INC-0041")
    assert (ticket.incident, ticket.dismissed_at, ticket.dismissed_reason) == (incident, None, None)


def test_a_ticket_stands_on_one_incident(incident, awa, noon):
    tickets.note_on(incident=incident, number="INC-1", by=awa, at=noon)
    with pytest.raises(tickets.AlreadySaid):
        tickets.note_on(incident=incident, number="inc-1", by=awa, at=noon)


def test_ruling_out_needs_a_reason(imported, awa, noon):
    with pytest.raises(ValidationError):
        tickets.dismiss(ticket=Ticket.objects.first(), reason=" ", by=awa, at=noon)


def test_who_comes_second_is_told(imported, awa, second_dpo, noon):
    ticket = Ticket.objects.first()
    tickets.dismiss(ticket=ticket, reason="Non.", by=awa, at=noon)
    with pytest.raises(tickets.AlreadySaid):
        tickets.dismiss(ticket=ticket, reason="Non plus.", by=second_dpo, at=noon)
    tickets.take_back(ticket=ticket, by=awa, at=noon)
    assert Ticket.objects.unmatched().count() == 2


def test_another_organisation_s_ticket_of_the_same_number_is_another(imported, town_hall, dan, noon):
    assert bring_in(town_hall, dan, noon, TABLE) == 2


def test_without_its_entry_nothing_is_imported(brought, chloe, noon, broken_trail):
    with broken_trail(), pytest.raises(TrailUnavailable):
        tickets.import_tickets(brought=brought, mapping=COLUMNS, header_row=None, by=chloe, at=noon)
    brought.refresh_from_db()
    assert (Ticket.objects.count(), brought.imported_at) == (0, None)


class TestPages:
    def test_bring_look_and_import(self, as_, hospital, chloe):
        browser = as_(chloe)
        file = SimpleUploadedFile("tickets.csv", TABLE.encode())
        there = browser.post(reverse("ticket-import", args=["hopital"]), {"file": file}).url
        page = browser.get(there)
        assert "Portable volé à la gare" in page.text and Ticket.objects.count() == 0
        browser.post(there, {**COLUMNS, "header_row": "1", "import": "1"})
        assert Ticket.objects.count() == 2

    def test_columns_that_are_not_recognised_are_asked_for(self, as_, hospital, chloe, noon):
        brought = bring(hospital, chloe, noon, "A;B;C\nINC-1;10/03/2026;Titre\n")
        there, browser = reverse("ticket-table", args=["hopital", brought.pk]), as_(chloe)
        assert browser.get(there).context["read"] is None
        assert browser.post(there, {"number": "", "header_row": "1", "again": "1"}).status_code == 422
        page = browser.post(there, {**COLUMNS, "header_row": "1", "again": "1"})
        assert [draft.number for draft in page.context["read"].drafts] == ["INC-1"]

    def test_bad_rows_are_told_on_the_page(self, as_, hospital, chloe, noon):
        brought = bring(hospital, chloe, noon, TABLE + "INC-9;hier;Titre\n")
        there, browser = reverse("ticket-table", args=["hopital", brought.pk]), as_(chloe)
        assert "Ligne 4" in browser.get(there).text
        browser.post(there, {**COLUMNS, "header_row": "1", "import": "1"})
        assert Ticket.objects.count() == 0

    def test_a_file_that_is_no_table_is_refused_with_its_remedy(self, as_, hospital, chloe):
        file = SimpleUploadedFile("tickets.csv", b"\x00\x01\x02\x03" * 50)
        answer = as_(chloe).post(reverse("ticket-import", args=["hopital"]), {"file": file})
        assert answer.status_code == 422 and TicketTable.objects.count() == 0

    def test_a_dpo_says_which_incident_it_is(self, as_, imported, incident, awa):
        ticket = Ticket.objects.get(key="INC-0041")
        there, browser = reverse("ticket", args=["hopital", ticket.pk]), as_(awa)
        assert browser.post(there, {"reference": "HOP-1999-0001"}).status_code == 422
        browser.post(there, {"reference": incident.reference.lower()})
        assert TicketLink.objects.get().incident == incident

    def test_a_dpo_rules_a_ticket_out(self, as_, imported, awa):
        ticket = Ticket.objects.get(key="INC-0042")
        there, browser = reverse("ticket", args=["hopital", ticket.pk]), as_(awa)
        assert browser.post(there, {"reason": ""}).status_code == 422
        browser.post(there, {"reason": "Une imprimante en panne, sans donnée."})
        ticket.refresh_from_db()
        assert ticket.dismissed_by == awa and Entry.objects.last().action == "ticket.dismissed"

    def test_the_incident_shows_its_tickets(self, as_, imported, incident, awa, noon):
        browser = as_(awa)
        browser.post(reverse("incident-tickets", args=["hopital", incident.reference]), {"number": "INC-0041"})
        page = browser.get(reverse("incident-tickets", args=["hopital", incident.reference])).text
        assert "Portable volé à la gare" in page
        assert "INC-0041" in browser.get(reverse("incident", args=["hopital", incident.reference])).text

    @pytest.mark.parametrize(("filters", "count"), [({"state": "unmatched"}, 2), ({"state": "matched"}, 0), ({"q": "portable"}, 1), ({"q": "inc 0042"}, 0), ({"q": "inc-0042"}, 1)])
    def test_the_list_is_narrowed(self, as_, imported, chloe, filters, count):
        assert len(as_(chloe).get(reverse("tickets", args=["hopital"]), filters).context["page_obj"]) == count
