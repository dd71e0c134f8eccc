"""Who can sign in to the demo, and with which password: made anew for each installation, shown by `manage.py serve`.

`manage.py demo` calls ``new_password`` once and ``save`` at its end. The file goes with the demo's data; deleting it
hides the list and changes no password.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

# Easy to read aloud and to type on a phone: no letter that looks like another.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 4, 4


class SignIn(NamedTuple):
    """One person of the demo."""

    email: str
    who: str


def new_password() -> str:
    """A password for all people of the demo, of some 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(GROUPS))


def save(people: Sequence[SignIn], password: str) -> None:
    """Keep the list for this installation, readable by its owner only."""
    width = max(len(person.email) for person in people)
    lines = [f"  {person.email:<{width}}  {person.who}" for person in people]
    text = "\n".join(["  Demo sign-ins, all with the password " + password, *lines, ""])
    with os.fdopen(os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def shown() -> str:
    """The list as it is printed; empty when there is no demo here."""
    return _file().read_text(encoding="utf-8") if _file().exists() else ""


def _file() -> Path:
    return settings.DATA_DIR / "demo-sign-ins.txt"
