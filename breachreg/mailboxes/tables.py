"""Tables as programmes export them: any of three encodings, three separators, cells of any length, broken rows listed."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
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


def text_stream(file: BinaryIO) -> io.TextIOWrapper:
    """A binary file as text, read piece by piece."""
    start = file.read(65536)
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding_of(start), errors="replace", newline="")


def rows_of_csv(file: BinaryIO) -> Iterator[Row]:
    """The rows of a CSV file; the column names are trimmed, and PowerShell's ``#TYPE`` line is passed over."""
    csv.field_size_limit(LONGEST_CELL)
    stream = text_stream(file)
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
            header = None if _is_preamble(cells) else [cell.strip().lstrip("\ufeff") for cell in cells]
            continue
        if any(cell.strip() for cell in cells):
            yield _row(number, header, cells)


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    filled = dict(zip(header, (cell.replace("\x00", "") for cell in cells), strict=False))
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
    stream = text_stream(file)
    start = stream.read(4096).lstrip("\ufeff").lstrip()
    stream.seek(0)
    if start.startswith("{") and _is_plain_object(stream.readline()):
        stream.seek(0)
        yield from _rows_of_lines(stream)
        return
    stream.seek(0)
    try:
        content = json.loads(stream.read().lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        yield Row(1, {}, str(error))
        return
    for number, item in enumerate(_items(content), 1):
        yield Row(number, item) if isinstance(item, dict) else Row(number, {}, "not an object")


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
