"""Reasons for a late notification (Article 33(1) GDPR): texts to complete, and the reasons that are not accepted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from .clock import to_utc
from .datafile import DATA, LANGUAGES, DataFile
from .vocabulary import language_of

STANDINGS = ("usual", "disputed", "refused")
SATURDAY = 5
GAP = "[…]"
KNOWN = ("occurred_from", "first_signal", "told_by_processor", "aware", "due")
_NAMED = re.compile(r"\[(\w+)\]")
_KEYS = ("code", "standing", *LANGUAGES, "text_fr", "text_en")


def full_weekdays(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    """How many whole days from Monday to Friday lie between two instants in `zone`; public holidays are not looked at.

    What Article 3(5) of Regulation 1182/71 would count, were it to apply. Raises NaiveInstant.
    """
    first, last = (to_utc(instant).astimezone(zone) for instant in (start, end))
    day, found = first.date() + timedelta(days=first.time() != time(0)), 0
    while day < last.date():
        found += day.weekday() < SATURDAY
        day += timedelta(days=1)
    return found


@dataclass(frozen=True)
class Reason:
    """One reason. `standing` is "usual", "disputed" or "refused"; the text of a refused one says why it does not help."""

    code: str
    standing: str
    fr: str
    en: str
    text_fr: str
    text_en: str
    provisional: bool = False

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def text(self, language: str, known: Mapping[str, str] | None = None) -> str:
        """A sentence with “[…]” where the author fills in; never sent as it is. `known`: the words of instants, by name."""
        words = known or {}
        written = self.text_fr if language_of(language) == "fr" else self.text_en
        return _NAMED.sub(lambda gap: words.get(gap[1]) or GAP, written)


@cache
def load() -> tuple[Reason, ...]:
    """Every reason, the usual ones first. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "delay_reasons.toml"))


def offered() -> tuple[Reason, ...]:
    """The reasons whose text may be offered for the notification."""
    return tuple(reason for reason in load() if reason.standing != "refused")


def refused() -> tuple[Reason, ...]:
    """The reasons known not to be accepted, to be shown as a warning."""
    return tuple(reason for reason in load() if reason.standing == "refused")


def has_gaps(text: str) -> bool:
    """Whether a text still has a gap that its author did not fill in, however the dots were typed."""
    return GAP in text or "[...]" in text


def read(file: DataFile) -> tuple[Reason, ...]:
    """Build and check the reasons from their file. Raises BadData."""
    file.require(file.values, ("source", "dated", "reason"))
    return tuple(_read_reason(file, index, row) for index, row in enumerate(file.values["reason"]))


def _read_reason(file: DataFile, index: int, row: dict) -> Reason:
    file.require(row, _KEYS, "reason", index)
    file.refuse_others(row, frozenset({*_KEYS, "provisional"}), "reason", index)
    if row["standing"] not in STANDINGS:
        raise file.complaint(f"“standing” is one of {', '.join(STANDINGS)}, not “{row['standing']}”", "reason", index)
    for text in (row["text_fr"], row["text_en"]):
        if unknown := set(_NAMED.findall(text)) - set(KNOWN):
            known = ", ".join(f"[{name}]" for name in KNOWN)
            raise file.complaint(f"{row['code']}: no record fills in “[{min(unknown)}]”; gaps: […], {known}", "reason", index)
    return Reason(**row)
