"""What a wording may leave open: a closed list of names in braces, filled in by plain replacement.

``{organisation}`` is the same in every letter; ``{salutation}`` differs by person. A wording is text and never becomes
a template of any engine. Both a French and an English name are understood: ``{nom}`` and ``{name}``.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_STRAY = re.compile(r"[{}]")


@dataclass(frozen=True)
class Placeholder:
    """A name that stands for a value; ``differs`` when each person has their own."""

    code: str
    french: str
    differs: bool
    meaning: object


ALL = (
    Placeholder("salutation", "appel", True, gettext_lazy("“Madam” or “Sir” with the name, as each person is addressed")),
    Placeholder("name", "nom", True, gettext_lazy("the person's civility, first and last name")),
    Placeholder("concerned", "personne", True, gettext_lazy("the minor or the deceased whose data was lost, for a guardian or an heir")),
    Placeholder("reference", "référence", True, gettext_lazy("the letter's reference, to quote when writing to you")),
    Placeholder("organisation", "organisme", False, gettext_lazy("the legal name of the organisation")),
    Placeholder("happened_on", "survenue", False, gettext_lazy("when it happened, as the record knows it")),
    Placeholder("found_on", "constat", False, gettext_lazy("the day on which it was found out")),
    Placeholder("contact_name", "contact", False, gettext_lazy("the name of the contact (DPO)")),
    Placeholder("contact_email", "courriel", False, gettext_lazy("the contact's e-mail address")),
    Placeholder("contact_phone", "téléphone", False, gettext_lazy("the contact's telephone number")),
)
_BY_NAME = {name: placeholder for placeholder in ALL for name in (placeholder.code, placeholder.french)}


class MissingValues(Exception):
    """Values that a letter needs and somebody does not have: placeholder to the references of those people."""

    def __init__(self, missing: Mapping[str, list[str]]):
        super().__init__(", ".join(missing))
        self.missing = missing


def find(text: str) -> list[Placeholder]:
    """The placeholders of the list that a text uses, in the order of the text."""
    return [_BY_NAME[name] for name in _names(text) if name in _BY_NAME]


def differs_by_person(text: str) -> bool:
    """Whether each person needs their own version of this text."""
    return any(placeholder.differs for placeholder in find(text))


def problems(text: str) -> list[str]:
    """What is wrong with the braces of a text, each with its remedy."""
    found = [_unknown(name) for name in _names(text) if name not in _BY_NAME]
    if _STRAY.search(PLACEHOLDER.sub("", text)):
        found.append(_("A brace stands alone. Braces are kept for placeholders: remove it."))
    if "@@" in text:
        found.append(_("The sign “@@” can't be used in a letter: remove it."))
    return found


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """The text with every placeholder replaced. Raises MissingValues for a value that is unknown or not given."""
    missing = [code for code in {placeholder.code for placeholder in find(text)} if not values.get(code)]
    if missing:
        raise MissingValues({code: [] for code in missing})
    return PLACEHOLDER.sub(lambda match: values[_BY_NAME[match[1].strip()].code] or "", text)


def fill_shared(text: str, values: Mapping[str, str | None]) -> str:
    """The text with the placeholders that are the same for everybody replaced; the others stay."""
    shared = {placeholder.code for placeholder in find(text) if not placeholder.differs}
    missing = [code for code in shared if not values.get(code)]
    if missing:
        raise MissingValues({code: [] for code in missing})
    return PLACEHOLDER.sub(lambda match: _shared(match, values), text)


def fill_known(text: str, values: Mapping[str, str | None]) -> str:
    """The text with the values that are known, for reading; every other placeholder stays."""
    return PLACEHOLDER.sub(lambda match: _known(match, values), text)


def _known(match: re.Match, values: Mapping[str, str | None]) -> str:
    placeholder = _BY_NAME.get(match[1].strip())
    return (placeholder and values.get(placeholder.code)) or match[0]


def _shared(match: re.Match, values: Mapping[str, str | None]) -> str:
    placeholder = _BY_NAME[match[1].strip()]
    return match[0] if placeholder.differs else values[placeholder.code] or ""


def _names(text: str) -> Iterable[str]:
    return (match[1].strip() for match in PLACEHOLDER.finditer(text))


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name.lower(), _BY_NAME, n=1)
    remedy = (
        _("did you mean {%(name)s}?") % {"name": close[0]}
        if close
        else _("use one of the list, or write the words themselves.")
    )
    return _("{%(name)s} is no placeholder: %(remedy)s") % {"name": name, "remedy": remedy}
