"""The trail refuses to be emptied; between two tests that commit, its triggers step aside for the emptying only."""

import importlib

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations

from breachreg.audit import witness

triggers = importlib.import_module("breachreg.migrations.0002_triggers")
purges = importlib.import_module("breachreg.migrations.0004_purges")


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_the_trail():
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self, sql_list):
        triggers.remove(self.connection)
        purges.remove(self.connection)
        try:
            flush(self, sql_list)
        finally:
            triggers.install(self.connection)
            purges.install(self.connection)

    patch = pytest.MonkeyPatch()
    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _each_test_has_its_own_witness():
    """What a test committed, or said it committed, is gone after it: the witness must not remember it."""
    yield
    witness.forget()
