"""What PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) ask of a file, as far as its structure shows it.

A validator such as veraPDF asks more; this asks what a machine without Java can, and names each clause.
"""

import io
import re
from collections.abc import Iterator
from itertools import pairwise

import pikepdf

FORBIDDEN_ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide", "/SetOCGState"}


def faults(content: bytes) -> list[str]:
    """Each thing in this PDF that one of the two standards forbids, as a sentence; [] when none was found."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        checks = (_archive, _metadata, _colours, _fonts, _attachments, _tree, _tables, _annotations, _pages)
        return [fault for check in checks for fault in check(pdf)]


def _archive(pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "6.1.3: it is encrypted"
    if "/ID" not in pdf.trailer:
        yield "6.1.3: the trailer has no ID"
    if "/AA" in pdf.Root or "/OpenAction" in pdf.Root or "/JavaScript" in pdf.Root.get("/Names", {}):
        yield "6.5.2: it does something when it is opened"
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream) and "/LZWDecode" in str(one.get("/Filter", "")):
            yield "6.1.7.2: a stream is packed with LZW"
        if isinstance(one, pikepdf.Dictionary) and str(one.get("/S", "")) in FORBIDDEN_ACTIONS:
            yield f"6.5.1: it holds the action {one.S}"


def _metadata(pdf) -> Iterator[str]:
    with pdf.open_metadata() as xmp:
        claimed = {name: xmp.get(name) for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")}
        if claimed != {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}:
            yield f"6.6.4, UA 5: it claims {claimed}"
        if not xmp.get("dc:title"):
            yield "UA 7.1: the metadata have no title"
        told = {"/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate", "/Producer": "pdf:Producer",
                "/Creator": "xmp:CreatorTool"}  # fmt: skip
        for name, twin in told.items():
            if _plain(pdf.docinfo.get(name)) != _plain(xmp.get(twin)):
                yield f"6.6.2: {name} and {twin} differ: {pdf.docinfo.get(name)} {xmp.get(twin)}"
    if "/Filter" in pdf.Root.Metadata:
        yield "6.6.2: the metadata are packed"
    if not pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "UA 7.1: the window shows the file's name instead of its title"
    if not pdf.Root.get("/Lang"):
        yield "UA 7.2: it has no language"


def _plain(value) -> str:
    """A date or a text in a form in which its two places can be compared."""
    text = str(value or "")
    return re.sub(r"\D", "", text)[:14] if re.match(r"(D:)?\d{4}", text) else text


def _colours(pdf) -> Iterator[str]:
    intents = pdf.Root.get("/OutputIntents", [])
    if len(intents) != 1 or str(intents[0].S) != "/GTS_PDFA1" or intents[0].DestOutputProfile.N != 3:
        yield "6.2.3: it has no single output intent for RGB"


def _fonts(pdf) -> Iterator[str]:
    for one in pdf.objects:
        if not isinstance(one, pikepdf.Dictionary) or str(one.get("/Type", "")) != "/Font":
            continue
        if str(one.Subtype) == "/Type0" and "/ToUnicode" not in one:
            yield f"6.2.11.7: {one.BaseFont} has no Unicode"
        described = one.get("/FontDescriptor")
        if described is not None and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described.keys()):
            yield f"6.2.11.4: {one.BaseFont} is not embedded"
        if described is None and str(one.Subtype) != "/Type0":
            yield f"6.2.11.4: {one.get('/BaseFont')} has no description"


def _attachments(pdf) -> Iterator[str]:
    named = [file.obj.objgen for file in pdf.attachments.values()]
    if named != [file.objgen for file in pdf.Root.get("/AF", [])]:
        yield "6.8: the files attached and those associated with the document are not the same"
    for file in pdf.Root.get("/AF", []):
        if "/AFRelationship" not in file or not {"/F", "/UF", "/Desc"} <= set(file.keys()):
            yield "6.8, UA 7.11: an attached file lacks its names, its description or its relationship"
        if "/Subtype" not in file.EF.F or "/ModDate" not in file.EF.F.get("/Params", {}):
            yield "6.8: an attached file lacks its type or its date"


def _tree(pdf) -> Iterator[str]:
    if not pdf.Root.get("/MarkInfo", {}).get("/Marked"):
        yield "6.7.2.2: it is not marked"
    if pdf.Root.get("/MarkInfo", {}).get("/Suspects"):
        yield "UA 7.1: its tags are suspect"
    headings = [str(element.S) for element in elements(pdf) if re.fullmatch(r"/H[1-6]", str(element.S))]
    levels = [int(kind[2]) for kind in headings]
    if levels[:1] != [1] or any(after > before + 1 for before, after in pairwise(levels)):
        yield f"UA 7.4: the levels of its headings skip one: {levels}"
    for element in elements(pdf):
        if str(element.S) in ("/Figure", "/Formula") and not element.get("/Alt"):
            yield "UA 7.3: a figure has no text"


def elements(pdf) -> Iterator[pikepdf.Dictionary]:
    """Every structure element, depth first."""

    def walk(kids):
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from walk(kid.get("/K", []))

    yield from walk(pdf.Root.StructTreeRoot.get("/K", []))


def _tables(pdf) -> Iterator[str]:
    known = [str(name) for name in pdf.Root.StructTreeRoot.get("/IDTree", {}).get("/Names", [])[::2]]
    if known != sorted(known):
        yield "ISO 32000-1, 7.9.6: the tree of identifiers is not sorted"
    for element in elements(pdf):
        kind, parent = str(element.S), str(element.P.get("/S", ""))
        if kind == "/TH" and "/Scope" not in element.get("/A", {}):
            yield "UA 7.5: a heading of a table has no scope"
        if kind == "/TD" and any(str(name) not in known for name in element.get("/A", {}).get("/Headers", [])):
            yield "ISO 32000-1, 14.7.2: a cell names a heading that can't be found"
        if kind == "/TR" and parent not in ("/Table", "/THead", "/TBody", "/TFoot"):
            yield f"UA 7.2: a row stands in {parent}"
        if kind == "/LI" and parent != "/L":
            yield f"UA 7.2: an item of a list stands in {parent}"


def _annotations(pdf) -> Iterator[str]:
    for page in pdf.pages:
        for one in page.get("/Annots", []):
            if not int(one.get("/F", 0)) & 4 or int(one.get("/F", 0)) & 0b100011:
                yield "6.3.2: an annotation is not printed"
            inside = any(float(value) > 0 for value in one.Rect)
            if inside and "/StructParent" not in one:
                yield "UA 7.18.1: an annotation on the page is not tagged"
            if str(one.Subtype) == "/Widget" and not one.get("/TU"):
                yield "UA 7.18.1: a field has no name for a reader"
            if str(page.get("/Tabs")) != "/S":
                yield "UA 7.18.3: the order of the fields is not that of the text"


def _pages(pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        if "/StructParents" not in page:
            yield f"UA 7.1: page {number} knows nothing of its tags"
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                depth += 1
            elif name == "EMC":
                depth -= 1
            elif depth == 0 and name in ("Tj", "TJ", "'", '"', "S", "s", "f", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"):
                yield f"UA 7.1: page {number} draws outside every tag: {name} {operands}"
        if depth:
            yield f"page {number}: {depth} tags are not closed"
