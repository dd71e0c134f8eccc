"""The rules that an audit log shows being made: New-/Set-InboxRule, UpdateInboxRules, Set-Mailbox, transport rules."""

import json
from dataclasses import replace

from breachreg.mailboxes.log.record import FORWARDING, RULE, TRANSPORT_RULE, Record
from breachreg.mailboxes.reading.addresses import addresses_in
from breachreg.mailboxes.rules.microsoft import rule_of
from breachreg.mailboxes.rules.rule import Action, Condition, Rule


def rule_in(record: Record) -> Rule | None:
    """The rule that a record makes or changes, with who made it when and from where; ``None`` for other records."""
    if record.kind not in (RULE, FORWARDING, TRANSPORT_RULE):
        return None
    parameters = record.details.get("parameters", {})
    if record.kind == FORWARDING:
        rule = _forwarding(parameters)
    elif record.kind == TRANSPORT_RULE:
        rule = _transport(parameters, record.row)
    elif record.details.get("properties", {}).get("RuleActions"):
        rule = _from_outlook(record.details["properties"], record.row)
    else:
        rule = rule_of(parameters, record.row)
    mailbox, _, name = (record.target or "").partition("\\")
    return replace(
        rule, name=rule.name or name or None, mailbox=record.user or mailbox or None, made_at=record.at,
        made_from=record.address.ip if record.address else None, row=record.row,
    )  # fmt: skip


def _forwarding(parameters: dict) -> Rule:
    targets = tuple(
        address for key in ("ForwardingSmtpAddress", "ForwardingAddress", "email_forwarding_destination_address")
        for address in addresses_in(str(parameters.get(key, "")).replace("smtp:", "").replace("SMTP:", ""))
    )  # fmt: skip
    keeps = str(parameters.get("DeliverToMailboxAndForward", "")).lower() == "true"
    return Rule((), (Action("copy_to_address" if keeps else "redirect", targets),) if targets else ())


def _transport(parameters: dict, row: int) -> Rule:
    rule = rule_of(parameters, row)
    copied = tuple(a for key in ("BlindCopyTo", "CopyTo", "RedirectMessageTo") for a in addresses_in(str(parameters.get(key, ""))))
    words = tuple(w for w in str(parameters.get("SubjectOrBodyContainsWords", "")).split(";") if w)
    conditions = rule.conditions or ((Condition("subject_or_body", words),) if words else ())
    return replace(rule, conditions=conditions, actions=rule.actions + ((Action("copy_to_address", copied),) if copied else ()))


_OUTLOOK_ACTIONS = {
    "move": "move", "copy": "copy", "delete": "delete", "permanentdelete": "delete_for_good", "forward": "forward",
    "forwardasattachment": "forward_as_attachment", "redirect": "redirect", "delegate": "redirect", "markasread": "mark_read",
}  # fmt: skip


def _from_outlook(properties: dict, row: int) -> Rule:
    """UpdateInboxRules, as the Outlook client causes it: RuleActions is JSON, RuleCondition text (to confirm)."""
    actions = []
    for item in _items(properties.get("RuleActions")):
        kind = _OUTLOOK_ACTIONS.get(str(item.get("ActionType", "")).lower().removesuffix("action"), "other")
        values = addresses_in(json.dumps(item)) or [str(item[k]) for k in ("DestinationFolder", "FolderName") if item.get(k)]
        values = values or ([str(item.get("ActionType"))] if kind == "other" else [])
        actions.append(Action(kind, tuple(values)))
    condition = str(properties.get("RuleCondition") or "").strip()
    conditions = (Condition("subject_or_body", (condition[:2000],)),) if condition else ()
    return Rule(conditions, tuple(actions), name=str(properties.get("RuleName") or "") or None, row=row)


def _items(text: object) -> list[dict]:
    try:
        parsed = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return []
    parsed = parsed if isinstance(parsed, list) else [parsed]
    return [item for item in parsed if isinstance(item, dict)]
