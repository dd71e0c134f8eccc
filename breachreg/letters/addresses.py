"""A postal address as the French norm wants it (NF Z 10-011): six lines of 38 characters, the country below them.

1 who · 2 flat, floor, care of · 3 entrance, building · 4 number and street · 5 locality, PO box · 6 postcode and town.
From the fourth line on: capitals, no punctuation. A country line follows when the letter leaves France.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST = 38
FRANCE = frozenset({"", "FRANCE", "FR", "FRA"})
_PUNCTUATION = re.compile(r"[.,;:!?'’\"«»()/\\_–—-]+")
_BLANKS = re.compile(r"\s+")


class BadAddress(ValueError):
    """An address that can't be printed; ``problems`` is a list of (field, message naming line and remedy)."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__(" ".join(message for _field, message in problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Address:
    """The parts of an address below the name, as somebody wrote them; an empty part is left out."""

    line2: str = ""
    line3: str = ""
    line4: str = ""
    line5: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""

    @property
    def is_french(self) -> bool:
        return plain_capitals(self.country) in FRANCE

    def lines(self, identity: str) -> tuple[str, ...]:
        """The lines to print below this name, empty ones left out. Raises BadAddress with every problem found."""
        problems = list(self._line_problems(identity))
        if problems:
            raise BadAddress(problems)
        return tuple(line for _field, line in self._written(identity) if line)

    def _written(self, identity: str) -> list[tuple[str, str]]:
        """Each line with the field that fills it."""
        town = f"{tidy(self.postcode)} {plain_capitals(self.city)}".strip().upper()
        return [
            ("identity", tidy(identity)), ("line2", tidy(self.line2)), ("line3", tidy(self.line3)),
            ("line4", plain_capitals(self.line4)), ("line5", plain_capitals(self.line5)), ("city", town),
            ("country", "" if self.is_french else plain_capitals(self.country)),
        ]  # fmt: skip

    def _line_problems(self, identity: str):
        if not tidy(identity):
            yield "identity", _("Line 1 (who) is empty. Enter a name.")
        if not tidy(self.line4) and not tidy(self.line5):
            yield "line4", _("Line 4 (number and street) is empty. Enter it, or a PO box on line 5.")
        if not tidy(self.city):
            yield "city", _("Line 6 (postcode and town) has no town. Enter it.")
        yield from self._postcode_problems()
        for number, (field, line) in enumerate(self._written(identity), start=1):
            if len(line) > LONGEST:
                yield field, _(
                    "Line %(number)d has %(length)d characters, %(over)d more than the %(longest)d that fit. Shorten it."
                ) % {"number": number, "length": len(line), "over": len(line) - LONGEST, "longest": LONGEST}

    def _postcode_problems(self):
        if self.is_french and not re.fullmatch(r"\d{5}", tidy(self.postcode)):
            yield "postcode", _(
                "Line 6 needs a French postcode of five digits, such as 35000. For another country, enter its name."
            )
        elif not self.is_french and re.fullmatch(r"[A-Z]{2,3}", plain_capitals(self.country)):
            yield "country", _("Write the country's name in full, such as BELGIQUE: the post does not sort by codes.")


def tidy(text: str) -> str:
    """One line without needless blanks, in composed characters."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def plain_capitals(text: str) -> str:
    """Capitals without punctuation, as the lower lines of an address want them."""
    return tidy(_PUNCTUATION.sub(" ", tidy(text))).upper()
