"""A paper: a document as it will be read, before it has a page. Plain data, no HTML, no PDF.

Every document of this room is one: a notification in its kinds, the file of a decision not to notify, a letter to a
controller, a summary for an insurer. `document.py` turns it into pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from breachreg.notifications.visible import visible


@dataclass(frozen=True)
class Piece:
    """A run of text of a difference: kind is "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A question and its answer. `value` is () when the answer is not known, and `unknown` then says so in a sentence."""

    label: str
    value: tuple[str, ...] = ()
    unknown: str = ""
    note: str = ""
    is_long: bool = False
    code: str = ""
    change: tuple[Piece, ...] = ()
    language: str = ""  # when it is not the document's
    change_language: str = ""


@dataclass(frozen=True)
class Block:
    """Lines that are set alike: short ones in a table, long ones each below its label."""

    is_long: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Chapter:
    title: str
    lines: tuple[Line, ...] = ()
    number: str = ""
    text: str = ""

    @property
    def blocks(self) -> list[Block]:
        return [Block(is_long, tuple(lines)) for is_long, lines in groupby(self.lines, key=lambda line: line.is_long)]


@dataclass(frozen=True)
class Missing:
    """One line of the list of what is not known yet."""

    where: str
    sentence: str
    owed_by: str = ""


@dataclass(frozen=True)
class Changed:
    """One line of the list of what changed: the lines that went and came, or `size` when the text is long."""

    where: str
    label: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    size: str = ""
    language: str = ""  # when it is not the document's


@dataclass(frozen=True)
class Paper:
    """`mark` is printed on every page ("" for none); `data` is attached as a file named `data_name` (None for none)."""

    language: str
    title: str
    reference: str
    version: str
    created_at: datetime
    kind: str
    letterhead: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()  # of a letter, where the window of an envelope is
    eyebrow: str = ""
    mark: str = ""
    author: str = ""
    facts: tuple[Line, ...] = ()
    notice: str = ""
    changes_title: str = ""
    changes_lead: str = ""
    changes: tuple[Changed, ...] = ()
    missing_title: str = ""
    missing: tuple[Missing, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    closing: tuple[Chapter, ...] = ()
    data: bytes | None = None
    data_name: str = ""
    data_sha256: str = ""

    def drawable(self) -> "Paper":
        """The same paper with every text in characters that the typefaces draw."""
        return replace(self, **{name: _drawable(getattr(self, name)) for name in _TEXTS})


_TEXTS = (
    "title", "reference", "version", "letterhead", "recipient", "eyebrow", "mark", "author", "facts", "notice", "changes_title",
    "changes_lead", "changes", "missing_title", "missing", "chapters", "closing",
)


def _drawable(part):
    if isinstance(part, str):
        return visible(part)
    if isinstance(part, tuple):
        return tuple(_drawable(one) for one in part)
    if isinstance(part, (Line, Chapter, Missing, Piece, Changed)):
        return replace(part, **dict(_drawable_fields(part)))
    return part


def _drawable_fields(part) -> Iterator[tuple[str, object]]:
    for name, value in vars(part).items():
        yield name, _drawable(value)
