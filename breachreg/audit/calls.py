"""A few bytes are posted to an address outside, and what it answers is read: in time, and from nobody else.

What the trail sends (a digest to be dated, a checkpoint to be kept) goes to the very address that somebody named: no
redirect is followed and no proxy of the environment is used. An address that drips its answer holds nobody up.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from socket import SHUT_RDWR, create_connection, gaierror, socket
from threading import Event, Timer
from urllib.parse import SplitResult, quote, urlsplit

from django.utils.translation import gettext as _

CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}

LARGEST = 64 * 1024
"""Bytes of an answer; more than that is not what was asked for."""


class NoAnswer(Exception):
    """The address gave no good answer in time; says why, in words."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, patience: float) -> bytes:
    """Post this and give the content of the answer, if it comes within ``patience`` seconds. Raises NoAnswer.

    Call it outside a transaction: whoever waits for an address outside must not keep others from writing.
    """
    try:
        return _post(urlsplit(url), body, headers, patience)
    except TimeoutError as error:
        raise NoAnswer(_("it did not answer within %(seconds)s seconds") % {"seconds": f"{patience:g}"}) from error
    except ConnectionRefusedError as error:
        raise NoAnswer(_("it refuses the connection: nothing answers there")) from error
    except gaierror as error:
        raise NoAnswer(_("no machine of that name is known")) from error
    except ssl.SSLError as error:
        raise NoAnswer(_("its certificate or its encryption is not accepted (%(why)s)") % {"why": error.reason}) from error
    except (OSError, HTTPException, ValueError) as error:  # ValueError: an address that no request can hold
        raise NoAnswer(_("what it answers is not HTTP, or breaks off (%(why)s)") % {"why": type(error).__name__}) from error


def _post(url: SplitResult, body: bytes, headers: Mapping[str, str], patience: float) -> bytes:
    connection = CONNECTIONS[url.scheme](url.hostname, url.port)
    plain = create_connection((connection.host, connection.port), patience)
    with _ended_after(plain, patience), closing(connection):
        connection.sock = plain
        if url.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=url.hostname)
        connection.request("POST", _path(url), body=body, headers={**headers, "Connection": "close"})
        with connection.getresponse() as answer:
            content = answer.read(LARGEST + 1)
            _check(answer.status, content)
            if answer.length:  # so much is still to come
                raise IncompleteRead(content)
    return content


def _check(status: int, content: bytes) -> None:
    if 300 <= status < 400:
        raise NoAnswer(_("it sends on to another address (HTTP %(status)s), which is not followed") % {"status": status})
    if not 200 <= status < 300:
        raise NoAnswer(_("it refuses (HTTP %(status)s)") % {"status": status})
    if len(content) > LARGEST:
        raise NoAnswer(_("it answers with more than was asked for"))


@contextmanager
def _ended_after(connected: socket, patience: float) -> Iterator[None]:
    """End this connection when the time is over; a timeout of the socket alone begins anew with each byte."""
    is_over = Event()
    with connected.dup() as line:  # encrypting it takes the socket itself over
        alarm = Timer(patience, _end, [line, is_over])
        alarm.start()
        try:
            yield
        except (OSError, HTTPException):
            if is_over.is_set():
                raise TimeoutError from None
            raise
        else:
            if is_over.is_set():
                raise TimeoutError
        finally:
            alarm.cancel()
            alarm.join()


def _end(line: socket, is_over: Event) -> None:
    is_over.set()
    with suppress(OSError):  # the other side was first
        line.shutdown(SHUT_RDWR)


def _path(url: SplitResult) -> str:
    path = quote(url.path or "/", safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(url.query, safe='/%:@!$&*+,;=~?')}" if url.query else path
