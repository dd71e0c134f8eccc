"""Words of a sentence in either language: a day, an instant, a list, French spacing."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.utils import translation

from breachreg.notifications.record import Record, is_day_only
from breachreg.register.models import InstantKind
from breachreg.web.dates import date_words

_BEFORE_SIGN = re.compile(r" ([;:!?»])")


def day(instant: datetime, record: Record, language: str) -> str:
    """The day of an instant in the organisation's zone, with the year when it is not this one."""
    local = instant.astimezone(record.zone)
    same_year = local.year == record.at.astimezone(record.zone).year
    with translation.override(language):
        return date_words(local, "j F" if same_year else "j F Y")


def moment(instant: datetime, record: Record, language: str, kind: InstantKind | None = None) -> str:
    """An instant inside a sentence: "10 mars 2026 à 7 h 05"; the day alone when only the day is known."""
    local = instant.astimezone(record.zone)
    with translation.override(language):
        when = date_words(local, "j F Y")
    if kind and is_day_only(record, kind):
        return when
    return f"{when} à {local.hour}\u00a0h\u00a0{local:%M}" if language == "fr" else f"{when} at {local:%H:%M}"


def join(words: Iterable[str], language: str) -> str:
    """Words as a list in a sentence: "a, b et c"."""
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'et' if language == 'fr' else 'and'} {words[-1]}"


def typeset(text: str, language: str) -> str:
    """French spacing: what stands before ; : ! ? and inside « » never breaks."""
    return _BEFORE_SIGN.sub("\u00a0\\1", text).replace("« ", "«\u00a0") if language == "fr" else text
