"""What an incident answers to the questions of its sections: in words, and what is still unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from breachreg.register.deadlines import ARTICLE_33
from breachreg.register.models import Incident
from breachreg.register.sections import SECTIONS, Question, Section
from breachreg.web.dates import day_words


@dataclass(frozen=True)
class Answer:
    """A question with what the incident says to it; `words` is None when it is not known yet."""

    question: Question
    section: Section
    words: str | tuple[str, ...] | None

    @property
    def is_unknown(self) -> bool:
        return self.words is None


def answers_of(incident: Incident) -> list[tuple[Section, list[Answer]]]:
    """Every section with its answers; a question that does not matter here is left out."""
    return [
        (section, [answer_to(incident, section, question) for question in section.questions if matters(incident, question)])
        for section in SECTIONS
    ]


def answer_to(incident: Incident, section: Section, question: Question) -> Answer:
    return Answer(question, section, words_of(question, value_of(incident, question)))


def unknowns_of(incident: Incident) -> Iterator[Answer]:
    """What the CNIL's form will ask and nobody knows yet, in the order of the form."""
    for _section, answers in answers_of(incident):
        yield from (answer for answer in answers if answer.is_unknown and answer.question.is_for_the_authority)


def value_of(incident: Incident, question: Question) -> Any:
    """The answer as it is stored: one value, or the tuple of an amount (None when all three are unknown)."""
    values = tuple(getattr(incident, column) for column in question.columns)
    if len(values) == 1:
        return values[0]
    return values if any(value is not None for value in values) else None


def matters(incident: Incident, question: Question) -> bool:
    """Whether the answer to another question makes this one matter (or there is none to ask)."""
    if question.name == "delay_reasons":
        return bool(incident.delay_reasons) or _was_notified_late(incident)
    column, _colon, code = question.shown_when.partition(":")
    if not column:
        return True
    value = getattr(incident, column)
    if not code:
        return bool(value) or value_of(incident, question) is not None
    return code in (value or ()) if isinstance(value, tuple) else value == code


def _was_notified_late(incident: Incident) -> bool:
    return incident.deadlines.filter(rule=ARTICLE_33, cancelled_at=None, met_at__gt=F("due_at")).exists()


def words_of(question: Question, value: Any) -> str | tuple[str, ...] | None:
    """A stored answer in words, in the language in force; None stays None: not known yet."""
    if value is None:
        return None
    match question.kind:
        case "codes":
            return tuple(question.vocabulary.term(code).label_alone(_language()) for code in value)
        case "code":
            return question.vocabulary.label(value, _language())
        case "yes_no":
            return _("Yes") if value else _("No")
        case "amount":
            return amount_words(*value)
        case "day":
            return day_words(value)
        case "count":
            return number_format(value, use_l10n=True, force_grouping=True)
    return str(value)


def amount_words(low: int | None, likely: int | None, high: int | None) -> str:
    """A number known more or less, in words: “about 12, between 10 and 40”."""
    if low == likely == high:
        return number_format(likely, use_l10n=True, force_grouping=True)
    figures = {
        name: number_format(value, use_l10n=True, force_grouping=True)
        for name, value in (("low", low), ("likely", likely), ("high", high))
        if value is not None
    }
    parts = []
    if likely is not None:
        parts.append(_("about %(likely)s") % figures if len(figures) > 1 else figures["likely"])
    if low is not None and high is not None:
        parts.append(_("between %(low)s and %(high)s") % figures)
    elif low is not None:
        parts.append(_("at least %(low)s") % figures)
    elif high is not None:
        parts.append(_("at most %(high)s") % figures)
    return ", ".join(parts)


def _language() -> str:
    return get_language() or "fr"
