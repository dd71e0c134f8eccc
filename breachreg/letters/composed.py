"""A page that WeasyPrint composed, taken apart: what all letters share, and the slots where each one differs.

In: the bytes of a tagged PDF whose slots hold the text ``@@name@@``. Out: per page the shared content without those
texts, with its marked content renumbered; the slots with position, size and face; the structure as a small tree.
ISO 32000-1, 14.6 to 14.8; ISO 14289-1 (PDF/UA-1): everything shown is either tagged or an artifact.
"""

import io
import re
from dataclasses import dataclass, field

import pikepdf
from pikepdf import ContentStreamInstruction, Dictionary, Name, Operator

from breachreg.letters.typeface import typeface

FAMILY = "BreachRegLetter"
SLOT = re.compile(r"@@([a-z_0-9]+)@@")
TEXT_OPERATORS = frozenset({"BT", "ET", "Tm", "Tf", "TJ", "Tj", "Td", "T*", "Ts"})
TRANSPARENT = frozenset({"/Span", "/NonStruct", "/Div"})
KEPT_KEYS = ("/Alt", "/ActualText", "/Lang", "/E", "/A")


class NotComposed(Exception):
    """The page holds something that can't be shared between letters; says what."""


@dataclass(frozen=True)
class Slot:
    """Where a text of the recipient stands: points from the lower left corner, to the base line."""

    name: str
    x: float
    y: float
    size: float
    face: str
    mark: int | None  # number of the marked content on the page; None: an artifact (running foot)


@dataclass
class Element:
    """A structure element: its type, its attributes in PDF syntax, and its children in reading order."""

    kind: str
    attributes: bytes = b""
    children: list = field(default_factory=list)  # Element, or Content


@dataclass(frozen=True)
class Content:
    """Marked content number ``mark`` of page ``page``."""

    page: int
    mark: int


@dataclass
class Page:
    width: float
    height: float
    content: bytes
    slots: list[Slot]
    owners: list[Element]  # by number of marked content


@dataclass
class Composed:
    pages: list[Page]
    root: Element
    source: pikepdf.Pdf
    fonts: dict[str, str | pikepdf.Object]  # name in the content -> "regular", "bold", or a font to copy
    glyphs: dict[str, set[int]]  # by face
    texts: dict[str, dict[int, str]]  # by face: what each glyph says
    states: dict[str, pikepdf.Object]
    language: str
    title: str
    missing: int  # glyphs that no font of this machine has
    profile: bytes  # of the colours

    @property
    def slots(self) -> set[str]:
        """Names of all slots."""
        return {slot.name for page in self.pages for slot in page.slots}


def take_apart(pdf: bytes) -> Composed:
    """Read a composed PDF. Raises NotComposed for links, forms or pictures, which letters must not hold."""
    source = pikepdf.open(io.BytesIO(pdf))
    fonts = _Fonts()
    owners: dict[tuple[int, int], Element] = {}
    root = Element("Art")
    _walk(source.Root.StructTreeRoot.K[0], root, {page.objgen: n for n, page in enumerate(source.pages)}, owners)
    pages, order = [], {}
    for number, page in enumerate(source.pages):
        if "/Annots" in page:
            raise NotComposed("a letter holds no clickable link")
        reader = _Reader(number, page, fonts, owners, order)
        pages.append(reader.read())
    _renumber(root, order)
    return Composed(
        pages=pages, root=root, source=source, fonts=fonts.used, glyphs=fonts.glyphs, texts=fonts.texts,
        states=dict(source.pages[0].Resources.get("/ExtGState", {}).items()), language=str(source.Root.Lang),
        title=str(source.docinfo.get("/Title", "")), missing=fonts.missing,
        profile=source.Root.OutputIntents[0].DestOutputProfile.read_bytes(),
    )


def _walk(source, into: Element, pages: dict, owners: dict) -> None:
    """Copy the structure below ``source``, leaving out elements that say nothing (Span, Div without attributes)."""
    kids = source.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            _own(into, pages[source.Pg.objgen], kid, owners)
        elif kid.get("/Type") == Name.MCR:
            _own(into, pages[kid.Pg.objgen], int(kid.MCID), owners)
        else:
            attributes = b"".join(key.encode() + kid[key].unparse() for key in KEPT_KEYS if key in kid)
            if str(kid.S) in TRANSPARENT and not attributes:
                _walk(kid, into, pages, owners)
            else:
                child = Element(str(kid.S)[1:], attributes)
                _walk(kid, child, pages, owners)
                if child.children:
                    into.children.append(child)


