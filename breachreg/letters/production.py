"""Letters as PDF: one, or all of a list in one file, stamped onto the page composed once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from breachreg.letters import seal, wording
from breachreg.letters.layout import Letter as Paper
from breachreg.letters.layout import compose, lay_out_for
from breachreg.letters.models import Channel, Letter
from breachreg.letters.people import Person
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


class Press:
    """One letter, composed once, ready for any number of people. ``at`` is aware and dates the letters."""

    def __init__(self, letter: Letter, at: datetime):
        zone = letter.incident.organisation.zone
        self.at = at
        self.paper: Paper = wording.paper(seal.contents(letter), at.astimezone(zone), is_draft=not letter.is_approved)
        self.stamper: Stamper = compose(self.paper)

    @property
    def pages(self) -> int:
        """Pages of one letter."""
        return len(self.stamper.composed.pages)

    def write(self, out: BinaryIO, people: Iterable[tuple[Person, str, str]]) -> Produced:
        """Write the letters of these people (person, reference, way) into one file.

        Raises BadAddress, MissingValues or CannotPrint; the file is of no use then.
        """
        produced, digest = Produced(), _Digesting(out)
        file = LetterFile(digest, title=self.paper.subject, language=self.paper.language, at=self.at)
        for person, reference, way in people:
            texts = wording.slot_texts(self.paper, person, reference, way)
            try:
                file.add(self.stamper, texts)
            except Unstampable:
                file.add_laid_out(lay_out_for(self.paper, texts))
                produced.laid_out.append(reference)
        file.close()
        produced.letters, produced.pages, produced.sha256 = file.letters, file.pages, digest.hexdigest()
        return produced


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
