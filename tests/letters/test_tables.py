"""A table of recipients: each row to the letter of its segment, doubles decided by a person, broken rows named."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError

from breachreg.audit.models import Entry
from breachreg.letters import doubles, imports, reading, recipients, sealedfiles
from breachreg.letters.models import Channel, ImportState, Letter, Recipient, RecipientImport
from breachreg.letters.people import Person, opened
from breachreg.letters.vault import box_for_reading
from tests.letters.conftest import JEANNE

LETTERS = "/o/hopital/incidents/HOP-2026-0001/letters/"
HEADER = "nom;prénom;adresse;code postal;ville;langue;qualité;enfant;données;courriel\n"
COLUMNS = {
    "last_name": 0, "first_name": 1, "line4": 2, "postcode": 3, "city": 4, "language": 5, "capacity": 6, "about": 7, "data": 8,
    "email": 9,
}  # fmt: skip


def bring(letter, by, at, *rows, header=HEADER, columns=COLUMNS):
    """A table as its rows stand in the file, read to its end."""
    file = io.BytesIO((header + "".join(f"{row}\n" for row in rows)).encode())
    entry = imports.upload(letter=letter, file=file, name="liste.csv", by=by, at=at)
    entry = imports.choose_columns(entry=entry, columns=columns, by=by, at=at)
    reading.read_now(entry, at)
    entry.refresh_from_db()
    return entry


def test_each_row_goes_to_the_letter_of_what_this_person_lost(sealed, awa, noon):
    entry = bring(
        sealed, awa, noon, "Martin;Jeanne;1 rue A;35000;Rennes;;;;;", "Durand;Paul;2 rue A;35000;Rennes;;;;IBAN, coordonnées;",
        "Legrand;Zoé;3 rue A;35000;Rennes;anglais;parent;Léo Legrand;santé;", "Petit;Lou;4 rue A;35000;Rennes;;;;RIB et contact;",
    )
    assert (entry.rows_added, entry.rows_refused) == (3, 1)
    imports.confirm(entry=entry, by=awa, at=noon)
    by_letter = {letter.number: letter for letter in Letter.objects.all()}
    assert len(by_letter) == 3
    assert sealed.recipients.count() == 1
    bank = Letter.objects.get(details=["bank_account"])
    assert (bank.language, bank.data_categories, bank.recipients.count()) == ("fr", ("contact", "financial"), 1)
    assert "prélèvements" in bank.consequences.lower()
    parent = Letter.objects.get(language="en")
    assert (parent.capacity, parent.sensitive_categories, parent.is_draft) == ("guardian", ("health",), True)
    assert opened(box_for_reading(sealed.incident), parent.recipients.get().sealed).about == "Léo Legrand"
    assert len(set(Recipient.objects.values_list("number", flat=True))) == 3


def test_the_next_table_finds_the_letters_that_the_first_one_began(sealed, awa, noon):
    for number in (1, 2):
        entry = bring(sealed, awa, noon, f"Durand;Paul;{number} rue A;35000;Rennes;;;;IBAN;")
        imports.confirm(entry=entry, by=awa, at=noon)
    assert Letter.objects.count() == 2
    assert Letter.objects.get(number=2).recipients.count() == 2


def test_an_official_label_with_commas_in_it_is_one_category(sealed, awa, noon):
    label = "Coordonnées (ex : adresse postale ou électronique, numéros de téléphone fixe ou portable...)"
    entry = bring(sealed, awa, noon, f"Durand;Paul;1 rue A;35000;Rennes;;;;{label}, santé;")
    (segment, _count, letter), = imports.segments(entry)
    assert (segment.data_categories, segment.sensitive_categories, letter) == (("contact",), ("health",), None)


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        ("Durand;;1 rue A;35000;Rennes;allemand;;;;", "aucune langue de lettre"),
        ("Durand;;1 rue A;35000;Rennes;;voisin;;;", "aucune qualité connue"),
        ("Durand;;1 rue A;35000;Rennes;;;;chaussures;", "aucune catégorie de données"),
        ("Durand;;1 rue A;35000;Rennes;;;;", "9 cellules"),
    ],
)
def test_a_word_that_means_nothing_is_named_with_its_row(sealed, awa, noon, row, remedy):
    entry = bring(sealed, awa, noon, "Martin;Jeanne;1 rue A;35000;Rennes;;;;;", row)
    assert (entry.rows_added, entry.rows_refused) == (1, 1)
    refused = imports.refusals(entry, noon).decode("utf-8-sig").splitlines()
    assert refused[1].startswith("3;") and remedy in refused[1]


def test_whoever_is_known_by_an_e_mail_address_alone_can_be_told_by_e_mail(sealed, awa, noon):
    entry = bring(sealed, awa, noon, ";;;;;;;;;lea@example.net")
    person = opened(box_for_reading(sealed.incident), entry.recipients.get().sealed)
    assert (person.full_name, person.salutation("fr")) == ("lea@example.net", "Madame, Monsieur,")
    assert entry.recipients.get().channel == Channel.EMAIL


# Doubles


@pytest.fixture
def with_doubles(jeanne, awa, noon):
    """A table with Jeanne, who is listed already, and Paul twice."""
    rows = ("Martin;Jeanne;12 RUE DES LILAS;35000;Rennes", "Durand;Paul;2 rue A;35000;Rennes", "Durand;Paul;2 rue A;35000;Rennes")
    header = ";".join(HEADER.split(";")[:5]) + "\n"
    return bring(jeanne.letter, awa, noon, *rows, header=header, columns=dict(list(COLUMNS.items())[:5]))


def test_each_double_is_shown_beside_whom_it_doubles(with_doubles, jeanne):
    jeanne_again, paul_again = doubles.pairs(with_doubles, doubles.of_table(with_doubles).order_by("number"))
    assert (jeanne_again.other, jeanne_again.person.last_name, jeanne_again.other_person.last_name) == (jeanne, "Martin", "Martin")
    assert (paul_again.recipient.source_row, paul_again.other.source_row) == (4, 3)


def test_nobody_is_put_on_the_list_twice_before_somebody_decided(with_doubles, awa, noon):
    with pytest.raises(imports.Undecided):
        imports.confirm(entry=with_doubles, by=awa, at=noon)
    with_doubles.refresh_from_db()
    assert with_doubles.state == ImportState.READ


def test_a_person_decides_of_each_double_and_of_the_rest_together(with_doubles, jeanne, awa, noon):
    jeanne_again = doubles.of_table(with_doubles).order_by("number").first()
    doubles.decide(entry=with_doubles, decisions={jeanne_again.number: False}, by=awa, at=noon)
    assert imports.confirm(entry=with_doubles, by=awa, at=noon, leave_out_undecided=True) == 2
    with_doubles.refresh_from_db()
    assert (with_doubles.rows_added, with_doubles.rows_left_out) == (2, 1)
    assert recipients.to_write_to(jeanne.letter).count() == 3
    assert Entry.objects.filter(action="recipients.doubles_decided").count() == 1


def test_a_double_is_seen_across_the_letters_of_an_incident(jeanne, awa, noon):
    entry = bring(jeanne.letter, awa, noon, "Martin;Jeanne;12 rue des Lilas;35000;Rennes;;;;IBAN;")
    assert doubles.of_table(entry).count() == 1


def test_the_page_of_doubles_keeps_what_was_decided(with_doubles, awa, as_):
    browser = as_(awa)
    address = f"{LETTERS}1/tables/{with_doubles.pk}/doubles/"
    page = browser.get(address).content.decode()
    assert "Martin" in page and "de ce tableau" in page
    numbers = list(doubles.of_table(with_doubles).values_list("number", flat=True))
    browser.post(address, {f"double-{numbers[0]}": "same", f"double-{numbers[1]}": "another", "double-x": "same"})
    assert dict(doubles.of_table(with_doubles).values_list("number", "is_double")) == {numbers[0]: True, numbers[1]: False}
    browser.post(f"{LETTERS}1/tables/{with_doubles.pk}/confirm/")
    assert Recipient.objects.count() == 3


def test_a_decision_after_the_confirmation_changes_nothing(with_doubles, awa, noon):
    numbers = list(doubles.of_table(with_doubles).values_list("number", flat=True))
    imports.confirm(entry=with_doubles, by=awa, at=noon, leave_out_undecided=False)
    assert doubles.decide(entry=with_doubles, decisions={numbers[0]: True}, by=awa, at=noon) == 0


# Work that stops halfway


def test_a_worker_that_died_loses_nothing_and_adds_nobody_twice(sealed, awa, noon, monkeypatch):
    rows = [f"Durand;Paul;{number} rue A;35000;Rennes;;;;;" for number in range(1, 8)]
    rows.insert(3, "Sans adresse;;;;;;;;;")
    monkeypatch.setattr(reading, "BATCH", 2)
    file = io.BytesIO((HEADER + "\n".join(rows)).encode())
    entry = imports.upload(letter=sealed, file=file, name="liste.csv", by=awa, at=noon)
    entry = imports.choose_columns(entry=entry, columns=COLUMNS, by=awa, at=noon)
    stolen = RecipientImport.objects.claim_one(entry.pk, noon)
    with pytest.raises(InterruptedError):
        _read_until(stolen, noon, 5)
    assert 0 < entry.recipients.count() < 7
    reading.read_due(noon + timedelta(minutes=20))
    entry.refresh_from_db()
    assert (entry.state, entry.rows_added, entry.rows_refused, entry.recipients.count()) == (ImportState.READ, 7, 1, 7)


def _read_until(entry, at, count):
    """Read some rows, then stop as a worker does whose power fails."""

    class Dying(reading._Reading):
        def _of_table(self, table):
            for place, line in enumerate(super()._of_table(table)):
                if place == count:
                    raise InterruptedError
                yield line

    Dying(entry, at).run()


def test_a_reader_that_lost_its_claim_stops_and_leaves_no_file(sealed, awa, noon):
    file = io.BytesIO((HEADER + "Sans adresse;;;;;;;;;\nDurand;Paul;1 rue A;35000;Rennes;;;;;\n").encode())
    entry = imports.upload(letter=sealed, file=file, name="liste.csv", by=awa, at=noon)
    entry = imports.choose_columns(entry=entry, columns=COLUMNS, by=awa, at=noon)
    late = RecipientImport.objects.claim_one(entry.pk, noon)
    RecipientImport.objects.claim_one(entry.pk, noon + timedelta(hours=1))
    before = set(sealedfiles.folder().iterdir())
    reading.read(late, noon)
    assert not entry.recipients.exists()
    assert set(sealedfiles.folder().iterdir()) == before


def test_a_table_that_breaks_off_leaves_nobody(sealed, awa, noon):
    good = [f"Durand;Paul;{number} rue A;35000;Rennes;;;;;" for number in range(1, 60)]
    entry = bring(sealed, awa, noon, *good, 'Petit;"Lou;2 rue A')
    assert entry.state == ImportState.FAILED and entry.location is None
    assert not Recipient.objects.exists()


def test_a_confirmation_that_the_trail_can_not_keep_puts_nobody_on_the_list(sealed, awa, noon, monkeypatch):
    entry = bring(sealed, awa, noon, "Durand;Paul;1 rue A;35000;Rennes;;;;IBAN;")

    def refuses(**_said):
        raise DatabaseError("the trail is full")

    monkeypatch.setattr(imports, "record", refuses)
    with pytest.raises(DatabaseError):
        imports.confirm(entry=entry, by=awa, at=noon)
    assert Letter.objects.count() == 1
    assert RecipientImport.objects.get().state == ImportState.READ


def test_the_columns_page_says_how_the_file_was_read_and_that_it_remembers(sealed, awa, noon, as_):
    bring(sealed, awa, noon, "Martin;Jeanne;1 rue A;35000;Rennes;;;;;")
    entry = imports.upload(
        letter=sealed, file=io.BytesIO((HEADER + "Durand;Paul;2 rue A;35000;Rennes;en;;;;\n").encode("cp1252")), name="b.csv",
        by=awa, at=noon,
    )
    page = as_(awa).get(f"{LETTERS}1/tables/{entry.pk}/columns/").content.decode()
    assert "windows-1252" in page and "points-virgules" in page and "déjà lu un tableau" in page
    assert "une autre lettre" in page


def test_the_table_page_takes_the_same_queries_however_many_rows_there_are(with_doubles, awa, as_, django_assert_max_num_queries):
    browser = as_(awa)
    address = f"{LETTERS}1/tables/{with_doubles.pk}/"
    browser.get(address)
    with django_assert_max_num_queries(20):
        browser.get(address)
    with django_assert_max_num_queries(22):
        browser.get(address + "doubles/")


def test_two_people_of_one_name_and_two_streets_are_no_doubles(jeanne, awa, noon):
    other = Person("Martin", "Jeanne", line4="13 rue des Lilas", postcode="35000", city="Rennes")
    recipients.add_recipient(letter=jeanne.letter, person=other, channel=Channel.POST, by=awa, at=noon)
    assert JEANNE.last_name == other.last_name
