"""A value as somebody writes it to the one form under which it is compared; defanged or not, it is the same.

An address counts as itself, its domain and the domains above; a link as itself, its host and the domains above. So an
indicator "evil.example" is found in everything that leads there.
"""

import ipaddress
import re
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.reading.addresses import is_ip_address, refanged, registrable


class Kind(models.TextChoices):
    ADDRESS = "address", _("e-mail address")
    DOMAIN = "domain", _("domain")
    URL = "url", _("link")
    IP = "ip", _("IP address")
    SHA256 = "sha256", "SHA-256"
    SHA1 = "sha1", "SHA-1"
    MD5 = "md5", "MD5"


LONGEST = 500
"""Characters of a value as it is kept: an index of PostgreSQL holds no longer ones. A longer link ends in its hash."""
MOST_TYPED = 10_000
_HASHES = {64: Kind.SHA256, 40: Kind.SHA1, 32: Kind.MD5}
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}$")
_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}$")


class Value(NamedTuple):
    """A kind and the value in its one form."""

    kind: str
    value: str


def normalised(kind: str, text: str) -> str:
    """The one form of a value. Raises ValueError with the remedy when it is no such thing."""
    plain = refanged(text.strip().strip("<>\"'")).strip().rstrip(",;")
    if not plain or len(plain) > MOST_TYPED or not plain.isprintable():
        raise ValueError(_t("Enter a value of at most %(most)s characters, without line breaks.") % {"most": MOST_TYPED})
    match kind:
        case Kind.ADDRESS:
            return _address(plain)
        case Kind.DOMAIN:
            return _domain(plain)
        case Kind.URL:
            return _url(plain)
        case Kind.IP:
            return _ip(plain)
        case Kind.SHA256 | Kind.SHA1 | Kind.MD5:
            return _hash(kind, plain)
    raise ValueError(_t("“%(kind)s” is no kind of indicator.") % {"kind": kind})


def guess(text: str) -> Value:
    """The kind that a value seems to be, and its one form. Raises ValueError when it looks like none."""
    plain = refanged(text.strip().strip("<>\"'")).strip()
    if len(plain) > MOST_TYPED or not plain.isprintable():
        raise ValueError(_t("Enter a value of at most %(most)s characters, without line breaks.") % {"most": MOST_TYPED})
    if re.fullmatch(r"[0-9a-fA-F]+", plain) and (kind := _HASHES.get(len(plain))):
        return Value(kind, plain.lower())
    if "://" in plain:
        return Value(Kind.URL, _url(plain))
    for kind, read in ((Kind.IP, _ip), (Kind.ADDRESS, _address), (Kind.DOMAIN, _domain)):
        try:
            return Value(kind, read(plain))
        except ValueError:
            continue
    message = _t("“%(value)s” is neither an address, a domain, a link, an IP address nor a hash. Correct it, or name its kind.")
    raise ValueError(message % {"value": text.strip()[:100]})


def _address(text: str) -> str:
    text = text.removeprefix("mailto:").lower()
    if len(text) > 320 or not _ADDRESS.fullmatch(text):
        raise ValueError(_t("“%(value)s” is no e-mail address.") % {"value": text[:100]})
    return text


def _domain(text: str) -> str:
    host = text.lower().removeprefix("*.").strip(".")
    if host.isascii() is False:
        host = _punycode(host)
    if len(host) > 253 or not _HOST.fullmatch(host) or is_ip_address(host):
        raise ValueError(_t("“%(value)s” is no domain. Write it like example.org, without http:// and without a path.") % {"value": text[:100]})
    return host


def _punycode(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _url(text: str) -> str:
    text = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise ValueError(_t("“%(value)s” is no link. Write it like https://example.org/path.") % {"value": text[:100]})
    host = _punycode(host) if not host.isascii() else host
    shown = f"{host}:{port}" if port and port not in (80, 443) else host
    query = f"?{parts.query}" if parts.query else ""
    return _fitting(f"{shown}{parts.path.rstrip('/')}{query}")  # http and https lead to the same place


def _fitting(value: str) -> str:
    if len(value) <= LONGEST:
        return value
    return f"{value[: LONGEST - 66]}…#{sha256(value.encode()).hexdigest()}"


def _ip(text: str) -> str:
    if "/" in text:
        raise ValueError(_t("“%(value)s” is a network. Enter single IP addresses.") % {"value": text[:100]})
    bare = re.sub(r"^\[([0-9a-fA-F:.]+)\](?::\d+)?$", r"\1", text)
    bare = re.sub(r"^(\d+\.\d+\.\d+\.\d+):\d+$", r"\1", bare)
    try:
        found = ipaddress.ip_address(bare)
    except ValueError as error:
        raise ValueError(_t("“%(value)s” is no IP address.") % {"value": text[:100]}) from error
    return str(getattr(found, "ipv4_mapped", None) or found)


def _hash(kind: str, text: str) -> str:
    length = next(size for size, name in _HASHES.items() if name == kind)
    if not re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", text):
        raise ValueError(_t("“%(value)s” is no %(kind)s: that has %(length)s characters from 0 to f.") % {"value": text[:100], "kind": Kind(kind).label, "length": length})
    return text.lower()


def widened(found: Value) -> list[Value]:
    """A value with all under which it can be found: an address and a link also by their domain and those above it."""
    match found.kind:
        case Kind.ADDRESS:
            return [found, *_domains(found.value.rpartition("@")[2])]
        case Kind.URL:
            host = found.value.partition("/")[0].partition("?")[0].rpartition("@")[2]
            bare = re.sub(r":\d+$", "", host).strip("[]")
            if is_ip_address(bare):
                return [found, Value(Kind.IP, _ip(bare))]
            plain = found.value.partition("?")[0]
            return [found, *([Value(Kind.URL, plain)] if plain != found.value else []), *_domains(bare)]
        case Kind.DOMAIN:
            return _domains(found.value)
    return [found]


def _domains(host: str) -> list[Value]:
    """A host and the domains above it, down to the one that somebody registered."""
    labels, own = host.split("."), registrable(host)
    names = [".".join(labels[start:]) for start in range(len(labels))]
    return [Value(Kind.DOMAIN, name) for name in names if name == own or name.endswith("." + own)]
