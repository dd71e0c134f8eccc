"""`pytest --no-skips`: a skipped test fails the run, unless it is listed here with its reason.

On a developer's machine a test may skip for want of a tool; `make test` installs the tools, so there nothing may.
"""

import fnmatch

import pytest

ALLOWED: dict[str, str] = {}
"""Pattern of test ids: why they may be skipped in `make test`."""

_skipped = pytest.StashKey[list]()


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run")


def pytest_configure(config):
    config.stash[_skipped] = []
    config.pluginmanager.register(_Collector(config), "breachreg-skips")


class _Collector:
    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        self._note(report)

    def pytest_collectreport(self, report):
        self._note(report)

    def _note(self, report):
        if report.skipped and not hasattr(report, "wasxfail") and not is_allowed(report.nodeid):
            self.config.stash[_skipped].append(report.nodeid)


def is_allowed(test: str) -> bool:
    """Whether this test may be skipped."""
    return any(fnmatch.fnmatch(test, pattern) for pattern in ALLOWED)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    if session.config.getoption("--no-skips") and session.config.stash[_skipped] and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--no-skips") and config.stash[_skipped]:
        terminalreporter.section("skipped, and that fails this run", red=True)
        for test in config.stash[_skipped]:
            terminalreporter.write_line(test)
