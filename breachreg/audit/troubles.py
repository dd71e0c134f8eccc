"""What can be wrong with a trail, in words."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy

TROUBLES = {
    "missing": gettext_lazy("Entry %(number)s is missing: the next one found is %(found)s."),
    "misplaced": gettext_lazy("Entry %(number)s stands out of order in its organisation's chain."),
    "link": gettext_lazy("Entry %(number)s does not follow from the one before it: one of the two was replaced."),
    "hash": gettext_lazy("Entry %(number)s was changed after it was written: its hash does not fit what it holds."),
    "seal": gettext_lazy("Entry %(number)s was written without the key of this installation: its seal does not fit."),
    "content": gettext_lazy("What entry %(number)s says was changed after it was written."),
    "content_missing": gettext_lazy("What entry %(number)s says is gone, and no purge removed it."),
    "unreadable": gettext_lazy("Entry %(number)s can't be read: %(why)s."),
    "cut": gettext_lazy("Entry %(number)s is missing: the trail was cut after entry %(found)s."),
    "head": gettext_lazy("The head of the chain does not fit its last entry, number %(number)s."),
    "head_missing": gettext_lazy("The head of a chain is missing, though the chain has an entry %(number)s."),
    "checkpoint": gettext_lazy("The checkpoint of entry %(number)s was changed after it was signed."),
    "checkpoint_missing": gettext_lazy("The checkpoint that entry %(number)s speaks of is gone."),
    "leave": gettext_lazy("Leave to remove what entry %(number)s says is not as the entries of the purges gave it."),
    "stray": gettext_lazy("Words are kept for an entry %(number)s that does not exist."),
}


@dataclass(frozen=True)
class Trouble:
    """The first thing that is wrong: the entry's number in the installation's chain, what, and in words."""

    number: int
    kind: str
    facts: dict = field(default_factory=dict)

    def __str__(self):
        return str(TROUBLES[self.kind]) % {"number": self.number, **self.facts}


class Broken(Exception):
    """The chain does not hold; carries the trouble. What stands where a number should is told as text."""

    def __init__(self, number: int, kind: str, **facts):
        super().__init__(kind)
        self.trouble = Trouble(_plain(number), kind, {name: _plain(fact) for name, fact in facts.items()})


def _plain(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)
