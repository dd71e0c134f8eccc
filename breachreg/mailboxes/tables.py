"""Tables as programmes export them: any of three encodings, three separators, cells of any length, broken rows listed."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

LONGEST_CELL = 2**27
"""Characters; the csv module's own limit of 131,072 is shorter than one cell of an audit log."""


class Row(NamedTuple):
    """One row: its place in the file (the header is row 1), its cells by column, or why it could not be read."""

    number: int
    cells: dict
    trouble: str | None = None


def encoding_of(start: bytes) -> str:
    """UTF-8, UTF-16 or Windows-1252, by the mark or the bytes at the beginning of a file."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 3 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    try:
        start[: len(start) - len(start) % 4096 or len(start)].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 8:
            return "cp1252"
    return "utf-8-sig"


@contextmanager
def text_stream(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """A binary file as text, read piece by piece; the file itself stays open, whoever opened it closes it."""
    start = file.read(65536)
    file.seek(0)
    stream = io.TextIOWrapper(file, encoding=encoding_of(start), errors="replace", newline="")
    try:
        yield stream
    finally:
        if not file.closed:
            stream.detach()


def rows_of_csv(file: BinaryIO) -> Iterator[Row]:
    """The rows of a CSV file; the column names are trimmed, and PowerShell's ``#TYPE`` line is passed over."""
    csv.field_size_limit(LONGEST_CELL)
    with text_stream(file) as stream:
        yield from _rows_of_csv(stream)


def _rows_of_csv(stream: io.TextIOWrapper) -> Iterator[Row]:
    start = stream.read(65536)
    stream.seek(0)
    reader = csv.reader(stream, delimiter=_delimiter(start))
    header: list[str] | None = None
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, {}, str(error))
            continue
        if header is None:
            header = None if _is_preamble(cells) else [cell.replace("\x00", "").strip().lstrip("\ufeff") for cell in cells]
            continue
        if any(cell.strip() for cell in cells):
            yield _row(number, header, cells)


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    filled: dict[str, str] = {}
    for name, cell in zip(header, (cell.replace("\x00", "") for cell in cells), strict=False):
        filled[name] = filled.get(name) or cell  # of a column that stands twice, the one that says something
    return Row(number, filled, None if len(cells) == len(header) else "columns")


def _is_preamble(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells) or cells[0].lstrip("\ufeff").startswith(("#TYPE", "sep="))


def _delimiter(start: str) -> str:
    lines = [line for line in start.splitlines() if line.strip() and not line.lstrip("\ufeff").startswith("#TYPE")]
    first = lines[0] if lines else ""
    if first.lower().startswith("sep=") and len(first) > 4:
        return first[4]
    return max(",;\t|", key=first.count)


def rows_of_json(file: BinaryIO) -> Iterator[Row]:
    """The objects of a JSON array, of ``{"value": [...]}`` (Microsoft Graph), or of a file with one object a line."""
    with text_stream(file) as stream:
        yield from _rows_of_json(stream)


def _rows_of_json(stream: io.TextIOWrapper) -> Iterator[Row]:
    start = stream.read(4096).lstrip("\ufeff").lstrip()
    stream.seek(0)
    if start.startswith("{") and _is_plain_object(stream.readline()):
        stream.seek(0)
        yield from _rows_of_lines(stream)
        return
    stream.seek(0)
    yield from _rows_of_document(stream)


def _rows_of_document(stream) -> Iterator[Row]:
    """The objects of one JSON document, each parsed by itself: memory holds one, and a document cut off gives the rest."""
    window = _Window(stream)
    number = 0
    if window.enter_list():
        for number, item in enumerate(window.items(), 1):
            yield Row(number, item) if isinstance(item, dict) else Row(number, {}, "not an object")
        if window.trouble:
            yield Row(number + 1, {}, window.trouble)
        return
    try:
        content = json.loads(window.all())
    except (ValueError, RecursionError) as error:
        yield Row(1, {}, str(error))
        return
    for number, item in enumerate(_items(content), 1):
        yield Row(number, item) if isinstance(item, dict) else Row(number, {}, "not an object")


class _Window:
    """A JSON text read piece by piece: only the object in hand is kept."""

    BLOCK = 2**20
    LONGEST = 2**26
    """Characters of one object; a longer one is said to be unreadable."""

    def __init__(self, stream):
        self.stream, self.text, self.at, self.is_over = stream, "", 0, False
        self.trouble: str | None = None
        self.decoder = json.JSONDecoder()
        self._more()
        self.text = self.text.lstrip("\ufeff\x00")

    def _more(self) -> bool:
        block = self.stream.read(max(self.BLOCK, len(self.text) - self.at))
        self.text, self.at = self.text[self.at :] + block.replace("\x00", ""), 0
        self.is_over = not block
        return bool(block)

    def all(self) -> str:
        while self._more():
            pass
        return self.text

    def enter_list(self) -> bool:
        """Step into the array of the document, or into that of a wrapper; False when it has neither at its beginning."""
        match = _OPENING.match(self.text)
        self.at = match.end() if match else 0
        return bool(match)

    def items(self) -> Iterator[object]:
        while self._at_item():
            try:
                item, self.at = self.decoder.raw_decode(self.text, self.at)
            except RecursionError:
                self.trouble = "nested too deep"
                return
            except ValueError as error:
                if len(self.text) - self.at > self.LONGEST or not self._more():
                    self.trouble = str(error)
                    return
                continue
            yield item

    def _at_item(self) -> bool:
        while True:
            self.at = _BETWEEN.match(self.text, self.at).end()
            if self.at < len(self.text):
                return self.text[self.at] != "]"
            if not self._more():
                self.trouble = "the file ends within its list"
                return False


_BETWEEN = re.compile(r"[\s,]*")
_OPENING = re.compile(r'\s*(?:\[|\{(?:\s*"(?:@odata\.[\w.]+|\$?schema|kind|etag)"\s*:\s*"[^"]*"\s*,)*\s*"(?:value|items|filters?|Records)"\s*:\s*\[)')


_LISTS = ("value", "items", "filter", "filters", "Records")


def _items(content) -> list:
    if isinstance(content, dict):
        return next((content[key] for key in _LISTS if isinstance(content.get(key), list)), [content])
    return content if isinstance(content, list) else [content]


def _is_plain_object(line: str) -> bool:
    """Whether a line is an object of its own, and not a wrapper around a list of them."""
    try:
        content = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and _items(content) == [content]


def _rows_of_lines(stream) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            yield Row(number, {}, str(error))
            continue
        yield Row(number, item) if isinstance(item, dict) else Row(number, {}, "not an object")
