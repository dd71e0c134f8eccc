"""Choose the tests that a second database can change: `pytest --only-database`; lend a migrated one to a process."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "django_db_setup"}
ELSEWHERE = ("browser", "process", "sqlite")
"""Markers of the tests that a second database does not change, or that it can't run."""


def pytest_addoption(parser):
    parser.addoption("--only-database", action="store_true", help="only tests that use the database, without browsers")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--only-database"):
        chosen = [item for item in items if _uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def _uses_database(item: pytest.Item) -> bool:
    uses = item.get_closest_marker("django_db") or FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(uses) and not any(item.get_closest_marker(marker) for marker in ELSEWHERE)


@pytest.fixture
def copy_register(db) -> Callable[[Path], str]:
    """Writes a register, migrated and empty, to a file, and returns its DATABASE_URL."""
    if connection.vendor != "sqlite":
        pytest.skip("a test of processes runs once, on SQLite")

    def copy(file: Path) -> str:
        migrated_file = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(migrated_file)) as migrated, closing(sqlite3.connect(file)) as copied:
            migrated.backup(copied)
        return f"sqlite:///{file}"

    return copy
