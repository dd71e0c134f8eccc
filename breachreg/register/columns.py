"""A row of somebody's own register becomes facts: which field each column fills, and how its cells are read.

Cells are read the way people write them (a band, “environ 40”, 03/02/2025 14 h 30, labels of the CNIL's form). What
can't be read is said, with row, column and remedy; it is never left out in silence.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from breachreg.law import clock, vocabulary
from breachreg.law.vocabulary import UnknownLabel, tolerant
from breachreg.register import cnil_open_data
from breachreg.register.models import Precision, Qualification
from breachreg.register.tables import plain

YES = frozenset({"oui", "yes", "o", "y", "vrai", "true", "x", "1"})
NO = frozenset({"non", "no", "n", "faux", "false", "0"})
UNKNOWN_WORDS = frozenset({"", "?", "-", "—", "nc", "n/c", "inconnu", "unknown", "non connu", "not known", "à déterminer"})
_SEPARATORS = (re.compile(r"\s*[;|\n]\s*"), re.compile(r",(?=\S)"), re.compile(r"\s*,\s*"))
_NUMBER = r"(\d{1,3}(?: \d{3})+|\d+)"
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\D+(\d{1,2}) ?[h:] ?(\d{2})?.*)?$")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}).*)?$")
_MONTH = re.compile(r"(?:(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4}))$")


@dataclass(frozen=True)
class Stated:
    """An instant that a cell states (UTC), and how exactly it is known."""

    at: datetime
    precision: Precision


@dataclass(frozen=True)
class Target:
    """A field that a column can fill: its words, how a cell is read, and the headers that people give to it."""

    code: str
    label: Promise
    read: Callable[[str, ZoneInfo], Any]
    known_as: tuple[str, ...] = ()


@dataclass
class Draft:
    """What a row becomes: the values by target, and what is wrong with it (column → remedy)."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        return not self.troubles


def read_text(cell: str, zone: ZoneInfo) -> str | None:
    return cell or None


def read_yes_no(cell: str, zone: ZoneInfo) -> bool | None:
    """Yes, no, or None for an empty or an unknown one. Raises ValueError with the remedy."""
    word = tolerant(cell)
    if word in UNKNOWN_WORDS:
        return None
    if word in YES or word in NO:
        return word in YES
    raise ValueError(_("“%(value)s” is neither yes nor no. Write “Oui” or “Non”, or leave it empty.") % {"value": cell})


def read_instant(cell: str, zone: ZoneInfo) -> Stated | None:
    """A day with or without a time, or a month, read on the clock of this zone. Raises ValueError with the remedy."""
    if tolerant(cell) in UNKNOWN_WORDS:
        return None
    try:
        return _instant(plain(cell), zone)
    except ValueError as error:
        message = _("“%(value)s” is no date. Write it like 23/10/2026, 23/10/2026 17:05 or 2026-10.")
        raise ValueError(message % {"value": cell}) from error


def read_amount(cell: str, zone: ZoneInfo) -> tuple[int | None, int | None, int | None]:
    """Low, likely and high of a number as people write it: 12, 10-20, “environ 40”, “> 5000”, a band of the CNIL.

    Raises ValueError with the remedy, also for a number below zero.
    """
    text = tolerant(cell)
    if text in UNKNOWN_WORDS:
        return None, None, None
    try:
        return (*_band(text),)
    except UnknownLabel:
        pass
    if found := re.fullmatch(rf"(?:entre |de )?{_NUMBER} ?(?:-|–|à|et|to|and) ?{_NUMBER}(?: \D+)?", text):
        low, high = _whole(found[1]), _whole(found[2])
        if low <= high:
            return low, None, high
    if found := re.fullmatch(rf"(?:>|>=|plus de|au moins|more than|at least) ?{_NUMBER}(?: \D+)?", text):
        return _whole(found[1]), None, None
    if found := re.fullmatch(rf"(?:<|<=|moins de|au plus|less than|at most) ?{_NUMBER}(?: \D+)?", text):
        return None, None, _whole(found[1])
    if found := re.fullmatch(rf"(?:~|env\.?|environ|about)? ?{_NUMBER}(?: \D+)?", text):
        return None, _whole(found[1]), None
    message = _("“%(value)s” is no number. Write 12, 10-20, “environ 40”, or leave it empty.")
    raise ValueError(message % {"value": cell})


def read_day(cell: str, zone: ZoneInfo) -> date | None:
    stated = read_instant(cell, zone)
    return stated.at.astimezone(zone).date() if stated else None


def read_count(cell: str, zone: ZoneInfo) -> int | None:
    """One whole number. Raises ValueError with the remedy."""
    low, likely, high = read_amount(cell, zone)
    if likely is None and (low is not None or high is not None):
        raise ValueError(_("“%(value)s”: one number is wanted here, such as 12.") % {"value": cell})
    return likely