def _own(element: Element, page: int, mark: int, owners: dict) -> None:
    owners[page, mark] = element
    element.children.append(Content(page, mark))


def _renumber(element: Element, order: dict[tuple[int, int], int]) -> None:
    """Give each content its new number; lines of one paragraph that became one are named once."""
    children = []
    for child in element.children:
        if isinstance(child, Element):
            _renumber(child, order)
            children.append(child)
        elif (child.page, child.mark) in order:
            renumbered = Content(child.page, order[child.page, child.mark])
            if renumbered not in children:
                children.append(renumbered)
    element.children = children


class _Fonts:
    """The fonts of a composed PDF: ours by face, others to be copied; and what every glyph of ours says."""

    def __init__(self):
        self.used: dict[str, str | pikepdf.Object] = {}
        self.glyphs = {"regular": set(), "bold": set()}
        self.texts = {"regular": {}, "bold": {}}
        self.maps: dict[str, dict[int, str]] = {}
        self.absent: dict[str, frozenset[int]] = {}
        self.missing = 0

    def select(self, name: str, font: pikepdf.Object) -> None:
        if name in self.used:
            return
        base = str(font.BaseFont).partition("+")[2]
        face = {FAMILY: "regular", f"{FAMILY}-Bold": "bold"}.get(base)
        self.used[name] = face or font
        self.maps[name] = _text_of_glyphs(font.ToUnicode.read_bytes().decode()) if "/ToUnicode" in font else {}
        self.absent[name] = _codes_without_glyph(font.Encoding)

    def show(self, name: str, shown: bytes) -> str:
        """Note the glyphs of a string as shown and return its text."""
        glyphs = [int.from_bytes(shown[at : at + 2], "big") for at in range(0, len(shown), 2)]
        face = self.used[name]
        self.missing += sum(glyph in self.absent[name] for glyph in glyphs)
        if isinstance(face, str):
            self.glyphs[face].update(glyphs)
            self.texts[face].update({glyph: self.maps[name].get(glyph, "") for glyph in glyphs})
        return "".join(self.maps[name].get(glyph, "") for glyph in glyphs)


def _codes_without_glyph(encoding: pikepdf.Object) -> frozenset[int]:
    """Codes that show an empty box: WeasyPrint gives each character that no font has a code of its own, which leads to 0."""
    if not isinstance(encoding, pikepdf.Stream):
        return frozenset({0})
    pairs = re.findall(r"<([0-9a-fA-F]{4})> (\d+)$", encoding.read_bytes().decode(), re.MULTILINE)
    return frozenset({0} | {int(code, 16) for code, glyph in pairs if glyph == "0"})


def _text_of_glyphs(cmap: str) -> dict[int, str]:
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*$", cmap, re.MULTILINE)
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be", "replace") for glyph, text in pairs}


