"""The files of the register, opened by what people have: the same bytes as csv.writer, and LibreOffice."""

import csv
import io
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachreg.exports import csvfile, jsonfile, making
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
@given(st.lists(st.lists(st.sampled_from(["1", "null", '"a"']), min_size=3, max_size=3), min_size=1, max_size=4))
def test_values_that_are_the_same_in_each_line_are_in_each_line(rows):
    lines = jsonfile._lines(["a", "b", "c"], list(zip(*rows, strict=True)))
    assert lines == [f'{{"a":{one},"b":{two},"c":{three}}}' for one, two, three in rows]


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
