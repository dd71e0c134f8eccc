"""The questions of the assessment, read from `data/facts.toml`: the form is drawn from them."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType

from .datafile import DATA, LANGUAGES, BadData, DataFile
from .vocabulary import NAMES, language_of
from .vocabulary import load as load_vocabulary

KINDS = ("boolean", "choice", "choices", "count")
YES_NO = {"fr": {True: "Oui", False: "Non"}, "en": {True: "Yes", False: "No"}}
_KEYS = frozenset(
    [
        "code",
        "kind",
        "vocabulary",
        "fr",
        "en",
        "help_fr",
        "help_en",
        "asked_when",
        "points",
        "line",
        "line_fr",
        "basic",
        "likely",
        "source",
        "answers",
        "option",
    ]
)
_OPTION_KEYS = frozenset({"code", "fr", "en", "points"})


@dataclass(frozen=True)
class Option:
    code: str
    fr: str
    en: str
    points: float | None = None

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en


@dataclass(frozen=True)
class Question:
    """One fact, as the question that a person answers; no answer means not known yet."""

    code: str
    kind: str
    fr: str
    en: str
    help_fr: str
    help_en: str
    source: str
    answers: str = ""
    vocabulary: str = ""
    asked_when: tuple[tuple[str, str], ...] = ()
    line: str = ""
    line_fr: str = ""
    likely: str = ""
    options: tuple[Option, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict, hash=False)

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def help(self, language: str) -> str:
        return self.help_fr if language_of(language) == "fr" else self.help_en

    def method(self, language: str) -> str:
        """The line of the method that gives the points."""
        return self.line_fr if language_of(language) == "fr" else self.line

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The answers that a choice or choices may hold."""
        return tuple(option.code for option in self.options)

    def option(self, code: str) -> Option:
        """Raises KeyError, which lists the known answers."""
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(f"{self.code} has no answer “{code}”; answers: {', '.join(self.codes)}")

    def choices(self, language: str) -> list[tuple[str, str]]:
        return [(option.code, option.label(language)) for option in self.options]

    def points_of(self, code: str) -> float:
        """ENISA's points for an answer. Raises KeyError."""
        return self.option(code).points

    @cached_property
    def all_points(self) -> tuple[float, ...]:
        return tuple(option.points for option in self.options)

    def is_asked(self, facts) -> bool:
        """Whether the question makes sense beside the other answers; one not known yet keeps it open.

        A condition on a question that is not asked itself never holds.
        """
        return not self.asked_when or any(_may_hold(facts, name, value) for name, value in self.asked_when)


def _may_hold(facts, name: str, value: str) -> bool:
    answer = getattr(facts, name)
    if not load()[name].is_asked(facts):
        return False
    if answer is None:
        return True
    if isinstance(answer, bool):
        return answer is (value == "yes")
    if isinstance(answer, frozenset):
        return bool(answer) if value == "*" else value in answer
    return answer == value


@cache
def load() -> Mapping[str, Question]:
    """Every question by its code, in the order of the form. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "facts.toml"))


def read(file: DataFile) -> Mapping[str, Question]:
    """Build and check the questions from their file. Raises BadData."""
    file.require(file.values, ("source", "dated", "question"))
    option_positions = itertools.count()
    found: dict[str, Question] = {}
    for index, row in enumerate(file.values["question"]):
        question = _read_question(file, index, row, option_positions)
        if question.code in found:
            raise file.complaint(f"the code “{question.code}” is used twice; keep one", "question", index)
        found[question.code] = question
    for index, question in enumerate(found.values()):
        _check_conditions(file, index, question, found)
    return MappingProxyType(found)


def _read_question(file: DataFile, index: int, row: dict, option_positions) -> Question:
    file.require(row, ("code", "kind", *LANGUAGES, "help_fr", "help_en"), "question", index)
    file.refuse_others(row, _KEYS, "question", index)
    if "line" in row:
        file.require(row, ("line", "line_fr"), "question", index)
    if row["kind"] not in KINDS:
        raise file.complaint(f"“kind” is one of {', '.join(KINDS)}, not “{row['kind']}”", "question", index)
    kept = {key: value for key, value in row.items() if key not in {"option", "asked_when", "basic"}}
    own = tuple(_read_option(file, next(option_positions), option) for option in row.get("option", ()))
    question = Question(
        **{"source": file.values["source"], **kept, "likely": row.get("basic", row.get("likely", ""))},
        asked_when=tuple(tuple(condition.partition(":")[::2]) for condition in row.get("asked_when", ())),
        options=_vocabulary_options(file, index, row.get("vocabulary", "")) + own,
    )
    _check_options(file, index, question)
    return question


def _read_option(file: DataFile, position: int, row: dict) -> Option:
    file.require(row, ("code", *LANGUAGES), "question.option", position)
    file.refuse_others(row, _OPTION_KEYS, "question.option", position)
    return Option(**row)


def _vocabulary_options(file: DataFile, index: int, name: str) -> tuple[Option, ...]:
    if not name:
        return ()
    if name not in NAMES:
        raise file.complaint(f"unknown vocabulary “{name}”; known: {', '.join(NAMES)}", "question", index)
    return tuple(Option(term.code, term.fr, term.en) for term in load_vocabulary(name).terms)


def _check_options(file: DataFile, index: int, question: Question) -> None:
    if question.kind in ("choice", "choices") and not question.options:
        raise file.complaint(f"{question.code} lists no answers; add [[question.option]]", "question", index)
    if question.likely and question.likely not in question.codes:
        raise file.complaint(f"{question.code}: “{question.likely}” is not one of its answers", "question", index)
    scored = [option.points is not None for option in question.options]
    if any(scored) and not all(scored):
        raise file.complaint(f"{question.code}: give points to every answer or to none", "question", index)
    if any(scored) and list(question.all_points) != sorted(question.all_points):
        raise file.complaint(f"{question.code}: list the answers from the fewest points to the most", "question", index)


def _check_conditions(file: DataFile, index: int, question: Question, found: Mapping[str, Question]) -> None:
    for name, value in question.asked_when:
        parent = found.get(name)
        answers = ("yes", "no") if parent is not None and parent.kind == "boolean" else getattr(parent, "codes", ())
        if value != "*" and value not in answers:
            raise file.complaint(f"{question.code}: “{name}:{value}” is no answer of a question", "question", index)


def complain_of_fields(names: set[str]) -> None:
    """Raise BadData unless the questions and the fields of `Facts` are the same."""
    asked = set(load())
    for name in sorted(names ^ asked):
        where = "facts.toml has no question for" if name in names else "facts.py has no field for"
        raise BadData(f"facts.toml: {where} “{name}”")
