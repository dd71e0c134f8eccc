"""Gmail's filters: ``mailFilters.xml`` (an Atom feed) and the API's JSON."""

from collections.abc import Iterator, Mapping

import defusedxml.common
from defusedxml import ElementTree

from breachreg.mailboxes.rules.rule import Action, Condition, NotARuleFile, Rule

_ATOM, _APPS = "{http://www.w3.org/2005/Atom}", "{http://schemas.google.com/apps/2006}"
_CONDITIONS = {
    "from": "from", "to": "sent_to", "subject": "subject", "hasTheWord": "subject_or_body", "query": "subject_or_body",
    "hasAttachment": "has_attachment",
}  # fmt: skip
_EXCEPTIONS = {"doesNotHaveTheWord": "subject_or_body", "negatedQuery": "subject_or_body"}
_ACTIONS = {
    "forwardTo": "forward", "label": "label", "shouldArchive": "archive", "shouldMarkAsRead": "mark_read",
    "shouldTrash": "delete", "shouldNeverSpam": "never_spam", "shouldStar": "star",
    "shouldAlwaysMarkAsImportant": "mark_importance", "shouldNeverMarkAsImportant": "never_important",
}  # fmt: skip
_ADDED = {"TRASH": "delete", "STARRED": "star", "IMPORTANT": "mark_importance"}
_REMOVED = {"INBOX": "archive", "UNREAD": "mark_read", "SPAM": "never_spam", "IMPORTANT": "never_important"}


def rules_of_xml(raw: bytes) -> Iterator[Rule]:
    """The filters of a mailFilters.xml. Raises NotARuleFile for what is no such feed, hostile XML included."""
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, defusedxml.common.DefusedXmlException, ValueError, LookupError) as error:
        raise NotARuleFile(str(error)) from error
    if root.tag != f"{_ATOM}feed":
        raise NotARuleFile(root.tag)
    for number, entry in enumerate(root.iter(f"{_ATOM}entry"), 1):
        properties = {p.get("name", ""): p.get("value", "") for p in entry.iter(f"{_APPS}property")}
        yield _rule(properties, number)


def rule_of_json(item: Mapping, row: int) -> Rule:
    """A filter as the Gmail API gives it: criteria and action."""
    action = item.get("action") or {}
    found = [Action("forward", (str(action["forward"]),))] if action.get("forward") else []
    for label in action.get("addLabelIds") or []:
        found.append(Action(_ADDED[label]) if label in _ADDED else Action("label", (str(label),)))
    found += [Action(_REMOVED[label]) for label in action.get("removeLabelIds") or [] if label in _REMOVED]
    return Rule(tuple(_conditions(item.get("criteria") or {})), tuple(found), row=row)


def _rule(properties: dict[str, str], row: int) -> Rule:
    actions = [
        Action(kind, (value,) if value != "true" else ())
        for name, kind in _ACTIONS.items()
        if (value := properties.get(name)) and value != "false"
    ]
    return Rule(tuple(_conditions(properties)), tuple(actions), row=row)


def _conditions(criteria: Mapping) -> Iterator[Condition]:
    for is_exception, names in ((False, _CONDITIONS), (True, _EXCEPTIONS)):
        for name, kind in names.items():
            value = str(criteria.get(name) or "")
            if value and value.lower() != "false":
                yield Condition(kind, () if value.lower() == "true" else (value,), is_exception)
