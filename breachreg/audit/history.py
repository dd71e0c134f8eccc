"""Every state of a row is kept in the trail, so that what was known at an instant can be rebuilt (exports/past.py).

A table whose model derives from ``Kept`` notes each row that is written, whoever writes it. The next entry on the same
file takes those rows along as they then stand: ``{"party": {"12": {"name": "…"}}}``, null for one that is gone. A row's
state at an instant is all that its entries until then say of it, the later one over the earlier.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from breachreg.audit.values import plain

log = logging.getLogger(__name__)

ALL = None
"""Instead of the names of some columns."""

File = tuple[str, str]
"""The row under which a person would look: the name of its model, and its key as text."""


class Noted:
    """The rows that one transaction wrote and no entry has taken yet: file, model and key to the columns written.

    It is registered to be called at the commit, so that Django itself forgets it when the transaction is rolled back.
    A row noted in a part that alone was rolled back does no harm, for its state is read when an entry takes it.
    """

    def __init__(self) -> None:
        self.rows: dict[File, dict[tuple[type[models.Model], Any], set[str] | None]] = defaultdict(dict)

    def __call__(self) -> None:
        for (kind, pk), rows in self.rows.items():
            if rows:
                names = ", ".join(sorted({model.__name__ for model, _pk in rows}))
                log.error("%s %s: %s changed after its last entry; its history misses that", kind, pk, names)

    def add(self, file: File, model: type[models.Model], pk: Any, columns: Iterable[str] | None) -> None:
        rows, key = self.rows[file], (model, pk)
        known = rows.get(key, ())
        rows[key] = ALL if columns is ALL or known is ALL else {*known, *columns}


class KeptQuerySet(models.QuerySet):
    """Notes what it writes."""

    def update(self, **values) -> int:
        found = list(self.order_by().values_list("pk", _file_key(self.model)))
        if not found:
            return 0
        columns = {self.model._meta.get_field(name).name for name in values}
        for pk, file_pk in found:
            _note(self.model, pk, file_pk, columns)
        # Only those: a row that came to fit since then would be written without being noted.
        return models.QuerySet.update(self.filter(pk__in=[pk for pk, _file in found]), **values)

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs) -> list:
        made = super().bulk_create(objs, *args, **kwargs)
        for row in made:
            note(row)
        return made

    def delete(self) -> tuple[int, dict]:
        found = list(self.order_by().values_list("pk", _file_key(self.model)))
        for pk, file_pk in found:
            _note(self.model, pk, file_pk, ALL)
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class Kept(models.Model):
    """A row that keeps its history. It lies in the file of its ``incident``, or is the file itself."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, update_fields: Iterable[str] | None = None, **kwargs) -> None:
        super().save(*args, update_fields=update_fields, **kwargs)
        note(self, ALL if update_fields is None else update_fields)

    def delete(self, *args, **kwargs) -> tuple[int, dict]:
        note(self)
        return super().delete(*args, **kwargs)


def kept_models() -> list[type[Kept]]:
    """The tables that keep their history, in the order in which data flows."""
    return [model for model in apps.get_models() if issubclass(model, Kept)]


def note(row: Kept, columns: Iterable[str] | None = ALL) -> None:
    """Have the next entry on this row's file take the row along."""
    _note(type(row), row.pk, row.serializable_value(_file_key(type(row))), columns)


def taken(file_type: str | None, file_id: str | None) -> dict[str, dict]:
    """The rows of this file that were noted, as they stand now; they are noted no longer. One query a table."""
    noted = _noted()
    rows = noted.rows.pop((file_type, file_id), {}) if noted else {}
    taken: dict[str, dict] = {}
    for model in dict.fromkeys(model for model, _pk in rows):
        columns = {pk: columns for (other, pk), columns in rows.items() if other is model}
        found = model._base_manager.in_bulk(columns)
        taken[model._meta.model_name] = {
            str(pk): state(found[pk], names) if pk in found else None for pk, names in columns.items()
        }
    return taken


def state(row: models.Model, columns: Iterable[str] | None = ALL) -> dict[str, Any]:
    """A row's columns as the trail keeps them."""
    fields = [field for field in row._meta.concrete_fields if columns is ALL or field.name in columns]
    return {field.name: _plain(field, field.value_from_object(row)) for field in fields}


def row_of(model: type[models.Model], state: dict[str, Any]) -> models.Model:
    """The row, not saved, that the trail kept in this state; a column that came later has its default."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return model(**{fields[name].attname: _read(fields[name], value) for name, value in state.items() if name in fields})


def _plain(field: models.Field, value: Any) -> Any:
    return value if isinstance(field, models.JSONField) else plain(value)


def _read(field: models.Field, value: Any) -> Any:
    return value if isinstance(field, models.JSONField) else field.to_python(value)


def _file_key(model: type[models.Model]) -> str:
    return "incident_id" if any(field.name == "incident" for field in model._meta.concrete_fields) else "pk"


def _note(model: type[models.Model], pk: Any, file_pk: Any, columns: Iterable[str] | None) -> None:
    file = "incident" if _file_key(model) == "incident_id" else model._meta.model_name
    (_noted() or _start()).add((file, str(file_pk)), model, pk, columns)


def _noted() -> Noted | None:
    """What the running transaction noted, or None: the object is looked for where Django keeps what a commit calls."""
    noted = getattr(connection, "noted_rows", None)
    return noted if any(function is noted for _savepoints, function, _robust in connection.run_on_commit) else None


def _start() -> Noted:
    connection.noted_rows = Noted()
    transaction.on_commit(connection.noted_rows)
    return connection.noted_rows
