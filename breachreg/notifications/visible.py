"""Text in, drawable text out: what our typefaces cannot draw is written as a name or a code, never lost nor hidden.

Control characters, marks that turn the direction of the text around, and characters without a glyph are a way to make
a page say something else than the record. Here they become visible: "[U+202E]", "[rocket]".
"""

import unicodedata
from functools import cache
from pathlib import Path

TYPEFACES = Path(__file__).parent / "typefaces"
_KEPT = frozenset("\n\t\u200d\u200c\u00ad\ufeff\ufe0f\ufe0e")  # laid out or harmless, though they draw nothing themselves
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
    if character in _KEPT or (ord(character) in drawable() and not _misleads(character)):
        return character
    return f"[{_name(character)}]"


def _misleads(character: str) -> bool:
    """A control, a direction mark, a private or unassigned code: not to be drawn even if a face has a glyph."""
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}


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
