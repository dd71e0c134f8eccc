"""What is posted outside goes to the address that was named, and to no other; what answers badly holds nobody up."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import translation

from breachreg.audit import calls
from tests.certificates import issue

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def _whole(line):
    """A request with its body, which comes in a piece of its own."""
    asked = b""
    while not asked.endswith(b"a checkpoint"):
        asked += line.recv(65536)
    return asked


@contextmanager
def answering(*parts, between=0.0, context=None):
    """The port of a server that takes one request, answers with these bytes, and gives what it was asked."""
    asked = []

    def serve(server):
        line, _from = server.accept()
        with line:
            try:
                line = context.wrap_socket(line, server_side=True) if context else line
                asked.append(_whole(line))
                for part in parts:
                    line.sendall(part)
                    time.sleep(between)
            except OSError:
                pass  # the caller had enough

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            thread.join()


def post(port, path="/", scheme="http", patience=5):
    return calls.post(f"{scheme}://127.0.0.1:{port}{path}", b"a checkpoint", {"Content-Type": "text/plain"}, patience=patience)


def test_the_bytes_arrive_and_the_answer_comes_back():
    with answering(OK) as (port, asked):
        assert post(port, "/a/b?c=d") == b"kept"
    assert asked[0].startswith(b"POST /a/b?c=d HTTP/1.1\r\n")


def test_an_address_with_accents_is_called_as_browsers_call_it():
    with answering(OK) as (port, asked):
        post(port, "/témoins/à jour?clé=é")
    assert asked[0].startswith(b"POST /t%C3%A9moins/%C3%A0%20jour?cl%C3%A9=%C3%A9 HTTP")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 500 No\r\n\r\n", r"it refuses \(HTTP 500\)"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n", r"sends on to another address \(HTTP 302\), which is not followed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"", "not HTTP, or breaks off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nkept", "breaks off"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 70_000, "more than was asked for"),
    ],
    ids=["refusal", "sent on", "another protocol", "nothing", "half an answer", "far too much"],
)
def test_a_bad_answer_is_told_in_words(said, why):
    with answering(said) as (port, _asked), pytest.raises(calls.NoAnswer, match=why):
        post(port)


@pytest.mark.parametrize(
    "begin",
    [b"HTTP/1.1 200 OK\r\nSlowly: ", b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["its head", "as long as it said", "of no said length"],
)
def test_an_answer_that_drips_on_and_on_is_given_up(begin):
    with answering(begin, *[b"x"] * 60_000, between=0.02) as (port, _asked), pytest.raises(calls.NoAnswer, match=r"within 0.2 seconds"):
        post(port, patience=0.2)


def test_nobody_there_and_no_such_machine_are_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(calls.NoAnswer, match="refuses the connection"):
            post(free.getsockname()[1])


@pytest.fixture
def certified(tmp_path):
    """What a server at 127.0.0.1 shows whose certificate nobody here trusts."""
    one = issue("Elsewhere")
    path = tmp_path / "server.pem"
    path.write_bytes(one.certificate.public_bytes(Encoding.PEM) + one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said(certified):
    with answering(OK, context=certified) as (port, asked), pytest.raises(calls.NoAnswer, match="certificate"):
        post(port, scheme="https")
    assert asked == []
