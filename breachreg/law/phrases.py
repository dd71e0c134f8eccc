"""Durations and citations in the words of a person: "9 h 12 min", "filed 9 h 12 min before the deadline", "3 h late"."""

import re
from datetime import datetime, timedelta

from .clock import remaining
from .vocabulary import language_of

MINUTE = timedelta(minutes=1)
IN_DAYS_FROM = timedelta(hours=100)


def cited(article: str, language: str) -> str:
    """An article of the GDPR as each language cites it: "34(3)(a)" is "article 34, paragraphe 3, point a)"."""
    if language_of(language) != "fr":
        return f"Article {article}"
    number, *parts = re.split(r"[()]+", article.rstrip(")"))
    words = [f"paragraphe {part}" if part.isdigit() else f"point {part})" for part in parts]
    return ", ".join([f"article {number}", *words])


def duration(span: timedelta, language: str) -> str:
    """Whole hours and minutes of a span of time, without its sign: "3 h", "9 h 12" ("9 h 12 min"), "45 min", "4 j 4 h" ("4 d 4 h").

    From 100 hours on, days and hours; the 72 hours always read as hours. Seconds are dropped, so that nobody is
    promised a minute that is not there.
    """
    language = language_of(language)
    hours, rest = divmod(abs(span) // MINUTE, 60)
    if abs(span) >= IN_DAYS_FROM:
        return _join((hours // 24, _DAY[language]), (hours % 24, "h"))
    if not hours:
        return f"{rest}\u00a0min" if rest else _LESS[language]
    return f"{hours}\u00a0h\u00a0{rest:02d}{_MINUTES[language]}" if rest else f"{hours}\u00a0h"


_DAY = {"fr": "j", "en": "d"}
_MINUTES = {"fr": "", "en": "\u00a0min"}
_LESS = {"fr": "moins d’une minute", "en": "less than a minute"}


def _join(*parts: tuple[int, str]) -> str:
    return "\u00a0".join(f"{number}\u00a0{unit}" for number, unit in parts if number)


def filed(due: datetime, filed_at: datetime, language: str) -> str:
    """ "déposée 9 h 12 avant l’échéance" or "déposée avec 3 h de retard". Raises NaiveInstant."""
    left = remaining(due, filed_at)
    length = duration(left, language)
    if language_of(language) == "fr":
        return f"déposée avec {length} de retard" if left < timedelta(0) else f"déposée {length} avant l’échéance"
    return f"filed {length} late" if left < timedelta(0) else f"filed {length} before the deadline"


def countdown(due: datetime, at: datetime, language: str) -> str:
    """ "il reste 9 h 12" or "3 h de retard". Raises NaiveInstant."""
    left = remaining(due, at)
    length = duration(left, language)
    if language_of(language) == "fr":
        return f"{length} de retard" if left < timedelta(0) else f"il reste {length}"
    return f"{length} late" if left < timedelta(0) else f"{length} left"


def since(start: datetime, at: datetime, language: str) -> str:
    """ "depuis 9 h 12", for a duty without a number of hours (Article 34). Raises NaiveInstant."""
    length = duration(remaining(at, start), language)
    return f"depuis {length}" if language_of(language) == "fr" else f"for {length}"
