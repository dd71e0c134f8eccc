"""The sealed text of a letter: everything that is the same for all who get it, with its values filled in.

A letter is laid out from this text alone, so that what was approved is what is sent, whatever the record says later.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from breachreg.letters import placeholders
from breachreg.letters.content import part_codes
from breachreg.letters.models import Letter
from breachreg.letters.typography import typeset
from breachreg.web.dates import date_words

DAY = {"fr": "j F Y", "en": "j F Y"}


def text_of(letter: Letter) -> str:
    """The letter as JSON, to be sealed. Raises MissingValues for a value that the record does not have."""
    return json.dumps(contents(letter), ensure_ascii=False, sort_keys=True, indent=1)


def digest(text: str) -> str:
    """SHA-256 of a sealed text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def contents(letter: Letter) -> dict[str, Any]:
    """What the letter says to everybody: sealed, if it was approved; else as it stands now. Raises MissingValues."""
    if letter.sealed_text is not None:
        return json.loads(letter.sealed_text)
    values = shared_values(letter)
    organisation = letter.incident.organisation
    return {
        "reference": letter.reference,
        "language": letter.language,
        "sender": _sender(organisation),
        "place": organisation.city or "",
        "subject": _said(letter, "subject", values),
        "parts": {code: _said(letter, code, values) for code in part_codes()},
    }


def _said(letter: Letter, part: str, values: dict[str, str | None]) -> str:
    return typeset(placeholders.fill_shared(getattr(letter, part), values), letter.language)


def shared_values(letter: Letter) -> dict[str, str | None]:
    """The values that are the same for everybody, by placeholder; null where the record does not know them."""
    incident, organisation = letter.incident, letter.incident.organisation
    person = " ".join(filter(None, [organisation.contact_first_name, organisation.contact_last_name]))
    return {
        "organisation": organisation.name,
        "happened_on": _day(incident.occurred_from, letter),
        "found_on": _day(incident.aware_at, letter),
        "contact_name": person or None,
        "contact_email": organisation.contact_email,
        "contact_phone": organisation.contact_phone,
    }


def missing_values(letter: Letter) -> list[tuple[str, str]]:
    """Pairs (part, what the record does not know although this part names it)."""
    values = shared_values(letter)
    found = []
    for code in ("subject", *part_codes()):
        for placeholder in placeholders.find(getattr(letter, code)):
            if not placeholder.differs and not values[placeholder.code]:
                message = _("The record does not know {%(code)s} (%(meaning)s). Complete the record, or write the words here.")
                found.append((code, message % {"code": placeholder.code, "meaning": placeholder.meaning}))
    return found


def date_line(place: str, at: datetime, language: str) -> str:
    """Place and day of a letter; ``at`` is aware, in the zone in which the day is read."""
    with translation.override(language):
        day = date_words(at, DAY[language])
    if language == "fr":
        return f"{place}, le {day}" if place else f"Le {day}"
    return f"{place}, {day}" if place else day


def _day(instant: datetime | None, letter: Letter) -> str | None:
    if instant is None:
        return None
    local = instant.astimezone(letter.incident.organisation.zone)
    with translation.override(letter.language):
        return date_words(local, DAY[letter.language])


def _sender(organisation) -> list[str]:
    town = " ".join(filter(None, [organisation.postal_code, organisation.city]))
    return [line for line in (organisation.name, organisation.address, town) if line]
