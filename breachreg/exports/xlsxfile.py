"""The register as a workbook: a sheet of rows with real dates and numbers, and a sheet that says what it is.

xlsxwriter makes all of the workbook but its rows. Those are written here, a column of a batch at once: cell by cell they
take many times as long. What a person typed stands in its cell (ECMA-376, 18.3.1.53), so that nothing has to be kept until
the end; the few words of the product stand once, at the end, and their cells name them by number (18.4.8). A cell does not
say where it is (18.3.1.4): it follows the one before, and an empty one holds the place.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from textwrap import wrap
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from breachreg.exports.kinds import Word
from breachreg.exports.lines import Piece, Same, join

WORDS = "xl/sharedStrings.xml"

MOST_ROWS = 1_048_575
"""Rows below the heading that one sheet holds; more go on to a further sheet."""

LONGEST = 32_767
"""Characters that a cell holds; Excel refuses a file with more."""

TEXT, WORD, NUMBER, TIMED, DATED = "text", "word", "number", "timed", "dated"
"""What a column holds: texts that somebody typed, words of the product, numbers, instants, days."""

FORMATS = {
    TIMED: {"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"},
    DATED: {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
}
PLAIN = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
HEADING = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#f3f5f4"}
WIDTH, LINE = 22, 15
"""Of a column, in characters, and of a line of its heading, in points."""

MOST_WORDS, LONGEST_WORD = 10_000, 100
"""How many words are kept until the end, and how long a text that is the same in many rows may be to count as one."""

LEVEL = 1
"""Of compression: more takes longer than everything else, for a tenth of the size."""

ESCAPED = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What stands for something else in a cell: markup, what XML can't hold, and what reads like the escape of such a character."""

CONTROLS = bytes({*range(32)} - {*b"\t\n"})
MARKS = ("&", "<", ">", "_x", "\ufffe", "\uffff")
"""Where none of them stands in a text, nothing is to be escaped; to look for each takes a tenth of looking for all at once."""

BEGIN, END = '<c t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
EMPTY = "<c/>"
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

    A cell is a text; in a column of numbers it is their digits or a Word, and in one that is TIMED or DATED they count the
    days since 1899-12-30. Gives the number of rows. Raises CellTooLong, naming row and column, rather than cut a text, and Grew.
    """
    sheets = max(1, -(-count // MOST_ROWS))
    portions = groupby(_portions(batches), key=itemgetter(0))
    written = 0
    with zipfile.ZipFile(_frame(headings, sheets, about)) as frame, zipfile.ZipFile(
        file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL
    ) as archive:
        own = [f"xl/worksheets/sheet{number}.xml" for number in range(1, sheets + 1)]
        for name in frame.namelist():
            if name not in (*own, WORDS):
                archive.writestr(name, frame.read(name))
        words = _Words(frame.read(WORDS).decode())
        for name in own:
            head, ids, tail = _cut(frame.read(name).decode())
            rows = _Rows(headings, styles, ids, words)
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(head.encode())
                for _sheet, first, columns in next(portions, (None, ()))[1]:
                    count = len(columns[0])
                    written += count
                    stream.write(join(rows.pieces(first, columns), count))
                stream.write(tail.encode())
        archive.writestr(WORDS, words.xml())
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


class _Words(dict):
    """The cell of each word; what is asked for the first time gets the next number."""

    def __init__(self, xml: str):
        super().__init__({"": EMPTY})
        self.head, _end, self.tail = re.sub(r' (?:count|uniqueCount)="\d+"', "", xml).partition("</sst>")
        self.first, self.kept = self.head.count("<si>"), []

    def __missing__(self, word: str) -> str:
        if len(self.kept) == MOST_WORDS:
            return f"{BEGIN}{ESCAPED.sub(_escape, word)}{END}"
        cell = self[word] = f'<c t="s"><v>{self.first + len(self.kept)}</v></c>'
        self.kept.append(word)
        return cell

    def xml(self) -> str:
        said = (f'<si><t xml:space="preserve">{ESCAPED.sub(_escape, word)}</t></si>' for word in self.kept)
        return f"{self.head}{''.join(said)}</sst>{self.tail}"


class _Rows:
    """Makes the rows of a sheet."""

    def __init__(self, headings: list[str], styles: Sequence[str], ids: dict[str, str], words: _Words):
        self.headings, self.styles, self.words = headings, styles, words
        self.numeric = [f'<c s="{ids[style]}"><v>' if style in ids else "<c><v>" for style in styles]

    def pieces(self, first: int, columns: Sequence[Sequence]) -> Iterator[Piece]:
        """The rows as XML."""
        yield '<row r="'
        yield list(map(str, range(first, first + len(columns[0]))))
        yield '">'
        for place, values in enumerate(columns):
            if type(values) is Same:
                yield self._same(place, values[:1], first)
            else:
                yield from self._column(place, values, first)
        yield "</row>"

    def _same(self, place: int, value: Sequence, first: int) -> str:
        style = WORD if self.styles[place] == TEXT and len(value[0]) <= LONGEST_WORD else self.styles[place]
        return "".join(piece if isinstance(piece, str) else piece[0] for piece in self._column(place, value, first, style))

    def _column(self, place: int, values: Sequence, first: int, style: str | None = None) -> Iterator[Piece]:
        style = style or self.styles[place]
        if style == WORD:
            yield list(map(self.words.__getitem__, values))
        elif style == TEXT:
            yield from self._texts(place, values, first)
        else:
            yield from self._numbers(self.numeric[place], values)

    def _texts(self, place: int, values: Sequence[str], first: int) -> Iterator[Piece]:
        together = "".join(values)
        if len(together) > LONGEST and len(max(values, key=len)) > LONGEST:
            raise _too_long(values, self.headings[place], first)
        if not _stands_as_it_is(together):
            values = [ESCAPED.sub(_escape, value) for value in values]
        if all(values):
            yield from (BEGIN, values, END)
        else:
            yield [f"{BEGIN}{value}{END}" if value else EMPTY for value in values]

    def _numbers(self, begin: str, values: Sequence[str]) -> Iterator[Piece]:
        """The digits of numbers, and the few words that stand in their place."""
        if Word in set(map(type, values)):
            words = self.words
            yield [words[value] if type(value) is Word else f"{begin}{value}</v></c>" for value in values]
        else:
            yield from (begin, values, "</v></c>")


def _too_long(values: Sequence[str], heading: str, first: int) -> CellTooLong:
    row = next(row for row, value in enumerate(values, start=first) if len(value) > LONGEST)
    return CellTooLong(
        _("Row %(row)s, “%(column)s”: the text has more characters than a cell of a workbook holds. Export as CSV or JSON.")
        % {"row": row, "column": heading}
    )


def _stands_as_it_is(text: str) -> bool:
    data = text.encode()
    return len(data.translate(None, CONTROLS)) == len(data) and not any(mark in text for mark in MARKS)


def _escape(found: re.Match) -> str:
    return NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _frame(headings: list[str], sheets: int, about: list[tuple[str, str]]) -> BinaryIO:
    """The workbook with the headings of its sheets and, below them, one cell of each format."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "default_format_properties": PLAIN}
    with xlsxwriter.Workbook(made, options) as book:
        bold, formats = book.add_format(HEADING), [book.add_format(form) for form in FORMATS.values()]
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(_("Register") if number == 1 else f"{_('Register')} {number}")
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(headings) - 1, WIDTH)
            sheet.set_row(0, LINE * max(len(wrap(heading, WIDTH - 4)) for heading in headings))  # LibreOffice would not make room
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
