"""Write the trail: record() inside the transaction of the action it speaks of, or nothing happens at all."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import DatabaseError, connection, models, transaction
from django.utils.functional import Promise

from breachreg.audit import catalogue
from breachreg.audit.chain import content_hash, entry_hash
from breachreg.audit.models import INSTALLATION, ChainHead, Entry, EntryContent

Changes = Mapping[str, list]
"""Column to [old value, new value]."""


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

    ``by`` is null for what the product does by itself. Raises UndeclaredEvent for an unknown action,
    TransactionManagementError outside a transaction, and TrailUnavailable when the database refuses the entry.
    """
    catalogue.label(action)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"record({action!r}) belongs inside its action's transaction")
    content = EntryContent(
        salt=secrets.token_hex(16), actor=_name(by), object_label=_label(subject),
        changes=plain(changes or {}), details=plain(details or {}),
    )
    entry = Entry(
        at=at.astimezone(UTC), actor_id=by.pk if by else None, action=action,
        object_type=subject._meta.model_name if subject else None, object_id=str(subject.pk) if subject else None,
        content_hash=content_hash(content),
    )
    try:
        return _append(entry, content, organisation.pk if organisation else None)
    except DatabaseError as error:
        raise TrailUnavailable(action) from error


def snapshot(instance: models.Model, fields: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The columns of a row as plain values, many-to-many included, to compare before with after."""
    chosen = [field for field in instance._meta.concrete_fields if fields is None or field.name in fields]
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


def plain(value: Any) -> Any:
    """A value as JSON can hold it, without loss of what it says. Raises TypeError for what has no plain form."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal() | Promise():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case models.Model():
            return str(value.pk)
        case _ if hasattr(value, "hex") and hasattr(value, "urn"):
            return str(value)
    raise TypeError(f"the trail has no plain form for {type(value).__name__}")


def _append(entry: Entry, content: EntryContent, organisation_id: int | None) -> Entry:
    with transaction.atomic():
        head = _lock_head(INSTALLATION)
        entry.number, entry.previous_hash = head.number + 1, head.hash
        own = _lock_head(organisation_id) if organisation_id is not None else None
        if own:
            entry.organisation_id = organisation_id
            entry.organisation_number, entry.organisation_previous_hash = own.number + 1, own.hash
        entry.hash = entry_hash(entry)
        entry.save(force_insert=True)
        content.entry = entry
        content.save(force_insert=True)
        _move(head, entry.number, entry.hash)
        if own:
            _move(own, entry.organisation_number, entry.hash)
    return entry


def _lock_head(scope: int) -> ChainHead:
    ChainHead.objects.get_or_create(scope=scope)
    return ChainHead.objects.select_for_update().get(scope=scope)


def _move(head: ChainHead, number: int, entry_hash: str) -> None:
    ChainHead.objects.filter(scope=head.scope).update(number=number, hash=entry_hash)


def _name(by: Person | None) -> str | None:
    return f"{by.get_full_name()} <{by.email}>" if by else None


def _label(subject: models.Model | None) -> str | None:
    return str(subject)[:300] if subject else None
