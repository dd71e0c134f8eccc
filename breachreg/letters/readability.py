"""How easy a text is to read, as one figure: 100 is easy, 0 is hard, None is too short to tell.

French: Kandel and Moles (1958), the adaptation of Flesch's figure. English: Flesch (1948). Syllables are counted by
groups of vowels, which is enough for a hint and no more.
"""

import re
import unicodedata

FEWEST_WORDS = 30
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…]+(?:\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouyœæ]+")


def score(text: str, language: str) -> float | None:
    """The figure for this text in "fr" or "en"; None below thirty words."""
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = sum(1 for sentence in _SENTENCE.split(text) if _WORD.search(sentence or ""))
    length = len(words) / max(sentences, 1)
    weight = sum(syllables(word, language) for word in words) / len(words)
    if language == "fr":
        return 207 - 1.015 * length - 73.6 * weight
    return 206.835 - 1.015 * length - 84.6 * weight


def syllables(word: str, language: str) -> int:
    """About how many syllables a word has, at least one."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    groups = len(_VOWELS.findall(plain))
    silent = r"(?:e|es|ent)$" if language == "fr" else r"(?<!l)e$"
    accented = word.lower().endswith(("é", "és", "ée", "ées"))
    if groups > 1 and not accented and re.search(r"[^aeiouy]" + silent, plain):
        groups -= 1
    return max(groups, 1)
