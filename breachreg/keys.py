"""Keys: read from the environment or from files beside the database, never from the database itself."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAMES = {"SECRET_KEY": "secret.key", "AUDIT_KEY": "audit.key", "RECIPIENTS_KEY": "recipients.key"}
"""Each key's name in the environment, and its file in DATA_DIR/keys."""


def read(name: str, folder: Path, *, missing_is_fine: bool = False) -> str:
    """Give the key from the environment, else from its file.

    Raises ImproperlyConfigured, naming the remedy, when it stands in neither and that is not fine.
    """
    if value := os.environ.get(name):
        return value
    file = folder / NAMES[name]
    if file.exists():
        return file.read_text(encoding="ascii").strip()
    if missing_is_fine:
        return ""
    raise ImproperlyConfigured(f"There is no {name}: run `python manage.py keys`, which writes {file}, or set {name}.")


def make(folder: Path) -> list[Path]:
    """Write the keys that are missing, readable by their owner only; return the files written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [file for file in (folder / name for name in NAMES.values()) if _write_once(file)]


def _write_once(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(64) + "\n")
    return True
