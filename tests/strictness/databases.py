"""Choose the tests that a second database can change: `pytest --only-database`."""

import pytest

FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "django_db_setup"}


def pytest_addoption(parser):
    parser.addoption("--only-database", action="store_true", help="only tests that use the database, without browsers")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--only-database"):
        chosen = [item for item in items if _uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def _uses_database(item: pytest.Item) -> bool:
    uses = item.get_closest_marker("django_db") or FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(uses) and not item.get_closest_marker("browser")
