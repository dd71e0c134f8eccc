"""Two versions in, what differs out: question by question, word by word, for the screen and for paper."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from breachreg.law.form import Field
from breachreg.notifications.answers import Answers, form, in_words, number_words
from breachreg.notifications.paper import Piece

# About the message itself: these differ in every complementary notification, and nothing about the breach changed.
OF_THE_MESSAGE = frozenset({"notification_type", "initial_notification_number"})
LONG_TEXT = 160
_TOKEN = re.compile(r"\d+(?:[\u00a0\u202f,.:]\d+)*|\w+|\s+|[^\w\s]")  # a number with its separators is one word


@dataclass(frozen=True)
class Difference:
    """A question whose answer differs. `old` and `new` are words, None where the answer was not known."""

    field: Field
    old: str | None
    new: str | None
    pieces: tuple[Piece, ...]

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def is_long(self) -> bool:
        """Whether the change is told by its size, and read word by word where the answer stands."""
        return self.old is not None and self.new is not None and max(len(self.old), len(self.new)) > LONG_TEXT

    @property
    def removed(self) -> tuple[str, ...]:
        """The lines of the old answer that the new one has no longer."""
        return _lines_but(self.old, self.new)

    @property
    def added(self) -> tuple[str, ...]:
        """The lines of the new answer that the old one had not."""
        return _lines_but(self.new, self.old)

    @property
    def told(self) -> str:
        """What the lines do not tell, in the language in force: the size of a long change, or that it was not known."""
        if self.is_long:
            words = {"added": number_words(self._count("added")), "removed": number_words(self._count("removed"))}
            completed = _("completed (words added: %(added)s)") % words
            return _("rewritten (words added: %(added)s, removed: %(removed)s)") % words if self._count("removed") else completed
        if self.old is None:
            return _("not known before")
        return _("no longer known") if self.new is None else ""

    def _count(self, kind: str) -> int:
        return sum(len(re.findall(r"\w+", piece.text)) for piece in self.pieces if piece.kind == kind)


def _lines_but(text: str | None, other: str | None) -> tuple[str, ...]:
    known = set((other or "").split("\n"))
    return tuple(line for line in (text or "").split("\n") if line and line not in known)


def since(held: Answers, new: Answers, *, language: str, zone: ZoneInfo) -> list[Difference]:
    """What changed about the breach since what the authority holds."""
    found = _differences(held, new, language, zone)
    return [difference for difference in found if difference.code not in OF_THE_MESSAGE]


def differences(old: Answers, new: Answers, *, language: str, zone: ZoneInfo) -> list[Difference]:
    """The questions that two versions answer differently, in the form's order, in words of `language`."""
    return list(_differences(old, new, language, zone))


def _differences(old, new, language, zone) -> Iterator[Difference]:
    for field in form().fields:
        if is_same(old.get(field.code), new.get(field.code)):
            continue
        before, after = (_text(field, answers.get(field.code), language, zone) for answers in (old, new))
        yield Difference(field, before, after, words(before or "", after or ""))


def is_same(one, other) -> bool:
    """Whether two answers say the same; an empty text is not known, like None."""
    return (None if one == "" else one) == (None if other == "" else other)


def _text(field: Field, answer, language: str, zone: ZoneInfo) -> str | None:
    lines = in_words(field, answer, language, zone)
    return "\n".join(lines) if lines else None


def words(old: str, new: str) -> tuple[Piece, ...]:
    """What was removed and added, word by word. The pieces that are not "added" are `old`; those not "removed", `new`."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    return tuple(_joined(_opcodes(before, after)))


def _opcodes(before: list[str], after: list[str]) -> Iterator[Piece]:
    """The runs that stayed, went and came; what both texts begin and end with is set aside first, which most changes leave."""
    head = _common(zip(before, after, strict=False))
    tail = _common(zip(reversed(before[head:]), reversed(after[head:]), strict=False))
    if head:
        yield Piece("same", "".join(before[:head]))
    yield from _between(before[head : len(before) - tail], after[head : len(after) - tail])
    if tail:
        yield Piece("same", "".join(before[len(before) - tail :]))


def _common(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs are the same before the first that differs."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _between(before: list[str], after: list[str]) -> Iterator[Piece]:
    # Without autojunk: in a long text every space is "popular", and the difference would become one block.
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[a0:a1]))
            continue
        if a1 > a0:
            yield Piece("removed", "".join(before[a0:a1]))
        if b1 > b0:
            yield Piece("added", "".join(after[b0:b1]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Let a change of several words read as one: a lone space that stayed between two changes joins both."""
    queue = list(pieces)
    for index, piece in enumerate(queue):
        between = 0 < index < len(queue) - 1 and piece.kind == "same" and not piece.text.strip(" ")
        if between:
            yield Piece("removed", piece.text)
            yield Piece("added", piece.text)
        else:
            yield piece
