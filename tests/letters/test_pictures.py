"""Letters turned into pictures and into text by other programs: what the window shows, and whether every word comes back."""

import io
import subprocess
import unicodedata
from dataclasses import replace

import pytest
from PIL import Image

from breachreg.letters.layout import WINDOW, compose, lay_out_for
from breachreg.letters.stamp import LetterFile
from breachreg.letters.typeface import Unstampable
from tests.letters.test_stamp import AT, LETTER, SENTENCE, texts

DOTS = 5
"""Dots a millimetre."""
AROUND = 8
"""Millimetres around the window that stay empty too, for an envelope that was folded loosely."""
PAPERS = {"fr": LETTER, "en": replace(LETTER, language="en", subject="Important information about your data", date="Rennes, 10 March 2026")}
NAMES = ["Jeanne Martin", "Nguyễn Thị Hồng", "Ion Țăranu", "Γιώργος Παπαδόπουλος", "Фёдор Достоевский", "محمد علي", "שרה לוי", "W" * 38]
LONGEST = (
    "MADAME JEANNE-MARIE DE LA ROCHEFOUCAUD", "APPARTEMENT 42 ESCALIER B ETAGE TROIS", "RESIDENCE LES JARDINS DE LA VILAINE", "1234 BIS AVENUE DU GENERAL DE GAULLE",
    "LIEU DIT LA CROIX DES QUATRE VENTS", "35000 SAINT JACQUES DE LA LANDE CEDEX", "BELGIQUE",
)  # fmt: skip


def addressed(number: int, name: str) -> dict:
    return texts(name, number) | ({"address": LONGEST} if name == "Jeanne Martin" else {})


@pytest.fixture(scope="module", params=PAPERS)
def file(request, tmp_path_factory):
    """A file with the letter of everybody: stamped, or laid out in full where the stamping faces lack a sign or the line is full."""
    paper, out = PAPERS[request.param], io.BytesIO()
    stamper, letters = compose(paper), LetterFile(out, title=paper.subject, language=paper.language, at=AT)
    for number, name in enumerate(NAMES, 1):
        try:
            letters.add(stamper, addressed(number, name))
        except Unstampable:
            letters.add_laid_out(lay_out_for(paper, addressed(number, name)))
    letters.close()
    kept = tmp_path_factory.mktemp("pictures") / f"{request.param}.pdf"
    kept.write_bytes(out.getvalue())
    return paper, kept


@pytest.mark.parametrize("number", range(1, len(NAMES) + 1))
def test_the_picture_shows_the_whole_address_inside_the_window_and_nothing_around_it(file, number):
    _paper, kept = file
    command = ["pdftoppm", "-gray", "-r", str(DOTS * 25.4), "-f", str(number), "-l", str(number), str(kept)]
    page = Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))
    left, top = WINDOW["left"], WINDOW["top"]
    right, bottom = left + WINDOW["width"], top + WINDOW["height"]
    around = (left - AROUND, top - AROUND, right + AROUND, bottom + AROUND)
    ink = page.crop(tuple(edge * DOTS for edge in around)).point(lambda grey: 255 if grey < 200 else 0).getbbox()
    assert ink, "the window is empty"
    measured = [ink[0] / DOTS + around[0], ink[1] / DOTS + around[1], ink[2] / DOTS + around[0], ink[3] / DOTS + around[1]]
    assert left < measured[0] and top < measured[1] and measured[2] < right and measured[3] < bottom, measured


def test_another_program_gives_every_word_of_each_letter_back(file):
    paper, kept = file
    said = subprocess.run(["pdftotext", str(kept), "-"], capture_output=True, check=True).stdout.decode()
    pages = ["".join(sign for sign in page if unicodedata.category(sign) != "Cf") for page in said.split("\f")[:-1]]
    assert len(pages) == len(NAMES)
    for number, (name, page) in enumerate(zip(NAMES, pages, strict=True), 1):
        own = addressed(number, name)
        lines = [*own["address"], own["reference"], own["line_0"], own["line_1"], paper.subject, paper.date, *paper.sender, *paper.signature, SENTENCE]
        words = {word for line in lines for word in line.split()}
        assert words - set(page.split()) == set(), name
