"""A text to the personal data that stand in it: category, confidence, and the value (which its caller only hashes).

Confidence is SURE (a checksum and a form that chance does not make), LIKELY (the form and its surroundings speak for
it) or POSSIBLE (the form alone). Numbers are checked by python-stdnum; dates, words and forms are our own.
"""

from collections.abc import Iterator

from breachreg.mailboxes.census.contexts import by_context
from breachreg.mailboxes.census.finding import HEALTH, LIKELY, POSSIBLE, SURE, UNION, Finding
from breachreg.mailboxes.census.numbers import numbers
from breachreg.mailboxes.words import false_friends, folded_with_words, word_list


def findings(text: str, known: set[str] | None = None) -> Iterator[Finding]:
    """Everything found in a text; the same value may come more than once.

    ``known`` holds the words of the texts of this message read before, and takes in those of this one. A text all of
    whose words are known is the same text in another dress (HTML beside plain text), and is passed over.
    """
    lowered, words = folded_with_words(text)
    if known is not None:
        if words <= known:
            return
        known |= words
    yield from _by_word(lowered, words)
    yield from numbers(text, lowered, words)
    yield from by_context(text, lowered, words)


def _by_word(lowered: str, words: set[str]) -> Iterator[Finding]:
    for category in (HEALTH, UNION):
        found = word_list(category).found_in(lowered, words)
        found = {word for word in found if not _is_false_friend(word, lowered, category)}
        if found:
            is_phrase = any(" " in word for word in found)
            confidence = SURE if len(found) >= 3 else LIKELY if len(found) == 2 or is_phrase else POSSIBLE
            yield from (Finding(category, confidence, word) for word in found)


def _is_false_friend(word: str, lowered: str, category: str) -> bool:
    """Whether a word stands only where it means something else: the enceinte of a building, the syndicat des eaux."""
    friends = [phrase for phrase in false_friends(category) if word in phrase]
    return bool(friends) and lowered.count(word) <= sum(lowered.count(phrase) for phrase in friends)
