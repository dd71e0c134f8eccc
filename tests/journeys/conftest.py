"""A real Chromium in front of the real server. What the page must never do fails the journey by itself:
an error in a script, a refusal by the content-security policy, an address of another host, a page wider than the screen.
"""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 15_000  # milliseconds until a missing element is a failure


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium():
    # Playwright keeps a loop running in this thread; it ends with the module, or tests beside it would meet it.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the database is not used from the loop
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """What went wrong on the pages of a journey."""

    def __init__(self, address: str):
        self.address = address
        self.troubles: list[str] = []
        self.forgiven: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: self._hold_to_host(request.url))

    def _hold_to_host(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.troubles.append(f"asked another host: {url}")

    @property
    def unforgiven(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(words in trouble for words in self.forgiven)]


@pytest.fixture
def watched(live_server) -> Watched:
    watched = Watched(live_server.url)
    yield watched
    assert watched.unforgiven == []


@pytest.fixture
def visit(chromium: Browser, live_server, watched, transactional_db) -> Callable[..., Page]:
    """Open a browser for a person: `visit(awa, width=390, language="en", theme="dark", zone="Asia/Tokyo")`."""
    contexts = []

    def open_browser(user=None, *, width=1280, height=900, language="en", theme="light", zone="Europe/Paris", **options) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, timezone_id=zone, locale="fr-FR", base_url=live_server.url, **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, "theme": theme}
        if user:
            cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        watched.watch(page)
        return page

    yield open_browser
    for context in contexts:
        context.close()


def session_of(user) -> str:
    """The key of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


@contextmanager
def forgiving(watched: Watched, *words: str):
    """Inside, a complaint of the browser that holds these words is expected (a refused form, a broken connection)."""
    watched.forgiven += words
    yield


def is_too_wide(page: Page) -> bool:
    """Whether the page must be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
