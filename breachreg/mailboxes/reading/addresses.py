"""Addresses and domains as they stand in headers, texts and logs."""

import ipaddress
import re

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_HEADER_ADDRESS = re.compile(
    r"(?P<name>[^<>,;]{0,300})<\s*(?P<in>[^<>\s]{1,320})\s*>|(?P<bare>[^\s<>,;\"()]{1,64}@[^\s<>,;\"()]{1,255})"
)

_SECOND_LEVEL = frozenset(
    ["co.uk", "org.uk", "ac.uk", "gov.uk", "com.au", "net.au", "co.nz", "co.jp", "com.br", "com.cn", "co.in", "co.za", "com.tr", "com.mx", "gouv.fr", "asso.fr", "nom.fr", "com.fr", "tm.fr", "prd.fr", "gov.it", "edu.au", "gov.au", "or.jp", "ne.jp", "com.sg", "com.hk", "com.tw", "com.ar", "co.il", "co.kr"]
)


def addresses_in(text: str) -> list[str]:
    """Every e-mail address in a text, lower-cased, in order, once each."""
    if "@" not in text:
        return []
    found = (match.strip(".'`").lower() for match in _ADDRESS.findall(text))
    return list(dict.fromkeys(found))


def mailboxes_in(header: str) -> list[tuple[str, str]]:
    """(display name, address) of each mailbox in a header of addresses, however malformed; addresses lower-cased."""
    found = []
    for match in _HEADER_ADDRESS.finditer(header[:65536]):
        address = (match["in"] or match["bare"] or "").strip("'\"<>.").lower()
        if address.startswith("mailto:"):
            address = address[7:]
        if "@" in address:
            found.append(((match["name"] or "").strip(" \"'\t"), address))
    return found


def domain_of(address: str) -> str:
    """What stands behind the last @, lower-cased, "" when there is none."""
    return address.rpartition("@")[2].lower().strip(".") if "@" in address else ""


def registrable(domain: str) -> str:
    """The part of a domain that somebody registered: ``mail.example.co.uk`` is ``example.co.uk``."""
    labels = domain.lower().strip(".").split(".")
    keep = 3 if ".".join(labels[-2:]) in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


def is_inside(domain: str, own_domains: frozenset[str]) -> bool:
    """Whether a domain is one of the organisation's, or below one."""
    return any(domain == own or domain.endswith("." + own) for own in own_domains)


def is_ip_address(host: str) -> bool:
    """Whether a host is a bare IP address."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def defanged(text: str) -> str:
    """An address, link or domain that no programme turns into a link: ``hxxps://evil[.]example``."""
    text = re.sub(r"(?i)\bhttp(s?)(?=:)", r"hxxp\1", text)
    scheme, colon, rest = text.partition("://")
    host, slash, path = (rest if colon else scheme).partition("/")
    host = host.replace(".", "[.]").replace("@", "[@]")
    return f"{scheme}{colon}{host}{slash}{path}" if colon else f"{host}{slash}{path}"


_HELD_BACK = ((r"[.]", "."), ("(.)", "."), ("[@]", "@"), ("[:]", ":"), ("[dot]", "."), ("[at]", "@"), ("hxxp", "http"))


def refanged(text: str) -> str:
    """What a defanged value stands for, to compare it with others."""
    for held, plain in _HELD_BACK:
        text = text.replace(held, plain)
    return text
