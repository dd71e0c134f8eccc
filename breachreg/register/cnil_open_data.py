"""A row of the CNIL's open data on notified breaches becomes facts in neutral codes.

The format, as published (https://www.data.gouv.fr/fr/datasets/, "Notifications à la CNIL de violations de données à
caractère personnel"): Windows-1252; a note on line 1, the header on line 2; a non-breaking space in the first header;
values joined by a comma *without* a space although labels contain ", "; doubled apostrophes; a month for a date;
bands for the number of people.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.law.vocabulary import UnknownLabel, tolerant

RECEIVED = "Date de réception de la notification"
SECTOR = "Secteur d'activité de l'organisme concerné"
NATURES = "Natures de la violation"
PEOPLE = "Nombre de personnes impactées"
DATA = "Typologies des données impactées"
SENSITIVE = "Données sensibles"
ORIGINS = "Origines de l'incident"
CAUSES = "Causes de l'incident"
INFORMED = "Information des personnes"
COLUMNS = (RECEIVED, SECTOR, NATURES, PEOPLE, DATA, SENSITIVE, ORIGINS, CAUSES, INFORMED)

YES = "Oui"
_BETWEEN_VALUES = re.compile(r",(?=\S)")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])$")


class RowError(ValueError):
    """A row that can't be read whole; `troubles` maps the column to what is wrong with it and the remedy."""

    def __init__(self, troubles: dict[str, str]):
        self.troubles = troubles
        super().__init__("; ".join(f"{column}: {trouble}" for column, trouble in troubles.items()))


@dataclass(frozen=True)
class PublishedBreach:
    """What one published row says. None is unknown, an empty tuple is "none of them".

    `received_in` is the first day of the month in which the authority received the notification.
    """

    received_in: date | None
    sector: str | None
    natures: tuple[str, ...] | None
    people_low: int | None
    people_high: int | None
    data_categories: tuple[str, ...] | None
    has_sensitive_data: bool
    origins: tuple[str, ...] | None
    causes: tuple[str, ...] | None
    communication: str | None


def is_open_data(header: tuple[str, ...]) -> bool:
    """Whether these are the columns of the CNIL's file, whatever their order and their apostrophes."""
    return {tolerant(name) for name in COLUMNS} <= {tolerant(name) for name in header}


def read_row(record: Mapping[str, str]) -> PublishedBreach:
    """Read a row (header → cell) of the CNIL's open data. Raises RowError with every column that is wrong."""
    cells = {tolerant(name): value for name, value in record.items()}
    troubles: dict[str, str] = {}

    def read(column: str, how: Callable):
        try:
            return how(cells.get(tolerant(column), "").strip())
        except ValueError as error:
            troubles[column] = str(error)

    people = read(PEOPLE, read_band) or (None, None)
    breach = PublishedBreach(
        received_in=read(RECEIVED, read_month),
        sector=read(SECTOR, code_reader("sectors")),
        natures=read(NATURES, codes_reader("natures")),
        people_low=people[0],
        people_high=people[1],
        data_categories=read(DATA, codes_reader("data_categories")),
        has_sensitive_data=read(SENSITIVE, read_yes),
        origins=read(ORIGINS, codes_reader("origins")),
        causes=read(CAUSES, codes_reader("causes")),
        communication=read(INFORMED, code_reader("communication")),
    )
    if troubles:
        raise RowError(troubles)
    return breach


def split_values(cell: str) -> list[str]:
    """The labels of a cell: only a comma that no space follows stands between two of them."""
    return [value.strip() for value in _BETWEEN_VALUES.split(cell) if value.strip()]


def codes_reader(name: str) -> Callable[[str], tuple[str, ...] | None]:
    """A reader of several labels of a vocabulary; an empty cell is unknown. It raises ValueError with the remedy."""

    def read(cell: str) -> tuple[str, ...] | None:
        codes = {_code(name, label) for label in split_values(cell)}
        return tuple(code for code in vocabulary.load(name).codes if code in codes) or None

    return read


def code_reader(name: str) -> Callable[[str], str | None]:
    """A reader of one label of a vocabulary; an empty cell is unknown. It raises ValueError with the remedy."""
    return lambda cell: _code(name, cell) if cell else None


def read_month(cell: str) -> date | None:
    """The first day of a month written 2025-12. Raises ValueError with the remedy."""
    if not cell:
        return None
    found = _MONTH.match(cell)
    if not found:
        raise ValueError(_("“%(value)s” is no month. Write it like 2025-12.") % {"value": cell})
    return date(int(found[1]), int(found[2]), 1)


def read_band(cell: str) -> tuple[int | None, int | None]:
    """The bounds of a band of numbers of people; the highest band has no upper bound. Raises ValueError."""
    if not cell:
        return None, None
    band = vocabulary.load("people_bands").term(_code("people_bands", cell))
    return band.get("low"), band.get("high")


def read_yes(cell: str) -> bool:
    """ "Oui" is true, an empty cell is false: the file writes nothing else. Raises ValueError."""
    if cell and tolerant(cell) not in ("oui", "non"):
        raise ValueError(_("“%(value)s”: write “Oui”, or leave the cell empty.") % {"value": cell})
    return tolerant(cell) == "oui"


def _code(name: str, label: str) -> str:
    try:
        return vocabulary.load(name).code_of(label)
    except UnknownLabel as error:
        message = _("“%(label)s” is not in the list of the CNIL's form.") % {"label": label}
        if error.nearest:
            message += " " + _("The nearest is “%(label)s”.") % {"label": error.nearest}
        raise ValueError(message) from error
