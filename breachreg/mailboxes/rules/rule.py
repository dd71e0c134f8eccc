"""One shape for the rules of every mail system."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple


class Condition(NamedTuple):
    """When a rule acts: a kind (``subject``, ``from``...), its values, and whether it is an exception."""

    kind: str
    values: tuple[str, ...] = ()
    is_exception: bool = False


class Action(NamedTuple):
    """What a rule does: a kind (``forward``, ``move``, ``delete``...) and its targets."""

    kind: str
    values: tuple[str, ...] = ()


FORWARDING = frozenset({"forward", "forward_as_attachment", "redirect", "copy_to_address"})
DELETING = frozenset({"delete", "delete_for_good"})


@dataclass(frozen=True)
class Rule:
    """A rule as read; ``None`` is what the export does not say."""

    conditions: tuple[Condition, ...]
    actions: tuple[Action, ...]
    name: str | None = None
    mailbox: str | None = None
    is_enabled: bool | None = None
    made_at: datetime | None = None
    made_from: str | None = None
    row: int | None = None
    is_hidden: bool = False

    @property
    def fingerprint(self) -> str:
        """The same for the same rule of the same mailbox, wherever it was read."""
        return _digest([self.mailbox, self.name, self.conditions, self.actions])

    @property
    def shape(self) -> str:
        """The same for rules that do the same, in whichever mailbox: what "known" is declared for."""
        return _digest([sorted(map(list, self.conditions)), sorted(map(list, self.actions))])

    def targets(self) -> list[str]:
        """Every address that the rule sends messages to."""
        return [value for action in self.actions if action.kind in FORWARDING for value in action.values]

    def as_json(self) -> dict:
        """The rule as JSON holds it."""
        return asdict(self) | {"made_at": self.made_at.isoformat() if self.made_at else None}

    @classmethod
    def from_json(cls, data: dict) -> "Rule":
        """The rule that ``as_json`` gave."""
        conditions = tuple(Condition(kind, tuple(values), other) for kind, values, other in data["conditions"])
        actions = tuple(Action(kind, tuple(values)) for kind, values in data["actions"])
        made_at = datetime.fromisoformat(data["made_at"]) if data["made_at"] else None
        return cls(**data | {"conditions": conditions, "actions": actions, "made_at": made_at})


def _digest(what: list) -> str:
    return hashlib.sha256(json.dumps(what, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


class Unreadable(NamedTuple):
    """A row of an export that could not be read, and why."""

    row: int
    why: str


class NotARuleFile(Exception):
    """The file is no export of rules that we know; the message says which ones we know."""
