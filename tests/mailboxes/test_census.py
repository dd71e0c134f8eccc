"""The census: every store gives the same figures, killed or not, and the figures are the truth that was put in."""

import contextlib
import io
import mailbox
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from datetime import UTC, datetime

import pytest

from breachreg.mailboxes.census import mbox, naming, staging, worker
from breachreg.mailboxes.census.ledger import Ledger
from breachreg.mailboxes.census.run import ROOT, Census
from breachreg.mailboxes.census.tally import Counter, Terms
from breachreg.mailboxes.reading import mime, quick
from tests.mailboxes.makers import known_truth, messages, ole, pst

TERMS = Terms(key=b"k" * 32, own_domains=frozenset({"hopital-troisrivieres.example"}), owner=known_truth.OWNER)
COUNT = 300


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A mailbox of 300 messages, and what is in it."""
    path = tmp_path_factory.mktemp("store") / "all.mbox"
    return path, known_truth.write_mbox(path, COUNT)


def counted(path, folder, *, workers=0, size=mbox.CHUNK, terms=TERMS, name="ledger.sqlite3"):
    """The figures of a store; without workers it is counted in this process."""
    ledger = Ledger(folder / name)
    if workers:
        assert Census(path, ledger, terms, workers=workers, size=size).run()
    else:
        for chunk in mbox.chunks(path, size):
            ledger.enter(chunk, worker.count(path, terms, chunk, frozenset()))
    figures = ledger.figures()
    ledger.close()
    return figures


def without_places(figures):
    """Figures to compare between stores in which the same messages stand at other places."""
    categories = {name: {k: v for k, v in found.items() if k != "samples"} for name, found in figures["categories"].items()}
    return {k: v for k, v in figures.items() if k not in ("bytes", "categories")} | {"categories": categories}


def test_the_figures_are_the_truth(store, tmp_path):
    path, truth = store
    figures = counted(path, tmp_path)
    assert figures["messages"] == COUNT
    assert figures["people"][0] == len(truth.correspondents)
    assert figures["troubles"] == {}
    for category in truth.values.keys() - {"health"}:
        low, likely, _ = figures["categories"][category]["messages"]
        assert likely == len(truth.messages[category]), category
        assert figures["categories"][category]["people"][1] == len(truth.values[category]), category
        assert low <= likely
    assert {"iban", "card", "nir", "phone", "birth_date"} <= figures["categories"].keys()


def test_no_value_is_kept(store, tmp_path):
    path, truth = store
    counted(path, tmp_path)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for category in ("iban", "card", "nir", "phone", "password"):
        assert not [value for value in truth.values[category] if value.encode() in kept]
    assert not [address for address in truth.correspondents if address.encode() in kept]


@pytest.mark.parametrize("size", [1, 700, 10_000, 2**20])
def test_every_message_belongs_to_one_chunk_whatever_its_size(store, size):
    path, _ = store
    places = [place for chunk in (mbox.chunks(path, size) if size > 1 else _some(path)) for place, _ in mbox.messages(path, chunk)]
    whole = [place for chunk in mbox.chunks(path, 2**30) for place, _ in mbox.messages(path, chunk)]
    assert places == (whole if size > 1 else whole[: len(places)])
    assert len(whole) == COUNT


def _some(path):
    """Chunks of a single byte, at the beginning of the file only: there are as many as bytes."""
    return [mbox.Chunk(n, n, n + 1) for n in range(20_000)]


def test_the_messages_are_those_that_python_reads(store):
    path, _ = store
    ours = [raw for chunk in mbox.chunks(path, 50_000) for _, raw in mbox.messages(path, chunk)]
    with contextlib.closing(mailbox.mbox(path, create=False)) as box:
        theirs = [message.as_bytes() for message in box]
    assert [mime.parse(raw).head["Message-ID"] for raw in ours] == [mime.parse(raw).head["Message-ID"] for raw in theirs]


@pytest.mark.parametrize(
    "text",
    [
        b"From a@b.example Tue Mar 10 22:14:09 2026\nSubject: 1\n\nbody\n>From here on\n\nFrom: not a start\n",
        b"From a@b.example Tue Mar 10 22:14:09 2026\r\nSubject: 1\r\n\r\nbody\r\n\r\nFrom what I hear, all is well.\r\n",
        b"From - Tue Mar 10 22:14:09 2026\nSubject: 1\n\nbody\nFrom x Tue Mar 10 22:14:09 2026\nin the middle of a paragraph\n",
        b"From \nSubject: 1\n\nbody\n",
        b"From 1234567890@xxx Tue Mar 10 22:14:09 +0000 2026\nX-GM-THRID: 1\nSubject: 1\n\nbody",
    ],
)
def test_a_line_that_begins_with_from_is_no_message_of_its_own(tmp_path, text):
    path = tmp_path / "one.mbox"
    path.write_bytes(text)
    (found,) = [raw for chunk in mbox.chunks(path, 40) for _, raw in mbox.messages(path, chunk)]
    assert mime.parse(found).head["Subject"] == "1"
    assert b"\n>From here" not in found


def test_a_message_larger_than_many_chunks_is_read_whole(tmp_path):
    path = tmp_path / "large.mbox"
    large = messages.with_file(b"x" * 5_000_000 + b" IBAN FR76 3000 6000 0112 3456 7890 189", "notes.txt", "text", "plain")
    path.write_bytes(staging.as_mbox(large, "a") + staging.as_mbox(messages.ordinary(), "b"))
    figures = counted(path, tmp_path, size=100_000)
    assert figures["messages"] == 2
    assert figures["categories"]["iban"]["messages"] == [1, 1, 1]


@pytest.fixture
def eml(store):
    """The messages of the store, one by one."""
    path, _ = store
    return [raw for chunk in mbox.chunks(path) for _, raw in mbox.messages(path, chunk)]


def test_what_is_no_message_in_an_archive_is_listed_and_not_counted(tmp_path):
    path = tmp_path / "boite.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.eml", messages.ordinary())
        archive.writestr("annexes/clients à voir.txt", "Bonjour")
        archive.writestr("broken.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
        archive.writestr("dovecot.index", b"x")
        archive.writestr("sly.eml", b"X-BreachReg-skipped: me\nSubject: hidden\n\nIBAN DE89 3704 0044 0532 0130 00\n")
    staged = staging.stage(path, tmp_path / "staged.mbox")
    ledger = Ledger(tmp_path / "l.sqlite3")
    for chunk in mbox.chunks(staged):
        ledger.enter(chunk, worker.count(staged, TERMS, chunk, frozenset()))
    figures = ledger.figures()
    assert (figures["messages"], figures["troubles"]) == (2, {"member_skipped": 1, "member_unreadable": 1})
    assert figures["categories"]["iban"]["messages"] == [1, 1, 1]
    assert [what for _code, _place, what in ledger.troubles()] == ["annexes/clients à voir.txt", "broken.msg"]
    ledger.close()


def test_a_zip_a_maildir_and_an_mbox_give_the_same_figures(store, eml, tmp_path):
    path, _ = store
    expected = without_places(counted(path, tmp_path))
    packed = tmp_path / "mails.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, raw in enumerate(eml):
            archive.writestr(f"Inbox/{number}.eml", raw.replace(b"\n", b"\r\n"))
    folder = mailbox.Maildir(tmp_path / "Maildir", create=True)
    sub = folder.add_folder("Paie")
    for number, raw in enumerate(eml):
        (sub if number % 3 else folder).add(raw)
    for name, source in (("zip", packed), ("maildir", tmp_path / "Maildir")):
        staged = staging.stage(source, tmp_path / f"{name}.mbox")
        assert without_places(counted(staged, tmp_path, name=f"{name}.sqlite3")) == expected


PLAIN = [
    f"From: a{n}@client.example\nTo: compta@hopital.example\nSubject: Message {n}\nDate: Mon, 09 Mar 2026 22:30:00 +0000\n\n"
    f"Bonjour, IBAN FR76 3000 6000 0112 3456 7890 189, tél. 06 12 34 56 7{n}\n".encode("cp1252")
    for n in range(9)
]


@pytest.mark.skipif(not shutil.which("readpst"), reason="no pst-utils on this machine")
def test_a_pst_file_gives_the_figures_of_its_messages(tmp_path):
    made, plain = tmp_path / "boite.pst", tmp_path / "boite.mbox"
    made.write_bytes(pst.written({"Boîte de réception": PLAIN[:6], "Éléments envoyés": PLAIN[6:]}))
    plain.write_bytes(b"".join(staging.as_mbox(raw, str(n)) for n, raw in enumerate(PLAIN)))
    staged = staging.stage(made, tmp_path / "staged.mbox")
    figures = counted(staged, tmp_path, name="pst.sqlite3")
    assert figures["messages"] == 9
    assert without_places(figures) == without_places(counted(plain, tmp_path, name="plain.sqlite3"))
    assert b"Bo%C3%AEte%20de%20r%C3%A9ception" in staged.read_bytes()
    assert not (tmp_path / "scratch").exists()


def test_without_readpst_the_refusal_names_it_and_a_damaged_file_is_said_to_be_one(tmp_path, monkeypatch):
    made = tmp_path / "boite.pst"
    made.write_bytes(pst.written({"Boîte de réception": PLAIN})[:0x300])
    if shutil.which("readpst"):
        with pytest.raises(staging.NotAMailStore, match=r"broken_pst|no_messages"):
            staging.stage(made, tmp_path / "staged.mbox")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(staging.NotAMailStore, match="no_readpst"):
        staging.stage(made, tmp_path / "staged.mbox")
    assert not (tmp_path / "scratch").exists()


def test_an_mbox_and_an_outlook_message_within_a_zip_are_read(store, tmp_path):
    path, _ = store
    packed = tmp_path / "takeout.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "Takeout/Mail/Tous.mbox")
        archive.writestr("a.msg", ole.outlook_message(subject="x", sender="A", address="a@client.example", body="IBAN FR76 3000 6000 0112 3456 7890 189"))
    figures = counted(staging.stage(packed, tmp_path / "staged.mbox"), tmp_path)
    assert figures["messages"] == COUNT + 1


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken", b"!BDN" + b"\0" * 600])
def test_what_is_no_store_is_refused(tmp_path, content):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(staging.NotAMailStore):
        staging.stage(path, tmp_path / "staged.mbox")
    assert not (tmp_path / "staged.mbox").exists()


def test_the_fast_reader_and_the_email_package_agree(eml):
    for raw in [*eml, messages.suspicious(), messages.ordinary(), messages.forwarding(messages.suspicious()), *messages.BROKEN.values()]:
        if raw and quick.opened(raw)[0]:
            parsed = mime.parse(raw)
            theirs = [(p.path, p.content_type, p.name, p.is_attachment, p.data.strip()) for p in mime.leaves(parsed) if not p.is_message]
            ours = [(p.path, p.content_type, p.name, p.is_attachment, p.data.strip()) for p in quick.opened(raw)[1] if not p.is_message]
            assert ours == theirs


HOSTILE = {
    "nested": messages.nested(200), "nested deeper": messages.nested(5000), "dolls": messages.messages_in_messages(3000),
    "parts": messages.many_parts(5000), "bomb": messages.with_file(messages.zip_bomb(), "a.zip"),
    "bomb as sheet": messages.with_file(messages.zip_bomb(), "a.xlsx"),
    "broken pdf": messages.with_file(b"%PDF-1.4 broken", "a.pdf"),
    "encrypted": messages.with_file(b"PK\x03\x04" + b"\x00" * 40, "a.zip"),
    "entities": messages.with_file(known_truth.packed({"[Content_Types].xml": "", "word/document.xml": '<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><w>&y;</w>'}), "a.docx"),
    **messages.BROKEN,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_counted_and_its_trouble_listed(name):
    counter = Counter(TERMS)
    counter.count(HOSTILE[name], 7)
    tally = counter.take()
    assert tally.messages == 1
    if name not in messages.BROKEN:
        assert tally.troubles, name
        assert {place for _, place, _ in tally.trouble_at} == {7}


@pytest.mark.parametrize("kind", known_truth.MAKERS)
def test_values_in_every_kind_of_document_are_found(kind):
    lines = ["IBAN : FR76 3000 6000 0112 3456 7890 189", "né le 12/03/1980, NIR 1 85 05 78 006 084 91"]
    counter = Counter(TERMS)
    counter.count(messages.with_file(known_truth.MAKERS[kind](lines), f"piece.{kind}"), 0)
    assert {category for category, _ in counter.take().values} >= {"iban", "nir", "birth_date"}


def test_a_column_of_a_table_says_what_its_cells_are():
    table = "Nom;Date de naissance;Mot de passe\r\nDupont;12/03/1980;Tr0is!Rivieres\r\nMartin;1975-08-01;\r\n"
    counter = Counter(TERMS)
    counter.count(messages.with_file(table.encode("cp1252"), "people.csv"), 0)
    categories = [category for category, _ in counter.take().values]
    assert categories.count("birth_date") == 2
    assert categories.count("password") == 1


def test_who_received_the_false_messages_is_counted_apart():
    terms = Terms(key=b"k", owner=known_truth.OWNER, window=(datetime(2026, 3, 9, 22, tzinfo=UTC), datetime(2026, 3, 10, 1, tzinfo=UTC)))
    counter = Counter(terms)
    for number, (sender, when) in enumerate([(known_truth.OWNER, "Mon, 9 Mar 2026 23:00:00 +0000"), (known_truth.OWNER, "Mon, 9 Mar 2026 12:00:00 +0000"), ("x@client.example", "Mon, 9 Mar 2026 23:00:00 +0000")]):
        counter.count(f"From: {sender}\nTo: victim{number}@client.example\nDate: {when}\n\nPayez.".encode(), number)
    told = [h for h, roles in counter.take().people.items() if roles & 16]
    assert told == [counter.digest("victim0@client.example")]


def test_two_workers_and_many_chunks_give_the_same_figures(store, tmp_path):
    path, _ = store
    one = counted(path, tmp_path)
    two = counted(path, tmp_path, workers=2, size=100_000, name="two.sqlite3")
    assert two == one


def test_a_census_stopped_and_resumed_ends_with_the_same_figures(store, tmp_path):
    path, _ = store
    ledger, asked = Ledger(tmp_path / "stopped.sqlite3"), []

    def stop_after_two(messages, size):
        asked.append(messages)
        return len(asked) % 2 != 0

    while not Census(path, ledger, TERMS, size=200_000).run(stop_after_two):
        pass
    assert len(asked) == len(list(mbox.chunks(path, 200_000)))
    assert asked == sorted(asked)
    assert ledger.figures() == counted(path, tmp_path)
    ledger.close()


def test_a_chunk_entered_twice_counts_once(store, tmp_path):
    path, _ = store
    ledger = Ledger(tmp_path / "twice.sqlite3")
    chunk = next(mbox.chunks(path, 200_000))
    tally = worker.count(path, TERMS, chunk, frozenset())
    assert ledger.enter(chunk, tally)
    before = ledger.figures()
    assert not ledger.enter(chunk, tally)
    assert ledger.figures() == before
    ledger.close()


def test_a_document_that_kills_its_reader_costs_one_document(tmp_path):
    """The worker is killed each time it opens the document, as a crash of the PDF library would."""
    path = tmp_path / "deadly.mbox"
    deadly = messages.with_file(known_truth.pdf(["IBAN FR76 3000 6000 0112 3456 7890 189"]), "deadly.pdf", body="Tél. 06 12 34 56 78")
    path.write_bytes(b"".join(staging.as_mbox(raw, str(n)) for n, raw in enumerate([messages.ordinary(), deadly, messages.ordinary()])))
    ledger = Ledger(tmp_path / "deadly.sqlite3")
    census = Census(path, ledger, TERMS)
    census.command = (sys.executable, "-c", _DEADLY)
    assert census.run()
    figures = ledger.figures()
    assert figures["messages"] == 3
    assert figures["troubles"] == {"document_stopped_the_reader": 1}
    assert figures["categories"]["phone"]["messages"] == [1, 1, 1]
    ledger.close()


_DEADLY = """
import os, signal, breachreg.mailboxes.census.documents as documents, breachreg.mailboxes.census.worker as worker
documents._pdf = lambda data: os.kill(os.getpid(), signal.SIGKILL)
worker.main()
"""


def test_a_worker_that_cannot_live_does_not_keep_the_census_for_ever(store, tmp_path):
    path, _ = store
    ledger = Ledger(tmp_path / "dead.sqlite3")
    census = Census(path, ledger, TERMS)
    census.MOST_DEATHS = 2
    census.command = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(1)")
    assert census.run()
    assert ledger.figures()["troubles"] == {"chunk_unreadable": 1}
    ledger.close()


def test_a_document_that_kills_its_reader_costs_nobody_their_place_in_the_list(tmp_path):
    path = tmp_path / "box.mbox"
    maker = known_truth.Maker()
    with_pdf = (
        b"From: lea@client.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nIBAN DE89 3704 0044 0532 0130 00\n"
        b"--x\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1.4 \n--x--\n"
    )
    raws = [with_pdf, maker.message(1), with_pdf.replace(b"lea@", b"max@"), maker.message(2)]
    path.write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + raw + b"\n" for raw in raws))
    places = [place for chunk in mbox.chunks(path) for place, _raw in mbox.messages(path, chunk)]
    command = (sys.executable, "-c", _DEADLY)
    found = list(naming.concerned(path, TERMS, places, command=command))
    assert [address for address in found if address in ("lea@client.example", "max@client.example")] == ["lea@client.example", "max@client.example"]
    assert list(naming.concerned(path, TERMS, places[:1], command=(sys.executable, "-c", "raise SystemExit(1)"))) == []


@pytest.mark.slow
def test_a_census_killed_twenty_times_ends_with_the_same_figures(store, tmp_path):
    path, _ = store
    expected = counted(path, tmp_path)
    ledger = tmp_path / "killed.sqlite3"
    for number in range(20):
        process = subprocess.Popen([sys.executable, "-c", _CENSUS, str(path), str(ledger)], cwd=ROOT, start_new_session=True)
        threading.Event().wait(0.25 + number * 0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run([sys.executable, "-c", _CENSUS, str(path), str(ledger)], cwd=ROOT, check=False, timeout=120)
    assert done.returncode == 0
    opened = Ledger(ledger)
    assert opened.figures() == expected
    opened.close()


_CENSUS = """
import sys
from pathlib import Path
from breachreg.mailboxes.census.ledger import Ledger
from breachreg.mailboxes.census.run import Census
from breachreg.mailboxes.census.tally import Terms
from tests.mailboxes.makers.known_truth import OWNER
terms = Terms(key=b"k" * 32, own_domains=frozenset({"hopital-troisrivieres.example"}), owner=OWNER)
Census(Path(sys.argv[1]), Ledger(Path(sys.argv[2])), terms, size=60_000).run()
"""


def test_only_a_closed_list_of_types_comes_back_from_a_worker():
    import pickle

    stream = io.BytesIO()
    worker.write_frame(stream, b"R", os.system)
    stream.seek(0)
    with pytest.raises(pickle.UnpicklingError):
        worker.read_frame(stream)
