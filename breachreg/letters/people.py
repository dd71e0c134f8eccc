"""A recipient in clear: who they are, where they get post, and how a letter addresses them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from breachreg.law import vocabulary
from breachreg.letters.addresses import LONGEST, Address, BadAddress, tidy
from breachreg.letters.models import Channel
from breachreg.letters.vault import Box

SALUTATIONS = {
    "fr": {"madam": "Madame {name},", "sir": "Monsieur {name},", "": "Madame, Monsieur,"},
    "en": {"madam": "Dear Ms {name},", "sir": "Dear Mr {name},", "": "Dear Madam or Sir,"},
}


class BadRecipient(ValueError):
    """A recipient that can't be written to; ``problems`` is a list of (field, message naming the remedy)."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__(" ".join(message for _field, message in problems))
        self.problems = problems


@dataclass(frozen=True)
class Person(Address):
    """What identifies a recipient; empty is "none". ``about`` is the minor or the deceased whose data was lost."""

    last_name: str = ""
    first_name: str = ""
    civility: str = ""
    email: str = ""
    about: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Person":
        """From texts by column name; what is no column of ours is left out."""
        return cls(**{field.name: tidy(values.get(field.name) or "") for field in fields(cls)})

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is known of the person, as a page would show it."""
        return tuple(unicodedata.normalize("NFC", text) for text in vars(self).values())

    @property
    def full_name(self) -> str:
        """First and last name; the e-mail address of those of whom nothing else is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def name(self, language: str) -> str:
        """Civility and name, as the first line of an address."""
        civility = vocabulary.load("civilities").label(self.civility, language) if self.civility else ""
        return f"{civility} {self.full_name}".strip()

    def salutation(self, language: str) -> str:
        """How a letter begins, with its comma."""
        forms = SALUTATIONS[language]
        known = self.civility if self.last_name else ""
        return forms.get(known, forms[""]).replace("{name}", self.last_name)

    def address_lines(self, language: str) -> tuple[str, ...]:
        """The lines in the window; the civility stands before the name where it fits. Raises BadAddress."""
        lines = self.lines(self.full_name)
        first = self.name(language)
        return (first if len(first) <= LONGEST else lines[0], *lines[1:])

    def check(self, channel: str) -> "Person":
        """The person, if they can be written to this way. Raises BadRecipient with every problem found."""
        problems = list(self._problems(channel))
        if problems:
            raise BadRecipient(problems)
        return self

    def _problems(self, channel: str):
        if not self.last_name and (channel == Channel.POST or not self.email):
            yield "last_name", _("The last name is missing. Enter it.")
        if self.civility and self.civility not in vocabulary.load("civilities").codes:
            yield "civility", _("“%(civility)s” is no civility of the list.") % {"civility": self.civility}
        if self.email:
            yield from self._email_problems()
        elif channel == Channel.EMAIL:
            yield "email", _("The e-mail address is missing. Enter it, or choose the post.")
        if channel == Channel.POST:
            try:
                self.lines(self.full_name)
            except BadAddress as error:
                yield from (problem for problem in error.problems if self.last_name or problem[0] != "identity")

    def _email_problems(self):
        try:
            validate_email(self.email)
        except ValidationError:
            yield "email", _("“%(email)s” is no e-mail address. Correct it, or leave it empty.") % {"email": self.email}

    def sealed(self, box: Box) -> dict[str, Any]:
        """The columns of a recipient that this person fills: encrypted data and keyed hashes."""
        return {
            "sealed": box.seal({name: value for name, value in asdict(self).items() if value}),
            "name_hash": box.hash(self.last_name),
            "email_hash": box.hash(self.email),
            "same_hash": box.hash(self.last_name, self.first_name, self.postcode, self.email or self.line4),
        }


def opened(box: Box, sealed: bytes) -> Person:
    """The person of a recipient's encrypted column."""
    return Person(**{"last_name": "", **box.open(sealed)})
