"""Letters composed once and stamped: the right words, the right place, tagged, archivable, however many."""

import io
import subprocess
import tracemalloc
from datetime import UTC, datetime

import pikepdf
import pytest

from breachreg.letters.layout import MM, WINDOW, Block, Letter, compose, lay_out_for
from breachreg.letters.stamp import LetterFile
from breachreg.letters.typeface import Unstampable, typeface
from tests.letters.paper import Reader, check_fonts, check_structure, open_pdf

AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
SENTENCE = "Un ordinateur portable a été volé dans un train ; l’office avait la charge de ses fichiers. "
LETTER = Letter(
    language="fr", subject="Information importante sur vos données", sender=("Hôpital des Trois Rivières", "35000 Rennes"),
    date="Rennes, le 10 mars 2026",
    blocks=(
        Block("paragraph", "@@line_0@@"),
        Block("heading", "Ce qui s’est passé"),
        Block("paragraph", SENTENCE * 3),
        Block("bullets", items=("Changez votre mot de passe.", "@@line_1@@")),
    ),
    signature=("Awa Diallo",), slots={"line_0": "{appel}", "line_1": "Citez {référence}."},
)  # fmt: skip
NAMES = ("Jeanne Martin", "Nguyễn Thị Hồng", "Ion Țăranu", "Γιώργος Παπαδόπουλος", "Фёдор Достоевский", "Ægir Łukasiewicz", "M̃x̣ Y̌")
FOREIGN = ("محمد علي", "שרה לוי")


@pytest.fixture(scope="module")
def stamper():
    return compose(LETTER)


def texts(name: str, number: int = 1) -> dict:
    return {
        "address": (name, "12 RUE DES LILAS", "35000 RENNES"),
        "reference": f"Réf. : HOP-2026-0001-L1-{number:06d}",
        "line_0": f"Madame {name},",
        "line_1": f"Citez HOP-2026-0001-L1-{number:06d}.",
    }


def written(stamper, names, *, full=()) -> bytes:
    out = io.BytesIO()
    file = LetterFile(out, title="Information", language="fr", at=AT)
    for number, name in enumerate(names, start=1):
        if name in full:
            file.add_laid_out(lay_out_for(LETTER, texts(name, number)))
        else:
            file.add(stamper, texts(name, number))
    file.close()
    return out.getvalue()


def test_each_letter_is_read_in_order_with_its_own_words(stamper):
    letters = check_structure(open_pdf(written(stamper, NAMES)))
    assert len(letters) == len(NAMES)
    for number, (name, letter) in enumerate(zip(NAMES, letters, strict=True), start=1):
        assert letter[:2] == ["Hôpital des Trois Rivières", "35000 Rennes"]
        assert letter[2] == f"{name} 12 RUE DES LILAS 35000 RENNES"
        assert letter[4:7] == [f"Réf. : HOP-2026-0001-L1-{number:06d}", LETTER.subject, f"Madame {name},"]
        assert letter[8].strip() == (SENTENCE * 3).strip()
        assert letter[-2:] == [f"Citez HOP-2026-0001-L1-{number:06d}.", "Awa Diallo"]


