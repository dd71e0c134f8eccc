"""An assessment as a person reads it: its explanation in the language in force, and two of them side by side."""

from functools import cached_property

from django.utils.translation import get_language

from breachreg.law import severity
from breachreg.law.facts import Facts, describe
from breachreg.law.questions import load as questions
from breachreg.register.models import Assessment, Duty

STEPS = {"negligible": 1, "limited": 2, "significant": 3, "maximal": 4}


class Explained:
    """The explanation that was kept with an assessment, read in the language in force."""

    def __init__(self, assessment: Assessment):
        self.assessment = assessment
        self._kept = assessment.explanation

    @property
    def score(self) -> str:
        return self._said("score")

    @property
    def arithmetic(self) -> str:
        return self._said("arithmetic")

    @property
    def duty(self) -> str:
        return self._said("duty")

    @property
    def severity_word(self) -> str:
        return self._said("severity_word")

    @property
    def severity_step(self) -> int | None:
        return STEPS.get(self._kept["severity"])

    @property
    def flags(self) -> list[str]:
        return [flag[self._language] for flag in self._kept["flags"]]

    @cached_property
    def parts(self) -> list[dict]:
        """The three components of the sum, each with the lines that make it."""
        labels = severity.load().components
        return [
            {"code": code, "label": labels[code][self._language], "lines": self._lines(code)}
            for code in ("dpc", "ei", "cb")
        ]

    @cached_property
    def for_and_against(self) -> dict[str, list[dict]]:
        """The factors by the way they pull: for telling, against, unknown."""
        found: dict[str, list[dict]] = {"for": [], "against": [], "unknown": []}
        for factor in self._kept["factors"]:
            found.setdefault(factor["direction"], []).append({**factor, "text": factor[self._language]})
        return found

    @property
    def unknown(self) -> list[dict]:
        """The open questions that bear on the duty, and how far each could move it."""
        return [
            {**pull, "text": pull[self._language], "rise": _duty(pull["could_rise_to"]), "fall": _duty(pull["could_fall_to"])}
            for pull in self._kept["unknown"]
        ]

    @property
    def tips(self) -> list[str]:
        return [tip[self._language] for tip in self._kept["tips"]]

    @property
    def could_rise_to(self) -> str | None:
        return _duty(self._kept["could_rise_to"])

    @property
    def _language(self) -> str:
        return "en" if (get_language() or "fr").startswith("en") else "fr"

    def _said(self, name: str) -> str:
        return self._kept[name][self._language]

    def _lines(self, component: str) -> list[dict]:
        lines = (line for line in self._kept["lines"] if line["component"] == component)
        return [{**line, "text": line[self._language]} for line in lines]


def side_by_side(old: Assessment, new: Assessment) -> list[dict]:
    """Each fact whose answer differs between two assessments, in words, in the order of the form."""
    language = get_language() or "fr"
    before, after = Facts.from_answers(old.facts), Facts.from_answers(new.facts)
    return [
        {
            "label": question.label(language),
            "old": describe(name, getattr(before, name), language),
            "new": describe(name, getattr(after, name), language),
        }
        for name, question in questions().items()
        if getattr(before, name) != getattr(after, name)
    ]


def _duty(code: str | None) -> str | None:
    return str(Duty(code).label) if code else None
