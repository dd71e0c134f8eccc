"""The register as JSON for machines: neutral codes, UTC, null for unknown; its JSON Schema is made from the columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from breachreg.exports.columns import Column
from breachreg.exports.kinds import Reader, encode
from breachreg.exports.lines import Piece, join

FORM = "breachreg register 1"
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


_INSTANT = {"type": ["string", "null"], "format": "date-time"}
GONE = {
    "type": "object",
    "properties": {
        "reference": {"type": "string"}, "qualification": {"type": ["string", "null"]}, "duty": {"type": ["string", "null"]},
        "reported_at": _INSTANT, "aware_at": _INSTANT, "filed_at": _INSTANT, "told_on": {"type": ["string", "null"], "format": "date"},
        "closed_at": _INSTANT, "kept_years": {"type": "integer"}, "purged_at": _INSTANT,
    },
    "additionalProperties": False,
}  # fmt: skip
GONE["required"] = list(GONE["properties"])


def write(head: dict, names: Sequence[str], batches: Iterable[Sequence[Sequence[str]]], file: BinaryIO) -> int:
    """Write the head's members and then the breaches, one a line; give their number.

    The batches come column by column, in the order of the names, each value as its JSON text.
    """
    file.write(b"{\n")
    for name, value in {"form": FORM, **head}.items():
        file.write(f"{encode(name)}:{encode(value)},\n".encode())
    file.write(b'"breaches":[')
    written = 0
    for columns in batches:
        count = len(columns[0])
        data = join(_pieces(names, columns), count)
        file.write(data if written else data.removeprefix(b","))
        written += count
    file.write(b"\n]}\n")
    return written


def _pieces(names: Sequence[str], columns: Sequence[Sequence[str]]) -> Iterator[Piece]:
    """An object after a comma and on a line of its own."""
    begin = ",\n{"
    for name, values in zip(names, columns, strict=True):
        yield f"{begin}{encode(name)}:"
        yield values
        begin = ","
    yield "}"


def schema(columns: tuple[Column, ...], reader: Reader) -> dict:
    """The JSON Schema (2020-12) of a register with these columns, with their headings as titles."""
    row = {
        "type": "object",
        "properties": {column.key: {"title": reader.say(column.label), **column.kind.schema} for column in columns},
        "required": [column.key for column in columns],
        "additionalProperties": False,
    }
    return {
        "$schema": SCHEMA,
        "title": FORM,
        "type": "object",
        "properties": {
            "form": {"const": FORM},
            "organisation": {"type": "string"},
            "made_at": {"type": "string", "format": "date-time"},
            "as_of": {"type": ["string", "null"], "format": "date-time"},
            "not_rebuilt": {"type": "integer", "minimum": 0},
            "filters": {"type": "object"},
            "redacted": {"type": "boolean"},
            "checkpoint": {"type": ["string", "null"]},
            "purged": {"type": "array", "items": GONE},
            "breaches": {"type": "array", "items": row},
        },
        "required": ["form", "organisation", "made_at", "as_of", "not_rebuilt", "filters", "redacted", "checkpoint", "purged", "breaches"],
        "additionalProperties": False,
    }
