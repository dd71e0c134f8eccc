"""The suite keeps its own promises: what tests/strictness says it refuses is refused."""

import socket
from contextlib import nullcontext, suppress

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import get_template

from tests.strictness.entries import Unrecorded, watched
from tests.strictness.network import NetworkIsClosed
from tests.strictness.pages import UnsafePage, check, troubles_of
from tests.strictness.templates import UnknownTemplateVariable


def render(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    "source", ["{{ nobody }}", "{{ a.nobody }}", "{{ nobody|upper }}", "{% with b=nobody %}{% endwith %}"]
)
def test_an_unknown_template_variable_fails(source):
    with pytest.raises(UnknownTemplateVariable, match="nobody"):
        render(source, a={})


@pytest.mark.parametrize(
    "source", ["{% if nobody %}{% endif %}", '{{ nobody|default:"" }}', "{% for x in nobody %}{% endfor %}"]
)
def test_a_template_may_ask_whether_a_variable_is_there(source):
    assert render(source) == ""


def test_a_template_of_a_library_keeps_its_leniency():
    assert "<button" in get_template("bootstrap5/layout/alert.html").render({"content": "text", "dismiss": True})


@pytest.mark.parametrize(
    ("page", "trouble"),
    [
        ("<script>alert(1)</script>", "inline <script>"),
        ("<style>p{}</style>", "inline <style>"),
        ('<p style="color:red">', "style="),
        ('<p onclick="x()">', "onclick="),
        ('<a href=" JavaScript:x()">', "JavaScript"),
        ('<p id="a"><b id="a">', "2 times"),
        ('<form method="post"><input name="a"></form>', "csrf_token"),
    ],
)
def test_an_unsafe_page_is_refused(page, trouble):
    assert any(trouble in found for found in troubles_of(page))


def test_a_plain_page_is_accepted():
    page = '<script src="/static/a.js"></script><form method="post"><input name="csrfmiddlewaretoken"></form><p id="a">'
    assert troubles_of(page) == []


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_to_another_machine_is_refused(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as caller, pytest.raises(NetworkIsClosed):
        caller.connect((host, 80))


def test_looking_up_a_name_is_refused():
    with pytest.raises(NetworkIsClosed):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_may_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]) as caller:
        assert caller.getpeername()[0] == "127.0.0.1"


def test_a_page_without_a_policy_is_refused():
    response = HttpResponse("<p>")
    response.request = {"PATH_INFO": "/bare/"}
    with pytest.raises(UnsafePage, match="/bare/: no Content-Security-Policy"):
        check(response)


SUITE = """
import pytest
def test_done(): pass
@pytest.mark.skip(reason="no tool")
def test_left_out(): pass
"""


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--no-skips"], 1)])
def test_a_skipped_test_fails_a_run_without_skips(pytester, options, code):
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_inprocess("-p", "tests.strictness.skips", "-p", "no:django", *options)
    assert result.ret == code


def test_a_run_without_skips_names_what_was_skipped(pytester):
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_inprocess("-p", "tests.strictness.skips", "-p", "no:django", "--no-skips")
    result.stdout.fnmatch_lines(["*skipped, and that fails this run*", "*::test_left_out"])


@pytest.mark.parametrize("is_rolled_back", [True, False])
def test_a_change_without_its_entry_is_refused_unless_it_was_rolled_back(hospital, is_rolled_back):
    def change():
        with transaction.atomic():
            type(hospital).objects.filter(pk=hospital.pk).update(city="Brest")
            if is_rolled_back:
                raise ValueError

    with nullcontext() if is_rolled_back else pytest.raises(Unrecorded):
        with watched("a page"), suppress(ValueError):
            change()