def read_codes(name: str) -> Callable[[str, ZoneInfo], tuple[str, ...] | None]:
    """A reader of labels of a vocabulary, separated by ; or | or a new line or a comma."""

    def read(cell: str, zone: ZoneInfo) -> tuple[str, ...] | None:
        if tolerant(cell) in UNKNOWN_WORDS:
            return None
        words = vocabulary.load(name)
        for separator in _SEPARATORS:
            parts = [part for part in separator.split(cell) if part]
            if all(_is_label(words, part) for part in parts):
                return tuple(sorted({words.code_of(part) for part in parts}, key=words.codes.index))
        raise ValueError(_not_in_list(words, next(part for part in _SEPARATORS[0].split(cell) if not _is_label(words, part))))

    return read


def read_code(name: str) -> Callable[[str, ZoneInfo], str | None]:
    def read(cell: str, zone: ZoneInfo) -> str | None:
        if tolerant(cell) in UNKNOWN_WORDS:
            return None
        words = vocabulary.load(name)
        if not _is_label(words, cell):
            raise ValueError(_not_in_list(words, cell))
        return words.code_of(cell)

    return read


def read_qualification(cell: str, zone: ZoneInfo) -> str | None:
    """ "Oui" is a breach, "Non" is none; the words of the register are understood, too."""
    word = tolerant(cell)
    if word in ("violation", "breach", "violation de données personnelles", "violation de données"):
        return Qualification.BREACH
    answer = read_yes_no(cell, zone)
    return None if answer is None else (Qualification.BREACH if answer else Qualification.NOT_A_BREACH)


TARGETS = (
    Target("former_reference", gettext_lazy("Reference in your register"), read_text, ("référence", "ref", "n°", "numéro", "id", "reference")),
    Target("title", gettext_lazy("Title"), read_text, ("titre", "intitulé", "objet", "incident", "title", "libellé")),
    Target("report", gettext_lazy("What was reported"), read_text, ("signalement", "résumé", "summary")),
    Target("narrative", gettext_lazy("Detailed description"), read_text, ("description", "descriptif", "faits", "circonstances", "facts")),
    Target("reported_at", gettext_lazy("Reported on"), read_instant, ("date du signalement", "signalé le", "date", "reported")),
    Target("occurred_from", gettext_lazy("Start of the breach"), read_instant, ("date de début", "début", "date de la violation", "start")),
    Target("occurred_to", gettext_lazy("End of the breach"), read_instant, ("date de fin", "fin", "end")),
    Target("first_signal_at", gettext_lazy("First signal"), read_instant, ("premier signal", "date de découverte", "détection", "detected")),
    Target("aware_at", gettext_lazy("Awareness"), read_instant, ("prise de connaissance", "date de prise de connaissance", "connaissance", "awareness", "aware")),
    Target("filed_at", gettext_lazy("Filed with the authority on"), read_instant, ("date de notification", "notifié le", "notification cnil", "date de notification à la cnil", "notified", "filed")),
    Target("receipt_number", gettext_lazy("Receipt number"), read_text, ("numéro de récépissé", "récépissé", "receipt", "n° cnil", "numéro cnil")),
    Target("delay_reasons", gettext_lazy("Reasons for the delay"), read_text, ("motifs du retard", "motifs de retard", "retard")),
    Target("qualification", gettext_lazy("Breach or not"), read_qualification, ("violation", "violation ?", "qualification", "breach")),
    Target("qualification_reasons", gettext_lazy("Reasons for the qualification"), read_text, ("motifs", "raisons", "justification")),
    Target("natures", gettext_lazy("Nature"), read_codes("natures"), ("nature", "natures", "nature de la violation")),
    Target("origins", gettext_lazy("Origin"), read_codes("origins"), ("origine", "origines", "origin")),
    Target("causes", gettext_lazy("Cause"), read_codes("causes"), ("cause", "causes")),
    Target("data_categories", gettext_lazy("Data concerned"), read_codes("data_categories"), ("données", "données concernées", "catégories de données", "data")),
    Target("has_sensitive_data", gettext_lazy("Sensitive data: yes or no"), read_yes_no, ("données sensibles", "sensibles", "sensitive")),
    Target("sensitive_categories", gettext_lazy("Sensitive data: which"), read_codes("sensitive_categories"), ("catégories sensibles",)),
    Target("people", gettext_lazy("Number of people"), read_amount, ("nombre de personnes", "personnes", "nb personnes", "people", "nombre de personnes concernées")),
    Target("people_categories", gettext_lazy("People concerned"), read_codes("people_categories"), ("catégories de personnes", "personnes concernées")),
    Target("records", gettext_lazy("Number of records"), read_amount, ("nombre d'enregistrements", "enregistrements", "records")),
    Target("measures_before", gettext_lazy("Measures in place before"), read_text, ("mesures préalables", "mesures existantes")),
    Target("consequences", gettext_lazy("Likely consequences"), read_codes("consequences"), ("conséquences",)),
    Target("harms", gettext_lazy("Potential harm"), read_codes("harms"), ("préjudices", "harm")),
    Target("severity", gettext_lazy("Severity"), read_code("severities"), ("gravité", "niveau de gravité", "severity")),
    Target("measures_after", gettext_lazy("Measures taken or planned"), read_text, ("mesures", "mesures prises", "mesures correctives", "measures")),
    Target("communication", gettext_lazy("Communication to the people"), read_code("communication"), ("information des personnes", "communication")),
    Target("told_on", gettext_lazy("People told on"), read_day, ("date d'information", "personnes informées le", "informées le")),
    Target("told_count", gettext_lazy("Number of people told"), read_count, ("nombre de personnes informées",)),
    Target("controller_sector", gettext_lazy("Controller's sector"), read_code("sectors"), ("secteur", "secteur d'activité", "sector")),
    Target("controller_name", gettext_lazy("Controller, when it is not the organisation"), read_text, ("responsable de traitement", "controller")),
    Target("processing_activities", gettext_lazy("Processing activities concerned"), read_text, ("traitement", "traitements", "traitement concerné")),
    Target("processor", gettext_lazy("Processor"), read_text, ("sous-traitant", "prestataire", "processor")),
    Target("lessons", gettext_lazy("Lessons"), read_text, ("enseignements", "retour d'expérience", "lessons")),
)  # fmt: skip


