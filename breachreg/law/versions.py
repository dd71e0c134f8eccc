"""The version of the data under which a judgement is made, so that an old record keeps the rule it was judged under."""

import hashlib
from functools import cache

from .datafile import DATA, DataFile

JUDGES = ("facts.toml", "factors.toml", "severity.toml", "duty.toml")


@cache
def of_judgement() -> str:
    """Such as "2026-11-24/3f9a1c07": the latest date of the files that judge, and the start of the hash of their bytes."""
    dated = max(str(DataFile(DATA / name).values["dated"]) for name in JUDGES)
    content = b"".join((DATA / name).read_bytes() for name in JUDGES)
    return f"{dated}/{hashlib.sha256(content).hexdigest()[:8]}"
