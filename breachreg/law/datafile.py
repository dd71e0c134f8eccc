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
_FENCE = re.compile(r'"""|' + r"'''")


class BadData(ValueError):
    """A data file of `law/` cannot be trusted; the message names file, line and remedy."""


@dataclass(frozen=True)
class DataFile:
    path: Path

    @cached_property
    def text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise BadData(f"{self.path.name}: the file is missing; restore it in {self.path.parent}") from None

    @cached_property
    def values(self) -> dict:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise BadData(f"{self.path.name}: not valid TOML: {error}") from error

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
        return BadData(f"{self.path.name}:{self.line_of(table, index)}: {message}")

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
