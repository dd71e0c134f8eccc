"""An assessment as plain values: what a record keeps, so that it reads for ever as it was given.

The score and the duty may be computed again tomorrow under corrected data; what was said on the day stays.
"""

import hashlib
from functools import cache
from typing import Any

from . import duty, rules, severity, tipping
from .datafile import DATA, LANGUAGES, DataFile
from .factors import Weighed
from .facts import Facts, describe
from .ranges import Range
from .rules import Rule
from .severity import Score
from .tipping import Pull, Tip

_NOT_ASKED = {"fr": "ne se pose pas ici", "en": "not asked here"}
JUDGES = ("duty.toml", "factors.toml", "facts.toml", "severity.toml")


def edition(rule: Rule) -> str:
    """What judges: the edition of the data and the version of Article 33(1), such as
    "2026-11-24 4f1c09d2a7b3 gdpr_33/2018-05-25"."""
    return f"{_edition_of_the_data()} {rule.key}"


@cache
def _edition_of_the_data() -> str:
    """The latest date of the data and a digest of their text."""
    files = [DataFile(DATA / name) for name in JUDGES]
    digest = hashlib.sha256("".join(file.text for file in files).encode()).hexdigest()[:12]
    return f"{max(file.values['dated'] for file in files).isoformat()} {digest}"


def explain(facts: Facts, rule: Rule) -> dict[str, Any]:
    """The score, the recommended duty and all their reasons, in both languages, as values that JSON can hold.

    rule: the version of Article 33(1) that the breach is judged by; its words are kept too, for the file may change.
    """
    return {
        "edition": edition(rule),
        "rule": {
            "key": rule.key,
            "label": _both(rule.label),
            "source": _both(rule.cited),
            "threshold": _both(lambda language: rules.load().condition_label(rule, rules.NOTIFIABLE, language)),
        },
        "facts": facts.to_answers(),
        "score": _score(severity.assess(facts)),
        "duty": _duty(duty.recommend(facts, rule)),
        "pulls": [_pull(pull) for pull in tipping.pulls(facts, rule)],
        "tips": [_tip(tip) for tip in tipping.tips(facts, rule)],
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        **{name: _range(getattr(score, name)) for name in ("dpc", "ei", "cb", "total")},
        "band": score.band.code,
        "highest_band": score.highest_band.code,
        "severity": score.band.severity,
        "sentence": _both(score.sentence),
        "arithmetic": _both(score.arithmetic),
        "flags": {code: _both(_flag(score, place)) for place, code in enumerate(score.flags)},
        "lines": [_line(line) for line in score.lines],
    }


def _flag(score: Score, place: int):
    return lambda language: score.flag_labels(language)[place]


def _line(line: severity.Line) -> dict[str, Any]:
    return {
        "component": line.component,
        "fact": line.fact,
        "answer": {language: _answer(line, language) for language in LANGUAGES},
        "points": _range(line.points),
        "method": _both(line.method),
        "counts": line.counts,
        "sentence": _both(line.sentence),
    }


def _answer(line: severity.Line, language: str) -> str:
    """What was answered; a circumstance of a nature that the breach does not have was not asked."""
    if line.component == "cb" and not line.counts and line.answer is None:
        return _NOT_ASKED[language]
    return describe(line.fact, line.answer, language)


def _duty(recommendation: duty.Recommendation) -> dict[str, Any]:
    return {
        "code": recommendation.duty.code,
        "least": recommendation.span.low.code,
        "likely": recommendation.span.likely.code,
        "most": recommendation.span.high.code,
        "by_caution": recommendation.by_caution,
        "below_threshold": recommendation.below_threshold,
        "tells_controllers": recommendation.tells_controllers,
        "sentence": _both(recommendation.sentence),
        "factors": [_factor(weighed, recommendation) for weighed in recommendation.factors],
    }


def _factor(weighed: Weighed, recommendation: duty.Recommendation) -> dict[str, Any]:
    return {
        "code": weighed.code,
        "direction": weighed.direction.value,
        "leans": weighed.leans.value,
        "facts": list(weighed.facts),
        "carried": weighed in recommendation.carried_by,
        "source": _both(weighed.cited),
        "text": _both(weighed.text),
    }


def _pull(pull: Pull) -> dict[str, Any]:
    return {
        "fact": pull.question.code,
        "question": _both(pull.question.label),
        "towards_less": pull.towards_less,
        "towards_more": pull.towards_more,
        "could_fall_to": pull.could_fall_to.code if pull.could_fall_to is not None else None,
        "could_rise_to": pull.could_rise_to.code if pull.could_rise_to is not None else None,
    }


def _tip(tip: Tip) -> dict[str, Any]:
    return {
        "fact": tip.fact,
        "was_unknown": tip.was_unknown,
        "becomes": tip.becomes.code,
        "sentence": _both(tip.sentence),
    }


def _both(text) -> dict[str, str]:
    return {language: text(language) for language in LANGUAGES}


def _range(span: Range) -> dict[str, float]:
    return {"low": span.low, "likely": span.likely, "high": span.high}
