"""Domains that want to be taken for another one: same picture, one letter off, another ending, a name put in front."""

import unicodedata
from typing import NamedTuple

from breachreg.mailboxes.reading.addresses import is_inside, registrable

# Letters of other scripts and digits, by the Latin letter that they look like (a small part of Unicode's confusables).
_PICTURE = {
    ord(letter): latin
    for latin, letters in {
        "a": "аαɑ", "b": "вʙ", "c": "сϲ", "d": "ԁ", "e": "еҽε", "g": "ɡ",
        "h": "һнʜ", "i": "іɩıι1", "j": "ј", "k": "кκ", "l": "ⅼʟ", "m": "мμ",
        "n": "νոп", "o": "оοσ0", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ5",
        "t": "тτ", "u": "υս", "w": "ԝω", "x": "хχ", "y": "уүγ",
    }.items()
    for letter in letters
}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"), ("ii", "u"))
SHORTEST = 5
"""A shorter name has too many neighbours for one letter to mean anything."""


class Lookalike(NamedTuple):
    """A domain, the one that it resembles, and how: same_picture, one_letter, other_ending, name_inside."""

    domain: str
    resembles: str
    how: str


def lookalike(domain: str, known: frozenset[str]) -> Lookalike | None:
    """Whether a domain resembles a known one without being it or below it."""
    domain = domain.lower().strip(".")
    if not domain or is_inside(domain, known):
        return None
    for own in sorted(known):
        if how := _resemblance(domain, own):
            return Lookalike(domain, own, how)
    return None


def _resemblance(domain: str, own: str) -> str | None:
    theirs, ours = registrable(domain), registrable(own)
    if theirs == ours:
        return None
    name, ending = theirs.split(".", 1)[0], theirs.partition(".")[2]
    own_name, own_ending = ours.split(".", 1)[0], ours.partition(".")[2]
    if skeleton(name) == skeleton(own_name):
        return "other_ending" if name == own_name and ending != own_ending else "same_picture"
    if len(own_name) >= SHORTEST and within_one(skeleton(name), skeleton(own_name)):
        return "one_letter"
    if len(own_name) >= SHORTEST and (own_name in name or own_name in domain.removesuffix(theirs)):
        return "name_inside"
    return None


def skeleton(label: str) -> str:
    """What a label looks like: punycode decoded, accents dropped, look-alike letters replaced."""
    if label.startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            return label
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(letter)
    )
    plain = plain.translate(_PICTURE).replace("-", "")
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain.replace("i", "l")


def within_one(first: str, second: str) -> bool:
    """Whether one letter added, dropped or replaced, or two neighbours swapped, turn one into the other."""
    if first == second or abs(len(first) - len(second)) > 1:
        return first == second
    short, long = sorted((first, second), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) != len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped
