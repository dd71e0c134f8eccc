"""Days and instants in words, in the language in force: the one place, because a French month begins on its “1er”."""

import re
from datetime import date, datetime

from django.utils import formats
from django.utils.translation import get_language, pgettext

_DAY_OF_A_MONTH = re.compile(r"(?<!\\)j(?= ?[FMN])")  # not the letter of a word, nor a day that stands without its month


def date_words(value: date | datetime, pattern: str) -> str:
    """A day or an instant by a pattern of Django; in French the first of a month is “1er juin”, never “1 juin”."""
    if value.day == 1 and (get_language() or "fr").startswith("fr"):
        pattern = _DAY_OF_A_MONTH.sub(r"j\\e\\r", formats.get_format(pattern, use_l10n=True))
    return formats.date_format(value, pattern)


def day_words(value: date | datetime) -> str:
    """A day with its month and year; an instant is given in the zone in which it is read."""
    return date_words(value, pgettext("format of a day", "j F Y"))


def instant_words(value: datetime) -> str:
    """A day and a time of day, for the middle of a sentence; the instant is given in the zone in which it is read."""
    return date_words(value, pgettext("format of an instant", "j F Y, H:i"))