def target_of(code: str) -> Target:
    """Raises KeyError for a field that no column can fill."""
    return _BY_CODE[code]


_BY_CODE = {target.code: target for target in TARGETS}


def guess_mapping(header: Iterable[str]) -> dict[str, str]:
    """Which field each column seems to fill, by its name; a column whose name says nothing is left out."""
    names = {tolerant(name): target.code for target in TARGETS for name in target.known_as}
    mapping: dict[str, str] = {}
    for column in header:
        code = names.get(tolerant(column))
        if code and code not in mapping.values():
            mapping[column] = code
    return mapping


def read_mapped(number: int, record: Mapping[str, str], mapping: Mapping[str, str], zone: ZoneInfo) -> Draft:
    """Read the mapped cells of a row; each trouble is kept with its column."""
    draft = Draft(number)
    for column, code in mapping.items():
        try:
            draft.values[code] = target_of(code).read(record.get(column, "").strip(), zone)
        except ValueError as error:
            draft.troubles[column] = str(error)
    return draft


def read_published(number: int, record: Mapping[str, str], zone: ZoneInfo) -> Draft:
    """Read a row of the CNIL's open data whole."""
    try:
        breach = cnil_open_data.read_row(record)
    except cnil_open_data.RowError as error:
        return Draft(number, troubles=dict(error.troubles))
    received = breach.received_in and Stated(clock.start_of_day(breach.received_in, zone), Precision.MONTH)
    values = {
        "qualification": Qualification.BREACH, "filed_at": received, "reported_at": received,
        "controller_sector": breach.sector, "natures": breach.natures,
        "people": (breach.people_low, None, breach.people_high), "data_categories": breach.data_categories,
        "has_sensitive_data": breach.has_sensitive_data, "origins": breach.origins, "causes": breach.causes,
        "communication": breach.communication,
    }
    return Draft(number, values)


def _instant(text: str, zone: ZoneInfo) -> Stated:
    if found := _MONTH.match(text):
        year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return Stated(clock.start_of_day(date(int(year), int(month), 1), zone), Precision.MONTH)
    if found := _ISO.match(text):
        year, month, day, hour, minute = found.groups()
    elif found := _DAY.match(text):
        day, month, year, hour, minute = found.groups()
    else:
        raise ValueError(text)
    on = date(int(year), int(month), int(day))
    if hour is None:
        return Stated(clock.start_of_day(on, zone), Precision.DAY)
    return Stated(clock.from_local(datetime.combine(on, time(int(hour), int(minute or 0))), zone).instant, Precision.INSTANT)


def _band(text: str) -> tuple[int | None, int | None, int | None]:
    words = vocabulary.load("people_bands")
    band = words.term(words.code_of(text))
    return band.get("low"), None, band.get("high")


def _whole(text: str) -> int:
    return int(text.replace(" ", ""))


def _is_label(words: vocabulary.Vocabulary, text: str) -> bool:
    try:
        words.code_of(text)
    except UnknownLabel:
        return False
    return True


def _not_in_list(words: vocabulary.Vocabulary, label: str) -> str:
    try:
        words.code_of(label)
    except UnknownLabel as error:
        message = _("“%(label)s” is not in the list of the CNIL's form.") % {"label": label}
        if error.nearest:
            message += " " + _("The nearest is “%(label)s”.") % {"label": error.nearest}
        return message
    return ""
