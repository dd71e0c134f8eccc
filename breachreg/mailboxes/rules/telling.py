"""A rule, and what is suspicious about it, in words for a person, in the reader's language."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from breachreg.mailboxes.rules.rule import Action, Condition, Rule
from breachreg.mailboxes.rules.verdict import Reason
from breachreg.web.dates import date_words
from breachreg.web.zones import local, zone_words

LEVELS = {
    "alarming": gettext_lazy("alarming"),
    "doubtful": gettext_lazy("doubtful"),
    "ordinary": gettext_lazy("ordinary"),
    "known": gettext_lazy("declared known"),
}
FORMATS = {
    "exchange_csv": gettext_lazy("Exchange rules (CSV)"),
    "exchange_json": gettext_lazy("Exchange rules (JSON)"),
    "graph_json": gettext_lazy("Microsoft Graph rules (JSON)"),
    "audit_log": gettext_lazy("rules in an audit log"),
    "gmail_xml": gettext_lazy("Gmail filters (XML)"),
    "gmail_json": gettext_lazy("Gmail filters (JSON)"),
    "sieve": gettext_lazy("Sieve script"),
}
_CONDITIONS = {
    "from": gettext_lazy("it comes from %(values)s"),
    "sender_contains": gettext_lazy("the sender's address contains %(values)s"),
    "sent_to": gettext_lazy("it is sent to %(values)s"),
    "recipient_contains": gettext_lazy("a recipient's address contains %(values)s"),
    "subject": gettext_lazy("the subject contains %(values)s"),
    "body": gettext_lazy("the text contains %(values)s"),
    "subject_or_body": gettext_lazy("the subject or the text contains %(values)s"),
    "header": gettext_lazy("a header contains %(values)s"),
    "has_attachment": gettext_lazy("it has an attachment"),
    "importance": gettext_lazy("it is marked as important"),
    "to_me": gettext_lazy("it is addressed to the owner"),
    "not_to_me": gettext_lazy("it is not addressed to the owner"),
    "larger": gettext_lazy("it is larger than %(values)s"),
    "smaller": gettext_lazy("it is smaller than %(values)s"),
    "after": gettext_lazy("it arrives after %(values)s"),
    "before": gettext_lazy("it arrives before %(values)s"),
    "never": gettext_lazy("never (the rule is switched off)"),
    "other": gettext_lazy("another condition holds (%(values)s)"),
}
_ACTIONS = {
    "forward": gettext_lazy("forwards it to %(values)s"),
    "forward_as_attachment": gettext_lazy("forwards it as an attachment to %(values)s"),
    "redirect": gettext_lazy("redirects it to %(values)s"),
    "copy_to_address": gettext_lazy("sends a copy to %(values)s"),
    "move": gettext_lazy("moves it to the folder %(values)s"),
    "copy": gettext_lazy("copies it to the folder %(values)s"),
    "delete": gettext_lazy("deletes it"),
    "delete_for_good": gettext_lazy("deletes it for good"),
    "mark_read": gettext_lazy("marks it as read"),
    "mark_importance": gettext_lazy("marks it as important"),
    "never_important": gettext_lazy("never marks it as important"),
    "categorise": gettext_lazy("gives it the category %(values)s"),
    "label": gettext_lazy("gives it the label %(values)s"),
    "archive": gettext_lazy("takes it out of the inbox"),
    "never_spam": gettext_lazy("never treats it as spam"),
    "star": gettext_lazy("stars it"),
    "pin": gettext_lazy("pins it"),
    "stop": gettext_lazy("skips the rules that follow"),
    "reply": gettext_lazy("answers automatically"),
    "reject": gettext_lazy("sends it back"),
    "notify": gettext_lazy("sends a notice to %(values)s"),
    "text_message": gettext_lazy("sends a text message to %(values)s"),
    "other": gettext_lazy("does something else (%(values)s)"),
}
_REASONS = {
    "forwards_outside": gettext_lazy("sends messages out of the organisation: %(what)s"),
    "deletes": gettext_lazy("deletes messages"),
    "deletes_for_good": gettext_lazy("deletes messages for good, without the bin"),
    "odd_folder": gettext_lazy("hides messages in a folder where nobody looks: %(what)s"),
    "marks_as_read": gettext_lazy("marks messages as read, so that nobody notices them"),
    "odd_name": gettext_lazy("its name is only “%(what)s”, so as not to be noticed"),
    "money_words": gettext_lazy("acts on words about money: %(what)s"),
    "security_words": gettext_lazy("acts on words about security, as warnings use: %(what)s"),
    "catches_everything": gettext_lazy("acts on every message"),
    "hidden_rule": gettext_lazy("is hidden from the owner's list of rules"),
    "strange_address": gettext_lazy("was made from the strange address %(what)s"),
    "after_strange_sign_in": gettext_lazy("was made shortly after the strange sign-in of %(what)s"),
}


def sentence(rule: Rule) -> str:
    """What a rule does and when, as one sentence."""
    does = _list([_told(_ACTIONS, action) for action in rule.actions]) or _("does nothing")
    when = [_told(_CONDITIONS, condition) for condition in rule.conditions if not condition.is_exception]
    unless = [_told(_CONDITIONS, condition) for condition in rule.conditions if condition.is_exception]
    told = _("When %(conditions)s: %(actions)s") % {"conditions": _list(when), "actions": does} if when else (
        _("For every message: %(actions)s") % {"actions": does}
    )  # fmt: skip
    if unless:
        told = _("%(rule)s, unless %(exceptions)s") % {"rule": told, "exceptions": _list(unless)}
    return told + "."


def reason_told(reason: Reason) -> str:
    """Why a rule is suspicious, in words."""
    what = _instant(reason.what) if reason.code == "after_strange_sign_in" else reason.what
    return str(_REASONS[reason.code]) % {"what": what}


def _instant(text: str) -> str:
    """An instant on the clock of the reader, with its zone named."""
    moment = datetime.fromisoformat(text)
    shown = date_words(local(moment), pgettext("format of a short instant", "j M, H:i"))
    return f"{shown} ({zone_words(moment)})"


def _told(words: dict, item: Condition | Action) -> str:
    values = ", ".join(_("“%(value)s”") % {"value": value} for value in item.values[:20])
    if len(item.values) > 20:
        values = _("%(values)s and %(more)s more") % {"values": values, "more": len(item.values) - 20}
    if item.kind not in words:
        return str(words["other"]) % {"values": item.kind + (f" {values}" if values else "")}
    return str(words[item.kind]) % {"values": values}


def _list(pieces: list[str]) -> str:
    if len(pieces) < 2:
        return "".join(pieces)
    return _("%(first)s and %(last)s") % {"first": ", ".join(pieces[:-1]), "last": pieces[-1]}
