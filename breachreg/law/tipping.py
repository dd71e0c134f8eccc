"""What is unknown and where it pulls, and the single facts that would tip the recommendation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import duty_table, questions
from .duty import recommend_span, recommended_duty
from .duty_table import Duty
from .facts import Count, Facts, describe
from .questions import Question
from .ranges import Range
from .rules import Rule
from .vocabulary import language_of


@dataclass(frozen=True)
class Tip:
    """One answer that would change the recommendation, with the follow-up answers that it calls for."""

    fact: str
    changes: tuple[tuple[str, Any], ...]
    was: Any
    becomes: Duty

    @property
    def was_unknown(self) -> bool:
        return self.was is None

    def sentence(self, language: str) -> str:
        """ "If “Has the key stayed safe?” were answered “No”: Notify the CNIL"."""
        answers = ", ".join(_quoted(name, value, language) for name, value in self.changes)
        if language_of(language) == "fr":
            return f"Si l’on répondait {answers}\u00a0: {self.becomes.label(language)}"
        return f"If the answer were {answers}: {self.becomes.label(language)}"


@dataclass(frozen=True)
class Pull:
    """An open question whose answer bears on the duty: towards less, towards more, or both.

    `could_fall_to` and `could_rise_to` are set when that answer alone would change the recommendation.
    """

    question: Question
    towards_less: bool
    towards_more: bool
    could_fall_to: Duty | None
    could_rise_to: Duty | None


def _quoted(name: str, value: Any, language: str) -> str:
    question, answer = questions.load()[name].label(language), describe(name, value, language)
    if language_of(language) == "fr":
        return f"«\u00a0{answer}\u00a0» à «\u00a0{question}\u00a0»"
    return f"“{answer}” to “{question}”"


def tips(facts: Facts, rule: Rule) -> tuple[Tip, ...]:
    """Every single answer that would change the recommended duty: unknown facts first, the far-fetched last, then by the
    order of the file."""
    now = recommended_duty(facts, rule)
    order = duty_table.load().tipping_order
    found = [tip for name in order for tip in _tips_of(facts, questions.load()[name], now, rule)]
    return tuple(sorted(found, key=lambda tip: (*_far(facts, tip), order.index(tip.fact), len(tip.changes))))


def _far(facts: Facts, tip: Tip) -> tuple[bool, bool]:
    """What is open is easier to tip than what is known, and a fact that fits the origin easier than one that does not."""
    unlikely = duty_table.load().far_fetched.get(tip.fact, frozenset())
    return not tip.was_unknown, bool(facts.origins) and facts.origins <= unlikely


def tipping_fact(facts: Facts, rule: Rule) -> Tip | None:
    """The single fact that would tip the recommendation, or None when no single answer can."""
    return next(iter(tips(facts, rule)), None)


def pulls(facts: Facts, rule: Rule) -> tuple[Pull, ...]:
    """The open questions whose answer bears on the duty, in the order of the form."""
    now = recommend_span(facts, rule)
    every = (_pull(facts, question, now, rule) for question in facts.unknown())
    return tuple(pull for pull in every if pull.towards_less or pull.towards_more)


def _pull(facts: Facts, question: Question, now: tuple[Duty, Range], rule: Rule) -> Pull:
    duty, span = now
    reached = [recommend_span(changed, rule) for changed, _ in _variants(facts, question)]
    duties = [each for each, _ in reached]
    return Pull(
        question,
        towards_less=any(after.high < span.high or after.likely < span.likely for _, after in reached),
        towards_more=any(after.low > span.low or after.likely > span.likely for _, after in reached),
        could_fall_to=min(duties) if min(duties) < duty else None,
        could_rise_to=max(duties) if max(duties) > duty else None,
    )


def _tips_of(facts: Facts, question: Question, now: Duty, rule: Rule) -> list[Tip]:
    """For each duty that an answer to this question leads to, the answer that asks for the fewest follow-ups."""
    if not question.is_asked(facts):
        return []
    best: dict[Duty, Tip] = {}
    for changed, changes in _variants(facts, question):
        becomes = recommended_duty(changed, rule)
        if becomes != now and (becomes not in best or len(changes) < len(best[becomes].changes)):
            best[becomes] = Tip(question.code, changes, getattr(facts, question.code), becomes)
    return list(best.values())


def _variants(facts: Facts, question: Question) -> Iterator[tuple[Facts, tuple[tuple[str, Any], ...]]]:
    """The facts with one other answer, alone and with each answer to the follow-up questions that it opens."""
    shut = [each for each in questions.load().values() if getattr(facts, each.code) is None and not each.is_asked(facts)]
    for value in _other_answers(facts, question):
        changed = facts.replace(**{question.code: value})
        change = (question.code, value)
        yield changed, (change,)
        for follow_up in (each for each in shut if each.is_asked(changed)):
            for answer in _other_answers(changed, follow_up):
                yield changed.replace(**{follow_up.code: answer}), (change, (follow_up.code, answer))


def _other_answers(facts: Facts, question: Question) -> list[Any]:
    answer = getattr(facts, question.code)
    if question.kind == "boolean":
        every: list[Any] = [False, True]
    elif question.kind == "count":
        every = [Count.exactly(number) for number in duty_table.load().tipping_counts]
    elif question.kind == "choice":
        every = list(question.codes)
    else:
        every = _neighbours(answer, question)
    return [value for value in every if value != answer]


def _neighbours(answer: frozenset[str] | None, question: Question) -> list[frozenset[str]]:
    """One code more or one code less; for an open question none at all, or any one code."""
    held = answer or frozenset()
    # "There are some" before any one of them: nobody knows yet which it would be.
    codes = sorted(question.codes, key=lambda code: code != "unspecified")
    more = [held | {code} for code in codes if code not in held]
    fewer = [held - {code} for code in question.codes if code in held]
    every = [*more, *fewer] if answer is not None else [frozenset(), *more]
    return [codes for codes in every if codes or question.code != "natures"]
