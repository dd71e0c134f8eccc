"""Words to glyphs: the two faces letters are set in, shaped by HarfBuzz, and embedded as a subset of what was used.

A stamped line is made of words shaped one by one and kept in a bounded memory, since towns, streets and first names come
again and again. Glyph numbers are those of the whole font file, so text that WeasyPrint set and text that was stamped
share one embedded font (ISO 32000-1, 9.7.4).
"""

import hashlib
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

FOLDER = Path(__file__).parent / "typefaces"
FILES = {"regular": "LiberationSans-Regular.ttf", "bold": "LiberationSans-Bold.ttf"}
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
LONGEST_KEPT_NUMBER = 4
"""House numbers come again and are kept; longer signs with figures in them are postcodes and references."""
SHAPING = {"liga": False, "clig": False}
KEPT_TABLES = frozenset({"glyf", "loca", "head", "hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep"})


class Unstampable(Exception):
    """This text can't be set in the stamping faces, or does not fit: the letter takes the full layout."""


@dataclass(frozen=True)
class Word:
    """A shaped word: operands for TJ, or whole operators where a mark is raised or the text needs saying."""

    operands: bytes | None
    operators: bytes
    width: float  # thousandths of the type size
    glyphs: frozenset[int]


class Typeface:
    """One font file, ready to shape words and to be embedded."""

    def __init__(self, name: str, file: Path):
        self.name = name
        self.postscript_name = file.stem
        self._face = hb.Face(hb.Blob.from_file_path(str(file)))
        self._font = hb.Font(self._face)
        self._scale = 1000 / self._face.upem
        self._characters = _character_of_each_glyph(self._face, self._font)
        self.space = self._font.get_nominal_glyph(ord(" "))
        self._space_operand, self._space_width = b"<%04x>" % self.space, self.width(self.space)
        self._glyph = {chr(code): self._font.get_nominal_glyph(code) for code in range(0x21, 0x7F)}
        self._hex = {character: b"%04x" % glyph for character, glyph in self._glyph.items()}
        self._advance = {character: self.width(glyph) for character, glyph in self._glyph.items()}
        self._word = lru_cache(maxsize=20_000)(self._shape)
        self.line = lru_cache(maxsize=64)(self._line)

    def width(self, glyph: int) -> float:
        """The advance of a glyph, in thousandths of the type size."""
        return round(self._font.get_glyph_h_advance(glyph) * self._scale, 2)

    def character(self, glyph: int) -> str | None:
        """The text that this glyph stands for when nothing else is said; None for a form without a character."""
        return self._characters.get(glyph)

    def has(self, character: str) -> bool:
        """Whether this face has a glyph for the character."""
        return bool(self._font.get_nominal_glyph(ord(character)))

    def measure(self, text: str) -> float:
        """About how wide a line is, in thousandths of the type size; a sign without a glyph here counts as a square."""
        glyphs = (self._font.get_nominal_glyph(ord(sign)) for sign in text)
        return sum(self.width(glyph) if glyph else 1000.0 for glyph in glyphs)

    def word(self, text: str) -> Word:
        """A word, shaped. Raises Unstampable for a missing glyph, or a script that runs from right to left."""
        if len(text) > LONGEST_KEPT_NUMBER and text.isascii() and not text.isalpha() and text.isprintable():
            return self._number(text)
        return self._word(text)

    def _number(self, text: str) -> Word:
        """A reference, a postcode: glyph by glyph, for each is new and would push others out of memory; figures need no kerning."""
        operands = b"<" + b"".join(map(self._hex.__getitem__, text)) + b">"
        width = sum(map(self._advance.__getitem__, text))
        return Word(operands, b"[%s]TJ\n" % operands, width, frozenset(map(self._glyph.__getitem__, text)))

    def _line(self, text: str) -> tuple[bytes, float, frozenset[int]]:
        """Operators that show one line, its width (thousandths of the type size) and its glyphs. Raises Unstampable."""
        words = [self.word(word) for word in text.split(" ")]
        operands = [word.operands for word in words]
        if None in operands:
            shown = (b"[" + self._space_operand + b"]TJ\n").join([word.operators for word in words])
        else:
            shown = b"[" + self._space_operand.join(operands) + b"]TJ\n"
        width = sum([word.width for word in words]) + (len(words) - 1) * self._space_width
        return shown, width, frozenset({self.space}).union(*[word.glyphs for word in words])

    def _shape(self, word: str) -> Word:
        text = unicodedata.normalize("NFC", word)
        if not text.isascii() and any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text):
            raise Unstampable(word)
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer, SHAPING)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        if any(info.codepoint == 0 for info in infos):
            raise Unstampable(word)
        return self._write(text, infos, positions)

    def _write(self, text: str, infos, positions) -> Word:
        writer = _Operands(self)
        for info, position in zip(infos, positions, strict=True):
            writer.add(info.codepoint, position, self._scale)
        says_itself = len(infos) == len(text) and all(
            self._characters.get(info.codepoint) == text[info.cluster] for info in infos
        )
        shown = writer.operators()
        if not says_itself:
            shown = b"/Span<</ActualText<%s>>>BDC\n%sEMC\n" % (b"feff" + text.encode("utf-16-be").hex().encode(), shown)
        operands = writer.parts[0][1] if says_itself and len(writer.parts) == 1 and not writer.parts[0][0] else None
        if not text:
            operands, shown = b"", b""
        return Word(operands, shown, writer.width, frozenset(info.codepoint for info in infos))

    def subset(self, glyphs: set[int]) -> bytes:
        """The font file with the outlines of these glyphs only, under their own numbers."""
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs | {0})
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        wanted.drop_table_tag_set.update(
            int.from_bytes(tag.encode(), "big") for tag in self._face.table_tags if tag not in KEPT_TABLES
        )
        return hb.subset(self._face, wanted).blob.data

    def metrics(self) -> dict[str, object]:
        """Bounding box, ascent and descent for the font's descriptor, in thousandths of the type size."""
        extents = self._font.get_font_extents("ltr")
        head = self._face.reference_table("head").data
        box = [round(int.from_bytes(head[at : at + 2], "big", signed=True) * self._scale) for at in (36, 38, 40, 42)]
        return {
            "box": box,
            "ascent": round(extents.ascender * self._scale),
            "descent": round(extents.descender * self._scale),
        }


