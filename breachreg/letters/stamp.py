"""Stamp many letters onto pages composed once: a merged file, or a file of one letter, tagged and archivable.

Every letter has its own pages, its own texts and its own branch of the structure tree, so that a screen reader reads one
letter in order; the composed page itself is written once and shared. The files claim PDF/UA-1 and PDF/A-3a (accessible,
fonts embedded, nothing outside the file).
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import BinaryIO
from xml.sax.saxutils import escape

from breachreg.letters.composed import Composed, Element, Slot
from breachreg.letters.pdfcopy import Copier
from breachreg.letters.pdffile import PdfFile, small_stream, stream
from breachreg.letters.typeface import FILES, Unstampable, font_objects, typeface

CATALOGUE, PAGES, STRUCTURE, DOCUMENT, PARENTS, PROFILE, RESERVED_FONTS = 1, 2, 3, 4, 5, 6, 7
FONT_NUMBERS = {face: RESERVED_FONTS + 5 * place for place, face in enumerate(FILES)}
METADATA = RESERVED_FONTS + 5 * len(FILES)
BATCH_OBJECTS = 240
"""Objects packed together: more of them compress better, fewer open faster in a reader."""

PARENTS_AFTER_LEAF, GROUP_AFTER_LEAF = 1, 2


@dataclass(frozen=True)
class Line:
    """What one slot allows, in points: its width, the distance between its lines, how small the type may become."""

    width: float
    leading: float = 0.0
    smallest: float | None = None


class Stamper:
    """One composed page with its slots: turns the texts of a recipient into the content of their pages."""

    def __init__(self, composed: Composed, lines: Mapping[str, Line]):
        self.composed = composed
        self.template = _Template(composed)
        self._pages = [[_Opened(slot, lines[slot.name]) for slot in page.slots] for page in composed.pages if page.slots]

    def stamp(self, texts: Mapping[str, str | Sequence[str]]) -> tuple[list[bytes], dict[str, set[int]]]:
        """The content of each page that has slots, and the glyphs used by face.

        ``texts`` gives each slot a text, or several lines. Raises Unstampable when a glyph is missing or a line is
        wider than its slot; KeyError when a slot has no text.
        """
        glyphs: dict[str, set[int]] = {face: set() for face in FILES}
        contents = [b"".join([slot.fill(texts[slot.name], glyphs) for slot in slots]) for slots in self._pages]
        return contents, glyphs


class _Opened:
    """A slot with what is the same for everybody already written."""

    def __init__(self, slot: Slot, allowed: Line):
        self.name, self._slot, self._allowed = slot.name, slot, allowed
        self._face = typeface(slot.face)
        self._most = allowed.width * 1000 / slot.size  # of a line in the usual size, in thousandths of that size
        self._opening = self._begin(slot.size)
        # The space at the end of a line keeps its last word apart from the next one for those who listen.
        self._between = b"[<%04x>]TJ\n0 -%g Td\n" % (self._face.space, allowed.leading)

    def fill(self, text: str | Sequence[str], glyphs: dict[str, set[int]]) -> bytes:
        """The slot's content for one person; its glyphs are added by face. Raises Unstampable."""
        line, used, widest, shown = self._face.line, glyphs[self._slot.face], 0.0, []
        for row in (text,) if isinstance(text, str) else text:
            operators, width, of_row = line(row)
            shown.append(operators)
            used.update(of_row)
            if width > widest:
                widest = width
        opening = self._opening if widest <= self._most else self._smaller(widest)
        return opening + self._between.join(shown) + b"ET\nEMC\n"

    def _smaller(self, widest: float) -> bytes:
        smallest = self._allowed.smallest
        if not smallest or widest * smallest > self._allowed.width * 1000:
            raise Unstampable("too long for its line")
        return self._begin(smallest)

    def _begin(self, size: float) -> bytes:
        slot = self._slot
        tag = b"/Artifact BMC" if slot.mark is None else b"/P<</MCID %d>>BDC" % slot.mark
        return b"%s\nBT /%s %g Tf %g %g Td\n" % (tag, slot.face.encode(), size, slot.x, slot.y)


