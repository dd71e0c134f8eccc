"""A letter on paper: its text, laid out by WeasyPrint on A4 with the address in the window of a French envelope.

WeasyPrint is imported when the first page is laid out, so that everything else works where Pango is missing.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from breachreg.letters.composed import FAMILY, Composed, Page, take_apart
from breachreg.letters.stamp import Line, Stamper
from breachreg.letters.typeface import FILES, FOLDER, typeface
from breachreg.notifications import tagging
from breachreg.web import drawing

MM = 72 / 25.4
WINDOW = {"left": 110, "top": 55, "width": 85, "height": 33}
"""The window of a French envelope with its window on the right, in millimetres on the unfolded A4 sheet."""
TEXT_WIDTH = 166 * MM
ADDRESS_WIDTH, ADDRESS_LEADING, ADDRESS_SMALLEST = 80 * MM, 12.0, 9.0
ADDRESS_LINES = 7
ADDRESS_SIZES = (("", 10.0), ("long", 8.0), ("longest", 6.0))
"""Classes of the window with their type sizes: the first in which the widest line fits."""


class CannotPrint(Exception):
    """No font of this machine has a character of this letter; says which remedy."""


@dataclass(frozen=True)
class Block:
    """A piece of the body: a heading, a paragraph, or bullets."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter's text; a paragraph that differs by person is a slot."""

    language: str
    subject: str
    sender: tuple[str, ...]
    date: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...] = ()
    address: tuple[str, ...] = ("@@address@@",)
    reference: str = "@@reference@@"
    slots: Mapping[str, str] = field(default_factory=dict)  # slot -> its text, with placeholders of the person
    draft: str = ""

    @property
    def size_of_address(self) -> str:
        """The class of the window in whose type the widest line of the address fits."""
        widest = max(map(typeface("regular").measure, self.address), default=0.0) / 1000
        return next((name for name, size in ADDRESS_SIZES if widest * size <= ADDRESS_WIDTH), ADDRESS_SIZES[-1][0])

    def filled(self, texts: Mapping[str, str | Sequence[str]]) -> "Letter":
        """The letter of one person, with nothing left to stamp."""
        return replace(
            self,
            address=tuple(texts["address"]),
            reference=texts["reference"],
            blocks=tuple(_fill(block, texts) for block in self.blocks),
            signature=tuple(_text(line, texts) for line in self.signature),
        )


def _fill(block: Block, texts: Mapping) -> Block:
    return replace(block, text=_text(block.text, texts), items=tuple(_text(item, texts) for item in block.items))


def _text(text: str, texts: Mapping) -> str:
    name = text.strip("@")
    return texts[name] if text == f"@@{name}@@" else text


def lay_out(letter: Letter) -> bytes:
    """The letter as a tagged PDF, by one run of WeasyPrint."""
    html = render_to_string("letters/paper/letter.html", {"letter": letter})
    return _drawn(html, uncompressed_pdf=True)


def compose(letter: Letter, *, is_duplex: bool = False) -> Stamper:
    """Lay the letter out once, ready to be stamped for many people. Raises CannotPrint or NotComposed."""
    composed = _checked(take_apart(lay_out(letter)), is_duplex)
    lines = {name: Line(TEXT_WIDTH) for name in composed.slots}
    lines["address"] = Line(ADDRESS_WIDTH, ADDRESS_LEADING, ADDRESS_SMALLEST)
    return Stamper(composed, lines)


def lay_out_for(letter: Letter, texts: Mapping[str, str | Sequence[str]], *, is_duplex: bool = False) -> Composed:
    """The whole layout for one person, whose text can't be stamped. Raises CannotPrint."""
    return _checked(take_apart(lay_out(letter.filled(texts))), is_duplex)


def lay_out_sheet(html: str) -> bytes:
    """A sheet that goes with letters, tagged and archivable; ``html`` is a whole page without links or pictures."""
    return _drawn(html, finisher=tagging.complete)


def _drawn(html: str, **options) -> bytes:
    with drawing.alone:
        weasyprint, style, fonts, fetcher = _tools()
        document = weasyprint.HTML(string=html, url_fetcher=fetcher)
        return document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a", pdf_tags=True, **options)


def _checked(composed: Composed, is_duplex: bool) -> Composed:
    if composed.missing:
        raise CannotPrint(
            _("A sign of this letter is in no font of this machine. Have fonts of wide coverage installed (Debian: fonts-noto-core, fonts-noto-cjk), or write the name in Latin letters.")
        )
    if is_duplex and len(composed.pages) % 2:
        last = composed.pages[-1]
        composed.pages.append(Page(last.width, last.height, b"", [], []))  # an empty back, or the next letter stands on it
    return composed


@cache
def _tools():
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
    fonts = FontConfiguration()
    css = render_to_string("letters/paper/letter.css", {"family": FAMILY, **{face: _data_url(face) for face in FILES}})
    return weasyprint, weasyprint.CSS(string=css, font_config=fonts, url_fetcher=fetcher), fonts, fetcher


def _data_url(face: str) -> str:
    return "data:font/ttf;base64," + base64.b64encode((FOLDER / FILES[face]).read_bytes()).decode()
