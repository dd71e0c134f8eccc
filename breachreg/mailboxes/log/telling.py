"""Log records and evidence in words, in the reader's language: the lines of a timeline, each with its source row."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from breachreg.mailboxes.log.record import Record
from breachreg.mailboxes.log.rules import rule_in
from breachreg.mailboxes.log.window import Evidence
from breachreg.mailboxes.rules.telling import sentence

KINDS = {
    "sign_in": gettext_lazy("sign-in"),
    "failed_sign_in": gettext_lazy("failed sign-in"),
    "rule": gettext_lazy("rule made or changed"),
    "rule_removed": gettext_lazy("rule removed"),
    "forwarding": gettext_lazy("forwarding set"),
    "transport_rule": gettext_lazy("transport rule or connector"),
    "permission": gettext_lazy("permission given"),
    "consent": gettext_lazy("consent to an application"),
    "security_method": gettext_lazy("security method changed"),
    "password": gettext_lazy("password changed or sessions revoked"),
    "auditing": gettext_lazy("auditing changed"),
    "read": gettext_lazy("messages read"),
    "synced": gettext_lazy("whole folder synchronised"),
    "sent": gettext_lazy("message sent"),
    "deleted": gettext_lazy("messages deleted"),
    "moved": gettext_lazy("messages moved"),
    "file": gettext_lazy("file opened or downloaded"),
    "search": gettext_lazy("search"),
    "other": gettext_lazy("other"),
}
_EVIDENCE = {
    "indicator": gettext_lazy("%(what)s is an indicator of compromise"),
    "declared_strange": gettext_lazy("%(what)s was declared strange"),
    "alarming_rule": gettext_lazy("an alarming rule was made: “%(what)s”"),
    "consent": gettext_lazy("an application was given access: %(what)s"),
    "auditing_weakened": gettext_lazy("auditing was changed: %(what)s"),
    "old_protocol": gettext_lazy("a sign-in by an old protocol without a second factor, from an address seen on few days: %(what)s"),
    "new_country": gettext_lazy("a sign-in from a country never seen here before (%(what)s), followed by acts in the mailbox"),
    "many_sent": gettext_lazy("%(what)s messages were sent, at least fifty of them within an hour"),
}


_UNREADABLE = {
    "CreationTime": gettext_lazy("no instant (CreationTime)"),
    "createdDateTime": gettext_lazy("no instant (createdDateTime)"),
    "id.time": gettext_lazy("no instant (id.time)"),
    "Operation": gettext_lazy("no operation (Operation)"),
    "events": gettext_lazy("no event in it (events)"),
    "AuditData": gettext_lazy("AuditData is no record"),
    "columns": gettext_lazy("more or fewer cells than columns"),
    "userPrincipalName, ipAddress": gettext_lazy("neither user nor address: the heads of the columns are in a language that is not known here"),
}


def unreadable_told(why: str) -> str:
    """Why a row could not be read, in words; what a parser said stays as it said it."""
    return str(_UNREADABLE.get(why, why))


def evidence_told(item: Evidence) -> str:
    """Why an address is strange, in words."""
    told = str(_EVIDENCE[item.code]) % {"what": item.what}
    if item.is_usual:
        return _("%(evidence)s; from an address that was usual before, so that it does not count here: ask the owner") % {"evidence": told}
    return told


def line(record: Record) -> str:
    """What a record says, as one line of a timeline."""
    where = _(" from %(address)s") % {"address": record.address.ip} if record.address else ""
    who = record.user or _("unknown user")
    told = _("%(who)s: %(what)s") % {"who": who, "what": f"{KINDS[record.kind]}{where}"}
    detail = _detail(record)
    return f"{told}. {detail}" if detail else f"{told} ({record.operation})"


def _detail(record: Record) -> str:
    details = record.details
    if rule := rule_in(record):
        name = _("“%(value)s”") % {"value": rule.name} if rule.name else ""
        return f"{name} {sentence(rule)}".strip()
    if record.kind == "synced":
        return _("The whole folder must be taken as read: %(folders)s") % {"folders": ", ".join(details.get("folders", [])) or "?"}
    if record.kind == "read":
        told = _("Messages opened: %(count)s") % {"count": details.get("message_count", 0)}
        throttled = str(details.get("properties", {}).get("IsThrottled", "")).lower() == "true"
        return told + (" " + _("(the log was throttled here and is incomplete)") if throttled else "")
    if details.get("subject"):
        return _("Subject: %(subject)s") % {"subject": details["subject"]}
    return record.target or ""