class _Template:
    """Pages and structure elements of one letter as PDF text with holes for object numbers, all of fixed width."""

    def __init__(self, composed: Composed):
        self.pages = len(composed.pages)
        self.stamped = [number for number, page in enumerate(composed.pages) if page.slots]
        self._parts: list[bytes] = []
        self._holes: list[tuple[str, int]] = []
        self.elements = _flatten(composed.root)
        self._places = {id(element): self.pages + place for place, element in enumerate(self.elements)}
        self.count = self.pages + len(self.elements)
        self.shared_holes = ("resources", "content")
        bodies = [self._page(number) for number in range(self.pages)]
        bodies += [self._element(element, composed.language) for element in self.elements]
        self.format, self.holes = _join(bodies)
        self.offsets = _offsets([format_ % tuple(0 for _ in holes) for format_, holes in bodies])
        self.length = len(self.format % tuple(0 for _ in self.holes))
        self.parents = [[self._places[id(owner)] for owner in page.owners] for page in composed.pages]

    def _page(self, number: int) -> tuple[bytes, list]:
        own = [("own", self.stamped.index(number))] if number in self.stamped else []
        return (
            b"<</Type/Page/Parent %9d 0 R/Resources %9d 0 R/Contents[%9d 0 R" + b" %9d 0 R" * len(own)
            + b"]/StructParents %9d/Tabs/S>>\n",
            [("leaf", 0), ("resources", 0), ("content", number), *own, ("key", number)],
        )

    def _element(self, element: Element, language: str) -> tuple[bytes, list]:
        holes: list[tuple[str, int]] = [("object", self._parent(element)) if element.kind != "Art" else ("group", 0)]
        page = self._page_of(element)
        extra = b"/Lang(%s)" % language.encode() if element.kind == "Art" else element.attributes.replace(b"%", b"%%")
        if page is not None:
            extra += b"/Pg %9d 0 R"
            holes.append(("object", page))
        kids = []
        for child in element.children:
            if isinstance(child, Element):
                kids.append(b"%9d 0 R")
                holes.append(("object", self._places[id(child)]))
            elif child.page == page:
                kids.append(b"%d" % child.mark)
            else:
                kids.append(b"<</Type/MCR/Pg %%9d 0 R/MCID %d>>" % child.mark)
                holes.append(("object", child.page))
        kind = element.kind.encode()
        return b"<</S/%s/P %%9d 0 R%s/K[%s]>>\n" % (kind, extra, b" ".join(kids)), holes

    def _parent(self, element: Element) -> int:
        return next(self._places[id(other)] for other in self.elements if any(c is element for c in other.children))

    def _page_of(self, element: Element) -> int | None:
        return next((child.page for child in element.children if not isinstance(child, Element)), None)


def _flatten(element: Element) -> list[Element]:
    found = [element]
    for child in element.children:
        if isinstance(child, Element):
            found += _flatten(child)
    return found


def _join(bodies: list[tuple[bytes, list]]) -> tuple[bytes, list]:
    return b"".join(text for text, _ in bodies), [hole for _, holes in bodies for hole in holes]


def _offsets(bodies: list[bytes]) -> list[int]:
    offsets, at = [], 0
    for body in bodies:
        offsets.append(at)
        at += len(body)
    return offsets


