"""What each field of each table says about people, why the table is kept and for how long: one list for all rooms.

A room declares its tables in its ``personal.py``; the purge, the redacted copies and the record of processing read this
list, and a test refuses a field that stands in no table here (tests/test_rooms.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """What stands in a field, as far as people are concerned; a redacted copy leaves out what is personal."""

    label: object
    is_personal: bool = True


KINDS = {
    "nothing": Kind(_("nothing about a person: codes, numbers, instants, hashes"), is_personal=False),
    "colleague": Kind(_("who of the organisation's people did it")),
    "identity": Kind(_("names, addresses or numbers of a person")),
    "text": Kind(_("free text in which people may be named")),
    "file": Kind(_("a kept file, or where it lies; anything may stand in it")),
    "sealed": Kind(_("the encrypted identity of people who were told")),
    "secret": Kind(_("a password, a key or a secret address")),
}


class Term:
    """How long the rows of a table are kept."""

    RECORD = "record"
    ACCOUNT = "account"
    ORGANISATION = "organisation"
    TRAIL = "trail"
    ERRAND = "errand"


TERMS = {
    Term.RECORD: _("with the incident, until the incident is purged at the end of its retention"),
    Term.ACCOUNT: _("as long as the person's name stands in a register of this installation"),
    Term.ORGANISATION: _("as long as the organisation keeps its register here"),
    Term.TRAIL: _("for ever, but what an entry says in words goes with the incident it speaks of"),
    Term.ERRAND: _("until what it was kept for is done, and its hash longer"),
}


@dataclass(frozen=True)
class Table:
    """One table: why it is kept, how long, in which storage its files lie, and the kind of each field."""

    why: object
    kept: str
    fields: Mapping[str, str]
    storage: str | None

    def kind(self, field: str) -> Kind:
        """What stands in this field. Raises KeyError for a field that nobody classified."""
        return KINDS[self.fields[field]]

    def of_kind(self, *kinds: str) -> list[str]:
        """The fields of these kinds, in the order in which they were declared."""
        return [name for name, kind in self.fields.items() if kind in kinds]


def table(why: object, kept: str, *, storage: str | None = None, **fields: str) -> Table:
    """A table, its fields given by kind: ``nothing="id number", text="title"``. Raises KeyError for an unknown kind."""
    by_field: dict[str, str] = {}
    for kind, names in fields.items():
        KINDS[kind]
        by_field |= dict.fromkeys(names.split(), kind)
    if kept not in TERMS or sum(len(names.split()) for names in fields.values()) != len(by_field):
        raise ValueError(f"{why}: an unknown term, or a field that stands twice")
    return Table(why, kept, by_field, storage)


LEASE = "due_at done_at claim claimed_until attempts parked_at"
"""The columns of a leased row that say nothing about a person; its ``trouble`` is text."""

_tables: dict[str, Table] = {}


def declare(tables: Mapping[str, Table]) -> Mapping[str, Table]:
    """Classify tables, named ``Model`` or ``app.Model``. Raises ValueError for a table that another room classified."""
    for name, said in tables.items():
        if _tables.setdefault(label_of(name), said) is not said:
            raise ValueError(f"{name} is classified twice")
    return tables


def label_of(name: str) -> str:
    """The full name of a table: ours need no label of an app."""
    return name.lower() if "." in name else f"breachreg.{name.lower()}"


def of_table(model: type[models.Model]) -> Table:
    """What was said of this table. Raises KeyError when nobody classified it."""
    return _tables[model._meta.label_lower]


def all_tables() -> list[tuple[type[models.Model], Table]]:
    """Every table that was classified, in the order in which data flows."""
    return [(apps.get_model(label), said) for label, said in _tables.items()]


def unclassified() -> list[str]:
    """Fields of the database that stand in no table, and fields that stand in one but not in the database."""
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        said = _tables.get(model._meta.label_lower)
        names = {field.name for field in model._meta.concrete_fields}
        wrong += [f"{model._meta.label}.{name}" for name in sorted(names ^ set(said.fields if said else ()))]
    return wrong


@cache
def with_the_record() -> dict[type[models.Model], str]:
    """The tables whose rows go with an incident, and the way from each to its incident (``version__notification__incident``).

    In the order in which rows can be removed: a table before those that it points at. Raises LookupError for a table
    of the term ``record`` from which nothing leads to an incident.
    """
    inside = [model for model, said in all_tables() if said.kept == Term.RECORD]
    ways = {model: "" for model in inside if model.__name__ == "Incident"}
    while len(ways) < len(inside):
        found = {model: way for model in inside if model not in ways and (way := _way(model, ways))}
        if not found:
            lost = [model.__name__ for model in inside if model not in ways]
            raise LookupError(f"kept with the record, but nothing leads to an incident: {', '.join(lost)}")
        ways |= found
    return {model: ways[model] for model in _removable(inside)}


def _way(model: type[models.Model], ways: dict) -> str:
    """Through the first foreign key that leads on; one that is always set before one that may be empty."""
    keys = [field for field in model._meta.concrete_fields if field.is_relation and field.related_model in ways]
    for key in sorted(keys, key=lambda field: field.null):
        onward = ways[key.related_model]
        return f"{key.name}__{onward}" if onward else key.name
    return ""


def _removable(inside: list) -> list:
    """A table before those that it points at."""
    order: list = []
    waiting = list(inside)
    while waiting:
        free = [model for model in waiting if not any(_points_at(other, model) for other in waiting if other is not model)]
        if not free:
            raise LookupError(f"these tables point at each other: {', '.join(model.__name__ for model in waiting)}")
        order += free
        waiting = [model for model in waiting if model not in free]
    return order


def _points_at(model: type[models.Model], other: type[models.Model]) -> bool:
    return any(field.is_relation and field.related_model is other for field in model._meta.concrete_fields)
