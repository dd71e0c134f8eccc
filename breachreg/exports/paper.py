"""The register on paper: A4 landscape, an overview first, then each incident on its own sheet.

WeasyPrint is imported when the first page is made, so that a machine without Pango does everything else. Nothing is
fetched: the fonts are embedded, and any other address is refused.
"""

import base64
import io
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import pikepdf
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from breachreg.exports.kinds import Reader
from breachreg.exports.rows import Table
from breachreg.exports.sheets import Speaker
from breachreg.letters.typeface import FILES, FOLDER
from breachreg.web import drawing

if TYPE_CHECKING:
    from breachreg.exports.making import Order

FAMILY = "BreachRegRegister"
MOST = 2000
"""Incidents on paper; a longer register is for a spreadsheet or a machine, or is printed year by year."""

TOGETHER = 40
"""Incidents laid out in one run, so that memory does not grow with the register."""


class TooManyPages(ValueError):
    """The register is too long for paper; says what to do."""


def write(order: "Order", table: Table, reader: Reader, about: list[tuple[str, str]], file: BinaryIO) -> int:
    """Write the register as PDF. Raises TooManyPages."""
    if table.count > MOST:
        raise TooManyPages(
            _("%(count)s incidents are too many for paper (%(most)s at most). Narrow the list, for example to one year, or choose CSV.")
            % {"count": table.count, "most": MOST}
        )
    speaker = Speaker(table.columns, reader)
    sheets = map(speaker.sheet, table.rows)
    parts, lines, pages = [], [], 0
    while batch := list(islice(sheets, TOGETHER)):
        lines += [sheet.line for sheet in batch]
        part, count = _lay_out("exports/paper/sheets.html", order, after=pages, sheets=batch)
        parts.append(part)
        pages += count
    front, _count = _lay_out("exports/paper/overview.html", order, about=about, lines=lines, headings=speaker.headings)
    _join([front, *parts], file)
    return len(lines)


def _lay_out(template: str, order: "Order", after: int = 0, **context) -> tuple[bytes, int]:
    html = render_to_string(template, {"order": order, "organisation": order.organisation, **context})
    return drawn(html, after)


def drawn(html: str, after: int = 0) -> tuple[bytes, int]:
    """A page as PDF whose first page bears the number that follows ``after``, and how many pages it takes."""
    with drawing.alone:
        weasyprint, style, fonts, fetcher = _tools()
        going_on = weasyprint.CSS(string=f"@page :first {{ counter-reset: page {after + 1} }}", url_fetcher=fetcher)
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(stylesheets=[style, going_on], font_config=fonts)
        return document.write_pdf(pdf_tags=True), len(document.pages)


def _join(parts: list[bytes], file: BinaryIO) -> None:
    joined = pikepdf.Pdf.open(io.BytesIO(parts[0]))
    for part in parts[1:]:
        with pikepdf.Pdf.open(io.BytesIO(part)) as source:
            joined.pages.extend(source.pages)
    joined.save(file)


@cache
def _tools():
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
    fonts = FontConfiguration()
    css = render_to_string("exports/paper/register.css", {"family": FAMILY, **{face: _data_url(face) for face in FILES}})
    return weasyprint, weasyprint.CSS(string=css, font_config=fonts, url_fetcher=fetcher), fonts, fetcher


def _data_url(face: str) -> str:
    return "data:font/ttf;base64," + base64.b64encode((FOLDER / FILES[face]).read_bytes()).decode()
