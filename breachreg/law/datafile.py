"""Read a TOML data file so that every complaint can name the file and the line.

`tomllib` gives values without their place. A lawyer who corrects a label needs the place, so the headers are found
again in the text: the third `[[term]]` of the file is the third element of the list `term`.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

DATA = Path(__file__).parent / "data"
LANGUAGES = ("fr", "en")

_HEADER = re.compile(r"^\s*\[\[\s*([\w.-]+)\s*\]\]")
_LINE = re.compile(r"at line (\d+)")
_BEFORE = re.compile(r" (?=[;:!?»%€])")
_AFTER = re.compile(r"(?<=«) ")
_LIKE_A_DAY = re.compile(r"=\s*\d+[-/.]\d+[-/.]\d+")
_FENCE = re.compile(r'"""|' + r"'''")


class BadData(ValueError):
    """A data file of `law/` cannot be trusted; the message names file, line and remedy."""


def typeset(text: str) -> str:
    """French with the spaces before ; : ! ? and inside « » made non-breaking, so that no line begins with them."""
    return _BEFORE.sub("\u00a0", _AFTER.sub("\u00a0", text))


def _typeset_french(value, key: str = ""):
    if isinstance(value, dict):
        return {name: _typeset_french(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_typeset_french(each, key) for each in value]
    return typeset(value) if isinstance(value, str) and (key == "fr" or key.endswith("_fr")) else value


_TEXT, _LIST, _NUMBER, _YES_NO = "a text in quotation marks", "a list", "a number", "true or false"
_DAY, _GROUP = "a day", "a group of entries"
_ALWAYS = {
    **dict.fromkeys(("code", "source", "rule", "address", "rule.replaces", "owed_by", "told_if"), _TEXT),
    **dict.fromkeys(("tipping_order", "tipping_counts", "people"), _LIST),
    **dict.fromkeys(("above", "only_reach"), _NUMBER),
    "provisional": _YES_NO, "dated": _DAY, "question.points": _GROUP, "far_fetched": _GROUP,
}
"""What an entry is that may stand only once in its file, so that no other can be compared with it; by its table where needed."""


def _expected(table: str, name: str, seen: Counter) -> str:
    """What an entry of this name must be: what it always is, or else what it most often is among those seen."""
    if table and seen.total() == 1 and name.endswith(LANGUAGES):
        return _TEXT
    return _ALWAYS.get(f"{table}.{name}") or _ALWAYS.get(name) or seen.most_common(1)[0][0]


def _kind(value) -> str:
    """What an entry is, in words; a whole number and a fraction are both numbers."""
    kinds = {bool: _YES_NO, str: _TEXT, date: _DAY, list: _LIST, dict: _GROUP}
    return kinds.get(type(value), _NUMBER)


def _is_table(value) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _kinds(row: dict, above: str = "") -> Iterator[tuple[str, str]]:
    """The name and kind of each entry of a row, and of those in its lists and groups."""
    for name, value in row.items():
        yield above + name, _kind(value)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(value, list):
                yield f"{above}{name}, in its list", _kind(each)
            if isinstance(each, dict):
                yield from _kinds(each, f"{above}{name}.")


@dataclass(frozen=True)
class DataFile:
    """One file of `data/`. `own_words` tells our own French, which is typeset, from official labels, which are not."""

    path: Path
    own_words: bool = True

    @property
    def name(self) -> str:
        """The file as somebody finds it below `data/`, such as "vocabulary/regimes.toml"."""
        return f"vocabulary/{self.path.name}" if self.path.parent.name == "vocabulary" else self.path.name

    @cached_property
    def text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise BadData(f"{self.name}: the file is missing; restore it in {self.path.parent}") from None

    @cached_property
    def entries(self) -> dict:
        """The file as TOML, nothing of it checked."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise BadData(self._not_toml(error)) from error

    @cached_property
    def values(self) -> dict:
        found = self.entries
        self._check_kinds([(0, *kind) for kind in _kinds({name: each for name, each in found.items() if not _is_table(each)})], "")
        for table in (name for name, rows in found.items() if _is_table(rows)):
            self._check_kinds([(index, *kind) for index, row in enumerate(found[table]) for kind in _kinds(row)], table)
        return _typeset_french(found) if self.own_words else found

    def _not_toml(self, error: tomllib.TOMLDecodeError) -> str:
        named, lines = _LINE.search(str(error)), self.text.splitlines()
        number = int(named[1]) if named else self.text.count("\n") + 1
        line = lines[number - 1] if number <= len(lines) else ""
        remedy = "; a day is written year-month-day, as 2018-05-25" if _LIKE_A_DAY.search(line) else ""
        return f"{self.name}:{number}: not valid TOML{remedy}: {error}"

    def _check_kinds(self, entries: list[tuple[int, str, str]], table: str) -> None:
        """Complain of an entry that is another kind of thing than in the other rows, such as a day in quotation marks."""
        kinds: dict[str, Counter] = {}
        for _, name, kind in entries:
            kinds.setdefault(name, Counter())[kind] += 1
        for index, name, kind in entries:
            expected = _expected(table, name, kinds[name])
            if kind != expected:
                raise self.complaint(f"“{name}” is {kind} and must be {expected}", table, index)

    @cached_property
    def _header_lines(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        inside_long_text = False
        for number, line in enumerate(self.text.splitlines(), start=1):
            header = None if inside_long_text else _HEADER.match(line)
            if header:
                found.setdefault(header[1], []).append(number)
            if len(_FENCE.findall(line)) % 2:
                inside_long_text = not inside_long_text
        return found

    def line_of(self, table: str, index: int) -> int:
        """The line of the `index`-th (from 0) `[[table]]` of the file; 1 when the file has no such header."""
        lines = self._header_lines.get(table, [])
        return lines[index] if index < len(lines) else 1

    def complaint(self, message: str, table: str = "", index: int = 0) -> BadData:
        """The exception to raise about the `index`-th `[[table]]`."""
        return BadData(f"{self.name}:{self.line_of(table, index)}: {message}")

    def require(self, row: dict, keys: tuple[str, ...], table: str = "", index: int = 0) -> None:
        """Raise BadData when `row` lacks one of `keys`, or holds an empty text there."""
        for key in keys:
            if key not in row or row[key] == "":
                name = row.get("code", "")
                raise self.complaint(f"{name or table or 'the file'} has no “{key}”; add it", table, index)

    def refuse_others(self, row: dict, known: frozenset[str], table: str = "", index: int = 0) -> None:
        """Raise BadData on a key that nothing reads: most often a slip of the keyboard."""
        for key in sorted(set(row) - known):
            raise self.complaint(f"“{key}” is not a known entry; known: {', '.join(sorted(known))}", table, index)
