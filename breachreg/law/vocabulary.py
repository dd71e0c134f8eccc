"""The closed lists of the CNIL's form and of this register: neutral codes, official labels, older wordings.

Each list is one file of `data/vocabulary/`. A stored record holds codes only, so that a label corrected in the file
is corrected everywhere, and so that the coming European form can be produced from the same record.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from .datafile import DATA, LANGUAGES, BadData, DataFile

NAMES = (
    "notification_types",
    "civilities",
    "sectors",
    "party_roles",
    "natures",
    "origins",
    "causes",
    "data_categories",
    "sensitive_categories",
    "people_categories",
    "people_bands",
    "media",
    "consequences",
    "harms",
    "severities",
    "communication",
    "non_communication_reasons",
    "other_authorities",
    "regimes",
)

OWN_WORDS = frozenset({"regimes", "non_communication_reasons"})  # our French is typeset, the CNIL's is left as it is
_OWN_KEYS = frozenset({"code", "fr", "en", "alone_fr", "alone_en", "aliases", "provisional", "source"})
_CODE = re.compile(r"^[a-z][a-z0-9_]*$")
_APOSTROPHES = re.compile("[’‘ʼ`´']+")
_SPACES = re.compile(r"\s+")


class UnknownCode(KeyError):
    """The vocabulary has no such code."""

    def __str__(self) -> str:
        return self.args[0]


class UnknownLabel(ValueError):
    """No term of the vocabulary reads like this; `nearest` is the closest label, or None."""

    def __init__(self, label: str, vocabulary: str, nearest: str | None):
        self.label, self.vocabulary, self.nearest = label, vocabulary, nearest
        hint = f"; the nearest is “{nearest}”" if nearest else ""
        super().__init__(f"“{label}” is not a label of {vocabulary}{hint}")


class AmbiguousLabel(UnknownLabel):
    """The form uses this label in several blocks ("Autre"); `candidates` are the labels that tell them apart."""

    def __init__(self, label: str, vocabulary: str, candidates: tuple[str, ...]):
        super().__init__(label, vocabulary, None)
        self.candidates = candidates
        self.args = (f"“{label}” stands in several blocks of {vocabulary}; write one of: {', '.join(candidates)}",)


@dataclass(frozen=True)
class Term:
    """One entry of a vocabulary. `extra` holds what only this vocabulary says of its terms.

    `alone_fr` and `alone_en` replace the label where the term is shown outside its block of the form.
    """

    code: str
    fr: str
    en: str
    alone_fr: str = ""
    alone_en: str = ""
    aliases: tuple[str, ...] = ()
    provisional: bool = False
    source: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def label(self, language: str) -> str:
        """The label in "fr" (official) or "en"; a regional code such as "fr-ca" counts as its language."""
        return self.fr if language_of(language) == "fr" else self.en

    def label_alone(self, language: str) -> str:
        """The label that is clear without the block of the form around it."""
        return (self.alone_fr if language_of(language) == "fr" else self.alone_en) or self.label(language)

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every text that stands for this term, in both languages, old and new."""
        return tuple(text for text in (self.fr, self.en, self.alone_fr, self.alone_en, *self.aliases) if text)

    def get(self, name: str, default: Any = None) -> Any:
        return self.extra.get(name, default)


