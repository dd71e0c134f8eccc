"""A spreadsheet that a person uploads (CSV or XLSX) becomes a header and a stream of rows of text.

Nothing is guessed in silence: the encoding, the delimiter and the row of the header are kept beside the rows, so that
a page can show them and let the person correct them. Used by the register, the letters and the mailboxes.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

DELIMITERS = (";", "\t", ",", "|")
SAMPLE_ROWS = 30
CHUNK = 64 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_BLANKS = re.compile(r"[\s\u00a0\u202f\ufeff]+")


class TableError(ValueError):
    """A file that can't be read as a table; the message names the file, the row when there is one, and the remedy."""

    def __init__(self, file_name: str, message: str, row: int | None = None):
        self.file_name, self.row, self.message = file_name, row, message
        place = _("%(file)s, row %(row)s") % {"file": file_name, "row": row} if row else file_name
        super().__init__(_("%(place)s: %(message)s") % {"place": place, "message": message})


@dataclass(frozen=True)
class Limits:
    """What one table may weigh; a mistake or an attack is stopped here, with its remedy."""

    size: int = 20 * 1024 * 1024
    unpacked: int = 150 * 1024 * 1024
    rows: int = 50_000
    columns: int = 200
    cell: int = 100_000


@dataclass(frozen=True)
class Row:
    """A row of the file; `number` is the one that the person sees in a spreadsheet, from 1."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True)
class Table:
    """A file opened as a table. `rows()` reads it again from the start, one row at a time."""

    name: str
    header: tuple[str, ...]
    header_row: int
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits, repr=False)
    source: "CsvSource | XlsxSource" = field(default=None, repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows below the header, blank ones left out; a row of another width carries its `problem`.

        Raises TableError where the file can't be read any further, or holds too many rows.
        """
        seen = 0
        for row in self.source.rows():
            if row.number <= self.header_row or row.is_blank:
                continue
            seen += 1
            if seen > self.limits.rows:
                message = _("more than %(most)s rows; split the file and import its parts one after the other.")
                raise TableError(self.name, message % {"most": self.limits.rows}, row.number)
            yield self._fitted(row)

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Pairs (row number, header → cell). Raises TableError at the first row that has a problem."""
        for row in self.rows():
            if row.problem:
                raise TableError(self.name, row.problem, row.number)
            yield row.number, dict(zip(self.header, row.cells, strict=True))

    def _fitted(self, row: Row) -> Row:
        cells = row.cells
        while len(cells) > len(self.header) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) == len(self.header):
            return Row(row.number, cells)
        if self.sheet and len(cells) < len(self.header):
            return Row(row.number, cells + ("",) * (len(self.header) - len(cells)))
        message = _(
            "%(found)s cells where the header has %(wanted)s. Look for a delimiter inside a value (put such a value "
            "between quotation marks) or for a missing one."
        )
        return Row(row.number, cells, message % {"found": len(cells), "wanted": len(self.header)})


def open_table(
    file: BinaryIO, name: str, *, header_row: int | None = None, sheet: str | None = None, limits: Limits | None = None
) -> Table:
    """Open a seekable binary file as a table; `header_row` (from 1) and `sheet` correct what would be found.

    Raises TableError.
    """
    limits = limits or Limits()
    _check_size(file, name, limits)
    start = _first_bytes(file, 8)
    if start.startswith(OLE):
        raise TableError(name, _("this is the format of Excel before 2007. Save it as “.xlsx” or CSV, and try again."))
    source = XlsxSource.open(file, name, sheet, limits) if start.startswith(ZIP) else CsvSource.open(file, name, limits)
    sample = list(islice(source.rows(), max(SAMPLE_ROWS, header_row or 0)))
    position = _find_header(sample, name, header_row)
    header = clean_header(sample[position].cells)
    return Table(
        name=name, header=header, header_row=sample[position].number, encoding=source.encoding,
        delimiter=source.delimiter, sheet=source.sheet, sheets=source.sheets, limits=limits, source=source,
    )


def clean_header(cells: Iterable[str]) -> tuple[str, ...]:
    """Names of columns: white space of every kind made plain, a nameless column named, a repeated name numbered."""
    names: list[str] = []
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    for place, cell in enumerate(cells, start=1):
        name = plain(cell) or _("Column %(place)s") % {"place": place}
        repeated = sum(known == name or known.startswith(f"{name} (") for known in names)
        names.append(f"{name} ({repeated + 1})" if repeated else name)
    return tuple(names)


def plain(text: str) -> str:
    """The text with single plain spaces and none at its ends (a non-breaking space is a space, too)."""
    return _BLANKS.sub(" ", text).strip()


@dataclass(frozen=True)
class CsvSource:
    file: BinaryIO
    name: str
    encoding: str
    delimiter: str
    limits: Limits
    skips_first_line: bool = False
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    @classmethod
    def open(cls, file: BinaryIO, name: str, limits: Limits) -> "CsvSource":
        """Find the encoding over the whole file, then the delimiter on its first rows. Raises TableError."""
        encoding = find_encoding(file, name)
        with _as_text(file, encoding) as text:
            lines = list(islice(text, SAMPLE_ROWS))
        if not any(line.strip() for line in lines):
            raise TableError(name, _("the file is empty. Choose another one."))
        announced = re.match(r"sep=(.)\r?\n?$", lines[0])  # Excel's own way to say it
        delimiter = announced[1] if announced else find_delimiter(lines)
        return cls(file, name, encoding, delimiter, limits, skips_first_line=bool(announced))

    def rows(self) -> Iterator[Row]:
        """Every row of the file; a value may hold line breaks, so a row is not a line."""
        with _as_text(self.file, self.encoding) as text:
            if self.skips_first_line:
                next(text)
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            number = int(self.skips_first_line)
            while True:
                number += 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise TableError(self.name, _csv_remedy(error), number) from error
                _check_width(cells, self.name, number, self.limits)
                yield Row(number, tuple(cell.strip() for cell in cells))


@dataclass(frozen=True)
class XlsxSource:
    file: BinaryIO
    name: str
    sheet: str
    sheets: tuple[str, ...]
    limits: Limits
    encoding: str = ""
    delimiter: str = ""

    @classmethod
    def open(cls, file: BinaryIO, name: str, sheet: str | None, limits: Limits) -> "XlsxSource":
        """Take the sheet of that name, else the first that holds something. Raises TableError."""
        _check_unpacked(file, name, limits)
        with _workbook(file, name) as book:
            sheets = tuple(page.title for page in book.worksheets)
        if sheet and sheet not in sheets:
            message = _("there is no sheet “%(sheet)s”; the file has: %(sheets)s.")
            raise TableError(name, message % {"sheet": sheet, "sheets": ", ".join(sheets)})
        for title in [sheet] if sheet else sheets:
            source = cls(file, name, title, sheets, limits)
            if any(not row.is_blank for row in islice(source.rows(), SAMPLE_ROWS)):
                return source
        raise TableError(name, _("the file is empty. Choose another one."))

    def rows(self) -> Iterator[Row]:
        with _workbook(self.file, self.name) as book:
            page = book[self.sheet]
            page.reset_dimensions()  # what the file says of its own size is often wrong
            for number, values in enumerate(page.iter_rows(values_only=True), start=1):
                cells = [cell_text(value) for value in values]
                while cells and not cells[-1]:
                    cells.pop()
                _check_width(cells, self.name, number, self.limits)
                yield Row(number, tuple(cells))


def cell_text(value) -> str:
    """A cell of a spreadsheet as text: dates as ISO 8601, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def find_encoding(file: BinaryIO, name: str) -> str:
    """UTF-8 (with its mark or without), UTF-16 or Windows-1252: the first that reads the whole file. Raises TableError.

    UTF-16 is tried only when its mark or its zero bytes show, because almost any text would pass for it.
    """
    start = _first_bytes(file, CHUNK)
    for encoding in _candidates(start):
        if _decodes(file, encoding):
            if _CONTROLS.search(start.decode(encoding, errors="ignore")):
                raise TableError(name, _("this is no table. Save the table as CSV or “.xlsx”, and try again."))
            return encoding
    raise TableError(name, _("the encoding was not recognised. Save the file as “CSV UTF-8”, and try again."))


