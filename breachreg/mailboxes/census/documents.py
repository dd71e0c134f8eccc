"""An attached file to its text, within a budget: PDF, Word, Excel, OpenDocument, CSV, RTF, HTML, plain text."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import defusedxml.common
from defusedxml import ElementTree

from breachreg.mailboxes.reading import filetypes, mime
from breachreg.mailboxes.reading.archives import READ_ERRORS, Budget
from breachreg.mailboxes.reading.outlook import text_of_rtf
from breachreg.mailboxes.reading.texts import from_html

MOST_TEXT = 32 * 2**20
"""Characters read from one document."""
MOST_PAGES = 2000
MOST_CELLS = 2_000_000
READABLE = frozenset({"pdf", "docx", "docm", "xlsx", "xlsm", "odt", "ods", "pptx", "rtf", "html", "text"})
XML_ERRORS = (ElementTree.ParseError, defusedxml.common.DefusedXmlException, *READ_ERRORS, KeyError, TypeError, IndexError, AttributeError)


class Unreadable(Exception):
    """The document is broken, encrypted, or beyond the budget."""


def text_of(data: bytes, name: str | None, kind: str, budget: Budget) -> str:
    """The text of a document of this kind (``filetypes.kind_of``). Raises Unreadable."""
    if kind == "text":
        return _plain(data, name)
    if kind == "html":
        return from_html(mime.text_of(data[:MOST_TEXT], None)[0])
    if kind == "rtf":
        return text_of_rtf(data[:MOST_TEXT])
    if kind == "pdf":
        return _pdf(data)
    try:
        _check_size(data, budget)
        return _xlsx(data) if kind in ("xlsx", "xlsm") else _xml_parts(data, kind)
    except XML_ERRORS as error:
        raise Unreadable(str(error)) from error


def _check_size(data: bytes, budget: Budget) -> None:
    """Take a document's unpacked size from the budget before anything unpacks it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if not budget.take(sum(member.file_size for member in archive.infolist())):
            raise Unreadable("too large when unpacked")


def _plain(data: bytes, name: str | None) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else None
    text = mime.text_of(data[:MOST_TEXT], encoding)[0].lstrip("\ufeff")[:MOST_TEXT]
    return _labelled_csv(text) if (name or "").lower().endswith((".csv", ".tsv")) else text


def _labelled_csv(text: str) -> str:
    """A table as lines of "column: value", so that a bare date under "date of birth" says what it is."""
    first = text[:10_000].splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(MOST_TEXT)
    try:
        return "\n".join(labelled(csv.reader(io.StringIO(text), delimiter=delimiter)))
    except csv.Error:
        return text


def labelled(rows) -> Iterator[str]:
    """Rows as "column: value; column: value" under the first row that looks like a header."""
    header: list[str] | None = None
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row]
        if header is None:
            filled = [cell for cell in cells if cell.strip()]
            is_header = len(filled) > 1 and not any(any(map(str.isdigit, cell)) for cell in filled)
            header = cells if is_header else []
            yield "; ".join(cells)
            continue
        names = header + [""] * (len(cells) - len(header))
        yield "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell)


def _pdf(data: bytes) -> str:
    import pypdfium2

    pieces, size = [], 0
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            for number in range(min(len(document), MOST_PAGES)):
                page = document[number]
                text_page = page.get_textpage()
                text = text_page.get_text_range()
                text_page.close()
                page.close()
                pieces.append(text)
                size += len(text)
                if size > MOST_TEXT:
                    break
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, OSError) as error:
        raise Unreadable(str(error)) from error
    return "\n".join(pieces).replace("\ufffe", "")[:MOST_TEXT]


_PARAGRAPHS = frozenset({"p", "tr", "br", "h", "table-row", "line-break"})
_CELLS = frozenset({"tc", "tab", "table-cell"})


def _xml_parts(data: bytes, kind: str) -> str:
    wanted = re.compile(
        r"content\.xml|ppt/slides/slide\d+\.xml" if kind in ("odt", "ods", "pptx") else r"word/(document|header\d*|footer\d*|footnotes|comments)\.xml"
    )
    pieces = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist()[:5000]:
            if wanted.fullmatch(member.filename):
                with archive.open(member) as stream:
                    pieces.append(_words_of_xml(stream))
    return "\n".join(pieces)[:MOST_TEXT]


def _words_of_xml(stream) -> str:
    pieces, size = [], 0
    for _, element in ElementTree.iterparse(stream, forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if name in ("t", "span") or (name in _PARAGRAPHS and element.text):
            pieces.append(element.text or "")
            size += len(pieces[-1])
        if element.tail and element.tail.strip():
            pieces.append(element.tail)
        if name in _PARAGRAPHS:
            pieces.append("\n")
        elif name in _CELLS:
            pieces.append("; ")
        element.clear()
        if size > MOST_TEXT:
            break
    return "".join(pieces)


def _xlsx(data: bytes) -> str:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        return "\n".join(_lines_of_book(book))[:MOST_TEXT]
    finally:
        book.close()


def _lines_of_book(book) -> Iterator[str]:
    left = MOST_CELLS
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        for line in labelled(_rows(sheet)):
            yield line
            left -= line.count(";") + 1
            if left <= 0:
                return


def _rows(sheet):
    for row in sheet.iter_rows(values_only=True):
        yield [_cell(value) for value in row[:500]]


def _cell(value) -> str:
    if value is None:
        return ""
    if hasattr(value, "strftime") and hasattr(value, "year"):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def kind_of(data: bytes) -> str:
    """The real kind of a file, whatever its name says."""
    return filetypes.kind_of(data)
