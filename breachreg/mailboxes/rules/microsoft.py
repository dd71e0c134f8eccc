"""Rules of Exchange and Microsoft 365: ``Get-InboxRule`` as CSV or JSON, Graph's messageRules, audit-log parameters.

All name the same conditions and actions, each in its own spelling; one table maps them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from breachreg.mailboxes.reading.addresses import addresses_in
from breachreg.mailboxes.rules.rule import Action, Condition, Rule

CONDITIONS = {
    "from": "from", "fromaddresses": "from", "fromaddresscontainswords": "sender_contains", "sendercontains": "sender_contains",
    "sentto": "sent_to", "senttoaddresses": "sent_to", "recipientaddresscontainswords": "recipient_contains",
    "recipientcontains": "recipient_contains", "subjectcontainswords": "subject", "subjectcontains": "subject",
    "subjectorbodycontainswords": "subject_or_body", "bodyorsubjectcontains": "subject_or_body",
    "bodycontainswords": "body", "bodycontains": "body", "headercontainswords": "header", "headercontains": "header",
    "hasattachment": "has_attachment", "hasattachments": "has_attachment", "withimportance": "importance",
    "importance": "importance", "isimportant": "importance", "messagetypematches": "type", "mynameintoorccbox": "to_me",
    "mynameintobox": "to_me", "mynameinccbox": "to_me", "mynamenotintobox": "not_to_me", "senttome": "to_me",
    "sentonlytome": "to_me", "senttoormeincc": "to_me", "receivedafterdate": "after", "receivedbeforedate": "before",
    "withinsizerangeminimum": "larger", "withinsizerangemaximum": "smaller", "flaggedforaction": "flagged",
    "hasclassification": "classified", "withsensitivity": "sensitivity", "sensitivity": "sensitivity",
}  # fmt: skip
ACTIONS = {
    "forwardto": "forward", "forwardasattachmentto": "forward_as_attachment", "forwardasattachment": "forward_as_attachment",
    "redirectto": "redirect", "movetofolder": "move", "copytofolder": "copy", "deletemessage": "delete", "delete": "delete",
    "softdeletemessage": "delete", "permanentdelete": "delete_for_good", "markasread": "mark_read",
    "markimportance": "mark_importance", "applycategory": "categorise", "assigncategories": "categorise",
    "stopprocessingrules": "stop", "pinmessage": "pin", "sendtextmessagenotificationto": "text_message",
}  # fmt: skip
_ADDRESSES = frozenset({"from", "sent_to", "forward", "forward_as_attachment", "redirect"})
_NOTHING = frozenset({"", "false", "$false", "null", "none", "{}", "[]", "normal"})
_TRUE = frozenset({"true", "$true", "1", "yes", "oui", "vrai", "enabled"})
_NAMES = ("rulename", "displayname", "name")
_OWNERS = ("username", "userprincipalname", "mailboxownerid", "mailbox", "user", "identity")


def looks_like_rules(columns: Iterable[str]) -> bool:
    """Whether these columns or keys are those of a rule."""
    known = {str(column).lower() for column in columns}
    return "actions" in known or len(known & (set(CONDITIONS) | set(ACTIONS))) >= 2


def rule_of(cells: Mapping, row: int) -> Rule:
    """One rule from one row or object, whatever its spelling."""
    folded = {key.lower(): value for key, value in _flattened(cells)}
    enabled = _text(folded, ("enabled", "isenabled", "state"))
    owner = _text(folded, _OWNERS)
    return Rule(
        conditions=tuple(_conditions(folded)), actions=tuple(_actions(folded)), name=_text(folded, _NAMES),
        mailbox=owner.partition("\\")[0] if owner else None,
        is_enabled=None if enabled is None else enabled.lower() in _TRUE, row=row,
        is_hidden=str(folded.get("ishidden", "")).lower() in _TRUE,
    )  # fmt: skip


def _flattened(cells: Mapping) -> Iterator[tuple[str, object]]:
    for key, value in cells.items():
        folded = str(key).lower()
        if folded in {"conditions", "actions"} and isinstance(value, Mapping):
            yield from ((str(name), item) for name, item in value.items())
        elif folded == "exceptions" and isinstance(value, Mapping):
            yield from ((f"exceptif{name}", item) for name, item in value.items())
        else:
            yield str(key), value


def _conditions(folded: Mapping) -> Iterator[Condition]:
    for key, value in folded.items():
        kind = CONDITIONS.get(key.removeprefix("exceptif"))
        if kind and (values := values_of(value, kind)):
            yield Condition(kind, () if values == ("true",) else values, key.startswith("exceptif"))


def _actions(folded: Mapping) -> Iterator[Action]:
    for key, value in folded.items():
        if (kind := ACTIONS.get(key)) and (values := values_of(value, kind)):
            yield Action(kind, () if values == ("true",) else values)


def values_of(value: object, kind: str) -> tuple[str, ...]:
    """The values in a cell: a list joined by commas or semicolons, a JSON list, a yes; empty for a no."""
    if isinstance(value, (list, tuple)):
        found = [_scalar(item) for item in value]
    else:
        text = _scalar(value)
        if text.lower() in _NOTHING or text.lower() in _TRUE:
            return () if text.lower() in _NOTHING else ("true",)
        found = _split(text, kind)
    if kind in _ADDRESSES:
        found = [address for text in found for address in (addresses_in(text) or [text])]
    return tuple(dict.fromkeys(text.strip() for text in found if text.strip().lower() not in _NOTHING))


def _split(text: str, kind: str) -> list[str]:
    if kind in ("move", "copy"):
        return [text.removeprefix("FolderID:").strip()]
    separator = ";" if ";" in text else r",\s"
    return re.split(separator + r'(?=(?:[^"]*"[^"]*")*[^"]*$)', text.strip("{}")[:20_000])


def _scalar(item: object) -> str:
    if isinstance(item, Mapping):
        inner = item.get("emailAddress") or item
        inner = inner if isinstance(inner, Mapping) else {}
        return str(next((inner[key] for key in ("address", "Address", "name", "Name") if inner.get(key)), ""))
    return "" if item is None else str(item).strip()


def _text(folded: Mapping, keys: Iterable[str]) -> str | None:
    return next((str(folded[key]).strip()[:300] for key in keys if folded.get(key) not in (None, "")), None)