class _Operands:
    """Collect the operands of TJ for shaped glyphs; a change of height starts a new part."""

    def __init__(self, face: Typeface):
        self.face, self.width = face, 0.0
        self.parts: list[tuple[int, bytes]] = []
        self._hex, self._owed = b"", 0.0

    def add(self, glyph: int, position, scale: float) -> None:
        rise, shift = round(position.y_offset * scale), position.x_offset * scale
        if not self.parts or self.parts[-1][0] != rise:
            self._close_string()
            self.parts.append((rise, b""))
        self._move(shift)
        self._hex += b"%04x" % glyph
        advance = position.x_advance * scale
        self._move(advance - self.face.width(glyph) - shift)
        self.width += advance

    def operators(self) -> bytes:
        self._close_string()
        return b"".join(
            (b"%d Ts [%s]TJ 0 Ts\n" % (rise, shown)) if rise else (b"[%s]TJ\n" % shown) for rise, shown in self.parts
        )

    def _move(self, by: float) -> None:
        self._owed += by
        moved = round(self._owed)
        if moved:
            self._close_string()
            rise, shown = self.parts[-1]
            self.parts[-1] = (rise, shown + b"%d" % -moved)
            self._owed -= moved

    def _close_string(self) -> None:
        if self._hex:
            rise, shown = self.parts[-1]
            self.parts[-1] = (rise, shown + b"<" + self._hex + b">")
            self._hex = b""


def _character_of_each_glyph(face: hb.Face, font: hb.Font) -> dict[int, str]:
    """The lowest code point that leads to each glyph: what a reader gets unless the word says otherwise."""
    characters: dict[int, str] = {}
    for code in sorted(face.unicodes):
        characters.setdefault(font.get_nominal_glyph(code), chr(code))
    return characters


@cache
def typeface(name: str) -> Typeface:
    """The face of this name ("regular" or "bold"), read once."""
    return Typeface(name, FOLDER / FILES[name])


def font_objects(face: Typeface, glyphs: set[int], texts: dict[int, str], number: int) -> list[bytes]:
    """Five bodies of PDF objects, for ``number`` to ``number + 4``: font, descendant, descriptor, file, text map."""
    program = face.subset(glyphs)
    name = f"{_tag(glyphs)}+{face.postscript_name}".encode()
    compressed = zlib.compress(program, 9)
    text_map = zlib.compress(_to_unicode(face, glyphs, texts), 9)
    metrics = face.metrics()
    return [
        b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, number + 1, number + 4),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 0/W[%s]>>" % (name, number + 2, _widths(face, glyphs)),
        b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
        b"/CapHeight %d/StemV 80/FontFile2 %d 0 R>>"
        % (name, *metrics["box"], metrics["ascent"], metrics["descent"], metrics["ascent"], number + 3),
        b"<</Length %d/Length1 %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(compressed), len(program), compressed),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(text_map), text_map),
    ]


def _tag(glyphs: set[int]) -> str:
    digest = hashlib.sha256(repr(sorted(glyphs)).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def _widths(face: Typeface, glyphs: set[int]) -> bytes:
    return b"".join(b"%d[%g]" % (glyph, face.width(glyph)) for glyph in sorted(glyphs | {0}))


def _to_unicode(face: Typeface, glyphs: set[int], texts: dict[int, str]) -> bytes:
    pairs = [(glyph, face.character(glyph) or texts.get(glyph)) for glyph in sorted(glyphs)]
    lines = [b"<%04x><%s>" % (glyph, text.encode("utf-16-be").hex().encode()) for glyph, text in pairs if text]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        b"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n" + body
        + b"\nendcmap CMapName currentdict/CMap defineresource pop end end"
    )
