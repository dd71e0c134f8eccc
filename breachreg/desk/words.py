"""Text in, words to search out: without accents, capitals or plurals, so that French is found however it is typed.

"Données médicales", "donnee medicale" and "DONNÉES MÉDICALES" are the same; "journaux" finds "journal".
"""

import re
import unicodedata
from collections.abc import Iterable

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
SEPARATORS = re.compile(r"[^0-9a-z]+")
SHORTEST_TO_CUT = 4


def fold(text: str) -> list[str]:
    """The words of a text: small letters without accents, digits kept, everything else a gap."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES))
    return SEPARATORS.sub(" ", "".join(sign for sign in plain if not unicodedata.combining(sign))).split()


def stem(word: str) -> str:
    """The word without its plural: -s, -x, and -aux for -al."""
    if len(word) < SHORTEST_TO_CUT or word.isdigit():
        return word
    if word.endswith("aux"):
        return word[:-2]
    if word.endswith("al"):
        return word[:-1]
    return word[:-1] if word.endswith(("s", "x")) else word


def stems(text: str) -> list[str]:
    return [stem(word) for word in fold(text)]


def words_of(texts: Iterable[str | None]) -> set[str]:
    """The different words of several texts."""
    return {word for text in texts if text for word in stems(text)}
