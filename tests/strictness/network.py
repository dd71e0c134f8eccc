"""No test reaches beyond this machine: a connection to any other address, and any look-up of a name, fails."""

import ipaddress
import socket

import pytest

LOCAL_NAMES = {None, "", "localhost", "ip6-localhost", socket.gethostname()}


class NetworkIsClosed(AssertionError):
    """A test reached for the network."""


def is_local(host: object) -> bool:
    """Whether this host of an address is this machine itself."""
    host = host.decode() if isinstance(host, bytes) else host
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _network_is_closed():
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_look_up(socket.getaddrinfo))
    yield
    patch.undo()


def _guarded(connect):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise NetworkIsClosed(f"a test wanted to connect to {address[0]}")
        return connect(self, address)

    return guarded


def _guarded_look_up(getaddrinfo):
    def guarded(host, *arguments, **options):
        if not is_local(host):
            raise NetworkIsClosed(f"a test wanted to look up {host}")
        return getaddrinfo(host, *arguments, **options)

    return guarded
