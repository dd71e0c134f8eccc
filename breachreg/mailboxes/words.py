"""Which of the listed words a text holds: one pass over the text, whatever the length of the list."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "words.toml"
_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=1)
def lists() -> dict:
    """The data file, as it stands."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def _plain(byte: int) -> int:
    letter = bytes([byte]).decode("cp1252", "replace")
    plain = {"œ": "o", "Œ": "o", "æ": "a", "Æ": "a", "’": "'", "‘": "'"}.get(letter) or unicodedata.normalize("NFKD", letter)[0].lower()
    return ord(plain) if plain.isascii() else byte


_FOLDED = bytes(_plain(byte) for byte in range(256))
_SPACED = bytes(byte if chr(byte).isalnum() and byte < 128 else 32 for byte in _FOLDED)
_COMBINING = ("\u0300", "\u0301", "\u0302", "\u0308", "\u0327")


def _bytes(text: str) -> bytes:
    if not text.isascii() and any(mark in text for mark in _COMBINING):
        text = unicodedata.normalize("NFC", text)
    return text.encode("cp1252", "replace")


def folded(text: str) -> str:
    """Text in lower case without accents, as the lists are written; each letter stays one letter."""
    return _bytes(text).translate(_FOLDED).decode("latin-1")


def words_of(text: str) -> set[str]:
    """The distinct words of a text, folded."""
    return set(_bytes(text).translate(_SPACED).decode("ascii").split())


def folded_with_words(text: str) -> tuple[str, set[str]]:
    """Both at the price of little more than one."""
    raw = _bytes(text).translate(_FOLDED)
    return raw.decode("latin-1"), set(raw.translate(_SPACED).decode("ascii").split())


class WordList:
    """Words, beginnings of words (``pirat*``) and phrases, looked up by the distinct words of a text."""

    MOST_REMEMBERED = 100_000

    def __init__(self, entries: tuple[str, ...]):
        single = [entry for entry in entries if _WORD.fullmatch(entry.rstrip("*"))]
        self.whole = frozenset(entry for entry in single if not entry.endswith("*"))
        self.beginnings = tuple(entry[:-1] for entry in single if entry.endswith("*"))
        phrases = [entry for entry in entries if entry not in single]
        self.phrases = tuple((_WORD.findall(entry)[0], entry.rstrip("*"), entry.endswith("*")) for entry in phrases)
        self.firsts = frozenset(first for first, _, _ in self.phrases)
        self._others: set[str] = set()

    def found_in(self, text: str, words: set[str] | None = None) -> set[str]:
        """The words and phrases of the list in a folded text; ``words`` is ``words_of(text)``, when known already."""
        words = words_of(text) if words is None else words
        found = {word for word in words - self._others if self._holds(word)}
        if not self.firsts.isdisjoint(words):
            found |= {phrase for first, phrase, is_open in self.phrases if first in words and _stands(text, phrase, is_open)}
        return found

    def _holds(self, word: str) -> bool:
        if word in self.whole or word.startswith(self.beginnings):
            return True
        if len(self._others) < self.MOST_REMEMBERED and not word.isdigit():
            self._others.add(word)
        return False


def _stands(text: str, phrase: str, is_open: bool) -> bool:
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        starts = at == 0 or not text[at - 1].isalnum()
        if starts and (is_open or end == len(text) or not text[end].isalnum()):
            return True
        at = text.find(phrase, at + 1)
    return False


@lru_cache(maxsize=8)
def false_friends(name: str) -> tuple[str, ...]:
    """Phrases in which a word of this list means something else."""
    return tuple(lists()[name].get("false_friends", ()))


@lru_cache(maxsize=1)
def public_providers() -> frozenset[str]:
    """Domains at which anybody may have a mailbox."""
    return frozenset(lists()["public_providers"]["domains"])


@lru_cache(maxsize=8)
def word_list(name: str) -> WordList:
    """The list of this name in the data file."""
    return WordList(tuple(lists()[name]["words"]))


@lru_cache(maxsize=1)
def odd_folders() -> frozenset[str]:
    """Names of folders in which nobody looks."""
    return frozenset(lists()["odd_folders"]["names"])
