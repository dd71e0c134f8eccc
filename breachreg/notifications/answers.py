"""What an answer of the CNIL's form may be, and how it reads in French or in English.

An answer is what JSON can hold: a text, a whole number, a boolean, a code, a list of codes, an instant as ISO 8601 in
UTC (a day only as a date), a count as {"low", "likely", "high"}, a list of bodies. None is "not known yet"; an empty
list is "none of them".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext, pgettext

from breachreg.law.form import Field, Form
from breachreg.law.form import load as load_form
from breachreg.law.vocabulary import UnknownCode, Vocabulary
from breachreg.web.dates import date_words

Answer = str | int | bool | list | dict | None
Answers = dict[str, Answer]
NBSP = "\u00a0"
# What a withdrawal has to say; the authority holds the rest.
NEEDED_TO_WITHDRAW = frozenset({"notification_type", "initial_notification_number", "legal_name", "description"})


class Source:
    """Where an answer comes from."""

    RECORD = "record"
    ASSESSMENT = "assessment"
    ORGANISATION = "organisation"
    COMPOSED = "composed"
    FILINGS = "filings"
    TYPED = "typed"
    ALL = (RECORD, ASSESSMENT, ORGANISATION, COMPOSED, FILINGS, TYPED)


@dataclass(frozen=True)
class Circumstances:
    """What decides, besides the answers, which questions the form asks."""

    kind: str
    is_late: bool = False
    has_processor: bool = False


def form() -> Form:
    return load_form()


def is_asked(field: Field, answers: Answers, circumstances: Circumstances) -> bool:
    """Whether the form asks this question here. A question that has an answer is always shown: nothing is hidden."""
    if answers.get(field.code) not in (None, ""):
        return True
    if circumstances.kind == "withdrawal" and field.code not in NEEDED_TO_WITHDRAW:
        return False
    return not field.shown_when or _holds(field.shown_when, answers, circumstances)


def asked(answers: Answers, circumstances: Circumstances) -> list[Field]:
    """The questions that the form asks here, in its order."""
    return [field for field in form().fields if is_asked(field, answers, circumstances)]


def _holds(condition: str, answers: Answers, circumstances: Circumstances) -> bool:
    match condition:
        case "supplementary":
            return circumstances.kind in ("complementary", "withdrawal")
        case "has_siren":
            return answers.get("no_siren") is not True
        case "processor_involved":
            return circumstances.has_processor
        case "ended":
            return answers.get("ongoing") is False
        case "late":
            return circumstances.is_late
    name, _, code = condition.partition(":")
    answer = answers.get(name)
    return answer is True if not code else code == answer or (isinstance(answer, list) and code in answer)


def in_words(field: Field, answer: Answer, language: str, zone: ZoneInfo) -> tuple[str, ...]:
    """An answer as lines of text in "fr" or "en"; () when it is not known. Instants are shown in `zone`, named."""
    if answer is None or answer == "":
        return ()
    with translation.override(language):
        return tuple(_WORDS.get(field.type, _plain)(field, answer, language, zone))


def _plain(field, answer, language, zone):
    return [str(answer)]


def _number(field, answer, language, zone):
    return [number_words(answer)]


def number_words(number: int) -> str:
    """A whole number with its thousands set apart, in the language in force."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)


def _boolean(field, answer, language, zone):
    return [gettext("Yes") if answer else gettext("No")]


def _choice(field, answer, language, zone):
    return [label_of(field.choices_from, answer, language)]


def _choices(field, answer, language, zone):
    return [label_of(field.choices_from, code, language) for code in answer] or [gettext("None of them")]


def label_of(vocabulary: Vocabulary, code: str, language: str) -> str:
    """The label of a code that stands by itself; a code that the vocabulary no longer has is shown as it is."""
    try:
        return vocabulary.term(code).label_alone(language)
    except UnknownCode:
        return code


def _instant(field, answer, language, zone):
    return [instant_words(answer, zone)]


def instant_words(value: str | datetime, zone: ZoneInfo) -> str:
    """An instant in words in the language in force, with its zone and its distance from UTC; a day as a day."""
    if isinstance(value, str) and len(value) == 10:
        return day_words(date.fromisoformat(value))
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    local = instant.astimezone(zone)
    words = date_words(local, pgettext("format of an instant in a document", "j F Y, H:i"))
    return f"{words} ({zone.key}, {_offset(local)})"


def _offset(local: datetime) -> str:
    text = f"{local:%z}"
    hours = f"UTC{'−' if text[0] == '-' else '+'}{int(text[1:3])}"
    return hours if text[3:] == "00" else f"{hours}:{text[3:]}"


def day_words(day: date) -> str:
    """A day in words, in the language in force."""
    return date_words(day, pgettext("format of a day in a document", "j F Y"))


def _date(field, answer, language, zone):
    return [day_words(date.fromisoformat(answer))]


def _count(field, answer, language, zone):
    return [count_words(answer)]


def count_words(count: dict) -> str:
    """A number known more or less, in the language in force: "about 120 (between 100 and 150)"."""
    low, likely, high = (None if count.get(part) is None else number_words(count[part]) for part in ("low", "likely", "high"))
    around = ""
    if low and high:
        around = low if low == high else gettext("between %(low)s and %(high)s") % {"low": low, "high": high}
    elif low:
        around = gettext("at least %(low)s") % {"low": low}
    elif high:
        around = gettext("at most %(high)s") % {"high": high}
    if not likely:
        return around
    return likely if not around or around == likely else f"{likely} ({around})"


def _parties(field, answer, language, zone):
    return [_party(field, party, language, zone) for party in answer] or [gettext("None")]


def _party(field, party, language, zone):
    parts = [f"{party.get('name') or '?'} ({label_of(field.choices_from, party.get('role') or 'other', language)})"]
    if party.get("contact"):
        parts.append(party["contact"])
    if party.get("told_at"):
        parts.append(gettext("told the controller on %(when)s") % {"when": instant_words(party["told_at"], zone)})
    return ", ".join(parts)


def _files(field, answer, language, zone):
    return [str(name) for name in answer] or [gettext("None")]


def _country(field, answer, language, zone):
    return [COUNTRIES.get(answer, {}).get(language, answer)]


_WORDS = {
    "integer": _number,
    "count": _count,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "instant": _instant,
    "date": _date,
    "parties": _parties,
    "files": _files,
    "country": _country,
}

# The countries of the Union, and those from which a French controller is most often reached; any other code is shown as is.
COUNTRIES = {
    "FR": {"fr": "France", "en": "France"},
    "BE": {"fr": "Belgique", "en": "Belgium"},
    "CH": {"fr": "Suisse", "en": "Switzerland"},
    "DE": {"fr": "Allemagne", "en": "Germany"},
    "ES": {"fr": "Espagne", "en": "Spain"},
    "GB": {"fr": "Royaume-Uni", "en": "United Kingdom"},
    "IE": {"fr": "Irlande", "en": "Ireland"},
    "IT": {"fr": "Italie", "en": "Italy"},
    "LU": {"fr": "Luxembourg", "en": "Luxembourg"},
    "MC": {"fr": "Monaco", "en": "Monaco"},
    "NL": {"fr": "Pays-Bas", "en": "Netherlands"},
    "PT": {"fr": "Portugal", "en": "Portugal"},
    "US": {"fr": "États-Unis", "en": "United States"},
}


def written(instant: datetime | None) -> str | None:
    """An instant as an answer holds it: ISO 8601 in UTC."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
