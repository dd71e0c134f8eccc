"""The witness: one small file outside the database that holds the last entry this machine has seen committed.

Between two checkpoints it is what reveals a cut tail. It only ever moves forward.
"""

import fcntl
import logging
from pathlib import Path

from django.conf import settings

from breachreg.audit.chain import seal

log = logging.getLogger(__name__)


def file() -> Path:
    return Path(settings.DATA_DIR) / "witness"


def note(number: int, hash_: str) -> None:
    """Move the witness forward to this committed entry. The change is committed already: trouble is only logged."""
    try:
        with file().open("a+", encoding="ascii") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            if _parse(stream.read())[0] < number:
                stream.seek(0)
                stream.truncate()
                stream.write(f"{number} {hash_} {_seal(number, hash_)}\n")
    except OSError:
        log.exception("the witness %s could not be written; entry %s is not noted outside the database", file(), number)


def read() -> tuple[int, str] | None:
    """The last entry noted: its number and hash; None when nothing was, or the file was tampered with."""
    if not file().exists():
        return None
    number, hash_ = _parse(file().read_text(encoding="ascii"))
    return (number, hash_) if number else None


def forget() -> None:
    """Start the witness anew; only after a restore that the trail itself records."""
    file().unlink(missing_ok=True)


def _parse(line: str) -> tuple[int, str]:
    parts = line.split()
    if len(parts) != 3 or not parts[0].isdigit() or parts[2] != _seal(int(parts[0]), parts[1]):
        return 0, ""
    return int(parts[0]), parts[1]


def _seal(number: int, hash_: str) -> str:
    return seal(settings.AUDIT_KEY, f"witness {number} {hash_}")
