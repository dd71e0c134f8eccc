"""Everything that happens has a name in the catalogue, and nothing that changes the register goes unrecorded."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from breachreg import tasks, urls  # noqa: F401  (urls: every room declares its events)
from breachreg.accounts.models import Organisation
from breachreg.audit import catalogue
from tests.strictness.entries import Unrecorded, watched

CODE = re.compile(r"^[a-z_]+\.[a-z_]+$")


def recorded_actions() -> dict[str, str]:
    """Every literal action that the program records, with the file that does."""
    found = {}
    for file in sorted((settings.BASE_DIR / "breachreg").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "action" and isinstance(node.value, ast.Constant):
                found[node.value.value] = file.name
    return found


def test_every_action_that_is_recorded_is_declared():
    assert {action: file for action, file in recorded_actions().items() if CODE.match(str(action)) and action not in catalogue.codes()} == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_declared_action_has_its_words(language):
    with override(language):
        assert [code for code in catalogue.codes() if not str(catalogue.label(code)).strip() or not CODE.match(code)] == []


ANNOUNCED = {
    "figures.opened", "incident.listed", "person.closed", "recipients.purged",
}  # fmt: skip
"""Declared by a room for an action that it does not have yet; this list only gets shorter."""


def test_no_event_is_declared_and_never_recorded():
    """A name in the catalogue that nothing writes is a promise that nobody keeps."""
    source = "\n".join(
        file.read_text(encoding="utf-8") for file in Path(settings.BASE_DIR / "breachreg").rglob("*.py")
    )
    assert [code for code in catalogue.codes() if source.count(f'"{code}"') < 2 and code not in ANNOUNCED] == []


def test_a_change_without_an_entry_is_found(hospital):
    with pytest.raises(Unrecorded, match="breachreg_organisation and left no entry"), watched("this test"):
        Organisation.objects.filter(pk=hospital.pk).update(name="Autre")


def test_a_reading_needs_no_entry_of_a_change(hospital):
    with watched("this test"):
        assert Organisation.objects.count() == 1


def test_every_piece_of_background_work_is_watched():
    assert all(hasattr(work, "__wrapped__") for work in tasks.DUE_WORK)
