"""Read a PDF of letters as a machine would that checks it: structure, fonts, words in order. Raises AssertionError."""

import io
import re

import pikepdf
from pikepdf import Name


def open_pdf(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


class Reader:
    """The words of each marked content of a page, and what was shown without being marked."""

    def __init__(self, page: pikepdf.Page):
        self.maps = {name: glyph_texts(font) for name, font in page.Resources.Font.items()}
        self.glyphs = {name: set() for name in self.maps}
        self.marked: dict[int, str] = {}
        self.artifacts = ""
        self.unmarked = ""
        self.lines: list[tuple[float, float, float, str]] = []  # x, y, size, text
        self._read(page)

    def _read(self, page):
        stack, font, actual = [], "", []
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BDC" | "BMC":
                    properties = operands[1] if len(operands) > 1 else {}
                    stack.append(int(properties["/MCID"]) if "/MCID" in properties else str(operands[0]))
                    actual.append(str(properties["/ActualText"]) if "/ActualText" in properties else None)
                    if actual[-1] is not None:
                        self._say(stack, actual[-1])
                case "EMC":
                    stack.pop()
                    actual.pop()
                case "Tf":
                    font = str(operands[0])
                case "TJ":
                    shown = [bytes(part) for part in operands[0] if isinstance(part, pikepdf.String)]
                    text = "".join(self._glyphs(font, part) for part in shown)
                    if not any(actual):
                        self._say(stack, text)
                case "Tj" | "'" | '"':
                    raise AssertionError("an operator that letters do not use")

    def _glyphs(self, font: str, shown: bytes) -> str:
        glyphs = [int.from_bytes(shown[at : at + 2], "big") for at in range(0, len(shown), 2)]
        self.glyphs[font].update(glyphs)
        return "".join(self.maps[font][glyph] for glyph in glyphs)

    def _say(self, stack, text):
        marks = [mark for mark in stack if isinstance(mark, int)]
        if marks:
            self.marked[marks[-1]] = self.marked.get(marks[-1], "") + text
        elif "/Artifact" in stack:
            self.artifacts += text
        else:
            self.unmarked += text


def glyph_texts(font) -> dict[int, str]:
    pairs = re.findall(r"<([0-9a-f]+)>\s*<([0-9a-f]+)>", font.ToUnicode.read_bytes().decode().lower())
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs if len(glyph) == 4}


def check_structure(pdf: pikepdf.Pdf) -> list[list[str]]:
    """The texts of each letter in the order a screen reader meets them; everything else about the tags is asserted."""
    root = pdf.Root
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert "/Lang" in root and root.StructTreeRoot.Type == Name.StructTreeRoot
    readers = [Reader(page) for page in pdf.pages]
    owners = parent_tree(root.StructTreeRoot.ParentTree)
    places = {page.objgen: number for number, page in enumerate(pdf.pages)}
    seen: set[tuple[int, int]] = set()
    letters = [
        texts_below(letter, letter.get("/Pg"), places, readers, owners, pdf, seen)
        for part in root.StructTreeRoot.K.K for letter in part.K
    ]  # fmt: skip
    for number, reader in enumerate(readers):
        assert reader.unmarked == "", f"page {number}: shown without a tag: {reader.unmarked!r}"
        assert {mark for page, mark in seen if page == number} == set(reader.marked), f"page {number}: content outside the tree"
    return letters


def parent_tree(node) -> dict[int, list]:
    if "/Kids" in node:
        found = {}
        for kid in node.Kids:
            numbers = parent_tree(kid)
            assert (min(numbers), max(numbers)) == tuple(int(limit) for limit in kid.Limits)
            found |= numbers
        return found
    numbers = list(node.Nums)
    return {int(key): list(row) for key, row in zip(numbers[::2], numbers[1::2], strict=True)}


def texts_below(element, page, places, readers, owners, pdf, seen) -> list[str]:
    texts = []
    page = element.get("/Pg", page)
    for kid in element.K:
        if isinstance(kid, int) or "/MCID" in kid:
            number = places[(page if isinstance(kid, int) else kid.Pg).objgen]
            mark = kid if isinstance(kid, int) else int(kid.MCID)
            key = int(pdf.pages[number].StructParents)
            assert owners[key][mark].objgen == element.objgen, "the parent tree names another element"
            assert (number, mark) not in seen, "content that two elements claim"
            seen.add((number, mark))
            texts.append(readers[number].marked[mark])
        else:
            assert kid.P.objgen == element.objgen, "a child names another parent"
            texts += texts_below(kid, page, places, readers, owners, pdf, seen)
    return texts


def check_fonts(pdf: pikepdf.Pdf) -> set[str]:
    """Names of the fonts; each embedded, with the outline, the width and the text of every glyph that is shown."""
    from fontTools.ttLib import TTFont

    used: dict = {}
    for page in pdf.pages:
        for name, glyphs in Reader(page).glyphs.items():
            font = page.Resources.Font[name]
            used.setdefault(font.objgen, (font, set()))[1].update(glyphs)
    for font, glyphs in used.values():
        descendant = font.DescendantFonts[0]
        program = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
        widths = widths_of(descendant.W)
        order, scale = program.getGlyphOrder(), 1000 / program["head"].unitsPerEm
        for glyph in glyphs:
            assert glyph != 0, "a character that the font does not have"
            assert abs(widths[glyph] - program["hmtx"][order[glyph]][0] * scale) <= 1
        assert len({font.BaseFont for font, _ in used.values()}) == len(used), "a font embedded twice"
    return {str(font.BaseFont).partition("+")[2] for font, glyphs in used.values() if glyphs}


def widths_of(array) -> dict[int, float]:
    found, items = {}, list(array)
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, pikepdf.Array):
            found |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            found |= dict.fromkeys(range(first, int(second) + 1), float(items.pop(0)))
    return found
