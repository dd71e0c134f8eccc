"""The links of a message, defanged, with what is wrong about each; no link is ever followed."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from breachreg.mailboxes.reading import addresses
from breachreg.mailboxes.reading.texts import from_html

MOST_LINKS = 500
_PLAIN = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'\])}]{3,2000}", re.I)
_ANCHOR = re.compile(r"<a\b([^<>]{0,4000})>((?:(?!</a|<a\b)[\s\S]){0,600})", re.I)
_ATTRIBUTE = re.compile(
    r"\b(href|src|action|formaction|background|poster|data|srcset|content)\s*=\s*(\"[^\"<>]{1,4000}\"|'[^'<>]{1,4000}'|[^\s<>\"']{1,4000})",
    re.I,
)
_STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)'\"\s]{3,2000})", re.I)
_FETCHED = frozenset({"src", "background", "poster", "data", "srcset"})
_SHORTENERS = frozenset(
    ["bit.ly", "t.co", "tinyurl.com", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rebrand.ly", "t.ly", "lnkd.in", "urlz.fr", "shorturl.at"]
)


@dataclass(frozen=True)
class Link:
    """One link: its target defanged, its host, where it stood, what it shows, and the codes of what is odd about it."""

    target: str
    host: str
    kind: str  # "link", "fetched" (an image and the like), "form"
    shown: str = ""
    oddities: tuple[str, ...] = ()


def links_in_text(text: str) -> list[Link]:
    """The links of a plain text, once each."""
    found = {match.rstrip(".,;:!?"): None for match in _PLAIN.findall(text)}
    return [_link(address, "link", "") for address in list(found)[:MOST_LINKS]]


def links_in_html(source: str) -> list[Link]:
    """The links of an HTML part: anchors with what they show, what a reader's programme would fetch, and forms."""
    shown = {}
    for attributes, inside in _ANCHOR.findall(source):
        if match := _ATTRIBUTE.search(attributes):
            shown.setdefault(_value(match[2]), from_html(inside).strip()[:200])
    found: dict[tuple[str, str], None] = {}
    for name, value in _ATTRIBUTE.findall(source):
        for kind, address in _targets(name.lower(), _value(value)):
            found.setdefault((kind, address))
    found.update({("fetched", address): None for address in _STYLE_ADDRESS.findall(source)})
    return [_link(address, kind, shown.get(address, "")) for kind, address in list(found)[:MOST_LINKS]]


def _value(quoted: str) -> str:
    return html.unescape(quoted.strip("\"'")).strip()


def _targets(name: str, value: str):
    if name == "srcset":
        return [("fetched", piece.split()[0]) for piece in value.split(",") if _is_address(piece.strip())]
    if name == "content":  # <meta http-equiv=refresh content="0; url=...">
        _, equals, address = value.partition("=")
        return [("link", address.strip(" '\""))] if equals and _is_address(address.strip(" '\"")) else []
    kind = "form" if "action" in name else "fetched" if name in _FETCHED else "link"
    return [(kind, value)] if _is_address(value) else []


def _is_address(value: str) -> bool:
    return value.lower().startswith(("http:", "https:", "ftp:", "//", "javascript:", "data:", "file:", "\\\\"))


def _link(address: str, kind: str, shown: str) -> Link:
    host = host_of(address)
    return Link(
        target=addresses.defanged(address[:2000]), host=host, kind=kind, shown=addresses.defanged(shown) if "." in shown else shown,
        oddities=tuple(code for code, applies in _oddities(address, host, kind, shown) if applies),
    )  # fmt: skip


def host_of(address: str) -> str:
    """The host of a web address, lower-cased; "" when it has none or is malformed."""
    try:
        return (urlsplit(address if "//" in address else "//" + address).hostname or "").strip(".")
    except ValueError:
        return ""


def _oddities(address: str, host: str, kind: str, shown: str):
    lowered = address.lower()
    said = _PLAIN.search(shown) or re.search(r"\b(?:[\w-]+\.)+[a-z]{2,24}\b", shown, re.I)
    shown_host = host_of(said[0]) if said else ""
    return (
        ("shows_another_host", bool(shown_host) and bool(host)
         and addresses.registrable(shown_host) != addresses.registrable(host)),
        ("ip_host", addresses.is_ip_address(host)),
        ("encoded_host", "xn--" in host or any(ord(letter) > 127 for letter in host)),
        ("credentials_in_link", "@" in lowered.split("://", 1)[-1].split("/", 1)[0]),
        ("script_link", lowered.startswith(("javascript:", "data:text", "file:", "\\\\"))),
        ("shortened", addresses.registrable(host) in _SHORTENERS),
        ("form", kind == "form"),
    )  # fmt: skip
