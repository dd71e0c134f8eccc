"""The pages of a run, as each person meets them."""

import io

import pikepdf
import pytest

from breachreg.letters import ledger, recipients
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.run_models import Result, Run, RunState

RUNS = "/o/hopital/incidents/HOP-2026-0001/letters/runs/"
RUN = RUNS + "1/"


@pytest.fixture
def people(sealed, awa, noon):
    for number, way in enumerate([Channel.POST, Channel.EMAIL, Channel.EMAIL], 1):
        person = Person("Martin", f"Jeanne {number}", "madam", line4="1 rue A", postcode="35000", city="Rennes", email=f"j{number}@example.net")
        recipients.add_recipient(letter=sealed, person=person, channel=way, by=awa, at=noon)


@pytest.fixture
def prepared(people, awa, as_):
    as_(awa).post(RUNS + "new/", {"letters": ["1"]})
    return Run.objects.get()


def test_a_run_goes_from_the_lists_to_the_sending_by_three_people(prepared, awa, bruno, chloe, as_):
    browser = as_(awa)
    page = browser.get(RUN).content.decode()
    assert "3 lettres" in page and "1 par courrier" in page and "J’ai lu les épreuves" in page
    browser.post(RUN + "check/")
    assert "Approuver cet envoi" not in browser.get(RUN).content.decode()
    assert "Vous avez préparé cet envoi" in browser.post(RUN + "approve/", follow=True).content.decode()
    browser = as_(bruno)
    assert "Approuver cet envoi" in browser.get(RUN).content.decode()
    browser.post(RUN + "approve/")
    browser = as_(awa)
    browser.post(RUN + "start/")
    assert "0 sur 3" in browser.get(RUN).content.decode()
    browser.post(RUN + "pause/")
    browser.post(RUN + "resume/")
    assert Run.objects.get().state == RunState.SENDING
    assert "Annuler ce qui" not in as_(chloe).get(RUN).content.decode()


def test_without_a_sealed_letter_the_pages_say_what_comes_first(in_review, awa, as_):
    browser = as_(awa)
    assert "Faites d’abord approuver une lettre" in browser.get(RUNS).content.decode()
    assert "Faites d’abord approuver une lettre" in browser.get(RUNS + "new/").content.decode()


def test_a_run_of_nothing_is_refused_at_its_question(people, awa, as_):
    answer = as_(awa).post(RUNS + "new/", {"letters": []})
    assert answer.status_code == 422 and "Choisissez au moins une lettre" in answer.content.decode()


@pytest.mark.parametrize("which", ["drawn", "longest"])
def test_the_proofs_hold_the_letters_of_real_recipients(prepared, awa, as_, which):
    data = b"".join(as_(awa).get(f"{RUN}proofs/1/{which}.pdf").streaming_content)
    assert len(pikepdf.open(io.BytesIO(data)).pages) >= 3


def test_who_cannot_be_written_to_is_listed_and_the_way_to_their_correction(people, sealed, awa, as_, noon):
    nameless = Person("", line4="9 rue A", postcode="35000", city="Rennes").sealed(recipients.box_of(sealed.incident, noon))
    sealed.recipients.filter(number=1).update(**nameless)
    browser = as_(awa)
    browser.post(RUNS + "new/", {"letters": ["1"]})
    assert "La liste ne permet pas d’écrire à 1 personne" in browser.get(RUN).content.decode()
    page = browser.get(RUN + "ledger/", {"result": "missing"}).content.decode()
    assert "HOP-2026-0001-L1-000001" in page and "HOP-2026-0001-L1-000002" not in page and "recipients/1/" in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [({"q": "3"}, {3}), ({"q": "HOP-2026-0001-L1-000002"}, {2}), ({"q": "L9-000002"}, set()), ({"q": "x"}, set()),
     ({"way": "post"}, {1}), ({"result": "sent"}, set()), ({"result": "waiting", "way": "email"}, {2, 3})],
)  # fmt: skip
def test_the_ledger_is_searched_by_reference_result_and_way(prepared, awa, as_, asked, shown):
    page = as_(awa).get(RUN + "ledger/", asked).content.decode()
    assert {number for number in (1, 2, 3) if f"HOP-2026-0001-L1-00000{number}" in page} == shown


def test_a_letter_that_came_back_is_noted_with_its_reason_and_offered_the_other_way(prepared, awa, bruno, as_, noon):
    prepared.dispatches.update(result=Result.SENT, sent_at=noon, done_at=noon)
    Run.objects.update(state=RunState.DONE, approved_at=noon, approved_by=bruno)
    browser = as_(awa)
    browser.post(RUN + "lines/1/returned/", {"reason": "unknown", "details": "boîte 12"})
    page = browser.get(RUN + "ledger/", {"result": "returned"}).content.decode()
    assert "inconnue à cette adresse : boîte 12" in page.replace("\u00a0", " ") and "Tenter par courriel" in page
    browser.post(RUN + "lines/1/second-way/")
    assert prepared.dispatches.get(instead_of__place=1).way == Channel.EMAIL
    assert "L’autre voie a déjà été tentée" in browser.post(RUN + "lines/1/second-way/", follow=True).content.decode()


def test_the_ledger_leaves_as_csv_without_names(prepared, chloe, as_):
    text = b"".join(as_(chloe).get(RUN + "ledger.csv").streaming_content).decode()
    assert text == "".join(ledger.lines(prepared)) and "Martin" not in text


def test_the_pages_of_a_run_ask_as_much_of_the_database_however_long_it_is(prepared, awa, as_, django_assert_max_num_queries):
    browser = as_(awa)
    with django_assert_max_num_queries(20):
        browser.get(RUN)
    with django_assert_max_num_queries(20):
        browser.get(RUN + "ledger/")
