"""Text in, drawable text out: what our typefaces cannot draw is written as a name or a code, never lost nor hidden.

Control characters, marks that turn the direction of the text around, and characters without a glyph are a way to make
a page say something else than the record. Here they become visible: "[U+202E]", "[rocket]".
"""

import unicodedata
from functools import cache
from pathlib import Path

TYPEFACES = Path(__file__).parent / "typefaces"
_KEPT = frozenset("\n\t\u200d\u200c\u00ad\ufeff\ufe0f\ufe0e")  # laid out or harmless, though they draw nothing themselves
# The characters below U+1F000 that are shown as pictures (Emoji_Presentation, Unicode 15.1, emoji-data.txt).
PICTURES = (
    (0x231A, 0x231B), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE), (0x2614, 0x2615),
    (0x2648, 0x2653), (0x267F, 0x267F), (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE),
    (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5),
    (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C),
    (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF),
    (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55),
)  # fmt: skip
_SHOWN = {"\t": "    ", "\ufe0f": "", "\ufe0e": "", "\ufeff": ""}


def visible(text: str) -> str:
    """The text with every character that would not be drawn replaced by its name or code in brackets."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_shown(character) for character in text)


@cache
def _shown(character: str) -> str:
    if character in _SHOWN:
        return _SHOWN[character]
    if character in _KEPT or (ord(character) in drawable() and not _misleads(character) and not _is_picture(character)):
        return character
    return f"[{_name(character)}]"


def _misleads(character: str) -> bool:
    """A control, a direction mark, a private or unassigned code: not to be drawn even if a face has a glyph."""
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}


def _is_picture(character: str) -> bool:
    """An emoji: Pango draws it in whatever colour font a machine has, so it would look different on each."""
    code = ord(character)
    if code >= 0x1F000:
        return unicodedata.category(character) in ("So", "Sk")
    return any(first <= code <= last for first, last in PICTURES)


def _name(character: str) -> str:
    """A symbol by its name (an emoji), everything else by its code."""
    name = unicodedata.name(character, "") if unicodedata.category(character) == "So" else ""
    return name.lower() or f"U+{ord(character):04X}"


@cache
def drawable() -> frozenset[int]:
    """The code points that the bundled faces draw."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for file in sorted(TYPEFACES.glob("*.ttf")):
        with TTFont(file, lazy=True) as font:
            found.update(font["cmap"].getBestCmap())
    return frozenset(found)
