"""What is suspicious about a rule, reason by reason. The product explains; a person decides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from breachreg.mailboxes.reading.addresses import domain_of, is_inside
from breachreg.mailboxes.rules.rule import DELETING, FORWARDING, Rule
from breachreg.mailboxes.words import folded, odd_folders, word_list

ALARMING, DOUBTFUL, ORDINARY, KNOWN = "alarming", "doubtful", "ordinary", "known"
SOON = timedelta(minutes=60)
"""A rule made this soon after a strange sign-in was most likely made by who signed in."""
_WORDY = frozenset({"subject", "body", "subject_or_body", "header", "sender_contains", "recipient_contains", "from", "sent_to"})


class Reason(NamedTuple):
    """Why a rule is suspicious: a code, what it concerns, and how much it weighs (1 to 4)."""

    code: str
    what: str
    weight: int


class Verdict(NamedTuple):
    level: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Surroundings:
    """What is known around the rules: the organisation's domains, strange addresses and sign-ins, known shapes."""

    own_domains: frozenset[str] = frozenset()
    strange_addresses: frozenset[str] = frozenset()
    strange_sign_ins: tuple[datetime, ...] = ()
    known_shapes: frozenset[str] = frozenset()


def judge(rule: Rule, around: Surroundings) -> Verdict:
    """Weigh a rule: alarming from 4 on, doubtful from 2; a shape declared known is known, its reasons kept."""
    reasons = tuple(_reasons(rule, around))
    if rule.shape in around.known_shapes:
        return Verdict(KNOWN, reasons)
    weight = sum(reason.weight for reason in reasons)
    return Verdict(ALARMING if weight >= 4 else DOUBTFUL if weight >= 2 else ORDINARY, reasons)


def _reasons(rule: Rule, around: Surroundings) -> Iterator[Reason]:
    yield from _reasons_of_actions(rule, around)
    if is_odd_name(rule.name):
        yield Reason("odd_name", rule.name or "", 2)
    if _acts(rule):
        for name in ("money", "security"):
            if words := _words(rule, name):
                yield Reason(f"{name}_words", ", ".join(sorted(words)), 2)
        if all(condition.is_exception for condition in rule.conditions):
            yield Reason("catches_everything", "", 1)
    yield from _reasons_of_making(rule, around)


def _reasons_of_actions(rule: Rule, around: Surroundings) -> Iterator[Reason]:
    kinds = {action.kind for action in rule.actions}
    if outside := [target for target in rule.targets() if _is_outside(target, around)]:
        yield Reason("forwards_outside", ", ".join(outside), 4)
    if "delete_for_good" in kinds:
        yield Reason("deletes_for_good", "", 2)
    elif kinds & DELETING:
        yield Reason("deletes", "", 1)
    if folders := _odd_folders(rule):
        yield Reason("odd_folder", ", ".join(folders), 2)
    if "mark_read" in kinds:
        yield Reason("marks_as_read", "", 1)


def _reasons_of_making(rule: Rule, around: Surroundings) -> Iterator[Reason]:
    if rule.is_hidden:
        yield Reason("hidden_rule", "", 3)
    if rule.made_from and rule.made_from in around.strange_addresses:
        yield Reason("strange_address", rule.made_from, 4)
    if rule.made_at and (after := _after_strange_sign_in(rule.made_at, around)):
        yield Reason("after_strange_sign_in", after.isoformat(), 3)


def _acts(rule: Rule) -> bool:
    """Whether the rule takes messages out of sight, or out of the house."""
    return bool(_odd_folders(rule)) or any(
        action.kind in FORWARDING | DELETING | {"archive", "mark_read"} for action in rule.actions
    )


def _odd_folders(rule: Rule) -> list[str]:
    return [v for action in rule.actions if action.kind in ("move", "label") for v in action.values if is_odd_folder(v)]


def _is_outside(target: str, around: Surroundings) -> bool:
    return "@" in target and not is_inside(domain_of(target), around.own_domains)


def is_odd_folder(name: str) -> bool:
    """Whether this is a folder in which nobody looks, or a name that nobody would choose."""
    last = re.split(r"[\\/:]", folded(name))[-1].strip()
    return last in odd_folders() or is_odd_name(last)


def is_odd_name(name: str | None) -> bool:
    """Whether a name is a few marks, such as "." or ",,": the hand of someone who will not be noticed."""
    return name is not None and len(name.strip()) <= 3 and not any(letter.isalnum() for letter in name)


def _words(rule: Rule, name: str) -> set[str]:
    values = [value for c in rule.conditions if c.kind in _WORDY and not c.is_exception for value in c.values]
    return word_list(name).found_in(folded(" \n ".join(values)))


def _after_strange_sign_in(made_at: datetime, around: Surroundings) -> datetime | None:
    before = [at for at in around.strange_sign_ins if timedelta(0) <= made_at - at <= SOON]
    return max(before, default=None)
