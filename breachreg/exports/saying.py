"""An entry of the trail in words: who, what, on what, and each old and new value as a person reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.accounts.fields import CodesField
from breachreg.accounts.models import User
from breachreg.audit import catalogue
from breachreg.audit.models import Entry
from breachreg.exports.detail_names import NAMES
from breachreg.law import vocabulary
from breachreg.web.dates import date_words, instant_words
from breachreg.web.zones import local, zone_words

CODES = {
    "controller_sector": "sectors", "sector": "sectors", "severity": "severities", "communication": "communication",
    "not_telling_reason": "non_communication_reasons",
}  # fmt: skip
"""Text columns that hold one code of a vocabulary."""


@dataclass(frozen=True)
class Change:
    """One column that changed, as it is called on the pages, with its old and its new value in words."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it. ``is_purged``: a lawful purge removed its words; the entry itself stays."""

    entry: Entry
    what: str
    who: str | None
    on: str | None
    changes: tuple[Change, ...]
    details: tuple[tuple[str, str], ...]
    is_purged: bool = False


def line(entry: Entry, names: dict[str, str]) -> Line:
    """An entry (with its content selected) in words; ``names`` are the people's, by key, for columns that hold one."""
    what = str(catalogue.label(entry.action))
    content = getattr(entry, "content", None)
    if content is None:
        return Line(entry, what, None, None, (), (), is_purged=True)
    model = _model(entry.object_type)
    changes = tuple(
        Change(_called(model, name), _words(model, name, old, names), _words(model, name, new, names))
        for name, (old, new) in content.changes.items()
    )
    details = tuple((_detail(model, name), _plain(value)) for name, value in content.details.items())
    return Line(entry, what, content.actor, content.object_label, changes, details)


def lines(entries: list[Entry]) -> list[Line]:
    """Entries in words, in two queries whatever their number."""
    wanted = {str(value) for entry in entries for value in _people_in(entry)}
    found = User.objects.filter(pk__in=[pk for pk in wanted if pk.isdigit()]).values_list("pk", "full_name")
    names = {str(pk): name for pk, name in found}
    return [line(entry, names) for entry in entries]


def _people_in(entry: Entry):
    content = getattr(entry, "content", None)
    model = _model(entry.object_type)
    if content is None or model is None:
        return
    for name, pair in content.changes.items():
        if _is_person(_field(model, name)):
            yield from (value for value in pair if value is not None)


def _model(name: str | None) -> type[models.Model] | None:
    try:
        return apps.get_model("breachreg", name) if name else None
    except LookupError:
        return None


def _field(model: type[models.Model] | None, name: str):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _is_person(field) -> bool:
    return bool(field is not None and field.is_relation and field.related_model is User)


def _called(model, name: str) -> str:
    field = _field(model, name)
    return capfirst(str(getattr(field, "verbose_name", None) or name.replace("_", " ")))


def _detail(model, name: str) -> str:
    return capfirst(str(NAMES[name])) if name in NAMES else _called(model, name)


def _words(model, name: str, value, names: dict[str, str]) -> str | None:
    if value is None:
        return None
    field = _field(model, name)
    if _is_person(field):
        return names.get(str(value), str(value))
    if isinstance(field, CodesField):
        return _codes(field.vocabulary, value)
    if name in CODES and isinstance(value, str):
        return _codes(CODES[name], [value])
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, str) and isinstance(field, models.DateField):
        return _dated(value)
    return _plain(value)


def _codes(name: str, codes: list[str]) -> str:
    terms = vocabulary.load(name)
    language = get_language() or "fr"
    known = set(terms.codes)
    return ", ".join(terms.term(code).label_alone(language) if code in known else code for code in codes) or _("none")


def _dated(value: str) -> str:
    if at := parse_datetime(value):
        return _instant(at)
    return date_words(parse_date(value), "DATE_FORMAT")


def _instant(at: datetime) -> str:
    words = instant_words(local(at))
    return f"{words} ({zone_words(at)})"


def _plain(value) -> str:
    match value:
        case None:
            return "—"
        case True:
            return _("Yes")
        case False:
            return _("No")
        case dict():
            return "; ".join(f"{name}: {_plain(item)}" for name, item in value.items()) or _("none")
        case list():
            return ", ".join(_span(item) or _plain(item) for item in value) or _("none")
        case _:
            return str(value)


def _span(value) -> str | None:
    """A pair of numbers inside a list, as a purge names the entries it emptied: from the first to the last."""
    match value:
        case [int(first), int(last)]:
            return f"{first}" if first == last else f"{first}–{last}"
    return None
