"""What is known of a breach, and what is not: the input of the score and of the duty.

Every fact may be None, which means not known yet and is never the same as none, zero or no.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .questions import YES_NO, Question
from .questions import load as _load_questions
from .vocabulary import language_of

Codes = frozenset[str]


class BadFact(ValueError):
    """An answer that its question does not allow; the message names the question and the answers it allows."""


@dataclass(frozen=True)
class Count:
    """A number of people or records, as far as known. Raises BadFact below zero or out of order."""

    low: int | None = None
    likely: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        known = [number for number in (self.low, self.likely, self.high) if number is not None]
        if any(number < 0 for number in known):
            raise BadFact("a number is never below zero; leave it empty when it is not known yet")
        if known != sorted(known):
            raise BadFact(f"the numbers must grow from lowest to highest, not {' · '.join(map(str, known))}")

    @property
    def is_unknown(self) -> bool:
        return self.low is None and self.likely is None and self.high is None

    @classmethod
    def exactly(cls, number: int) -> "Count":
        return cls(number, number, number)


@dataclass(frozen=True)
class Facts:
    """The facts of one breach; see `data/facts.toml` for the question behind each."""

    our_role: str | None = None
    natures: Codes | None = None
    origins: Codes | None = None
    causes: Codes | None = None
    data_categories: Codes | None = None
    other_data: Codes | None = None
    unlocked: Codes | None = None
    sensitive_categories: Codes | None = None
    simple_context: str | None = None
    behavioural_context: str | None = None
    financial_context: str | None = None
    sensitive_context: str | None = None
    identity: str | None = None
    identifiability: str | None = None
    revealing_controller: bool | None = None
    already_public: bool | None = None
    people_categories: Codes | None = None
    people_count: Count | None = None
    recipients: str | None = None
    recipient_trusted: bool | None = None
    deletion_confirmed: bool | None = None
    protection: str | None = None
    key_safe: bool | None = None
    continuing: bool | None = None
    alteration: str | None = None
    restoration: str | None = None
    effect_on_people: str | None = None
    critical_service: bool | None = None

    @classmethod
    def from_answers(cls, answers: Mapping[str, Any]) -> "Facts":
        """Facts from plain values (as stored in JSON). Raises BadFact on an unknown question or answer."""
        questions = _load_questions()
        for name in answers:
            if name not in questions:
                raise BadFact(f"“{name}” is not a fact; facts: {', '.join(questions)}")
        return cls(**{name: _clean(questions[name], value) for name, value in answers.items()})

    def to_answers(self) -> dict[str, Any]:
        """The known facts as plain values that JSON can hold; `from_answers` reads them back."""
        return {name: _plain(value) for name, value in self.known().items()}

    def known(self) -> dict[str, Any]:
        return {name: value for name, value in self._items() if value is not None}

    def unknown(self) -> tuple[Question, ...]:
        """The questions that make sense and have no answer yet, in the order of the form."""
        return tuple(q for name, q in _load_questions().items() if getattr(self, name) is None and q.is_asked(self))

    def replace(self, **changes: Any) -> "Facts":
        return dataclasses.replace(self, **changes)

    def _items(self) -> Iterable[tuple[str, Any]]:
        return ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))


def questions() -> tuple[Question, ...]:
    """Every question of the assessment, in the order of the form."""
    return tuple(_load_questions().values())


def describe(name: str, value: Any, language: str) -> str:
    """An answer in words: "Oui", a label, labels joined, or "entre 40 et 60"; None reads as not known yet."""
    french = language_of(language) == "fr"
    if value is None:
        return "pas encore connu" if french else "not known yet"
    if isinstance(value, bool):
        return YES_NO["fr" if french else "en"][value]
    if isinstance(value, Count):
        return _describe_count(value, french)
    question = _load_questions()[name]
    if isinstance(value, frozenset):
        labels = [option.label(language) for option in question.options if option.code in value]
        return " · ".join(labels) or ("aucune" if french else "none")
    return question.option(value).label(language)


def _describe_count(count: Count, french: bool) -> str:
    if count.is_unknown:
        return "pas encore connu" if french else "not known yet"
    parts = (
        (count.low, "au moins", "at least"),
        (count.likely, "environ", "about"),
        (count.high, "au plus", "at most"),
    )
    if count.low == count.high and count.low is not None:
        return _grouped(count.low, french)
    return ", ".join(
        f"{fr if french else en} {_grouped(number, french)}" for number, fr, en in parts if number is not None
    )


def _grouped(number: int, french: bool) -> str:
    return f"{number:,}".replace(",", "\u202f" if french else ",")


def _clean(question: Question, value: Any) -> Any:
    if value is None:
        return None
    if question.kind == "boolean":
        return _clean_boolean(question, value)
    if question.kind == "count":
        return _clean_count(question, value)
    if question.kind == "choices":
        return _clean_choices(question, value)
    return _clean_choice(question, value)


def _clean_boolean(question: Question, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadFact(f"{question.code} is answered with yes, no or nothing, not with “{value}”")
    return value


def _clean_count(question: Question, value: Any) -> Count | None:
    if isinstance(value, Mapping):
        value = Count(**{name: value.get(name) for name in ("low", "likely", "high")})
    elif isinstance(value, int) and not isinstance(value, bool):
        value = Count.exactly(value)
    if not isinstance(value, Count):
        raise BadFact(f"{question.code} is a number, or lowest, likely and highest; not “{value}”")
    return None if value.is_unknown else value


def _clean_choices(question: Question, value: Any) -> Codes:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise BadFact(f"{question.code} takes a list of answers, not “{value}”")
    return frozenset(_clean_choice(question, code) for code in value)


def _clean_choice(question: Question, code: Any) -> str:
    if code not in question.codes:
        raise BadFact(f"{question.code} has no answer “{code}”; answers: {', '.join(question.codes)}")
    return code


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return dataclasses.asdict(value) if isinstance(value, Count) else value