@dataclass(frozen=True)
class Vocabulary:
    name: str
    source: str
    terms: tuple[Term, ...]
    title: Mapping[str, str] = field(default_factory=dict, hash=False)
    grouped_by: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in the order of the form."""
        return tuple(term.code for term in self.terms)

    @cached_property
    def _by_code(self) -> Mapping[str, Term]:
        return {term.code: term for term in self.terms}

    def term(self, code: str) -> Term:
        """Raises UnknownCode."""
        if code in self._by_code:
            return self._by_code[code]
        raise UnknownCode(f"“{code}” is not a code of {self.name}; codes: {', '.join(self.codes)}")

    def label(self, code: str, language: str = "fr") -> str:
        """The label of `code`; in French the official one, letter by letter. Raises UnknownCode."""
        return self.term(code).label(language)

    def choices(self, language: str = "fr") -> list[tuple[str, str]]:
        """Pairs (code, label) in the order of the form, each label clear by itself."""
        return [(term.code, term.label_alone(language)) for term in self.terms]

    def groups(self, language: str = "fr") -> dict[str, list[tuple[str, str]]]:
        """The choices block by block, with the official labels, when the form shows this list in blocks."""
        blocks: dict[str, list[tuple[str, str]]] = {}
        for term in self.terms:
            blocks.setdefault(term.get(self.grouped_by, ""), []).append((term.code, term.label(language)))
        return blocks

    def code_of(self, label: str) -> str:
        """The code of a label in either language or in an older wording.

        Exact first, then without regard to the kind or doubling of apostrophes, to white space and to case.
        Raises UnknownLabel, which names the nearest label, or AmbiguousLabel.
        """
        exact, loose = _labels_of(self)
        codes = exact.get(label) or loose.get(tolerant(label), ())
        if len(codes) > 1:
            raise AmbiguousLabel(label, self.name, tuple(self.term(code).label_alone("fr") for code in codes))
        if not codes:
            raise UnknownLabel(label, self.name, self._nearest(label))
        return codes[0]

    def _nearest(self, label: str) -> str | None:
        written = {tolerant(text): text for term in self.terms for text in (term.fr, term.en)}
        close = difflib.get_close_matches(tolerant(label), written, n=1, cutoff=0.4)
        return written[close[0]] if close else None


def language_of(language: str) -> str:
    """ "fr" or "en". Raises ValueError for any other language."""
    short = language.lower().replace("_", "-").split("-")[0]
    if short not in LANGUAGES:
        raise ValueError(f"the law's data is in {' and '.join(LANGUAGES)}, not in “{language}”")
    return short


def tolerant(label: str) -> str:
    """The label as it is compared: one kind of apostrophe, single spaces, lower case."""
    return _SPACES.sub(" ", _APOSTROPHES.sub("'", label)).strip().casefold()


@cache
def load(name: str) -> Vocabulary:
    """The vocabulary of that name. Raises BadData, naming file and line, when its file cannot be trusted."""
    if name not in NAMES:
        raise BadData(f"there is no vocabulary “{name}”; known: {', '.join(NAMES)}")
    return read(DataFile(DATA / "vocabulary" / f"{name}.toml", own_words=name in OWN_WORDS), name)


def read(file: DataFile, name: str) -> Vocabulary:
    """Build and check one vocabulary from its file. Raises BadData."""
    file.require(file.values, ("source", "dated", "title", "term"))
    file.refuse_others(file.values, frozenset({"source", "dated", "title", "term", "grouped_by"}))
    file.require(file.values["title"], LANGUAGES)
    terms = tuple(_read_term(file, index, row) for index, row in enumerate(file.values["term"]))
    grouped_by = file.values.get("grouped_by", "")
    _refuse_twins(file, terms, grouped_by)
    title = MappingProxyType(file.values["title"])
    return Vocabulary(name, file.values["source"], terms, title, grouped_by)


def _read_term(file: DataFile, index: int, row: dict) -> Term:
    file.require(row, ("code", *LANGUAGES), "term", index)
    if not _CODE.match(row["code"]):
        raise file.complaint(f"the code “{row['code']}” is not snake_case English", "term", index)
    own = {key: value for key, value in row.items() if key in _OWN_KEYS}
    own["aliases"] = tuple(own.get("aliases", ()))
    extra = MappingProxyType({key: value for key, value in row.items() if key not in _OWN_KEYS})
    return Term(**{"source": file.values["source"], **own}, extra=extra)


def _refuse_twins(file: DataFile, terms: tuple[Term, ...], grouped_by: str) -> None:
    codes: set[str] = set()
    meanings: dict[tuple[str, str], str] = {}
    for index, term in enumerate(terms):
        if term.code in codes:
            raise file.complaint(f"the code “{term.code}” is used twice; keep one", "term", index)
        codes.add(term.code)
        for text in term.wordings:
            first = meanings.setdefault((term.get(grouped_by, ""), tolerant(text)), term.code)
            if first != term.code:
                raise file.complaint(f"“{text}” already means {first}; a label has one meaning", "term", index)


@cache
def _labels_of(vocabulary: Vocabulary) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    exact: dict[str, tuple[str, ...]] = {}
    loose: dict[str, tuple[str, ...]] = {}
    for term in vocabulary.terms:
        for text in term.wordings:
            for index, key in ((exact, text), (loose, tolerant(text))):
                index[key] = tuple(dict.fromkeys((*index.get(key, ()), term.code)))
    return exact, loose
