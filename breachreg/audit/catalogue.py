"""Every action that the trail may name, declared by the room that does it."""

_labels: dict[str, object] = {}


class UndeclaredEvent(KeyError):
    """An action that no room declared; declare it in that room's events."""


def register(room: str, events: dict[str, object]) -> dict[str, object]:
    """Declare a room's events (code to lazy label) and return them. Raises ValueError for a code declared twice."""
    twice = [code for code, label in events.items() if _labels.get(code, label) is not label]
    if twice:
        raise ValueError(f"{room} declares events that another room has: {', '.join(twice)}")
    _labels.update(events)
    return events


def label(code: str) -> object:
    """The words for an action, in the reader's language. Raises UndeclaredEvent."""
    try:
        return _labels[code]
    except KeyError as error:
        raise UndeclaredEvent(code) from error


def codes() -> list[str]:
    """All declared actions, sorted."""
    return sorted(_labels)
