"""A published file of indicators to values: CSV, a MISP event (JSON), a STIX 2.1 bundle. What can't be read is said by row.

https://www.misp-standard.org/rfc/misp-standard-core.html, https://docs.oasis-open.org/cti/stix/v2.1/
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from breachreg.mailboxes.indicators.values import Kind, guess, normalised

MOST_ROWS = 50_000
MOST_BYTES = 20 * 2**20
_NAMES = {
    Kind.ADDRESS: ("address", "email", "e-mail", "mail", "email-src", "email-dst", "email-addr", "email-reply-to", "adresse", "courriel", "eppn", "whois-registrant-email", "target-email"),
    Kind.DOMAIN: ("domain", "hostname", "host", "fqdn", "domain-name", "domaine", "nom de domaine", "hôte"),
    Kind.URL: ("url", "uri", "link", "lien"),
    Kind.IP: ("ip", "ip-src", "ip-dst", "ipv4", "ipv6", "ipv4-addr", "ipv6-addr", "adresse ip", "ip address"),
    Kind.SHA256: ("sha256", "sha-256"), Kind.SHA1: ("sha1", "sha-1"), Kind.MD5: ("md5",),
}  # fmt: skip
KINDS = {name: kind for kind, names in _NAMES.items() for name in names}
_VALUE_COLUMNS = ("value", "valeur", "indicator", "indicateur", "ioc", "observable")
_KIND_COLUMNS = ("type", "kind", "genre", "nature")
_NOTE_COLUMNS = ("comment", "commentaire", "note", "description")
_PAIRS = {"domain|ip": ("domain", "ip"), "ip-src|port": ("ip", None), "ip-dst|port": ("ip", None), "hostname|port": ("domain", None)}
_COMPARISON = re.compile(
    r"(?P<object>email-addr|domain-name|url|ipv4-addr|ipv6-addr|file|email-message)\s*:\s*(?P<path>[\w.\-'\"]+)\s*"
    r"(?P<operator>=|!=|IN|LIKE|MATCHES|>|<|>=|<=)\s*(?P<value>'(?:[^'\\]|\\.)*'|\([^)]*\))", re.I,
)  # fmt: skip
_STIX = {"email-addr": Kind.ADDRESS, "domain-name": Kind.DOMAIN, "url": Kind.URL, "ipv4-addr": Kind.IP, "ipv6-addr": Kind.IP}


class NotReadable(ValueError):
    """The file is none of the three formats, or too large; says what to bring."""


@dataclass(frozen=True)
class Found:
    """One indicator of a file: where it stands, and what it is."""

    row: int
    kind: str
    value: str
    note: str | None = None


@dataclass(frozen=True)
class Trouble:
    """What could not be taken over: where it stands, what stands there, and why."""

    row: int
    text: str
    why: str


@dataclass
class Reading:
    """What a file holds. ``form`` is csv, misp or stix; ``title`` what the file says about itself."""

    form: str
    title: str | None = None
    found: list[Found] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def take(self, row: int, kind: str | None, text: str, note: str | None = None) -> None:
        """Add a value, or the trouble with it."""
        if len(self.found) + len(self.troubles) >= MOST_ROWS:
            raise NotReadable(_("The file holds more than %(most)s indicators. Split it.") % {"most": MOST_ROWS})
        try:
            kind, value = (kind, normalised(kind, text)) if kind else guess(text)
        except ValueError as error:
            self.troubles.append(Trouble(row, text[:200], str(error)))
        else:
            self.found.append(Found(row, str(kind), value, (note or "").strip()[:300] or None))


def read(raw: bytes) -> Reading:
    """Read a file whatever its name. Raises NotReadable."""
    if len(raw) > MOST_BYTES:
        raise NotReadable(_("The file is larger than %(most)s MB. Split it.") % {"most": MOST_BYTES // 2**20})
    text = _decoded(raw)
    if text.lstrip()[:1] in ("{", "["):
        return _read_json(text)
    return _read_csv(text)


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _read_json(text: str) -> Reading:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotReadable(_("This is no valid JSON (%(why)s). Fetch the file again.") % {"why": str(error)[:100]}) from error
    if isinstance(data, dict) and data.get("type") == "bundle":
        return _read_stix(data)
    if events := _misp_events(data):
        return _read_misp(events)
    raise NotReadable(_("This JSON is neither a MISP event nor a STIX 2.1 bundle. Export one of these, or bring a CSV."))


# --- CSV ---


def _read_csv(text: str) -> Reading:
    reading = Reading("csv")
    lines = text.replace("\x00", "").splitlines()
    csv.field_size_limit(MOST_BYTES)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=_delimiter(lines)))
    value_at, kind_at, note_at, start = _columns(rows)
    for number, row in enumerate(rows[start:], start=start + 1):
        cells = [cell.strip() for cell in row]
        text = cells[value_at] if value_at < len(cells) else ""
        if not any(cells) or text.startswith("#"):
            continue
        said = cells[kind_at].lower() if kind_at is not None and kind_at < len(cells) else ""
        note = cells[note_at] if note_at is not None and note_at < len(cells) else None
        if said and said not in KINDS:
            reading.troubles.append(Trouble(number, f"{said}: {text}"[:200], _unknown_kind(said)))
            continue
        reading.take(number, KINDS.get(said), text, note)
    if not reading.found and not reading.troubles:
        raise NotReadable(_("The file is empty. Bring one indicator a line, or the columns “type” and “value”."))
    return reading


def _delimiter(lines: list[str]) -> str:
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return max((";", "\t", ","), key=first.count)


def _columns(rows: list[list[str]]) -> tuple[int, int | None, int | None, int]:
    """Where value, kind and note stand, and where the rows begin; without a header the first column is the value."""
    start = next((number for number, row in enumerate(rows) if any(row) and not row[0].startswith("#")), 0)
    names = [cell.strip().lower() for cell in rows[start]] if rows else []
    value_at = _place(names, _VALUE_COLUMNS)
    if value_at is None:
        return 0, None, None, start
    return value_at, _place(names, _KIND_COLUMNS), _place(names, _NOTE_COLUMNS), start + 1


def _place(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(names) if name in known), None)


def _unknown_kind(said: str) -> str:
    return _("“%(kind)s” is a kind that is not compared here: addresses, domains, links, IP addresses and hashes are.") % {"kind": said[:60]}


# --- MISP ---


def _misp_events(data) -> list[dict]:
    if isinstance(data, dict) and isinstance(data.get("response"), (list, dict)):
        data = data["response"]  # of a search, for events or for attributes
    items = data if isinstance(data, list) else [data]
    events = [item.get("Event", item) for item in items if isinstance(item, dict)]
    return [event for event in events if isinstance(event, dict) and ("Attribute" in event or "Object" in event)]


def _read_misp(events: list[dict]) -> Reading:
    reading = Reading("misp", _line(events[0].get("info")))
    for row, attribute in enumerate((one for event in events for one in _attributes(event)), start=1):
        said, value = str(attribute.get("type", "")).lower(), attribute.get("value")
        if not isinstance(value, str) or not value.strip():
            reading.troubles.append(Trouble(row, said, _("This attribute has no value.")))
            continue
        if attribute.get("deleted") in (True, 1, "1"):
            reading.troubles.append(Trouble(row, f"{said}: {value}"[:200], _("Its source took it back.")))
            continue
        _take_misp(reading, row, said, value, _line(attribute.get("comment")))
    return reading


def _attributes(event: dict) -> Iterator[dict]:
    objects = event.get("Object") or []
    groups = [event.get("Attribute") or [], *(one.get("Attribute") or [] for one in objects if isinstance(one, dict))]
    for group in groups:
        yield from (one for one in group if isinstance(one, dict))


def _take_misp(reading: Reading, row: int, said: str, value: str, note: str | None) -> None:
    parts = value.split("|")
    if said.startswith("filename|") and len(parts) == 2:
        said, parts = said.partition("|")[2], parts[1:]
    names = _PAIRS.get(said, (said,))
    if not all(name is None or name in KINDS for name in names):
        reading.troubles.append(Trouble(row, f"{said}: {value}"[:200], _unknown_kind(said)))
        return
    for name, part in zip(names, parts if len(names) > 1 else ["|".join(parts)], strict=False):
        if name:
            reading.take(row, KINDS[name], part, note)


# --- STIX ---


def _read_stix(bundle: dict) -> Reading:
    reading = Reading("stix")
    objects = bundle.get("objects")
    for row, one in enumerate(objects if isinstance(objects, list) else [], start=1):
        if not isinstance(one, dict):
            reading.troubles.append(Trouble(row, str(one)[:200], _("This is no object of STIX.")))
        elif one.get("type") == "report":
            reading.title = reading.title or _line(one.get("name"))
        elif one.get("revoked") is True and one.get("type") in ("indicator", "file", *_STIX):
            said = str(one.get("pattern") or one.get("value") or one.get("name") or one["type"])
            reading.troubles.append(Trouble(row, said[:200], _("Its source took it back.")))
        elif one.get("type") == "indicator":
            _take_pattern(reading, row, one)
        elif one.get("type") in _STIX and isinstance(one.get("value"), str):
            reading.take(row, _STIX[one["type"]], one["value"])
        elif one.get("type") == "file" and isinstance(one.get("hashes"), dict):
            _take_hashes(reading, row, one["hashes"])
    return reading


def _take_pattern(reading: Reading, row: int, indicator: dict) -> None:
    pattern, note = str(indicator.get("pattern", "")), _line(indicator.get("name"))
    if indicator.get("pattern_type", "stix") != "stix":
        said = _("Its pattern is written for another tool (%(kind)s).") % {"kind": str(indicator["pattern_type"])[:40]}
        reading.troubles.append(Trouble(row, pattern[:200], said))
        return
    before = len(reading.found) + len(reading.troubles)
    for match in _COMPARISON.finditer(pattern[:200_000]):
        if match["operator"].upper() not in ("=", "IN"):
            said = _("Only exact values are compared here, not “%(operator)s”.") % {"operator": match["operator"]}
            reading.troubles.append(Trouble(row, match[0][:200], said))
            continue
        kind = _kind_of(match["object"].lower(), match["path"])
        for value in re.findall(r"'((?:[^'\\]|\\.)*)'", match["value"]):
            if kind:
                reading.take(row, kind, re.sub(r"\\(.)", r"\1", value), note)
            else:
                reading.troubles.append(Trouble(row, match[0][:200], _unknown_kind(f"{match['object']}:{match['path']}")))
    if len(reading.found) + len(reading.troubles) == before:
        reading.troubles.append(Trouble(row, pattern[:200], _("Nothing in this pattern is compared here.")))


def _kind_of(name: str, path: str) -> str | None:
    if name == "file":
        return KINDS.get(path.lower().removeprefix("hashes.").strip("'\""))
    if name == "email-message":
        return Kind.ADDRESS if path.lower() in ("from_ref.value", "sender_ref.value") else None
    return _STIX[name] if path.lower() == "value" else None


def _take_hashes(reading: Reading, row: int, hashes: dict) -> None:
    for name, value in hashes.items():
        if (kind := KINDS.get(str(name).lower())) and isinstance(value, str):
            reading.take(row, kind, value)


def _line(text) -> str | None:
    return " ".join(str(text).split())[:300] if text else None
