"""The columns of the CNIL's open data on notified breaches, with its labels, so that what was imported comes out again.

Labels are the official ones; values of one cell are joined by a comma without a space, as published. The doubled
apostrophes and the encoding of the published file are accidents of its making and are not copied.
"""

from django.utils.translation import override

from breachreg.exports.columns import BY_KEY, Column
from breachreg.exports.kinds import Code, Reader, instant_of, split
from breachreg.exports.rows import Row
from breachreg.law import vocabulary
from breachreg.register.cnil_open_data import COLUMNS as HEADINGS
from breachreg.register.cnil_open_data import YES

FRENCH = "fr"
NEEDED: tuple[Column, ...] = tuple(
    BY_KEY[key]
    for key in (
        "filings", "controller_sector", "natures", "people_low", "people_likely", "people_high", "data_categories",
        "sensitive_categories", "has_sensitive_data", "origins", "causes", "communication",
    )
)  # fmt: skip


def headings() -> list[str]:
    """The nine columns, as the CNIL names them."""
    return list(HEADINGS)


def in_words(rows, reader: Reader):
    """Each row (with the columns NEEDED) as the CNIL publishes it; always in French."""
    say = _Words(reader)
    with override(FRENCH):
        yield from (say.row(row) for row in rows)


class _Words:
    def __init__(self, reader: Reader):
        french = Reader(FRENCH, reader.zone)
        self.zone = reader.zone
        self.one = {name: Code(name).words(french, "") for name in ("sectors", "communication")}
        self.many = {
            name: _joined(name) for name in ("natures", "data_categories", "origins", "causes")
        }

    def row(self, row: Row) -> list[str]:
        (filings, sector, natures, low, likely, high, data, sensitive, has_sensitive, origins, causes, told) = row
        return [
            self._month(filings), self.one["sectors"](sector), self.many["natures"](natures), band(low, likely, high),
            self.many["data_categories"](data), YES if has_sensitive or split(sensitive or "") else "",
            self.many["origins"](origins), self.many["causes"](causes), self.one["communication"](told),
        ]  # fmt: skip

    def _month(self, filings: list) -> str:
        return f"{instant_of(filings[0].filed_at).astimezone(self.zone):%Y-%m}" if filings else ""


def _joined(name: str):
    terms = vocabulary.load(name)
    return lambda stored: ",".join(terms.label(code, FRENCH) for code in split(stored or ""))


def band(low: int | None, likely: int | None, high: int | None) -> str:
    """The published band that holds the number of people, or "" when it is not known well enough for one."""
    for term in vocabulary.load("people_bands").terms:
        if _within(term, low, likely, high):
            return term.fr
    return ""


def _within(term, low, likely, high) -> bool:
    bottom, top = term.get("low"), term.get("high")
    if likely is not None:
        return bottom <= likely and (top is None or likely <= top)
    return low is not None and low >= bottom and (top is None or (high is not None and high <= top))
