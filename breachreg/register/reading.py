"""An assessment as a person reads it: its explanation in the language in force, and two of them side by side."""

from functools import cached_property

from django.utils.translation import get_language

from breachreg.law import severity, vocabulary
from breachreg.law.facts import Facts, describe
from breachreg.law.questions import load as questions
from breachreg.law.ranges import Range
from breachreg.register.assessments import ORDER
from breachreg.register.models import Assessment, Duty

MOST_TIPS = 3


class Explained:
    """The explanation that was kept with an assessment, read in the language in force."""

    def __init__(self, assessment: Assessment):
        self.assessment = assessment
        self._kept = assessment.explanation

    @property
    def score(self) -> str:
        return self._in_words(self._kept["score"]["sentence"])

    @property
    def arithmetic(self) -> str:
        return self._in_words(self._kept["score"]["arithmetic"])

    @property
    def duty(self) -> str:
        return self._in_words(self._kept["duty"]["sentence"])

    @property
    def judged_by(self) -> dict[str, str] | None:
        """The version of Article 33(1) that judged, in words; None for an assessment made before that was kept."""
        rule = self._kept.get("rule")
        return rule and {name: self._in_words(rule[name]) for name in ("label", "source", "threshold")}

    @property
    def severity_word(self) -> str:
        return vocabulary.load("severities").label(self._kept["score"]["severity"], self._language)

    @property
    def severity_step(self) -> int:
        """1 to 4, on the CNIL's scale of severity."""
        return vocabulary.load("severities").codes.index(self._kept["score"]["severity"]) + 1

    @property
    def flags(self) -> list[str]:
        return [self._in_words(flag) for flag in self._kept["score"]["flags"].values()]

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
        for factor in self._kept["duty"]["factors"]:
            words = {name: self._in_words(factor[name]) for name in ("text", "source")}
            found[factor["direction"]].append({**factor, **words})
        return found

    @property
    def unknown(self) -> list[dict]:
        """The open questions that bear on the duty, and how far each could move it."""
        return [
            {
                "text": self._in_words(pull["question"]), "more": pull["towards_more"], "less": pull["towards_less"],
                "rise": _duty(pull["could_rise_to"]), "fall": _duty(pull["could_fall_to"]),
            }
            for pull in self._kept["pulls"]
        ]

    @property
    def tips(self) -> list[str]:
        """The single answers that would change the recommendation, the readiest first."""
        return [self._in_words(tip["sentence"]) for tip in self._kept["tips"][:MOST_TIPS]]

    @property
    def could_rise_to(self) -> str | None:
        duty = self._kept["duty"]
        return _duty(duty["most"]) if ORDER[duty["most"]] > ORDER[duty["code"]] else None

    @property
    def _language(self) -> str:
        return "en" if (get_language() or "fr").startswith("en") else "fr"

    def _in_words(self, both: dict[str, str]) -> str:
        return both[self._language]

    def _lines(self, component: str) -> list[dict]:
        return [
            {
                "question": questions()[line["fact"]].label(self._language), "answer": self._in_words(line["answer"]),
                "points": severity.number_range(Range(**line["points"]), self._language),
                "method": self._in_words(line["method"]), "counts": line["counts"],
            }
            for line in self._kept["score"]["lines"]
            if line["component"] == component
        ]


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
