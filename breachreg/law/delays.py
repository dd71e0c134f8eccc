"""Reasons for a late notification (Article 33(1) GDPR): texts to complete, and the reasons that are not accepted."""

from dataclasses import dataclass
from functools import cache

from .datafile import DATA, LANGUAGES, DataFile
from .vocabulary import language_of

STANDINGS = ("usual", "disputed", "refused")
_KEYS = ("code", "standing", *LANGUAGES, "text_fr", "text_en")


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

    def text(self, language: str) -> str:
        """A sentence with “[…]” where the author fills in; never sent as it is."""
        return self.text_fr if language_of(language) == "fr" else self.text_en


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


def read(file: DataFile) -> tuple[Reason, ...]:
    """Build and check the reasons from their file. Raises BadData."""
    file.require(file.values, ("source", "dated", "reason"))
    return tuple(_read_reason(file, index, row) for index, row in enumerate(file.values["reason"]))


def _read_reason(file: DataFile, index: int, row: dict) -> Reason:
    file.require(row, _KEYS, "reason", index)
    file.refuse_others(row, frozenset({*_KEYS, "provisional"}), "reason", index)
    if row["standing"] not in STANDINGS:
        raise file.complaint(f"“standing” is one of {', '.join(STANDINGS)}, not “{row['standing']}”", "reason", index)
    return Reason(**row)
