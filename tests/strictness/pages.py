"""A page that the content-security policy would break fails the test that fetched it.

Refused: inline scripts and styles, event handlers, javascript: addresses, a second element with the same id, a form
that posts without a token, a page sent without the policy.
"""

from collections import Counter
from html.parser import HTMLParser

import pytest
from django.test import Client

POLICY = "Content-Security-Policy"


class UnsafePage(AssertionError):
    """A response that the policy forbids, or that a browser would read otherwise than meant."""


class Page(HTMLParser):
    """Reads a page and keeps what is wrong with it."""

    def __init__(self):
        super().__init__()
        self.troubles: list[str] = []
        self.ids: Counter[str] = Counter()
        self._open_form: list[str] | None = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.update([given["id"]] if given.get("id") else [])
        self._read_inline(tag, given)
        self._read_form(tag, given)

    def handle_endtag(self, tag):
        if tag == "form" and self._open_form is not None:
            if "csrfmiddlewaretoken" not in self._open_form:
                self.troubles.append("a form posts without {% csrf_token %}")
            self._open_form = None

    def _read_inline(self, tag, given):
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.troubles.append(f"inline <{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith("on") or name.startswith("hx-on"):
                self.troubles.append(f'<{tag} {name}="{value}">')
            if name in ("href", "src", "action") and (value or "").strip().lower().startswith("javascript:"):
                self.troubles.append(f'<{tag} {name}="{value}">')

    def _read_form(self, tag, given):
        if tag == "form" and (given.get("method") or "get").lower() == "post":
            self._open_form = []
        elif tag == "input" and self._open_form is not None:
            self._open_form.append(given.get("name") or "")


def troubles_of(text: str) -> list[str]:
    """What is wrong with this page, one line each."""
    page = Page()
    page.feed(text)
    page.close()
    twice = [f'id="{name}" stands {count} times' for name, count in page.ids.items() if count > 1]
    return page.troubles + twice


def check(response) -> None:
    """Refuse a response that is an unsafe page."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    troubles = troubles_of(response.content.decode(response.charset))
    if POLICY not in response.headers:
        troubles.append(f"no {POLICY}")
    if troubles:
        raise UnsafePage(f"{response.request['PATH_INFO']}: " + "; ".join(troubles))


@pytest.fixture(autouse=True, scope="session")
def _unsafe_pages_fail():
    request = Client.request

    def checked(self, **environment):
        response = request(self, **environment)
        check(response)
        return response

    patch = pytest.MonkeyPatch()
    patch.setattr(Client, "request", checked)
    yield
    patch.undo()
