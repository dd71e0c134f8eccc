"""Segments: people who lost the same data, in the same capacity, and read the same language, get the same letter."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from breachreg.letters.models import Letter
from breachreg.register.models import Incident

UNKNOWN = "?"


@dataclass(frozen=True)
class Segment:
    """Whom a letter speaks to. The categories are None when they are not known."""

    language: str
    group: str
    capacity: str
    data_categories: tuple[str, ...] | None
    sensitive_categories: tuple[str, ...] | None
    details: tuple[str, ...] = ()

    @classmethod
    def of_letter(cls, letter: Letter) -> "Segment":
        """The segment that a letter speaks to."""
        return cls(
            letter.language, letter.group, letter.capacity, letter.data_categories, letter.sensitive_categories,
            tuple(letter.details),
        )  # fmt: skip

    @classmethod
    def of_code(cls, code: str) -> "Segment":
        """The segment that ``code`` wrote down."""
        language, group, capacity, *lists = code.split("|")
        return cls(language, group, capacity, *map(_read, lists))

    @property
    def code(self) -> str:
        """The segment as one text; the same for two segments that differ only in the order of their lists."""
        lists = map(_written, (self.data_categories, self.sensitive_categories, self.details))
        return "|".join((self.language, self.group, self.capacity, *lists))

    @property
    def columns(self) -> dict[str, object]:
        """The columns of a letter to this segment."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"details": list(self.details)}


def letter_of(incident: Incident, segment: Segment) -> Letter | None:
    """The latest letter of an incident to exactly this segment that no newer version replaces, if there is one."""
    wanted = segment.code
    letters = Letter.objects.filter(
        incident=incident, language=segment.language, group=segment.group, capacity=segment.capacity, replaced_by=None
    )
    return next((letter for letter in letters.order_by("-number") if Segment.of_letter(letter).code == wanted), None)


def _written(codes: Iterable[str] | None) -> str:
    return UNKNOWN if codes is None else ",".join(sorted(codes))


def _read(text: str) -> tuple[str, ...] | None:
    if text == UNKNOWN:
        return None
    return tuple(text.split(",")) if text else ()
