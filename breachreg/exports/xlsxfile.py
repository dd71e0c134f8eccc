"""The register as a workbook: a sheet of rows with real dates and numbers, and a sheet that says what it is."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

MOST_ROWS = 1_048_575
"""Rows below the heading that one sheet holds; more go on to a further sheet."""

LONGEST = 32_767
"""Characters that a cell holds; Excel refuses a file with more."""

OPTIONS = {
    # Rows go to a temporary file as they are written; nothing typed by a person becomes a formula or a link.
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


class CellTooLong(ValueError):
    """A text is longer than a cell can hold; another format can."""


def write(headings: list[str], rows: Iterable[list], file: BinaryIO, *, about: list[tuple[str, str]]) -> int:
    """Write a workbook; ``about`` are the lines of its second sheet. Instants are naive, as read in their zone.

    Raises CellTooLong, naming row and column, rather than cut a text.
    """
    book = xlsxwriter.Workbook(file, OPTIONS)
    sheets = _Sheets(book, headings)
    written = 0
    try:
        for written, row in enumerate(rows, start=1):  # noqa: B007
            sheets.add(row)
        _write_about(book, about)
    finally:
        book.close()  # its temporary files go, even when a row can't be written
    return written


class _Sheets:
    def __init__(self, book: xlsxwriter.Workbook, headings: list[str]):
        self.book, self.headings = book, headings
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#f3f5f4"})
        self.timed = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        self.dated = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.plain = book.add_format({"valign": "top"})
        self.number = 0
        self._open()

    def _open(self) -> None:
        self.number += 1
        name = _("Register") if self.number == 1 else f"{_('Register')} {self.number}"
        self.sheet = self.book.add_worksheet(name)
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_column(0, len(self.headings) - 1, 22)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(0)
        for place, heading in enumerate(self.headings):
            self.sheet.write_string(0, place, heading, self.bold)
        self.row = 0

    def add(self, row: list) -> None:
        if self.row == MOST_ROWS:
            self._open()
        self.row += 1
        for place, value in enumerate(row):
            if value == "" or value is None:
                continue
            if isinstance(value, str):
                self._write_text(place, value)
            elif isinstance(value, date):
                form = self.timed if isinstance(value, datetime) else self.dated
                self.sheet.write_datetime(self.row, place, value, form)
            else:
                self.sheet.write_number(self.row, place, value, self.plain)

    def _write_text(self, place: int, value: str) -> None:
        if len(value) > LONGEST:
            raise CellTooLong(
                _("Row %(row)s, “%(column)s”: the text has more characters than a cell of a workbook holds. Export as CSV or JSON.")
                % {"row": self.row + 1, "column": self.headings[place]}
            )
        self.sheet.write_string(self.row, place, value, self.plain)


def _write_about(book: xlsxwriter.Workbook, about: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(_("About"))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 90)
    for place, (name, value) in enumerate(about):
        sheet.write_string(place, 0, name)
        sheet.write_string(place, 1, str(value))

