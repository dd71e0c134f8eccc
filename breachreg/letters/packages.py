"""What a printer gets: a ZIP with the letters, an index of them, a sheet to go with them, and a manifest of hashes.

Written from front to back into whatever takes bytes, so that nothing of it stands in clear on disc and memory stays flat.
"""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from django.template.loader import render_to_string
from django.utils import translation

from breachreg.letters.layout import lay_out_sheet
from breachreg.letters.people import Person
from breachreg.letters.production import Press, Printed
from breachreg.web.safe import harmless

LETTERS, INDEX, SHEET, MANIFEST = "letters.pdf", "index.csv", "batch-sheet.pdf", "manifest.json"
COLUMNS = ("reference", "file", "first_page", "pages", "sheets", "country", "postcode", "line1", "line2", "line3", "line4", "line5", "line6", "line7")
MOST_IN_DL = 5
"""Sheets that a machine folds into a DL envelope; more go flat, into C4."""


@dataclass(frozen=True)
class Addressed:
    """A letter to be printed: who gets it, under which reference."""

    person: Person
    reference: str


@dataclass
class Packed:
    """What went into a package. ``refused`` are letters that could not be printed, each with the reason."""

    letters: int = 0
    pages: int = 0
    envelopes: Counter = field(default_factory=Counter)
    laid_out: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    manifest_sha256: str = ""
    size: int = 0

    @property
    def sheets(self) -> int:
        return sum(sheets * count for sheets, count in self.envelopes.items())

    @property
    def by_format(self) -> dict[str, int]:
        """How many small and large envelopes are needed."""
        return envelopes_by_format(self.envelopes)


def envelopes_by_format(envelopes: Mapping) -> dict[str, int]:
    """How many envelopes are small (DL, folded in three) and large (C4, flat), from their number by sheets."""
    small = sum(count for sheets, count in envelopes.items() if int(sheets) <= MOST_IN_DL)
    return {"small": small, "large": sum(envelopes.values()) - small}


@dataclass(frozen=True)
class Said:
    """What the sheet and the manifest say of a batch besides its letters."""

    batch: str
    run: str
    letter: str
    organisation: str
    language: str
    made_at: datetime
    is_merged: bool
    is_duplex: bool


def pack(press: Press, people: Iterable[Addressed], out: BinaryIO, said: Said) -> Packed:
    """Write the package of these letters to ``out``; a letter that can't be printed is left out and named."""
    packed, whole = Packed(), _Counting(out)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        package = _Package(archive, said.made_at)
        index = _Index(said.is_duplex)
        if said.is_merged:
            _merged(press, people, package, index, packed)
        else:
            _one_by_one(press, people, package, index, packed)
        package.put(INDEX, index.bytes())
        package.put(SHEET, _sheet(said, packed, package.hashes))
        manifest = _manifest(said, packed, package.hashes)
        package.put(MANIFEST, manifest)
        packed.manifest_sha256 = sha256(manifest).hexdigest()
    packed.sha256, packed.size = whole.digest.hexdigest(), whole.size
    return packed


def _merged(press: Press, people: Iterable[Addressed], package: "_Package", index: "_Index", packed: Packed) -> None:
    with package.open(LETTERS) as member:
        printer = press.printer(member)
        for one in people:
            _print(printer, one, LETTERS, index, packed)
        printer.close()


def _one_by_one(press: Press, people: Iterable[Addressed], package: "_Package", index: "_Index", packed: Packed) -> None:
    for one in people:
        name = f"{one.reference}.pdf"
        file = io.BytesIO()
        printer = press.printer(file)
        if _print(printer, one, name, index, packed):
            printer.close()
            package.put(name, file.getvalue())


def _print(printer, one: Addressed, name: str, index: "_Index", packed: Packed) -> bool:
    printed, why = printer.try_to_add(one.person, one.reference)
    if printed is None:
        packed.refused[one.reference] = why
        return False
    if printed.is_laid_out:
        packed.laid_out.append(one.reference)
    packed.letters += 1
    packed.pages += printed.pages
    packed.envelopes[index.add(one, printed, name)] += 1
    return True


class _Index:
    """One line a letter: where it stands, how thick it is, and the address as it is printed."""

    def __init__(self, is_duplex: bool):
        self._duplex, self._text = is_duplex, io.StringIO()
        self._csv = csv.writer(self._text, delimiter=";")
        self._csv.writerow(COLUMNS)

    def add(self, one: Addressed, printed: Printed, name: str) -> int:
        """Note a letter and return the number of its sheets."""
        sheets = (printed.pages + 1) // 2 if self._duplex else printed.pages
        person = one.person
        lines = [*printed.address, *[""] * 7][:7]
        row = [one.reference, name, printed.first_page, printed.pages, sheets, person.country or "FRANCE", person.postcode, *lines]
        self._csv.writerow([harmless(cell) for cell in row])
        return sheets

    def bytes(self) -> bytes:
        return self._text.getvalue().encode("utf-8-sig")


class _Package:
    """The members of a ZIP, each with its hash; their dates are that of the batch, so that the same letters give the same bytes."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime):
        self._archive, self._date = archive, at.timetuple()[:6]
        self.hashes: dict[str, dict[str, object]] = {}

    def put(self, name: str, data: bytes) -> None:
        self._archive.writestr(zipfile.ZipInfo(name, self._date), data)
        self.hashes[name] = {"sha256": sha256(data).hexdigest(), "bytes": len(data)}

    def open(self, name: str) -> "_Member":
        def note(digest, size: int) -> None:
            self.hashes[name] = {"sha256": digest.hexdigest(), "bytes": size}

        return _Member(self._archive.open(zipfile.ZipInfo(name, self._date), "w", force_zip64=True), note)


class _Counting:
    """Takes bytes on to where they go, and knows how many there were and their SHA-256."""

    def __init__(self, out):
        self._out, self.digest, self.size = out, sha256(), 0

    def write(self, data) -> int:
        self._out.write(bytes(data))
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


class _Member(_Counting):
    """A member of a ZIP that is written piece by piece."""

    def __init__(self, out, note: Callable):
        super().__init__(out)
        self._note = note

    def __enter__(self) -> "_Member":
        return self

    def __exit__(self, *_error) -> None:
        self._out.close()
        self._note(self.digest, self.size)


def _manifest(said: Said, packed: Packed, hashes: dict) -> bytes:
    content = {
        "batch": said.batch, "run": said.run, "letter": said.letter, "organisation": said.organisation,
        "made_at": said.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "letters": packed.letters, "pages": packed.pages,
        "sheets": packed.sheets, "duplex": said.is_duplex,
        "envelopes": {str(sheets): count for sheets, count in sorted(packed.envelopes.items())},
        "files": hashes,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _sheet(said: Said, packed: Packed, hashes: dict) -> bytes:
    """The sheet that goes with the batch: counts, format, hashes and who received it; nobody's name."""
    shown = {name: hashes[name] for name in (LETTERS, INDEX) if name in hashes}
    with translation.override(said.language):
        return lay_out_sheet(render_to_string("letters/paper/batch.html", {"said": said, "packed": packed, "files": shown}))
