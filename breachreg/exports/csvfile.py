"""The register as CSV that Excel in France opens with its accents and columns right, and that runs nothing.

UTF-8 with its mark, semicolons, CRLF (RFC 4180 otherwise). Cells that a spreadsheet would compute begin with an
apostrophe (safe.py).
"""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from itertools import count
from operator import itemgetter
from typing import BinaryIO

from breachreg.web.safe import harmless

DELIMITER = ";"


def write(headings: list[str], rows: Iterable[Sequence], file: BinaryIO, *, is_guarded: bool = False) -> int:
    """Write the rows below their headings; give the number of rows. The file stays open.

    ``is_guarded``: what people typed was made harmless before, column by column.
    """
    file.write(BOM_UTF8)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow(map(harmless, headings))
    counted = count()
    safe = rows if is_guarded else (map(harmless, row) for row in rows)
    writer.writerows(map(itemgetter(0), zip(safe, counted, strict=False)))
    written = next(counted)
    text.flush()
    text.detach()
    return written
