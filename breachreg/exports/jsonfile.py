"""The register as JSON for machines: neutral codes, UTC, null for unknown; its JSON Schema is made from the columns."""

import json
from collections.abc import Iterable
from typing import BinaryIO

from breachreg.exports.columns import Column
from breachreg.exports.kinds import Reader

FORM = "breachreg register 1"
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def write(head: dict, rows: Iterable[dict], file: BinaryIO) -> int:
    """Write the head's members and then the breaches, one a line; give their number."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    file.write(b"{\n")
    for name, value in {"form": FORM, **head}.items():
        file.write(f"{encode(name)}:{encode(value)},\n".encode())
    file.write(b'"breaches":[')
    written = 0
    for written, row in enumerate(rows, start=1):
        file.write(("\n" if written == 1 else ",\n").encode() + encode(row).encode())
    file.write(b"\n]}\n")
    return written


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
            "breaches": {"type": "array", "items": row},
        },
        "required": ["form", "organisation", "made_at", "as_of", "not_rebuilt", "filters", "redacted", "checkpoint", "breaches"],
        "additionalProperties": False,
    }
