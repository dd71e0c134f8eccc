"""The pages of letters, as each person meets them."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from breachreg.audit.models import Entry
from breachreg.letters import actions
from breachreg.letters.models import ImportState, Letter, Recipient, RecipientImport
from breachreg.letters.recipients import to_write_to
from tests.letters.conftest import SEGMENT

LETTERS = "/o/hopital/incidents/HOP-2026-0001/letters/"
LETTER = LETTERS + "1/"
PEOPLE = LETTER + "recipients/"


def test_the_dpo_begins_a_letter_from_the_record(known_breach, awa, as_):
    browser = as_(awa)
    assert "Écrire la première lettre" in browser.get(LETTERS).content.decode()
    answer = browser.post(LETTERS + "new/", {**SEGMENT, "data_categories": ["contact"], "sensitive_categories": ["health"]})
    assert answer["Location"] == LETTER + "text/"
    assert "ordinateur portable a été volé" in browser.get(LETTER + "text/").content.decode()


def test_a_text_saved_over_a_colleagues_change_is_kept_on_the_page(draft, awa, second_dpo, as_, noon):
    typed = {**actions.texts(draft), "version": draft.version, "closing": "Ce que Awa a saisi"}
    actions.amend_letter(letter=draft, by=second_dpo, at=noon, closing="Inès Caron")
    answer = as_(awa).post(LETTER + "text/", typed)
    assert answer.status_code == 422
    assert "Ce que Awa a saisi" in answer.content.decode()
    assert Letter.objects.get().closing == "Inès Caron"


def test_the_reviewer_comments_sends_back_and_approves(draft, awa, bruno, as_):
    as_(awa).post(LETTER + "submit/")
    browser = as_(bruno)
    browser.post(LETTER + "comments/", {"part": "advice", "text": "Citez le 17Cyber."})
    version = Letter.objects.get().version
    browser.post(LETTER + "send-back/", {"reasons": "Un conseil manque.", "version": version})
    assert Letter.objects.get().is_draft
    assert "Un conseil manque." in as_(awa).get(LETTER).content.decode()
    as_(awa).post(LETTER + "submit/")
    browser = as_(bruno)
    assert "Approuver et sceller" in browser.get(LETTER).content.decode()
    browser.post(LETTER + "approve/", {"version": Letter.objects.get().version})
    assert Letter.objects.get().is_approved


def test_approving_another_version_than_the_one_shown_is_refused(in_review, bruno, as_):
    as_(bruno).post(LETTER + "approve/", {"version": in_review.version - 1})
    assert Letter.objects.get().is_in_review


def test_the_author_gets_no_button_to_approve(in_review, awa, as_):
    page = as_(awa).get(LETTER).content.decode()
    assert "Approuver et sceller" not in page


def test_an_incomplete_letter_says_what_is_missing_and_has_no_button_to_submit(draft, awa, as_, noon):
    actions.amend_letter(letter=draft, by=awa, at=noon, consequences="")
    browser = as_(awa)
    page = browser.get(LETTER).content.decode()
    assert "La loi demande cette partie" in page and "Soumettre à relecture" not in page
    browser.post(LETTER + "submit/")
    assert Letter.objects.get().is_draft


def test_a_recipient_is_added_by_hand_and_errors_keep_what_was_typed(sealed, awa, as_):
    browser = as_(awa)
    typed = {"channel": "post", "last_name": "Martin", "line4": "1 rue A", "postcode": "350", "city": "Rennes"}
    answer = browser.post(PEOPLE + "add/", typed)
    assert answer.status_code == 422 and "cinq chiffres" in answer.content.decode() and "1 rue A" in answer.content.decode()
    assert browser.post(PEOPLE + "add/", {**typed, "postcode": "35000"}).status_code == 302
    assert "Martin" in browser.get(PEOPLE).content.decode()
    answer = browser.post(PEOPLE + "add/", {**typed, "postcode": "35000"})
    assert answer.status_code == 422 and Recipient.objects.count() == 1


def test_search_keeps_what_was_looked_for_out_of_the_trail(jeanne, awa, as_):
    page = as_(awa).get(PEOPLE, {"q": "Martin"}).content.decode()
    assert jeanne.reference in page
    assert "Personne n’a été trouvé" in as_(awa).get(PEOPLE, {"q": "Durand"}).content.decode()
    assert "Martin" not in str([entry.content.details for entry in Entry.objects.filter(action="recipient.listed")])


@pytest.mark.parametrize("address", [LETTER + "specimen.pdf", PEOPLE + "1/letter.pdf", PEOPLE + "letters.pdf"])
def test_a_pdf_is_downloaded_and_recorded_with_its_hash(jeanne, awa, as_, address):
    from hashlib import sha256

    answer = as_(awa).get(address)
    data = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(pikepdf.open(io.BytesIO(data)).pages) >= 1
    details = Entry.objects.get(action="letter.downloaded").content.details
    assert (details["letters"], details["sha256"]) == (1, sha256(data).hexdigest())


def test_a_list_without_people_is_said_and_not_a_broken_file(sealed, awa, as_):
    answer = as_(awa).get(PEOPLE + "letters.pdf", follow=True)
    assert "Ajoutez d’abord des destinataires" in answer.content.decode()


CSV = (
    "Civilité;Nom;Prénom;Adresse;CP;Ville\n"
    "Mme;Martin;Jeanne;12 rue des Lilas;35000;Rennes\n"
    "M.;Nguyễn;An;3 rue Basse;35000;Rennes\n"
    "M.;Durand;Paul;;35000;Rennes\n"
    "M.;Nguyễn;An;3 RUE BASSE;35000;RENNES\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_goes_from_the_upload_to_the_list(sealed, awa, as_, encoding):
    browser = as_(awa)
    file = SimpleUploadedFile("patients.csv", CSV.encode(encoding))
    columns = browser.post(LETTER + "tables/", {"file": file})["Location"]
    page = browser.get(columns).content.decode()
    assert "12 RUE DES LILAS" in page and "ligne 4 (numéro et voie) est vide" in page
    chosen = {"civility": 0, "last_name": 1, "first_name": 2, "line4": 3, "postcode": 4, "city": 5}
    table = browser.post(columns, chosen)["Location"]
    entry = RecipientImport.objects.get()
    assert (entry.state, entry.rows_read, entry.rows_refused) == (ImportState.READ, 4, 1)
    assert not to_write_to(sealed).exists()
    assert "deux fois" in browser.get(table).content.decode()
    browser.post(table + "confirm/", {"undecided": "same"})
    assert to_write_to(sealed).count() == 2
    refused = browser.get(table + "refused.csv").content.decode("utf-8-sig")
    assert "Durand" in refused and "ligne 4 (numéro et voie) est vide" in refused


def test_the_columns_of_the_last_table_with_the_same_header_are_remembered(sealed, awa, as_):
    browser = as_(awa)
    odd = CSV.replace("Adresse", "Où").encode()
    first = browser.post(LETTER + "tables/", {"file": SimpleUploadedFile("a.csv", odd)})["Location"]
    browser.post(first, {"civility": 0, "last_name": 1, "first_name": 2, "line4": 3, "postcode": 4, "city": 5})
    browser.post(LETTER + "tables/", {"file": SimpleUploadedFile("b.csv", odd)})
    assert RecipientImport.objects.order_by("pk").last().columns["line4"] == 3


def test_a_file_that_is_no_table_is_refused_at_its_question(sealed, awa, as_):
    answer = as_(awa).post(LETTER + "tables/", {"file": SimpleUploadedFile("a.csv", b"\x00\x01\x02\x03" * 50)})
    assert answer.status_code == 422
    assert not RecipientImport.objects.exists()


def test_a_forgotten_table_leaves_nobody_on_the_list(sealed, awa, as_, django_capture_on_commit_callbacks):
    browser = as_(awa)
    columns = browser.post(LETTER + "tables/", {"file": SimpleUploadedFile("a.csv", CSV.encode())})["Location"]
    browser.post(columns, {"last_name": 1, "line4": 3, "postcode": 4, "city": 5})
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(columns.replace("columns", "discard"))
    assert not Recipient.objects.exists()
    assert RecipientImport.objects.get().location is None


READ = [LETTERS, LETTER, LETTER + "specimen.pdf"]
PEOPLE_READ = [PEOPLE, PEOPLE + "letters.pdf", PEOPLE + "1/letter.pdf"]
WRITE = [LETTERS + "new/", LETTER + "text/", LETTER + "segment/", PEOPLE + "add/", PEOPLE + "1/", LETTER + "tables/"]
POST_ONLY = [LETTER + "submit/", LETTER + "rewrite/", PEOPLE + "1/remove/", PEOPLE + "1/restore/"]
REVIEW = [LETTER + "send-back/"]


@pytest.mark.parametrize("address", [*READ, *PEOPLE_READ, *WRITE, *REVIEW])
def test_another_organisation_gets_what_does_not_exist(jeanne, dan, as_, address):
    browser = as_(dan)
    assert browser.get(address).status_code == 404
    assert browser.get(address.replace("hopital", "mairie")).status_code in (403, 404)


@pytest.mark.parametrize(
    ("who", "allowed", "refused"),
    [
        ("chloe", [*READ, *PEOPLE_READ], [*WRITE, *REVIEW]),
        ("bruno", [*READ, *PEOPLE_READ, *REVIEW], WRITE),
        ("rose", [], [*READ, *PEOPLE_READ, *WRITE, *REVIEW]),
        ("farid", [], [*READ, *PEOPLE_READ, *WRITE, *REVIEW]),
        ("awa", [*READ, *PEOPLE_READ, *WRITE], REVIEW),
    ],
)
def test_each_role_opens_its_pages_and_no_other(jeanne, as_, request, who, allowed, refused):
    browser = as_(request.getfixturevalue(who))
    assert {address: answer_to(browser, address) for address in allowed} == dict.fromkeys(allowed, 200)
    assert {address: answer_to(browser, address) for address in refused} == dict.fromkeys(refused, 403)


def answer_to(browser, address) -> int:
    answer = browser.get(address)
    if answer.streaming:
        list(answer.streaming_content)
    return answer.status_code


@pytest.mark.parametrize("address", POST_ONLY)
@pytest.mark.parametrize("who", ["chloe", "bruno", "rose", "farid"])
def test_only_who_writes_letters_changes_them(jeanne, as_, request, who, address):
    browser = as_(request.getfixturevalue(who))
    assert browser.post(address).status_code == 403
    assert browser.get(address).status_code == 405


def test_the_list_of_letters_takes_the_same_queries_however_many_there_are(sealed, awa, as_, django_assert_num_queries, noon):
    browser = as_(awa)
    browser.get(LETTERS)
    with django_assert_num_queries(9):
        browser.get(LETTERS)
    new = actions.rewrite_letter(letter=sealed, by=awa, at=noon)
    assert new.number == 2
    with django_assert_num_queries(9):
        browser.get(LETTERS)


def test_the_list_of_recipients_takes_the_same_queries_however_many_there_are(jeanne, awa, as_, django_assert_max_num_queries, noon):
    browser = as_(awa)
    browser.get(PEOPLE)
    with django_assert_max_num_queries(22):
        browser.get(PEOPLE)
