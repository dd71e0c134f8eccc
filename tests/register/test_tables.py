"""A table that a person uploads is read whole, or refused with the place and the remedy."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from breachreg.register.tables import Limits, TableError, clean_header, open_table

ACCENTS = "Référence;Libellé\n1;Perte de données à l’hôpital\n"


def table_of(content: bytes, name="registre.csv", **choices):
    return open_table(io.BytesIO(content), name, **choices)


def records_of(content: bytes, **choices):
    return [record for _, record in table_of(content, **choices).records()]


def workbook(*sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
def test_each_encoding_gives_the_same_text(encoding):
    assert records_of(ACCENTS.encode(encoding)) == [{"Référence": "1", "Libellé": "Perte de données à l’hôpital"}]


def test_a_file_in_no_known_encoding_is_refused_with_the_remedy():
    with pytest.raises(TableError, match="UTF-8"):
        table_of(b"a;b\n\x81\x8d\x8f;\x90\n")


def test_an_accent_far_into_the_file_does_not_change_the_encoding_half_way():
    content = b"nom;note\n" + b"x;y\n" * 40_000 + "é;y\n".encode("windows-1252")
    assert table_of(content).encoding == "windows-1252"
    assert records_of(content)[-1] == {"nom": "é", "note": "y"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    content = f"nom{delimiter}ville\nAwa{delimiter}Lyon\n".encode()
    assert table_of(content).delimiter == delimiter
    assert records_of(content) == [{"nom": "Awa", "ville": "Lyon"}]


def test_commas_inside_values_do_not_win_over_the_delimiter():
    content = b"nom;note\nA;un, deux, trois\nB;quatre, cinq, six\n"
    assert table_of(content).delimiter == ";"


def test_the_line_that_excel_writes_to_name_its_delimiter_is_understood():
    content = b"sep=|\nnom|ville\nAwa|Lyon\n"
    assert [(number, record["ville"]) for number, record in table_of(content).records()] == [(3, "Lyon")]


def test_a_note_above_the_header_is_passed_over():
    table = table_of(b"Extrait du registre, juin;;\nA;B;C\n1;2;3\n")
    assert (table.header, table.header_row) == (("A", "B", "C"), 2)


def test_the_person_can_name_the_row_of_the_header():
    table = table_of(b"A;B\nC;D\n1;2\n", header_row=2)
    assert (table.header, [row.cells for row in table.rows()]) == (("C", "D"), [("1", "2")])


def test_a_header_row_that_is_not_there_is_refused():
    with pytest.raises(TableError, match="9"):
        table_of(b"A;B\n1;2\n", header_row=9)


def test_names_of_columns_are_cleaned_named_and_numbered():
    assert clean_header(["Date\u00a0 de réception\u00a0", "", "Nom", "Nom", "Nom", " "])[0] == "Date de réception"
    assert clean_header(["Nom", "Nom", "Nom"]) == ("Nom", "Nom (2)", "Nom (3)")
    assert len(set(clean_header(["a", "", ""]))) == 1


def test_a_row_of_another_width_names_itself():
    rows = list(table_of(b"A;B\n1;2\n3\n4;5;6\n").rows())
    assert [(row.number, bool(row.problem)) for row in rows] == [(2, False), (3, True), (4, True)]
    with pytest.raises(TableError) as refused:
        records_of(b"A;B\n1;2\n3\n")
    assert (refused.value.row, refused.value.file_name) == (3, "registre.csv")
    assert str(refused.value).startswith("registre.csv")


def test_trailing_delimiters_and_blank_rows_do_no_harm():
    assert records_of(b"A;B\n1;2;;\n;;\n\n3;4\n") == [{"A": "1", "B": "2"}, {"A": "3", "B": "4"}]


def test_a_value_may_hold_a_line_break_and_the_rows_keep_their_numbers():
    table = table_of(b'A;B\n"un\ndeux";2\n3;4\n')
    assert [(row.number, row.cells) for row in table.rows()] == [(2, ("un\ndeux", "2")), (3, ("3", "4"))]


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row():
    with pytest.raises(TableError) as refused:
        list(table_of(b'A;B\n1;2\n"3;4\n5;6\n').rows())
    assert refused.value.row == 3


@pytest.mark.parametrize("content", [b"", b"\n\n", "\ufeff".encode(), workbook(("Vide", []))])
def test_an_empty_file_is_refused(content):
    with pytest.raises(TableError):
        table_of(content)


def test_a_picture_is_no_table():
    with pytest.raises(TableError):
        table_of(b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 400, name="photo.csv")


def test_the_old_format_of_excel_is_refused_with_the_remedy():
    with pytest.raises(TableError, match="xlsx"):
        table_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, name="registre.xls")


def test_an_xlsx_gives_dates_and_numbers_as_text():
    content = workbook(("Registre", [["Le", "Nombre", "Part"], [datetime.fromisoformat("2026-03-29T02:30"), 12.0, 0.5], [date(2026, 1, 2)]]))
    rows = list(table_of(content, name="registre.xlsx").rows())
    assert rows[0].cells == ("2026-03-29 02:30", "12", "0.5")
    assert rows[1].cells[1:] == ("", "")


def test_an_xlsx_opens_on_its_first_sheet_that_holds_something():
    content = workbook(("Vide", []), ("Registre", [["A"], ["1"]]), ("Autre", [["B"], ["2"]]))
    table = table_of(content, name="registre.xlsx")
    assert (table.sheet, table.sheets) == ("Registre", ("Vide", "Registre", "Autre"))
    assert table_of(content, name="registre.xlsx", sheet="Autre").header == ("B",)
    with pytest.raises(TableError, match="Registre"):
        table_of(content, name="registre.xlsx", sheet="Inconnue")


def test_a_damaged_xlsx_is_refused():
    with pytest.raises(TableError):
        table_of(workbook(("A", [["A"], ["1"]]))[:-40], name="registre.xlsx")


def test_an_archive_that_is_no_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(TableError):
        table_of(content.getvalue(), name="registre.xlsx")


def test_an_archive_that_unpacks_too_large_is_refused_before_it_is_read():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 3_000_000)
    with pytest.raises(TableError, match="2"):
        table_of(content.getvalue(), name="bombe.xlsx", limits=Limits(unpacked=1_000_000))


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (b"A;B\n" + b"1;2\n" * 4, Limits(rows=3)),
        (b"A;B;C\n1;2;3\n", Limits(columns=2)),
        (b"A;B\n1;22222\n", Limits(cell=4)),
        (b"A;B\n1;2\n", Limits(size=4)),
    ],
)
def test_each_limit_is_said(content, limits):
    with pytest.raises(TableError):
        list(table_of(content, limits=limits).rows())


def test_a_table_can_be_read_twice_and_leaves_its_file_open():
    file = io.BytesIO(b"A;B\n1;2\n")
    table = open_table(file, "a.csv")
    assert list(table.rows()) == list(table.rows())
    assert not file.closed
