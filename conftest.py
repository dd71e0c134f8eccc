"""The suite is strict: each plugin says what it refuses. The cast and its world stand in tests/cast.py."""

import sys

pytest_plugins = [
    "pytester",
    "tests.cast",
    "tests.strictness.catalogues",
    "tests.strictness.databases",
    "tests.strictness.entries",
    "tests.strictness.network",
    "tests.strictness.pages",
    "tests.strictness.ports",
    "tests.strictness.skips",
    "tests.strictness.templates",
    "tests.strictness.trail",
]


def pytest_sessionfinish(session):
    """The summary of Hypothesis imports the whole of it, two seconds of processor, even when no test used it."""
    plugins = session.config.pluginmanager
    if "hypothesis" not in sys.modules and plugins.has_plugin("hypothesispytest"):
        plugins.unregister(name="hypothesispytest")