def find_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts the most of these lines into the same number of cells, more than one."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells)]
        except csv.Error:
            return 0, 0
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    best = max(DELIMITERS, key=score)
    return best if score(best)[0] else DELIMITERS[0]


def _find_header(sample: list[Row], name: str, wanted: int | None) -> int:
    """The position of the header: the row that was asked for, or the first that fills most of the usual columns."""
    if wanted is not None:
        for position, row in enumerate(sample):
            if row.number == wanted and not row.is_blank:
                return position
        raise TableError(name, _("there is no header in row %(row)s. Enter the row that names the columns.") % {"row": wanted})
    filled = [sum(bool(cell) for cell in row.cells) for row in sample]
    widest = max(filled, default=0)
    for position, count in enumerate(filled):
        if count * 2 > widest:
            return position
    raise TableError(name, _("the file is empty. Choose another one."))


def _check_size(file: BinaryIO, name: str, limits: Limits) -> None:
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if size > limits.size:
        message = _("%(size)s MB, and %(most)s MB is the most. Split the file, or remove columns that are not needed.")
        raise TableError(name, message % {"size": size // 2**20, "most": limits.size // 2**20})


def _check_unpacked(file: BinaryIO, name: str, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise TableError(name, _damaged()) from error
    if unpacked > limits.unpacked:
        message = _("the file unpacks to %(size)s MB. Save only the sheet you need, and try again.")
        raise TableError(name, message % {"size": unpacked // 2**20})


def _check_width(cells: list[str], name: str, number: int, limits: Limits) -> None:
    if len(cells) > limits.columns:
        message = _("%(found)s columns, and %(most)s is the most. Remove those that are not needed.")
        raise TableError(name, message % {"found": len(cells), "most": limits.columns}, number)
    if any(len(cell) > limits.cell for cell in cells):
        message = _("a cell holds more than %(most)s characters. Look for a quotation mark that is never closed.")
        raise TableError(name, message % {"most": limits.cell}, number)


def _csv_remedy(error: csv.Error) -> str:
    if "field limit" in str(error) or "unexpected end" in str(error):
        return _("a quotation mark is opened and never closed. Close it, or remove it.")
    return _("a quotation mark stands inside a value. Double it, or remove it.")


def _damaged() -> str:
    return _("the file is damaged or protected by a password. Save it again as “.xlsx” without password, or as CSV.")


@contextmanager
def _workbook(file: BinaryIO, name: str):
    file.seek(0)
    book = None
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield book
    except TableError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError) as error:
        raise TableError(name, _damaged()) from error
    finally:
        if book:
            book.close()


@contextmanager
def _as_text(file: BinaryIO, encoding: str):
    """The file as text, from its start; it stays open afterwards."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


def _first_bytes(file: BinaryIO, count: int) -> bytes:
    file.seek(0)
    return file.read(count)


def _candidates(start: bytes) -> tuple[str, ...]:
    """The encodings worth trying: UTF-16 without its mark shows as zeros on every second byte of Latin letters."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    even, odd = start[0:200:2].count(0), start[1:200:2].count(0)
    if odd > 3 * even and odd > 10:
        return ("utf-16-le",)
    return ("utf-16-be",) if even > 3 * odd and even > 10 else ("utf-8-sig", "windows-1252")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
