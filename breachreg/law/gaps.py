"""The gaps: what is not known yet, which element of Article 33(3) it answers, and whether the first notification can go."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from . import form
from .facts import Count, Facts
from .form import Field
from .questions import Question


@dataclass(frozen=True)
class Gap:
    """One thing not known yet. `may_wait`: the initial notification can go without it (Article 33(4))."""

    code: str
    fr: str
    en: str
    answers: str
    may_wait: bool

    def label(self, language: str) -> str:
        return self.fr if language.startswith("fr") else self.en


def of_facts(facts: Facts) -> tuple[Gap, ...]:
    """The open questions of the assessment. None of them ever holds back the initial notification."""
    return tuple(_of_question(question) for question in facts.unknown())


def _of_question(question: Question) -> Gap:
    return Gap(question.code, question.fr, question.en, question.answers, may_wait=True)


def of_form(values: Mapping[str, Any], *, circumstances: Collection[str] = ()) -> tuple[Gap, ...]:
    """The fields of the CNIL's form that are expected in the end and have no answer yet, in the order of the form.

    values: field code -> value; None, "" or absent means not known, an empty collection is an answer ("none").
    circumstances: which of `form.CIRCUMSTANCES` hold.
    """
    fields = form.load().fields
    open_fields = (field for field in fields if field.needed != "optional" and is_shown(field, values, circumstances))
    unsettled = ((field, values.get(field.code)) for field in open_fields)
    return tuple(_of_field(field, value) for field, value in unsettled if not _settled(field, value))


def _of_field(field: Field, value: Any) -> Gap:
    """“Not known for the moment” is an answer that the form offers: with it the initial notification can go."""
    return Gap(field.code, field.fr, field.en, field.answers, field.may_wait or not _is_empty(value))


def blocking(gaps: tuple[Gap, ...], notification_type: str) -> tuple[Gap, ...]:
    """The gaps that hold back a notification of that type: for the initial one, only what may not wait."""
    return tuple(gap for gap in gaps if notification_type != "initial" or not gap.may_wait)


def is_shown(field: Field, values: Mapping[str, Any], circumstances: Collection[str] = ()) -> bool:
    """Whether the form asks this field beside those values."""
    if not field.shown_when:
        return True
    name, _, choice = field.shown_when.partition(":")
    if name in form.CIRCUMSTANCES:
        return name in circumstances
    held: Callable = (lambda value: choice in value) if choice else bool
    value = values.get(name)
    return value is not None and held((value,) if isinstance(value, str) and choice else value)


def _settled(field: Field, value: Any) -> bool:
    """Whether a value closes the field; “not known for the moment” among the choices leaves it open."""
    return not _is_empty(value) and not any(
        field.choices_from.term(code).get("unknown") for code in _codes(field, value)
    )


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, Count) and value.is_unknown)


def _codes(field: Field, value: Any) -> Collection[str]:
    if field.choices_from is None or field.type == "parties":
        return ()
    return (value,) if isinstance(value, str) else value
