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


def _plain(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)).lower()


_ACCENTS = {code: _plain(chr(code)) for code in range(0xC0, 0x180) if _plain(chr(code)).isascii()}
_ACCENTS |= {0x2019: "'", 0x153: "oe", 0xE6: "ae"}


def folded(text: str) -> str:
    """Text in lower case without accents, as the lists are written."""
    lowered = text.lower()
    return lowered if lowered.isascii() else lowered.translate(_ACCENTS)


def words_of(text: str) -> set[str]:
    """The distinct words of a folded text."""
    return set(_WORD.findall(text))


class WordList:
    """Words, beginnings of words (``pirat*``) and phrases, looked up by the distinct words of a text."""

    MOST_REMEMBERED = 50_000

    def __init__(self, entries: tuple[str, ...]):
        single = [entry for entry in entries if _WORD.fullmatch(entry.rstrip("*"))]
        self.whole = frozenset(entry for entry in single if not entry.endswith("*"))
        self.beginnings = tuple(entry[:-1] for entry in single if entry.endswith("*"))
        self.phrases = tuple(
            (_WORD.findall(entry)[0], entry.rstrip("*"), entry.endswith("*")) for entry in entries if entry not in single
        )
        self._known: dict[str, bool] = {}

    def found_in(self, text: str, words: set[str] | None = None) -> set[str]:
        """The words and phrases of the list in a folded text; ``words`` is ``words_of(text)``, when known already."""
        words = words_of(text) if words is None else words
        found = {word for word in words if self._holds(word)}
        found |= {phrase for first, phrase, is_open in self.phrases if first in words and _stands(text, phrase, is_open)}
        return found

    def _holds(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            known = word in self.whole or word.startswith(self.beginnings)
            if len(self._known) < self.MOST_REMEMBERED:
                self._known[word] = known
        return known


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
def word_list(name: str) -> WordList:
    """The list of this name in the data file."""
    return WordList(tuple(lists()[name]["words"]))


@lru_cache(maxsize=1)
def odd_folders() -> frozenset[str]:
    """Names of folders in which nobody looks."""
    return frozenset(lists()["odd_folders"]["names"])
