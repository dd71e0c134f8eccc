"""The register as CSV that Excel in France opens with its accents and columns right, and that runs nothing.

UTF-8 with its mark, semicolons, CRLF (RFC 4180 otherwise). Cells that a spreadsheet would compute begin with an
apostrophe (safe.py).
"""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from operator import itemgetter
from typing import BinaryIO

from breachreg.exports.lines import Piece, Same, join
from breachreg.web.safe import harmless

DELIMITER = ";"
END = "\r\n"


def write(headings: list[str], rows: Iterable[Sequence], file: BinaryIO) -> int:
    """Write the rows below their headings, each cell made harmless; give the number of rows. The file stays open."""
    file.write(BOM_UTF8)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, delimiter=DELIMITER, lineterminator=END)
    writer.writerow(map(harmless, headings))
    counted = count()
    safe = (map(harmless, row) for row in rows)
    writer.writerows(map(itemgetter(0), zip(safe, counted, strict=False)))
    written = next(counted)
    text.flush()
    text.detach()
    return written


def write_columns(headings: list[str], batches: Iterable[Sequence[Sequence]], file: BinaryIO) -> int:
    """Write batches of rows (two columns or more) that come column by column and are harmless already; give their number.

    The bytes are those of ``write``: a column that is quoted as a whole takes a quarter of the time of its cells.
    """
    written = write(headings, (), file)
    for columns in batches:
        count = len(columns[0])
        written += count
        file.write(join(_pieces(columns), count))
    return written


def _pieces(columns: Sequence[Sequence]) -> Iterator[Piece]:
    for place, values in enumerate(columns):
        if place:
            yield DELIMITER
        yield _quoted(values)
    yield END


def _quoted(values: Sequence) -> Piece:
    """A column with quotes where a cell needs them; numbers as text."""
    if type(values) is Same:
        return _quoted(values[:1])[0]
    try:
        together = "".join(values)
    except TypeError:
        values = list(map(str, values))
        together = "".join(values)
    if not _needs_quotes(together):
        return values
    return ['"' + text.replace('"', '""') + '"' if _needs_quotes(text) else text for text in values]


def _needs_quotes(text: str) -> bool:
    return ";" in text or '"' in text or "\n" in text or "\r" in text
