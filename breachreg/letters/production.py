"""Letters as PDF: one, or many in one file, stamped onto the page composed once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from breachreg.letters import seal, wording
from breachreg.letters.addresses import BadAddress
from breachreg.letters.layout import CannotPrint, compose, lay_out_for
from breachreg.letters.layout import Letter as Paper
from breachreg.letters.models import Channel, Letter
from breachreg.letters.people import Person
from breachreg.letters.placeholders import MissingValues
from breachreg.letters.recipients import Row
from breachreg.letters.stamp import LetterFile, Stamper
from breachreg.letters.typeface import Unstampable

SPECIMEN = {
    "fr": Person("Exemple", "Camille", "", line4="12 RUE DES LILAS", postcode="35000", city="RENNES"),
    "en": Person("Sample", "Camille", "", line4="12 RUE DES LILAS", postcode="35000", city="RENNES"),
}


@dataclass
class Produced:
    """What a file of letters holds."""

    letters: int = 0
    pages: int = 0
    laid_out: list[str] = field(default_factory=list)  # references of letters that could not be stamped
    sha256: str = ""


@dataclass(frozen=True)
class Printed:
    """Where a letter stands in its file (pages from 1), how many pages it takes, and the address in its window."""

    first_page: int
    pages: int
    address: tuple[str, ...]
    is_laid_out: bool


class Press:
    """One letter, composed once, ready for any number of people. ``at`` is aware and dates the letters.

    With ``is_duplex`` every letter ends with its sheet, so that the next one begins on a new one.
    """

    def __init__(self, letter: Letter, at: datetime, *, is_duplex: bool = False):
        zone = letter.incident.organisation.zone
        self.at, self.is_duplex = at, is_duplex
        self.paper: Paper = wording.paper(seal.contents(letter), at.astimezone(zone), is_draft=not letter.is_approved)
        self.stamper: Stamper = compose(self.paper, is_duplex=is_duplex)

    @property
    def pages(self) -> int:
        """Pages of one letter."""
        return len(self.stamper.composed.pages)

    def printer(self, out: BinaryIO) -> "Printer":
        """A new file of letters."""
        return Printer(self, out)

    def write(self, out: BinaryIO, people: Iterable[tuple[Person, str, str]]) -> Produced:
        """Write the letters of these people (person, reference, way) into one file.

        Raises BadAddress, MissingValues or CannotPrint; the file is of no use then.
        """
        produced, printer = Produced(), self.printer(out)
        for person, reference, way in people:
            if printer.add(person, reference, way).is_laid_out:
                produced.laid_out.append(reference)
        produced.sha256 = printer.close()
        produced.letters, produced.pages = printer.file.letters, printer.file.pages
        return produced


class Printer:
    """A file of letters, written as they come."""

    def __init__(self, press: Press, out: BinaryIO):
        self._press, self._out = press, _Digesting(out)
        self.file = LetterFile(self._out, title=press.paper.subject, language=press.paper.language, at=press.at)

    def add(self, person: Person, reference: str, way: str = Channel.POST) -> Printed:
        """Add the letter of one person. Raises BadAddress, MissingValues or CannotPrint, and nothing was added then."""
        paper, first = self._press.paper, self.file.pages + 1
        texts = wording.slot_texts(paper, person, reference, way)
        try:
            self.file.add(self._press.stamper, texts)
            is_laid_out = False
        except Unstampable:
            self.file.add_laid_out(lay_out_for(paper, texts, is_duplex=self._press.is_duplex))
            is_laid_out = True
        return Printed(first, self.file.pages + 1 - first, tuple(texts["address"]), is_laid_out)

    def try_to_add(self, person: Person, reference: str) -> tuple[Printed | None, str]:
        """Add the letter of one person, or say in words why it can't be printed."""
        try:
            return self.add(person, reference), ""
        except MissingValues as error:
            return None, ", ".join(f"{{{code}}}" for code in sorted(error.missing))
        except (BadAddress, CannotPrint) as error:
            return None, str(error)

    def close(self) -> str:
        """Complete the file; its SHA-256."""
        self.file.close()
        return self._out.hexdigest()


def write_all(letter: Letter, rows: Iterable[Row], out: BinaryIO, at: datetime) -> Produced:
    """The letters of all these recipients in one file."""
    return Press(letter, at).write(out, ((row.person, row.recipient.reference, row.recipient.channel) for row in rows if row.person))


def write_specimen(letter: Letter, out: BinaryIO, at: datetime) -> Produced:
    """The letter as an invented person would get it, to be read before there are recipients."""
    return Press(letter, at).write(out, [(SPECIMEN[letter.language], f"{letter.reference}-000000", Channel.POST)])


class _Digesting:
    """A file that knows the SHA-256 of what was written to it."""

    def __init__(self, out: BinaryIO):
        self._out, self._digest = out, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