class _Reader:
    """Rewrite the content of one page: slots cut out, lines of a paragraph joined, the untagged made artifacts."""

    def __init__(self, number: int, page: pikepdf.Page, fonts: _Fonts, owners: dict, order: dict):
        self.number, self.page, self.fonts, self.owners, self.order = number, page, fonts, owners, order
        self.kept: list[ContentStreamInstruction] = []
        self.slots: list[Slot] = []
        self.by_mark: list[Element] = []
        self.matrix, self.stack = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), []
        self.inside: list[ContentStreamInstruction] | None = None
        self.element: Element | None = None
        self.mark = -1
        self.text, self.text_matrix, self.font, self.size = "", None, "", 0.0

    def read(self) -> Page:
        for instruction in pikepdf.parse_content_stream(self.page):
            self._take(instruction)
        box = [float(edge) for edge in self.page.mediabox]
        content = pikepdf.unparse_content_stream(self.kept)
        return Page(box[2] - box[0], box[3] - box[1], b"q\n" + content + b"\nQ\n", self.slots, self.by_mark)

    def _take(self, instruction: ContentStreamInstruction) -> None:
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "BDC":
            self._open(operands)
        elif operator == "EMC":
            self._close()
        else:
            self._follow(operator, operands)
            (self.kept if self.inside is None else self.inside).append(instruction)

    def _follow(self, operator: str, operands) -> None:
        if operator == "q":
            self.stack.append(self.matrix)
        elif operator == "Q":
            self.matrix = self.stack.pop()
        elif operator == "cm":
            self.matrix = _times([float(number) for number in operands], self.matrix)
        elif operator == "Tm":
            self.text_matrix = self.text_matrix or [float(number) for number in operands]
        elif operator == "Tf":
            self.font, self.size = str(operands[0]), float(operands[1])
            self.fonts.select(self.font, self.page.Resources.Font[self.font])
        elif operator == "TJ":
            strings = [bytes(part) for part in operands[0] if isinstance(part, pikepdf.String)]
            self.text += "".join(self.fonts.show(self.font, shown) for shown in strings)
        elif operator in {"Do", "sh", "Tj", "'", '"', "BI", "INLINE IMAGE"}:
            raise NotComposed(f"unexpected operator {operator} in a letter")

    def _open(self, operands) -> None:
        self.inside, self.text, self.text_matrix = [], "", None
        self.mark = int(operands[1].MCID)
        self.element = self.owners.get((self.number, self.mark))

    def _close(self) -> None:
        if match := SLOT.fullmatch(self.text.strip()):
            self._cut(match[1])
        elif self.element is None:
            self._wrap(ContentStreamInstruction([Name.Artifact], Operator("BMC")))
        elif self._continues():
            self._end_line_with_a_space()
            self.kept[-1:] = self.inside + self.kept[-1:]
            self.order[self.number, self.mark] = len(self.by_mark) - 1
        else:
            tag = [Name("/" + self.element.kind), Dictionary(MCID=self._number())]
            self._wrap(ContentStreamInstruction(tag, Operator("BDC")))
        self.inside = None

    def _number(self) -> int:
        self.by_mark.append(self.element)
        self.order[self.number, self.mark] = len(self.by_mark) - 1
        return len(self.by_mark) - 1

    def _continues(self) -> bool:
        """Whether the content just before belongs to the same element, with nothing in between."""
        return bool(
            self.kept and self.by_mark and str(self.kept[-1].operator) == "EMC" and self.by_mark[-1] is self.element
            and self._last_was_marked
        )

    def _end_line_with_a_space(self) -> None:
        """Keep the last word of a line apart from the first of the next, for those who listen to the text."""
        place = next(n for n in range(len(self.kept) - 1, -1, -1) if str(self.kept[n].operator) == "TJ")
        face = self.fonts.used[self.font]
        if isinstance(face, str):
            space = typeface(face).space
            self.fonts.glyphs[face].add(space)
            shown = pikepdf.Array([*self.kept[place].operands[0], pikepdf.String(space.to_bytes(2, "big"))])
            self.kept[place] = ContentStreamInstruction([shown], Operator("TJ"))

    @property
    def _last_was_marked(self) -> bool:
        opening = next(i for i in reversed(self.kept) if str(i.operator) in {"BDC", "BMC"})
        return str(opening.operator) == "BDC"

    def _wrap(self, opening: ContentStreamInstruction) -> None:
        self.kept += [opening, *self.inside, ContentStreamInstruction([], Operator("EMC"))]

    def _cut(self, name: str) -> None:
        """Remember where the slot's text stood; keep what sets colours and states for the content after it."""
        matrix = _times(self.text_matrix, self.matrix)
        face = self.fonts.used[self.font]
        if not isinstance(face, str) or matrix[1] or matrix[2]:
            raise NotComposed(f"slot {name} is turned, or set in a foreign font")
        mark = None if self.element is None else self._number()
        self.slots.append(
            Slot(name, round(matrix[4], 3), round(matrix[5], 3), round(self.size * matrix[3], 3), face, mark)
        )
        self.kept += [i for i in self.inside if str(i.operator) not in TEXT_OPERATORS]


def _times(a, b) -> tuple[float, ...]:
    return (
        a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5],
    )  # fmt: skip
