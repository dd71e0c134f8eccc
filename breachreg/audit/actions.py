"""Write the trail: record() inside the transaction of the action it speaks of, or nothing happens at all."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F

from breachreg.audit import catalogue, events, history, witness  # noqa: F401  (events: declares what happens to the trail)
from breachreg.audit.chain import hash_of_content, hash_of_entry, seal
from breachreg.audit.models import INSTALLATION, ChainHead, Entry, EntryContent
from breachreg.audit.values import plain

Changes = Mapping[str, list]
"""Column to [old value, new value]."""


FILES = ("incident",)
"""The foreign keys that lead from a row to the file in which a person would look for it."""


SECRETS = frozenset({"password"})
"""Columns whose values, even hashed, have no place in the trail."""


class Person(Protocol):
    pk: Any
    email: str

    def get_full_name(self) -> str: ...


class TrailUnavailable(Exception):
    """The entry could not be written, so the change it speaks of was not made."""


def record(
    *, action: str, by: Person | None, at: datetime, organisation: models.Model | None = None,
    subject: models.Model | None = None, changes: Changes | None = None, details: Mapping | None = None,
) -> Entry:
    """Append an entry to the trail, inside the caller's transaction.

    ``by`` is null for what the product does by itself. The entry also keeps the rows of the subject's file that this
    transaction has written so far, as they stand now (history.py). Four queries, and one a table of such rows; lock the rows that you change before you call
    it, because the heads of the chains stay locked until the transaction ends. Raises UndeclaredEvent for an unknown
    action, TransactionManagementError outside a transaction, and TrailUnavailable when the database refuses it.
    """
    catalogue.label(action)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"record({action!r}) belongs inside its action's transaction")
    (object_type, object_id), (file_type, file_id) = _name_of_row(subject), _file_of(subject)
    content = EntryContent(
        salt=secrets.token_hex(16), actor=_name(by), object_label=_label(subject),
        changes=plain(changes or {}), details=plain(details or {}), rows=history.taken(file_type, file_id),
    )
    entry = Entry(
        at=at.astimezone(UTC), actor_id=by.pk if by else None, action=action, object_type=object_type,
        object_id=object_id, file_type=file_type, file_id=file_id, content_hash=hash_of_content(content),
    )
    try:
        return _append(entry, content, organisation.pk if organisation else None)
    except DatabaseError as error:
        # Whoever catches this must not be able to commit the change without its entry.
        transaction.set_rollback(True)
        raise TrailUnavailable(action) from error


def snapshot(instance: models.Model, fields: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The columns of a row as plain values, many-to-many included, to compare before with after; no secrets."""
    chosen = [
        field for field in instance._meta.concrete_fields
        if (fields is None or field.name in fields) and field.name not in SECRETS
    ]  # fmt: skip
    values = {field.name: plain(field.value_from_object(instance)) for field in chosen}
    for field in instance._meta.many_to_many:
        if instance.pk and (fields is None or field.name in fields):
            values[field.name] = sorted(str(other.pk) for other in getattr(instance, field.name).all())
    return values


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list]:
    """What changed, as column to [old, new]; a column that only one side has counts as null on the other."""
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    }


def lock_chains(organisation: models.Model | None) -> None:
    """Let nobody else write an entry of this organisation until the transaction ends."""
    _lock_heads(_scopes(organisation.pk if organisation else None))


def _scopes(organisation_id: int | None) -> list[int]:
    return [INSTALLATION] if organisation_id is None else [INSTALLATION, organisation_id]


def _append(entry: Entry, content: EntryContent, organisation_id: int | None) -> Entry:
    scopes = _scopes(organisation_id)
    heads = _lock_heads(scopes)
    entry.number, entry.previous_hash = heads[INSTALLATION].number + 1, heads[INSTALLATION].hash
    if organisation_id is not None:
        own = heads[organisation_id]
        entry.organisation_id, entry.organisation_number = organisation_id, own.number + 1
        entry.organisation_previous_hash = own.hash
    entry.hash = hash_of_entry(entry)
    entry.seal = seal(settings.AUDIT_KEY, entry.hash)
    entry.save(force_insert=True)
    content.entry = entry
    content.save(force_insert=True)
    ChainHead.objects.filter(scope__in=scopes).update(number=F("number") + 1, hash=entry.hash)
    transaction.on_commit(lambda: witness.note(entry.number, entry.hash))
    return entry


def _lock_heads(scopes: list[int]) -> dict[int, ChainHead]:
    # Always in the same order, so that two writers never wait for each other.
    locked = ChainHead.objects.select_for_update().filter(scope__in=scopes).order_by("scope")
    heads = {head.scope: head for head in locked}
    if len(heads) < len(scopes):
        ChainHead.objects.bulk_create([ChainHead(scope=scope) for scope in scopes], ignore_conflicts=True)
        heads = {head.scope: head for head in locked.all()}
    return heads


def _name(by: Person | None) -> str | None:
    return f"{by.get_full_name()} <{by.email}>" if by else None


def _name_of_row(row: models.Model | None) -> tuple[str | None, str | None]:
    if row is None:
        return None, None
    if row.pk is None:
        raise ValueError(f"{row._meta.model_name} has no key: record what is saved, and record before deleting")
    return row._meta.model_name, str(row.pk)


def _file_of(subject: models.Model | None) -> tuple[str | None, str | None]:
    """The row under which a person looks for this one: ``subject.trail_file``, its incident, or itself."""
    if file := getattr(subject, "trail_file", None):
        return _name_of_row(file)
    for name in FILES:
        if (pk := getattr(subject, f"{name}_id", None)) is not None:
            return name, str(pk)
    return _name_of_row(subject)


def _label(subject: models.Model | None) -> str | None:
    return str(subject) if subject else None
