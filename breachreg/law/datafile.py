"""Read a TOML data file so that every complaint can name the file and the line.

`tomllib` gives values without their place. A lawyer who corrects a label needs the place, so the headers are found
again in the text: the third `[[term]]` of the file is the third element of the list `term`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DATA = Path(__file__).parent / "data"
LANGUAGES = ("fr", "en")

_HEADER = re.compile(r"^\s*\[\[\s*([\w.-]+)\s*\]\]")
_LINE = re.compile(r"at line (\d+)")
_BEFORE = re.compile(r" (?=[;:!?»%€])")
_AFTER = re.compile(r"(?<=«) ")
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
    def values(self) -> dict:
        try:
            found = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise BadData(f"{self.name}:{self._line_in(error)}: not valid TOML: {error}") from error
        return _typeset_french(found) if self.own_words else found

    def _line_in(self, error: tomllib.TOMLDecodeError) -> str:
        named = _LINE.search(str(error))
        return named[1] if named else str(self.text.count("\n") + 1)

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
