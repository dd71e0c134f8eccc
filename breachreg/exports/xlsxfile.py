"""The register as a workbook: a sheet of rows with real dates and numbers, and a sheet that says what it is.

xlsxwriter makes all of the workbook but its rows. Those are written here, column by column: cell by cell they take many
times as long. Texts stand in the cells themselves (ECMA-376, 18.3.1.53), so that nothing has to be kept until the end.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat
from operator import itemgetter
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

MOST_ROWS = 1_048_575
"""Rows below the heading that one sheet holds; more go on to a further sheet."""

LONGEST = 32_767
"""Characters that a cell holds; Excel refuses a file with more."""

PLAIN, TIMED, DATED = "plain", "timed", "dated"
FORMATS = {
    PLAIN: {"valign": "top"},
    TIMED: {"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"},
    DATED: {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
}
HEADING = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#f3f5f4"}

LEVEL = 2
"""Of compression: more takes longer than everything else, for a tenth of the size."""

ESCAPED = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What stands for something else in a cell: markup, what XML can't hold, and what reads like the escape of such a character."""

END = "</t></is></c>"
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class CellTooLong(ValueError):
    """A text is longer than a cell can hold; another format can."""


class Grew(OSError):
    """More rows came than were counted before; to be tried again."""


def write(
    headings: list[str], styles: Sequence[str], batches: Iterable[Sequence[Sequence]], file: BinaryIO, *, count: int,
    about: list[tuple[str, str]],
) -> int:
    """Write a workbook of ``count`` rows, given column by column; ``about`` are the lines of its last sheet.

    A cell is a text or a number; in a column that is TIMED or DATED a number counts the days since 1899-12-30. Gives the
    number of rows. Raises CellTooLong, naming row and column, rather than cut a text, and Grew.
    """
    sheets = max(1, -(-count // MOST_ROWS))
    portions = groupby(_portions(batches), key=itemgetter(0))
    written = 0
    with zipfile.ZipFile(_frame(headings, sheets, about)) as frame, zipfile.ZipFile(
        file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL
    ) as archive:
        own = [f"xl/worksheets/sheet{number}.xml" for number in range(1, sheets + 1)]
        for name in frame.namelist():
            if name not in own:
                archive.writestr(name, frame.read(name))
        for name in own:
            head, ids, tail = _cut(frame.read(name).decode())
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(head.encode())
                for _sheet, first, columns in next(portions, (None, ()))[1]:
                    lines = _lines(first, columns, [ids[style] for style in styles], headings, ids[PLAIN])
                    written += len(lines)
                    stream.write("".join(lines).encode())
                stream.write(tail.encode())
    if next(portions, None):
        raise Grew(_("The register grew while it was written."))
    return written


def _portions(batches: Iterable[Sequence[Sequence]]) -> Iterator[tuple[int, int, Sequence[Sequence]]]:
    """The batches, cut where a sheet is full; each with its sheet and the number of its first row there."""
    sheet, full = 1, 0
    for columns in batches:
        start, size = 0, len(columns[0])
        while start < size:
            if full == MOST_ROWS:
                sheet, full = sheet + 1, 0
            part = min(size - start, MOST_ROWS - full)
            yield sheet, full + 2, columns if part == size else [values[start : start + part] for values in columns]
            start, full = start + part, full + part


def _lines(first: int, columns: Sequence[Sequence], ids: list[str], headings: list[str], plain: str) -> list[str]:
    """The rows as XML, without the cells in which nothing stands."""
    numbers = [str(number) for number in range(first, first + len(columns[0]))]
    cells = []
    for place, (values, numeric) in enumerate(zip(columns, ids, strict=True)):
        begin, text = f'<c r="{xl_col_to_name(place)}', f'" s="{plain}" t="inlineStr"><is><t xml:space="preserve">'
        try:
            together = "".join(values)
        except TypeError:
            cells.append(_mixed(begin, numbers, values, text, f'" s="{numeric}"><v>'))
            continue
        if together:
            cells.append(_texts(begin, numbers, _escaped(values, together, headings[place], first), text))
    return list(map("".join, zip(repeat('<row r="'), numbers, repeat('">'), *cells, repeat("</row>"), strict=False)))


def _texts(begin: str, numbers: list[str], values: Sequence[str], text: str) -> list[str]:
    if values[0] == values[-1] and values.count(values[0]) == len(values):
        return [f"{begin}{number}{same}" for same in [f"{text}{values[0]}{END}"] for number in numbers]
    return [f"{begin}{number}{text}{value}{END}" if value else "" for number, value in zip(numbers, values, strict=True)]


def _mixed(begin: str, numbers: list[str], values: Sequence, text: str, numeric: str) -> list[str]:
    """Numbers, and the few words that stand in their place."""
    return [
        f"{begin}{number}{text}{ESCAPED.sub(_escape, value)}{END}" if isinstance(value, str) and value
        else "" if value == "" else f"{begin}{number}{numeric}{value}</v></c>"
        for number, value in zip(numbers, values, strict=True)
    ]  # fmt: skip


def _escaped(values: Sequence[str], together: str, heading: str, first: int) -> Sequence[str]:
    """A column of texts as XML can hold them. Raises CellTooLong."""
    if len(together) > LONGEST and len(max(values, key=len)) > LONGEST:
        row = next(row for row, value in enumerate(values, start=first) if len(value) > LONGEST)
        raise CellTooLong(
            _("Row %(row)s, “%(column)s”: the text has more characters than a cell of a workbook holds. Export as CSV or JSON.")
            % {"row": row, "column": heading}
        )
    return [ESCAPED.sub(_escape, value) for value in values] if ESCAPED.search(together) else values


def _escape(found: re.Match) -> str:
    return NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _frame(headings: list[str], sheets: int, about: list[tuple[str, str]]) -> BinaryIO:
    """The workbook with the headings of its sheets and, below them, one cell of each format."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        bold, formats = book.add_format(HEADING), [book.add_format(form) for form in FORMATS.values()]
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(_("Register") if number == 1 else f"{_('Register')} {number}")
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(headings) - 1, 22)
            sheet.set_landscape()
            sheet.repeat_rows(0)
            for place, heading in enumerate(headings):
                sheet.write_string(0, place, heading, bold)
            for place, form in enumerate(formats):
                sheet.write_blank(1, place, None, form)
        _write_about(book, about)
    return made


def _cut(sheet: str) -> tuple[str, dict[str, str], str]:
    """What stands before the rows of a sheet, the number of each format, and what stands after."""
    head, _row, rest = sheet.partition('<row r="2"')
    samples, end, tail = rest.partition("</sheetData>")
    head = re.sub(r"<dimension [^>]*/>", "", head)  # it may be left out, and is not known yet
    return head, dict(zip(FORMATS, re.findall(r' s="(\d+)"', samples), strict=True)), end + tail


def _write_about(book: xlsxwriter.Workbook, about: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(_("About"))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 90)
    for place, (name, value) in enumerate(about):
        sheet.write_string(place, 0, name)
        sheet.write_string(place, 1, str(value))
