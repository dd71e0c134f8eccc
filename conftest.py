"""The suite is strict: each plugin says what it refuses. The cast and its world stand in tests/conftest.py."""

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
