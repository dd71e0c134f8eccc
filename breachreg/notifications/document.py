"""A paper in, PDF bytes out: PDF/A-3a and PDF/UA-1 pages set by WeasyPrint, without network or files.

WeasyPrint is imported where it is used, so that everything but PDFs works on a machine without Pango. Fonts and style
sheet are read once a process and reused; drawing is one at a time, because fontconfig is not made for threads.
"""

import gc
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.notifications import tagging
from breachreg.notifications.paper import Paper
from breachreg.notifications.visible import TYPEFACES
from breachreg.web import drawing

STYLE = Path(__file__).parent / "paper.css"
FACES = (
    ("Document Sans", "NotoSans-Regular.ttf", "normal", "normal"),
    ("Document Sans", "NotoSans-Bold.ttf", "bold", "normal"),
    ("Document Sans", "NotoSans-Italic.ttf", "normal", "italic"),
    ("Document Serif", "NotoSerif-Bold.ttf", "bold", "normal"),
    ("Document Signs", "DejaVuSans.ttf", "normal", "normal"),
    ("Document Ideographs", "DroidSansFallbackFull.ttf", "normal", "normal"),
)
PDF_UA = "http://www.aiim.org/pdfua/ns/id/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class CannotDraw(Exception):
    """PDFs can't be made on this machine; says what to install."""


class Refused(Exception):
    """The page asked for something outside itself; nothing was fetched and no document made."""


@dataclass(frozen=True)
class Document:
    """A finished document: its bytes and their SHA-256 in hexadecimal."""

    content: bytes
    sha256: str
    pages: int


def draw(paper: Paper) -> Document:
    """Set a paper in A4 pages. Raises CannotDraw without Pango, Refused when the page asks for a resource."""
    return draw_together([paper])


def draw_together(papers: list[Paper]) -> Document:
    """Set papers of one language one after the other in one file, each with its own page numbers; what says what the
    file is, and its attachment, come from the first. Raises what draw() raises."""
    written = [to_html(paper) for paper in papers]
    with drawing.alone:
        tools = _tools()
        try:
            pages = _set(tools, written)
            _say_what_it_is(pages.metadata)
            pages.color_profiles["srgb"] = tools.colours
            content = pages.write_pdf(
                attachments=_attachments(tools, papers[0]), output_intent="the profile above", finisher=tagging.complete,
                **OPTIONS
            )
        except tools.refusal as refusal:
            raise Refused(str(refusal)) from refusal
    return Document(content=content, sha256=hashlib.sha256(content).hexdigest(), pages=len(pages.pages))


def _set(tools: SimpleNamespace, written: list[str]):
    documents = [
        tools.weasyprint.HTML(string=html, url_fetcher=tools.fetcher, base_url=None).render(
            stylesheets=[tools.style], font_config=tools.fonts, **OPTIONS
        )
        for html in written
    ]
    first = documents[0]
    return first if len(documents) == 1 else first.copy([page for one in documents for page in one.pages])


OPTIONS = {"pdf_variant": "pdf/a-3a", "pdf_tags": True, "full_fonts": False}


def to_html(paper: Paper) -> str:
    """The page that is drawn; every text of the paper is escaped and drawable."""
    with translation.override(paper.language):
        return render_to_string("notifications/pdf/paper.html", {"paper": paper.drawable()})


def warm_up() -> None:
    """Read fonts and style sheet now, so that the first document of this process does not wait inside a transaction."""
    with drawing.alone:
        _tools()


@cache
def _tools() -> SimpleNamespace:
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher
    except OSError as error:
        raise CannotDraw(
            _("PDF files can't be made here: install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.")
        ) from error
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
    fonts = FontConfiguration()
    style = weasyprint.CSS(string=_style(), font_config=fonts, url_fetcher=_fetch_typeface)
    # What stays for ever is no longer looked through for garbage, which a document gives the collector many reasons to do:
    # a fifth less time for each.
    gc.collect()
    gc.freeze()
    return SimpleNamespace(
        weasyprint=weasyprint, fetcher=fetcher, fonts=fonts, style=style, colours=_colours(),
        refusal=FatalURLFetchingError,
    )


def _colours():
    """WeasyPrint's own sRGB profile, read once: left to itself it opens the file for each document and never closes it."""
    from weasyprint.css import ColorProfile

    with (files("weasyprint.pdf") / "sRGB2014.icc").open("rb") as file:
        return ColorProfile(file, "sRGB2014.icc", "relative-colorimetric", ["r", "g", "b"])


def _style() -> str:
    return "\n".join([*(_face(*face) for face in FACES), STYLE.read_text(encoding="utf-8")])


def _face(family: str, file: str, weight: str, style: str) -> str:
    return (
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; font-style: {style};"
        f" src: url('typeface:{file}') format('truetype'); }}"
    )


def _fetch_typeface(url: str):
    """Our own typefaces, for our own style sheet only: a page has another fetcher, which opens nothing of the kind.

    As data inside the style sheet they would be six megabytes of CSS to parse, more than a second.
    """
    from weasyprint.urls import URLFetcherResponse

    scheme, _, name = url.partition(":")
    known = {file for _, file, _, _ in FACES}
    if scheme != "typeface" or name not in known:
        raise ValueError(f"the style sheet asked for {url}")
    return URLFetcherResponse(url, (TYPEFACES / name).read_bytes(), {"Content-Type": "font/ttf"})


def _attachments(tools: SimpleNamespace, paper: Paper) -> list:
    if paper.data is None:
        return []
    return [
        tools.weasyprint.Attachment(
            string=paper.data, name=paper.data_name, description=paper.title, created=paper.created_at,
            modified=paper.created_at, relationship="Data", url_fetcher=tools.fetcher,
        )
    ]


def _say_what_it_is(metadata) -> None:
    """Let the metadata claim PDF/UA-1 besides PDF/A-3a: WeasyPrint writes one of the two, an archive asks for both."""
    of_archive = metadata.generate_rdf_metadata

    def of_both(variant, version, conformance) -> bytes:
        rdf = ElementTree.fromstring(of_archive(variant, version, conformance))
        element = ElementTree.SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
        ElementTree.SubElement(element, f"{{{PDF_UA}}}part").text = "1"
        rdf.append(ElementTree.fromstring(EXTENSION))
        return ElementTree.tostring(rdf, encoding="utf-8")

    metadata.generate_rdf_metadata = of_both


# PDF/A asks that a schema it does not know be described (ISO 19005-3, 6.6.2.3.3).
EXTENSION = """<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates which part of ISO 14289 the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
