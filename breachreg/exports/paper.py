"""The register on paper: A4 landscape, an overview first, then each incident on its own sheet.

WeasyPrint is imported when the first page is made, so that a machine without Pango does everything else. Nothing is
fetched: the fonts are embedded, and any other address is refused.
"""

import base64
import io
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import pikepdf
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from breachreg.exports.columns import GROUPS, SUMMARY, Column, filed_on
from breachreg.exports.kinds import Reader
from breachreg.exports.rows import Row, Table
from breachreg.letters.typeface import FILES, FOLDER
from breachreg.register.models import DecisionState, Duty

if TYPE_CHECKING:
    from breachreg.exports.making import Order

FAMILY = "BreachRegRegister"
MOST = 2000
"""Incidents on paper; a longer register is for a spreadsheet or a machine, or is printed year by year."""

TOGETHER = 40
"""Incidents laid out in one run, so that memory does not grow with the register."""


class TooManyPages(ValueError):
    """The register is too long for paper; says what to do."""


LONG = 90
"""Characters from which a fact takes the whole width of its column."""


@dataclass(frozen=True)
class Fact:
    """One fact of a sheet, in words."""

    name: str
    words: str

    @property
    def is_long(self) -> bool:
        return len(self.words) > LONG


@dataclass(frozen=True)
class Sheet:
    """One incident on paper: the line of the overview, and its facts by group."""

    reference: str
    title: str
    line: list[str]
    groups: list["Group"]


@dataclass(frozen=True)
class Group:
    """Facts that belong together, and the names of those that are not known yet."""

    name: str
    facts: list[Fact]
    missing: list[str]


def write(order: "Order", table: Table, about: list[tuple[str, str]], file: BinaryIO) -> int:
    """Write the register as PDF. Raises TooManyPages."""
    if table.count > MOST:
        raise TooManyPages(
            _("%(count)s incidents are too many for paper (%(most)s at most). Narrow the list, for example to one year, or choose CSV.")
            % {"count": table.count, "most": MOST}
        )
    speaker = _Speaker(table.columns, replace(order.reader, on_paper=True))
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


class _Speaker:
    """Puts the rows of one table in the words of one reader."""

    def __init__(self, columns: tuple[Column, ...], reader: Reader):
        self.columns, self.reader = columns, reader
        self.unknown = reader.say(_("not known yet"))
        self.labels = {column.key: reader.say(column.label) for column in columns}
        self.say = {column.key: column.kind.words(reader, self.unknown if column.is_fact else "") for column in columns}
        self.short = {key: say for key, say in SHORT.items() if key in self.say}

    @property
    def headings(self) -> list[str]:
        return [self.labels[key] for key in SUMMARY if key in self.labels]

    def sheet(self, row: Row) -> Sheet:
        values = {column.key: value for column, value in zip(self.columns, row, strict=True)}
        said = {key: str(self.say[key](value)) for key, value in values.items()}
        line = [
            self.short[key](values[key], self.reader) if key in self.short else said[key] for key in SUMMARY if key in said
        ]
        return Sheet(said["reference"], said.get("title", ""), line, list(self._groups(said)))

    def _groups(self, said: dict[str, str]):
        for group, name in GROUPS.items():
            here = [column for column in self.columns if column.group == group and column.key not in HEADED]
            known = [Fact(self.labels[column.key], said[column.key]) for column in here if self._is_known(column, said)]
            missing = [self.labels[column.key] for column in here if column.is_fact and not self._is_known(column, said)]
            if known or missing:
                yield Group(self.reader.say(name), known, missing)

    def _is_known(self, column: Column, said: dict[str, str]) -> bool:
        return said[column.key] not in ("", self.unknown)


HEADED = {"reference", "title"}


def _decision(rows, reader: Reader) -> str:
    in_force = [row for row in rows if row["state"] in (DecisionState.IN_FORCE, DecisionState.PENDING)]
    return reader.say(Duty(in_force[-1]["duty"]).label) if in_force else ""


def _filed(rows, reader: Reader) -> str:
    return "\n".join(f"{filed_on(row, reader)} {row['receipt_number'] or ''}".strip() for row in rows)


SHORT = {"decisions": _decision, "filings": _filed}
"""What the overview says of columns that are long on the sheet."""


def _lay_out(template: str, order: "Order", after: int = 0, **context) -> tuple[bytes, int]:
    weasyprint, style, fonts, fetcher = _tools()
    html = render_to_string(template, {"order": order, "organisation": order.organisation, **context})
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
