"""The loop that a browser of the tests keeps running is no business of the other tests of the same process."""

import asyncio

import pytest


@pytest.fixture(autouse=True)
def no_loop_of_a_browser(request):
    """Hide Playwright's loop, which runs in this thread until the session ends, from a test without a browser."""
    loop = None if "browser" in request.keywords else asyncio._get_running_loop()
    if loop is not None:
        asyncio._set_running_loop(None)
    yield
    if loop is not None:
        asyncio._set_running_loop(loop)
