"""Which signs no font of this machine can show: found before a run starts, so that nobody's name becomes empty boxes."""

import unicodedata
from collections.abc import Iterable

from breachreg.letters.composed import take_apart
from breachreg.letters.layout import Block, Letter, lay_out
from breachreg.letters.typeface import typeface

UNSHOWN = frozenset({"Cc", "Cf", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"})
"""Kinds of signs that show nothing by themselves: controls, marks, spaces."""

_shown: set[str] = set()
"""Signs that some font of this machine has."""


def absent(texts: Iterable[str]) -> frozenset[str]:
    """The signs of these texts that no font of this machine has. One layout for all of them, more when some are absent."""
    signs = {sign for text in texts if not text.isascii() for sign in unicodedata.normalize("NFC", text)}
    face = typeface("regular")
    unsure = sorted(sign for sign in signs - _shown if unicodedata.category(sign) not in UNSHOWN and not face.has(sign))
    found = frozenset(_absent(unsure))
    _shown.update(sign for sign in unsure if sign not in found)
    return found


def _absent(signs: list[str]) -> list[str]:
    missing = _missing(signs) if signs else 0
    if missing in (0, len(signs)):
        return signs if missing else []
    half = len(signs) // 2
    return _absent(signs[:half]) + _absent(signs[half:])


def _missing(signs: list[str]) -> int:
    page = Letter(language="fr", subject="", sender=(), date="", blocks=(Block("paragraph", " ".join(signs)),), address=(), reference="")
    return take_apart(lay_out(page)).missing