class LetterFile:
    """A PDF of letters, written as they come; ``close`` completes it."""

    def __init__(self, out: BinaryIO, *, title: str, language: str, at: datetime):
        self._file = PdfFile(out, reserved=METADATA)
        self._glyphs: dict[str, set[int]] = {face: set() for face in FILES}
        self._texts: dict[str, dict[int, str]] = {face: {} for face in FILES}
        self._language = language
        self._plans: dict[int, _Plan] = {}
        self._batch = _Batch()
        self._leaves = array("Q")  # numbers of the batches' nodes of pages; their other two nodes follow each
        self._keys = 0
        self.letters = 0
        self._file.put(METADATA, _metadata(title, language, at))

    @property
    def size(self) -> int:
        """Bytes written so far; the last few letters may still be waiting."""
        return self._file.size

    @property
    def pages(self) -> int:
        """Pages added so far."""
        return self._keys

    def add(self, stamper: Stamper, texts: Mapping[str, str | Sequence[str]]) -> None:
        """Add one letter. Raises Unstampable (nothing was added): lay this letter out in full instead."""
        contents, glyphs = stamper.stamp(texts)
        for face, used in glyphs.items():
            self._glyphs[face] |= used
        plan = self._plans.get(id(stamper)) or self._plan(stamper)
        self._batch.add(plan, contents, self._keys)
        self._keys += plan.template.pages
        self.letters += 1
        if self._batch.objects >= BATCH_OBJECTS:
            self._flush()

    def add_laid_out(self, composed: Composed) -> None:
        """Add a letter that was laid out in full, for one recipient alone."""
        self.add(Stamper(composed, {}), {})
        self._flush()
        self._plans.popitem()

    def close(self) -> None:
        """Write what was waiting, the fonts with the glyphs used, and the index."""
        self._flush()
        for face, number in FONT_NUMBERS.items():
            if self._glyphs[face]:
                bodies = font_objects(typeface(face), self._glyphs[face], self._texts[face], number)
                for place, body in enumerate(bodies):
                    self._file.put(number + place, body)
        self._file.put(PROFILE, stream(self._profile, b"/N 3"))
        self._write_trees()
        self._file.put(CATALOGUE, _catalogue(self._language))
        self._file.close(root=CATALOGUE)

    def _write_trees(self) -> None:
        kids = _references(self._leaves)
        box = b"/MediaBox[0 0 595.276 841.89]"
        self._file.put(PAGES, b"<</Type/Pages/Kids[%s]/Count %d%s>>" % (kids, self._keys, box))
        groups = _references(self._leaves, GROUP_AFTER_LEAF)
        self._file.put(DOCUMENT, b"<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>" % (STRUCTURE, groups))
        parents = _references(self._leaves, PARENTS_AFTER_LEAF)
        self._file.put(PARENTS, b"<</Kids[%s]>>" % parents)
        self._file.put(
            STRUCTURE,
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>" % (DOCUMENT, PARENTS, self._keys),
        )

    def _plan(self, stamper: Stamper) -> "_Plan":
        composed = stamper.composed
        for face, used in composed.glyphs.items():
            self._glyphs[face] |= used
            self._texts[face] |= composed.texts[face]
        self._profile = composed.profile
        copier = Copier(self._file)
        fonts = b"".join(
            b"%s %d 0 R" % (name.encode(), FONT_NUMBERS[font] if isinstance(font, str) else copier.copy(font))
            for name, font in composed.fonts.items()
        )
        own = b"".join(
            b"/%s %d 0 R" % (face.encode(), FONT_NUMBERS[face])
            for face in sorted({slot.face for page in composed.pages for slot in page.slots})
        )
        states = b"".join(name.encode() + state.unparse(resolved=True) for name, state in composed.states.items())
        resources = self._file.add(b"<</Font<<%s%s>>/ExtGState<<%s>>>>" % (fonts, own, states))
        contents = [self._file.add_stream(page.content) for page in composed.pages]
        plan = self._plans[id(stamper)] = _Plan(stamper, resources, contents)
        return plan

    def _flush(self) -> None:
        if not self._batch.letters:
            return
        batch, self._batch = self._batch, _Batch()
        self._leaves.append(batch.write(self._file))


def _references(numbers: Iterable[int], after: int = 0) -> bytes:
    return b" ".join(b"%d 0 R" % (number + after) for number in numbers)


