"""The files of the register, opened by what people have: the same bytes as csv.writer, and LibreOffice."""

import csv
import io
import subprocess

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from breachreg.exports import csvfile, jsonfile, making, xlsxfile
from breachreg.exports.kinds import Word
from breachreg.exports.lines import Same, is_same, join
from breachreg.exports.making import Order
from breachreg.exports.models import Form
from breachreg.exports.rows import table
from breachreg.register import actions as register
from breachreg.register.models import Incident

CELLS = st.one_of(st.integers(0, 10**6), st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.sampled_from([";", '"', "a\r\nb", ""]))
ROWS = st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_columns_quoted_as_a_whole_make_the_bytes_of_csv_writer(rows):
    file, expected = io.BytesIO(), io.StringIO(newline="")
    headings = [f"Colonne {number}" for number in range(len(rows[0]))]
    csv.writer(expected, delimiter=";", lineterminator="\r\n").writerows([headings, *rows])
    assert csvfile.write_columns(headings, [list(zip(*rows, strict=True))], file) == len(rows)
    assert file.getvalue().decode("utf-8-sig") == expected.getvalue()


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.sampled_from(["1", "null", '"é"']), min_size=3, max_size=3), min_size=1, max_size=4))
def test_values_that_are_the_same_in_each_line_are_in_each_line(rows):
    columns = [Same(values[0], len(values)) if is_same(values) else values for values in zip(*rows, strict=True)]
    lines = [f'{{"a":{one},"b":{two},"c":{three}}}' for one, two, three in rows]
    assert join(jsonfile._pieces(["a", "b", "c"], columns), len(rows)).decode() == "".join(f",\n{line}" for line in lines)


TYPED = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=6),
    st.sampled_from(["", " a ", "a\r\nb", "_x000D_", "<&>", "\x01", "’", "=1+1"]),
)
CELL_ROWS = st.lists(st.tuples(TYPED, TYPED, st.sampled_from(["Oui", "Non", "", " <non> "]), st.sampled_from(["7", "8", Word("inconnu"), Word("")])), min_size=1, max_size=5)


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(CELL_ROWS, st.booleans())
def test_a_workbook_gives_back_what_each_cell_held(rows, in_one_batch):
    sides = [list(zip(*part, strict=True)) for part in ([rows] if in_one_batch else [[row] for row in rows])]
    batches = [[Same(values[0], len(values)) if is_same(values) else values for values in side] for side in sides]
    styles = (xlsxfile.TEXT, xlsxfile.TEXT, xlsxfile.WORD, xlsxfile.NUMBER)
    file = io.BytesIO()
    assert xlsxfile.write(list("abcd"), styles, batches, file, count=len(rows), about=[("", "")]) == len(rows)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    for row, cells in zip(rows, sheet.iter_rows(min_row=2, max_col=4, values_only=True), strict=True):
        for held, seen in zip(row, cells, strict=True):
            said = "" if seen is None else str(seen)
            assert held in (said, unescape(said))  # openpyxl leaves it to its reader to take escapes away, here and there


def test_words_beyond_the_number_that_is_kept_stand_in_their_cells(monkeypatch):
    monkeypatch.setattr(xlsxfile, "MOST_WORDS", 2)
    file, words = io.BytesIO(), ["un", "deux", "<trois>", "quatre", "un", "<trois>"]
    xlsxfile.write(["a"], [xlsxfile.WORD], [[words]], file, count=6, about=[])
    assert [cell.value for cell in openpyxl.load_workbook(file).worksheets[0]["A"]] == ["a", *words]


def test_a_register_longer_than_a_sheet_goes_on_to_the_next(monkeypatch):
    monkeypatch.setattr(xlsxfile, "MOST_ROWS", 3)
    file = io.BytesIO()
    batches = [[["1", "2"], Same("x", 2)], [["3", "4", "5"], Same("x", 3)], [["6", "7"], Same("x", 2)]]
    assert xlsxfile.write(["a", "b"], [xlsxfile.NUMBER, xlsxfile.TEXT], batches, file, count=7, about=[]) == 7
    sheets = openpyxl.load_workbook(file).worksheets[:3]
    assert [list(sheet.values) for sheet in sheets] == [
        [("a", "b"), (1, "x"), (2, "x"), (3, "x")], [("a", "b"), (4, "x"), (5, "x"), (6, "x")], [("a", "b"), (7, "x")],
    ]  # fmt: skip


@pytest.mark.slow
def test_libreoffice_opens_the_workbook_and_the_csv_with_what_was_typed(hospital, awa, noon, tmp_path):
    titles = ["Ordinateur « volé » ; à Évry", "=1+1", "Ligne un\nligne deux", "<b>&amp;</b>"]
    for title in titles:
        register.report_incident(organisation=hospital, title=title, report="@SUM(A1)", by=awa, at=noon)
    for form in (Form.XLSX, Form.CSV):
        with (tmp_path / f"registre.{form}").open("wb") as file:
            said = Order(hospital, form, "fr", noon)
            making.write(said, table(Incident.objects.order_by("number"), said.columns), file)
        seen = through_libreoffice(tmp_path / f"registre.{form}", tmp_path / f"seen-{form}")
        guarded = ["'=1+1" if form == Form.CSV and title == "=1+1" else title for title in titles]
        assert [row["Titre"] for row in seen] == guarded
        assert [row["Référence"] for row in seen] == [f"HOP-2026-000{number}" for number in range(1, 5)]
        assert {row["Signalé (Paris)"][:16] for row in seen} == {"2026-03-10 12:00"}


def through_libreoffice(path, folder) -> list[dict]:
    """The rows that LibreOffice reads in a file, written out again by it as CSV."""
    reading = ["--infilter=CSV:59,34,76,1,,1036"] if path.suffix == ".csv" else []
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *reading, "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", "--outdir", folder, path],
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    [made] = folder.glob("*.csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(made.read_text(encoding="utf-8"), newline="")))