def test_another_program_gets_the_same_words(stamper, tmp_path):
    file = tmp_path / "letters.pdf"
    file.write_bytes(written(stamper, NAMES))
    command = ["pdftotext", "-f", "2", "-l", "2", str(file), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert "Nguyễn Thị Hồng\n12 RUE DES LILAS\n35000 RENNES" in said.stdout


def test_every_font_is_embedded_once_with_every_glyph_shown(stamper):
    assert check_fonts(open_pdf(written(stamper, NAMES * 20))) == {"LiberationSans-Regular", "LiberationSans-Bold"}


def test_the_file_claims_pdf_a_3a_and_pdf_ua_1(stamper):
    pdf = open_pdf(written(stamper, NAMES))
    with pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Information"
    assert pdf.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1
    assert pdf.check_pdf_syntax() == []


def test_the_same_letters_make_the_same_bytes(stamper):
    assert written(stamper, NAMES) == written(stamper, NAMES)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_script_that_can_not_be_stamped_is_said(stamper, name):
    with pytest.raises(Unstampable):
        written(stamper, [name])


def test_a_line_too_long_for_its_slot_is_not_stamped_but_laid_out(stamper):
    name = "W" * 38
    with pytest.raises(Unstampable):
        written(stamper, [name])
    letters = check_structure(open_pdf(written(stamper, ["Jeanne Martin", name, "Ion Țăranu"], full=[name])))
    assert name in letters[1][2] and "Ion Țăranu" in letters[2][2]


def test_a_refused_letter_leaves_nothing_in_the_file(stamper):
    out = io.BytesIO()
    file = LetterFile(out, title="Information", language="fr", at=AT)
    file.add(stamper, texts("Jeanne Martin"))
    with pytest.raises(Unstampable):
        file.add(stamper, texts("W" * 60))
    file.close()
    assert len(check_structure(open_pdf(out.getvalue()))) == 1


def test_the_38_widest_usual_characters_fit_by_setting_them_smaller(stamper):
    name = "GUILLAUME-ALEXANDRE VANDENBROUCKE MEYER"[:38]
    assert check_structure(open_pdf(written(stamper, [name])))[0][2].startswith(name)


def positions(pdf: pikepdf.Pdf, page: int = 0) -> list[tuple[float, float, float, str]]:
    """Each line of a stamped content: x and base line in millimetres from the top left corner, size, text."""
    found = []
    stamped = pdf.pages[page].Contents[-1]
    height = float(pdf.pages[page].mediabox[3])
    x = y = size = 0.0
    reader = Reader(pdf.pages[page])
    for operands, operator in pikepdf.parse_content_stream(stamped):
        match str(operator):
            case "BT":
                x = y = 0.0
            case "Tf":
                font, size = str(operands[0]), float(operands[1])
            case "Td":
                x, y = x + float(operands[0]), y + float(operands[1])
            case "TJ":
                shown = [bytes(part) for part in operands[0] if isinstance(part, pikepdf.String)]
                found.append((x / MM, (height - y) / MM, size, "".join(reader._glyphs(font, part) for part in shown)))
    return found


def test_the_address_stands_inside_the_window_of_the_envelope(stamper):
    longest = ("MADAME JEANNE-MARIE DE LA ROCHEFOUCAUD", "APPARTEMENT 12", "RESIDENCE LES LILAS", "12 RUE A", "BP 5", "35000 RENNES", "BELGIQUE")
    out = io.BytesIO()
    file = LetterFile(out, title="Information", language="fr", at=AT)
    file.add(stamper, {**texts("x"), "address": longest})
    file.close()
    lines = [line for line in positions(open_pdf(out.getvalue())) if line[3] in longest]
    assert [line[3] for line in lines] == list(longest)
    for x, baseline, size, text in lines:
        width = typeface("regular").line(text)[1] * size / 1000 / MM
        assert WINDOW["left"] + 2 <= x and x + width <= WINDOW["left"] + WINDOW["width"] - 1
        assert WINDOW["top"] + 1 <= baseline - 0.9 * size / MM
        assert baseline + 0.25 * size / MM <= WINDOW["top"] + WINDOW["height"] - 1


def test_nothing_but_the_address_shows_in_the_window(stamper):
    pdf = open_pdf(written(stamper, ["Jeanne Martin"]))
    others = [line for line in positions(pdf) if "RUE" not in line[3]]
    below = WINDOW["top"] + WINDOW["height"] + 5
    assert all(baseline > below or text in ("Jeanne Martin", "35000 RENNES", " ") for _, baseline, _, text in others)
    assert all(not WINDOW["top"] - 5 < top < below for top in shared_lines(pdf.pages[0]))


def shared_lines(page) -> list[float]:
    """Distances of the composed lines from the top, in millimetres, left out what stands left of the window."""
    found = []
    for operands, operator in pikepdf.parse_content_stream(page.Contents[0]):
        if str(operator) == "Tm":
            x, y = float(operands[4]) * 0.75 / MM, float(operands[5]) * 0.75 / MM
            if x > 90:
                found.append(y)
    return found


def test_memory_does_not_grow_with_the_letters(stamper):
    peak(stamper, 500)  # what is kept for good (shaped words, one row of the index for each length) is kept by now
    few, many = peak(stamper, 1000), peak(stamper, 8000)
    assert many - few < 7000 * 20


def peak(stamper, count: int) -> int:
    tracemalloc.start()
    file = LetterFile(_Nowhere(), title="Information", language="fr", at=AT)
    for number in range(count):
        file.add(stamper, texts(f"Jeanne Martin{number % 50}", number))
    file.close()
    reached = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return reached


class _Nowhere:
    def write(self, data):
        return len(data)


def test_a_merged_file_takes_less_than_two_kilobytes_a_letter(stamper):
    assert len(written(stamper, [f"{name} {n}" for n in range(100) for name in NAMES])) < 2000 * 700


def test_thousands_of_letters_in_one_file_keep_their_structure(stamper):
    pdf = open_pdf(written(stamper, [f"Jeanne {number}" for number in range(1500)]))
    letters = check_structure(pdf)
    assert len(letters) == len(pdf.pages) == 1500
    assert [letter[2].split(" 12 RUE")[0] for letter in letters] == [f"Jeanne {number}" for number in range(1500)]
