"""Letters on paper: each line printed once, in a package that a printer can check, handed over by a person."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from hashlib import sha256

import pikepdf
import pytest
from django.db import DatabaseError

from breachreg.audit.models import Entry
from breachreg.letters import ledger, post, preparing, recipients, runs, sealedfiles, strays
from breachreg.letters.layout import MM, WINDOW
from breachreg.letters.models import Channel
from breachreg.letters.people import Person
from breachreg.letters.post_models import Batch, BatchState
from breachreg.letters.production import Press
from breachreg.letters.run_models import Dispatch, Result, RunState
from tests.letters.paper import check_structure

LONGEST = Person(
    "Vanderschuerenbergh-Montmorency", "Anne", "madam", line2="APPARTEMENT 42 ESCALIER B ETAGE TROIS", line3="RESIDENCE LES JARDINS DE LA VILAINE",
    line4="1234 BIS AVENUE DU GENERAL DE GAULLE", line5="LIEU DIT LA CROIX DES QUATRE VENTS", postcode="35000", city="SAINT JACQUES DE LA LANDE CEDEX",
)  # fmt: skip
NAMES = ("Nguyễn", "Țăranu", "Παπαδόπουλος", "Достоевский")
LAID_OUT = ("שרה", "გიორგი")
"""Names in scripts that the stamping typeface does not have, in fonts that most machines have (DejaVu)."""
AT = {"line4": "12 rue des Lilas", "postcode": "35000", "city": "Rennes"}


@pytest.fixture
def sending(sealed, awa, bruno, noon):
    """A run on its way, with these people by post."""

    def send(*people, **on_paper):
        for person in people:
            recipients.add_recipient(letter=sealed, person=person, channel=Channel.POST, by=awa, at=noon)
        run = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon, **on_paper)
        preparing.prepare_now(run, noon)
        runs.check(run=run, by=awa, at=noon)
        runs.approve(run=run, by=bruno, at=noon)
        return runs.start(run=run, by=awa, at=noon)

    return send


def someone(number: int) -> Person:
    return Person(f"Martin{number}", "Jeanne", "madam", **{**AT, "line4": f"{number} rue des Lilas"})


def package(batch) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(post.open_file(batch).read()))


def words(pdf: bytes, tmp_path) -> list[str]:
    """The text of each page, as a reader copies it."""
    file = tmp_path / "letters.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode()
    return said.split("\f")[:-1]


def test_every_line_is_printed_once_in_batches_of_the_asked_size(sending, noon):
    run = sending(*(someone(number) for number in range(5)), letters_a_file=2)
    post.produce_due(noon)
    post.produce_due(noon)
    batches = list(run.batches.order_by("number"))
    assert [(batch.number, batch.letters) for batch in batches] == [(1, 2), (3, 2), (5, 1)]
    assert ledger.totals(run) == {Result.PRODUCED: 5}
    assert {line.batch_id for line in run.dispatches.all()} == {batch.pk for batch in batches}


def test_the_package_holds_what_its_manifest_says(sending, noon, tmp_path):
    run = sending(*(someone(number) for number in range(3)))
    post.produce_due(noon)
    batch = run.batches.get()
    assert sha256(post.open_file(batch).read()).hexdigest() == batch.sha256
    with package(batch) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert sha256(archive.read("manifest.json")).hexdigest() == batch.manifest_sha256
        assert set(manifest["files"]) == {"letters.pdf", "index.csv", "batch-sheet.pdf"}
        for name, file in manifest["files"].items():
            assert sha256(archive.read(name)).hexdigest() == file["sha256"]
        index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig")), delimiter=";"))
        letters, sheet = archive.read("letters.pdf"), archive.read("batch-sheet.pdf")
    pages = words(letters, tmp_path)
    for line in index:
        first = pages[int(line["first_page"]) - 1]
        assert line["line1"] in first and line["reference"] in first
        assert int(line["first_page"]) % 2 == 1, "a letter begins on the back of another one"
    assert manifest["letters"] == 3 and manifest["pages"] == len(pikepdf.open(io.BytesIO(letters)).pages)
    assert sum(int(line["sheets"]) for line in index) == batch.sheets
    said = " ".join(words(sheet, tmp_path))
    assert manifest["files"]["letters.pdf"]["sha256"] in said and "Martin" not in said


def test_an_odd_letter_printed_on_both_sides_ends_with_an_empty_back_that_is_still_accessible(sealed, noon):
    one, both = Press(sealed, noon), Press(sealed, noon, is_duplex=True)
    assert both.pages % 2 == 0 and both.pages - one.pages == one.pages % 2
    out = io.BytesIO()
    both.write(out, [(someone(1), "R-1", Channel.POST), (someone(2), "R-2", Channel.POST)])
    assert len(check_structure(pikepdf.open(io.BytesIO(out.getvalue())))) == 2


def test_each_person_has_a_file_when_the_printer_wants_it(sending, noon, tmp_path):
    run = sending(someone(1), someone(2), is_merged=False, is_duplex=False)
    post.produce_due(noon)
    batch = run.batches.get()
    with package(batch) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pdf") and name != "batch-sheet.pdf"]
        assert names == [f"{line.reference}.pdf" for line in run.dispatches.order_by("place")]
        assert "Martin2" in words(archive.read(names[1]), tmp_path)[0] and "Martin1" not in words(archive.read(names[1]), tmp_path)[0]
    assert batch.sheets == batch.pages


def test_names_in_every_script_come_back_and_those_laid_out_alone_are_counted(sending, noon, tmp_path, awa, as_):
    run = sending(*(Person(name, "Li", "sir", **AT) for name in (*NAMES, *LAID_OUT)))
    post.produce_due(noon)
    batch = run.batches.get()
    with package(batch) as archive:
        said = "".join(words(archive.read("letters.pdf"), tmp_path))
    assert [name for name in NAMES if name not in said] == []
    references = [line.reference for line in run.dispatches.order_by("place")]
    printed = [reference for reference in references[-2:] if reference in said]
    assert printed, "no font of this machine has Hebrew or Georgian letters"
    assert batch.laid_out == printed
    address = f"/o/hopital/incidents/HOP-2026-0001/letters/runs/{run.number}/"
    assert "en page à part" in as_(awa).get(address).content.decode()
    assert "en page à part" in as_(awa).get(address + "post/").content.decode()


def test_a_name_that_no_font_of_the_machine_has_is_refused_and_never_printed_as_boxes(sending, awa, noon, tmp_path):
    run = sending(someone(1), someone(2))
    line = run.dispatches.order_by("place").last()
    corrected = Person("𓀀𓀁𓀂", "Li", "sir", **AT)  # after the run was prepared, which looks for such names
    recipients.amend_recipient(recipient=line.recipient, person=corrected, channel=Channel.POST, by=awa, at=noon)
    post.produce_due(noon)
    line.refresh_from_db()
    assert line.result == Result.FAILED and "dans aucune police" in line.explanation and "fonts-noto" in line.explanation
    with package(run.batches.get()) as archive:
        assert line.reference not in "".join(words(archive.read("letters.pdf"), tmp_path))


@pytest.mark.parametrize("person", [someone(1), LONGEST], ids=["usual", "longest"])
def test_the_window_shows_the_address_and_nothing_else(sending, noon, tmp_path, person):
    run = sending(person)
    post.produce_due(noon)
    with package(run.batches.get()) as archive:
        (tmp_path / "l.pdf").write_bytes(archive.read("letters.pdf"))
    boxes = word_boxes(tmp_path / "l.pdf")
    shown = {word for word, *box in boxes if touches_window(*box)}
    expected = {part for line in person.address_lines("fr") for part in line.split()}
    assert shown == expected
    for word, left, top, right, bottom in boxes:
        if touches_window(left, top, right, bottom):
            assert left >= WINDOW["left"] and right <= WINDOW["left"] + WINDOW["width"], (word, left, right)
            assert top >= WINDOW["top"] and bottom <= WINDOW["top"] + WINDOW["height"], (word, top, bottom)


def word_boxes(file) -> list[tuple[str, float, float, float, float]]:
    """Each word of the first page with its box in millimetres from the upper left corner, as poppler measures it."""
    import re

    said = subprocess.run(["pdftotext", "-bbox", "-l", "1", str(file), "-"], capture_output=True, check=True).stdout.decode()
    pattern = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<'
    return [(word, *(float(edge) / MM for edge in box)) for *box, word in re.findall(pattern, said)]


def touches_window(left, top, right, bottom) -> bool:
    across = right > WINDOW["left"] and left < WINDOW["left"] + WINDOW["width"]
    return across and bottom > WINDOW["top"] and top < WINDOW["top"] + WINDOW["height"]


# Nothing lost, nothing twice


def test_a_worker_that_dies_before_its_note_prints_nothing_twice(sending, sealed, noon, monkeypatch):
    run = sending(*(someone(number) for number in range(3)))

    def dies(*_said, **_more):
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(post, "_keep", dies)
        with pytest.raises(InterruptedError):
            post.produce_due(noon)
    assert not Batch.objects.exists()
    post.produce_due(noon)
    assert not Batch.objects.exists(), "its lease did not run out yet"
    later = noon + timedelta(minutes=16)
    post.produce_due(later)
    post.produce_due(later)
    assert run.batches.get().letters == 3
    assert ledger.totals(run) == {Result.PRODUCED: 3}


def test_a_worker_that_is_too_late_leaves_neither_row_nor_file(sending, sealed, noon):
    run = sending(someone(1), someone(2))
    late = ledger.claim(way=Channel.POST, at=noon, run=run, letter=sealed, lease=timedelta(minutes=1))
    post.produce_due(noon + timedelta(minutes=2))
    files = set(sealedfiles.folder().iterdir())
    assert post.produce(run, sealed, Press(sealed, noon), late, noon) is None
    assert set(sealedfiles.folder().iterdir()) == files
    assert run.batches.get().letters == 2


def test_a_file_that_no_row_names_goes_after_a_day(sending, noon):
    run = sending(someone(1))
    post.produce_due(noon)
    stray, young = sealedfiles.folder() / ("0" * 32), sealedfiles.folder() / ("1" * 32)
    for path, age in ((stray, 30), (young, 1), (sealedfiles.folder() / run.batches.get().location, 30)):
        path.touch()
        os.utime(path, ((noon - timedelta(hours=age)).timestamp(),) * 2)
    strays.remove_due(noon)
    assert not stray.exists() and young.exists()
    assert package(run.batches.get()).testzip() is None
    young.unlink()


def test_a_letter_that_can_not_be_printed_is_named_and_the_others_go_on(sending, sealed, noon):
    run = sending(someone(1), someone(2))
    line = run.dispatches.order_by("place").first()
    from breachreg.letters.vault import box_for_reading

    recipient = line.recipient
    recipient.sealed = Person("Martin1", "Jeanne", "madam").sealed(box_for_reading(sealed.incident))["sealed"]
    recipient.save(update_fields=["sealed"])
    post.produce_due(noon)
    line.refresh_from_db()
    assert line.result == Result.FAILED and "ligne 4" in line.explanation.lower()
    assert run.batches.get().letters == 1


# Handing over


@pytest.fixture
def printed(sending, noon):
    run = sending(someone(1), someone(2))
    post.produce_due(noon)
    return run.batches.select_related("run__incident__organisation").get()


def test_its_people_count_as_told_once_a_person_handed_it_over(printed, awa, noon):
    later = noon + timedelta(hours=3)
    assert post.hand_over(batch=printed, to="Imprimerie Basse", handed_over_at=later, by=awa, at=later) == 2
    assert set(Dispatch.objects.values_list("result", "sent_at")) == {(Result.SENT, later)}
    with pytest.raises(post.NotThisBatch):
        post.hand_over(batch=printed, to="Encore", handed_over_at=later, by=awa, at=later)
    runs.end_due(later)
    printed.run.refresh_from_db()
    assert printed.run.state == RunState.DONE


def test_a_letter_that_came_back_is_noted_in_the_ledger(printed, awa, noon):
    post.hand_over(batch=printed, to="La Poste", handed_over_at=noon, by=awa, at=noon)
    line = printed.dispatches.order_by("place").select_related("run__incident__organisation").first()
    assert ledger.note_returned(line, "n’habite pas à l’adresse indiquée", by=awa, at=noon)
    assert Dispatch.objects.filter(result=Result.RETURNED).get() == line


def test_a_withdrawn_batch_has_no_file_and_its_letters_are_not_sent(printed, awa, noon, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert post.withdraw(batch=printed, by=awa, at=noon) == 2
    assert not (sealedfiles.folder() / printed.location).exists()
    printed.refresh_from_db()
    assert (printed.state, printed.location) == (BatchState.WITHDRAWN, None)
    assert ledger.totals(printed.run) == {Result.CANCELLED: 2}


def test_who_was_in_a_printed_batch_of_a_cancelled_run_is_told_by_the_next_once_it_was_withdrawn(printed, sealed, awa, as_, noon):
    address = f"/o/hopital/incidents/HOP-2026-0001/letters/runs/{printed.run.number}/"
    page = as_(awa).post(address + "cancel/", follow=True).content.decode()
    assert "2 sont imprimées et encore ici" in page and "Retirez leurs lots" in page
    post.withdraw(batch=printed, by=awa, at=noon)
    assert "Retirez leurs lots" not in as_(awa).get(address).content.decode()
    following = runs.prepare(incident=sealed.incident, letters=[sealed], by=awa, at=noon)
    preparing.prepare_now(following, noon)
    assert following.dispatches.count() == 2


def test_the_file_goes_a_month_after_the_handing_over_and_its_hash_stays(printed, awa, noon, django_capture_on_commit_callbacks):
    post.hand_over(batch=printed, to="La Poste", handed_over_at=noon, by=awa, at=noon)
    post.remove_due(noon + timedelta(days=29))
    assert Batch.objects.get().location
    with django_capture_on_commit_callbacks(execute=True):
        post.remove_due(noon + timedelta(days=31))
    kept = Batch.objects.get()
    assert (kept.location, kept.sha256) == (None, printed.sha256)
    assert not (sealedfiles.folder() / printed.location).exists()


@pytest.mark.parametrize("step", ["hand_over", "withdraw"])
def test_when_the_trail_refuses_the_batch_stays_as_it_was(printed, awa, noon, monkeypatch, step):
    def refuses(**_said):
        raise DatabaseError("the trail is full")

    monkeypatch.setattr(post, "record", refuses)
    more = {"to": "La Poste", "handed_over_at": noon} if step == "hand_over" else {}
    with pytest.raises(DatabaseError):
        getattr(post, step)(batch=printed, by=awa, at=noon, **more)
    assert Batch.objects.get().state == BatchState.PRODUCED
    assert ledger.totals(printed.run) == {Result.PRODUCED: 2}


def test_the_page_leads_from_the_file_to_the_handing_over(printed, awa, as_, noon):
    browser = as_(awa)
    address = f"/o/hopital/incidents/HOP-2026-0001/letters/runs/{printed.run.number}/post/"
    page = browser.get(address).content.decode()
    assert printed.reference in page and "DL" in page
    answer = browser.get(f"{address}{printed.number}/batch.zip")
    assert sha256(b"".join(answer.streaming_content)).hexdigest() == printed.sha256
    assert Entry.objects.filter(action="batch.downloaded").count() == 1
    early = browser.post(f"{address}{printed.number}/handed-over/", {"to": "", "handed_over_at_day": "", "handed_over_at_time": ""})
    assert early.status_code == 422
    said = {"to": "Imprimerie Basse", "handed_over_at_day": "2026-03-09", "handed_over_at_time": "12:30"}
    before = browser.post(f"{address}{printed.number}/handed-over/", said)
    assert before.status_code == 422 and "pas encore imprimé" in before.content.decode()
    said = {"to": "Imprimerie Basse", "handed_over_at_day": "2026-03-10", "handed_over_at_time": "12:30"}
    assert browser.post(f"{address}{printed.number}/handed-over/", said).status_code == 302
    assert "Imprimerie Basse" in browser.get(address).content.decode()


def test_the_page_of_batches_takes_the_same_queries_however_many_there_are(sending, noon, awa, as_, django_assert_max_num_queries):
    run = sending(*(someone(number) for number in range(4)), letters_a_file=1)
    post.produce_due(noon)
    browser = as_(awa)
    address = f"/o/hopital/incidents/HOP-2026-0001/letters/runs/{run.number}/post/"
    browser.get(address)
    with django_assert_max_num_queries(16):
        browser.get(address)


def test_a_worker_that_never_loads_a_page_knows_what_it_records():
    asked = (
        "import django; django.setup(); import breachreg.tasks; from breachreg.audit import catalogue; "
        "[catalogue.label(code) for code in ('batch.produced', 'recipients.purged', 'recipients.read', 'run.ended')]"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", asked], check=True, env=environment)