class _Plan:
    """A stamper as one file knows it: the numbers of its shared objects, and how to fill a letter's holes."""

    def __init__(self, stamper: Stamper, resources: int, contents: list[int]):
        self.stamper, self.template = stamper, stamper.template
        template = self.template
        shared = {("resources", 0): resources} | {("content", n): number for n, number in enumerate(contents)}
        self.shared = list(shared.values())
        self.own = len(template.stamped)
        places = list(shared)
        places += [("leaf", 0), ("group", 0)]
        places += [("key", n) for n in range(template.pages)]
        places += [("own", n) for n in range(self.own)]
        places += [("object", n) for n in range(template.count)]
        self._pick = itemgetter(*(places.index(hole) for hole in template.holes))

    def fill(self, leaf: int, group: int, key: int, own: int, first: int) -> bytes:
        """The letter's pages and elements: ``own`` is its first content, ``first`` its first page."""
        template = self.template
        numbers = [
            *self.shared, leaf, group, *range(key, key + template.pages), *range(own, own + self.own),
            *range(first, first + template.count),
        ]  # fmt: skip
        return template.format % self._pick(numbers)


class _Batch:
    """Letters waiting to be written together: their contents, then one object stream with all the rest."""

    def __init__(self):
        self.letters: list[tuple[_Plan, list[bytes], int]] = []
        self.objects = 0

    def add(self, plan: _Plan, contents: list[bytes], key: int) -> None:
        self.letters.append((plan, [small_stream(content) for content in contents], key))
        self.objects += plan.template.count

    def write(self, file: PdfFile) -> int:
        """Write the batch and return the number of its node of pages; its parents and its group follow that."""
        own = file.next_number
        for _, contents, _ in self.letters:
            for content in contents:
                file.add(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content))
        leaf = file.next_number + 1
        group, first = leaf + GROUP_AFTER_LEAF, leaf + 3
        bodies, offsets, firsts, pages, keys = [], [], [], [], []
        at = 0
        for plan, contents, key in self.letters:
            bodies.append(plan.fill(leaf, group, key, own, first))
            offsets += [at + offset for offset in plan.template.offsets]
            at += plan.template.length
            pages += range(first, first + plan.template.pages)
            firsts.append(first + plan.template.pages)
            keys += [(key + n, [first + place for place in row]) for n, row in enumerate(plan.template.parents)]
            own += len(contents)
            first += plan.template.count
        nodes = self._nodes(pages, keys, firsts)
        node_offsets = _offsets(nodes)
        shift = sum(map(len, nodes))
        header = b" ".join(
            b"%d %d" % (leaf + place, offset)
            for place, offset in enumerate([*node_offsets, *(shift + offset for offset in offsets)])
        )
        file.add_compressed(header + b"\n", b"".join(nodes) + b"".join(bodies), first - leaf)
        return leaf

    def _nodes(self, pages: list[int], keys: list, firsts: list[int]) -> list[bytes]:
        kids = b" ".join(b"%d 0 R" % page for page in pages)
        rows = b"".join(b"%d[%s]" % (key, b" ".join(b"%d 0 R" % owner for owner in owners)) for key, owners in keys)
        letters = b" ".join(b"%d 0 R" % first for first in firsts)
        return [
            b"<</Type/Pages/Parent %d 0 R/Kids[%s]/Count %d>>\n" % (PAGES, kids, len(pages)),
            b"<</Limits[%d %d]/Nums[%s]>>\n" % (keys[0][0], keys[-1][0], rows),
            b"<</Type/StructElem/S/Part/P %d 0 R/K[%s]>>\n" % (DOCUMENT, letters),
        ]


def _catalogue(language: str) -> bytes:
    return (
        b"<</Type/Catalog/Pages %d 0 R/Lang(%s)/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>"
        b"/ViewerPreferences<</DisplayDocTitle true>>/Metadata %d 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1"
        b"/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile %d 0 R>>]>>"
        % (PAGES, language.encode(), STRUCTURE, METADATA, PROFILE)
    )


def _metadata(title: str, language: str, at: datetime) -> bytes:
    made = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>
<pdf:Producer>BreachReg</pdf:Producer>
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
    # Left as it is: readers of archives look for the packet without unpacking streams.
    return b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream" % (len(packet), packet)
