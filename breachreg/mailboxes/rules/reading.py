"""A file of rules, of whichever system, to rules: the format is found from the content, not from the name."""

import io
from typing import NamedTuple

from django.utils.translation import gettext as _

from breachreg.mailboxes import tables
from breachreg.mailboxes.rules import gmail, microsoft, sieve
from breachreg.mailboxes.rules.rule import NotARuleFile, Rule, Unreadable

_BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""What may stand before the first character: marks of UTF-8 and UTF-16, the zeros of UTF-16, blanks."""


class Reading(NamedTuple):
    """What a file held: its format, its rules, and the rows that could not be read."""

    format: str
    rules: list[Rule]
    unreadable: list[Unreadable]


def read_rules(raw: bytes) -> Reading:
    """Read an export of rules; an empty one says that there are none. Raises NotARuleFile, in words for the person, when
    it is none that we know.
    """
    start = raw[:4096].lstrip(_BLANK)
    if start.startswith(b"<"):
        return _read_xml(raw)
    if start.startswith((b"[", b"{")):
        return _read_json(raw)
    return _read_csv(raw) or _read_sieve(raw)


def _read_xml(raw: bytes) -> Reading:
    try:
        rules = list(gmail.rules_of_xml(raw))
    except NotARuleFile as error:
        raise _unknown(error) from error
    return Reading("gmail_xml", rules, [])


def _read_json(raw: bytes) -> Reading:
    rules, unreadable, formats = [], [], []
    for row in tables.rows_of_json(io.BytesIO(raw)):
        if row.trouble:
            unreadable.append(Unreadable(row.number, row.trouble))
        elif "criteria" in row.cells:
            formats.append("gmail_json")
            rules.append(gmail.rule_of_json(row.cells, row.number))
        elif microsoft.looks_like_rules(row.cells):
            formats.append("graph_json" if isinstance(row.cells.get("actions"), dict) else "exchange_json")
            rules.append(microsoft.rule_of(row.cells, row.number))
        else:
            unreadable.append(Unreadable(row.number, _("no condition or action that we know")))
    if not rules and unreadable:
        raise _unknown()
    return Reading(formats[0] if formats else "exchange_json", rules, unreadable)


def _read_csv(raw: bytes) -> Reading | None:
    rules, unreadable = [], []
    for row in tables.rows_of_csv(io.BytesIO(raw)):
        if not rules and not unreadable and not microsoft.looks_like_rules(row.cells):
            return None
        if row.trouble:
            unreadable.append(Unreadable(row.number, row.trouble))
        else:
            rules.append(microsoft.rule_of(row.cells, row.number))
    return Reading("exchange_csv", rules, unreadable) if rules or unreadable else None


def _read_sieve(raw: bytes) -> Reading:
    text = raw[: 2**20].decode(tables.encoding_of(raw[:65536]), "replace")
    try:
        rules = sieve.rules_of_script(text)
    except NotARuleFile as error:
        raise _unknown(error) from error
    if not rules:
        raise _unknown()
    return Reading("sieve", rules, [])


def _unknown(error: Exception | None = None) -> NotARuleFile:
    words = _(
        "This is no export of rules that we know. Choose Get-InboxRule as CSV or JSON, Graph messageRules as JSON, an"
        " audit log as CSV, Gmail's mailFilters.xml, or a Sieve script."
    )
    return NotARuleFile(f"{words} ({error})" if error else words)
