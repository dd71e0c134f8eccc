"""Tests see the translations as they stand in the .po files."""

from pathlib import Path

from breachreg import catalogues


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        catalogues.compile_stale(Path(config.rootpath))
