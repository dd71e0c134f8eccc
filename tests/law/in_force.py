"""The versions of Article 33(1) that the tests of the duty judge by, and the rules as they would be once the proposal is law."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from breachreg.law import rules
from breachreg.law.datafile import DATA, DataFile

TODAY = rules.load().get("gdpr_33/2018-05-25")
PROPOSED = rules.load().get("gdpr_33/omnibus")


def enacted(folder, line):
    """The rules with one line more: the days of validity of the proposal."""
    text = (DATA / "rules.toml").read_text(encoding="utf-8")
    path = folder / "rules.toml"
    path.write_text(text.replace('replaces = "2018-05-25"\n', f'replaces = "2018-05-25"\n{line}\n'), encoding="utf-8")
    return rules.read(DataFile(path))


@contextmanager
def in_force_from(day, folder) -> Iterator[None]:
    """The whole application under rules in which the proposal is law from this day."""
    shutil.copytree(rules.DATA, folder / "data")
    enacted(folder / "data", f"valid_from = {day}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "DATA", folder / "data")
        rules.load.cache_clear()
        try:
            yield
        finally:
            rules.load.cache_clear()
