"""Values as JSON can hold them, for the trail."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.functional import Promise


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
