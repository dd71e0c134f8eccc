"""What a letter tells a person (Article 34(2) GDPR): by their own data, what it can lead to and what to do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from .datafile import DATA, LANGUAGES, DataFile
from .vocabulary import language_of
from .vocabulary import load as load_vocabulary

URGENCIES = (1, 2, 3)
DETAILS = frozenset({"bank_account", "payment_card", "password"})
_VOCABULARIES = {
    "data": "data_categories",
    "sensitive": "sensitive_categories",
    "people": "people_categories",
    "natures": "natures",
}
_LISTS = (*_VOCABULARIES, "details", "replaces")
_TOPIC_KEYS = frozenset({"code", *LANGUAGES, "consequences_fr", "consequences_en", "advice", *_LISTS})


@dataclass(frozen=True)
class Sentence:
    """A sentence in both languages; `urgency` is 1 (at once), 2 (in the coming days) or 3 (in the longer run)."""

    fr: str
    en: str
    urgency: int = 1
    code: str = ""
    article: str = ""

    def text(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en


@dataclass(frozen=True)
class Topic:
    """One kind of loss: its consequences and its advice."""

    code: str
    fr: str
    en: str
    consequences: tuple[Sentence, ...]
    advice: tuple[Sentence, ...]
    concerns: Mapping[str, frozenset[str]]
    replaces: frozenset[str] = frozenset()

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def touches(self, person: Mapping[str, Collection[str]]) -> bool:
        return any(codes & set(person.get(name, ())) for name, codes in self.concerns.items())


@dataclass(frozen=True)
class Advice:
    """The whole of `data/advice.toml`."""

    elements: tuple[Sentence, ...]
    general: tuple[Sentence, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Counsel:
    """What one person is told: topics, their consequences, and the advice by urgency."""

    topics: tuple[Topic, ...]

    def consequences(self, language: str) -> tuple[str, ...]:
        return tuple(each.text(language) for topic in self.topics for each in topic.consequences)

    def advice(self, language: str, *, at_most: int | None = None) -> tuple[str, ...]:
        """The advice, most urgent first and each once; `at_most` keeps that many of the most urgent."""
        every = sorted((each for topic in self.topics for each in topic.advice), key=lambda each: each.urgency)
        return tuple(dict.fromkeys(each.text(language) for each in every))[:at_most]


@cache
def load() -> Advice:
    """Raises BadData, naming file and line."""
    return read(DataFile(DATA / "advice.toml"))


def counsel(
    *,
    data: Collection[str] = (),
    sensitive: Collection[str] = (),
    people: Collection[str] = (),
    natures: Collection[str] = (),
    details: Collection[str] = (),
) -> Counsel:
    """What fits one person's own data, situation and the nature of the breach (Article 34(2), recital 86).

    details is finer than the form's categories: "bank_account", "payment_card", "password". Advice on data that were
    only unavailable or altered needs `natures`; what concerns disclosure is left out unless confidentiality was lost
    or no nature is given.
    """
    disclosed = not natures or "confidentiality" in natures
    person = {"data": data, "sensitive": sensitive, "people": people, "details": details} if disclosed else {}
    fitting = [topic for topic in load().topics if topic.touches(person | {"natures": natures})]
    replaced = frozenset().union(*(topic.replaces for topic in fitting))
    return Counsel(tuple(topic for topic in fitting if topic.code not in replaced))


def read(file: DataFile) -> Advice:
    """Build and check the advice from its file. Raises BadData."""
    file.require(file.values, ("source", "dated", "element", "general", "topic"))
    topics = tuple(_read_topic(file, index, row) for index, row in enumerate(file.values["topic"]))
    codes = {topic.code for topic in topics}
    for index, topic in enumerate(topics):
        if topic.replaces - codes:
            raise file.complaint(f"{topic.code} replaces an unknown topic", "topic", index)
    return Advice(_sentences(file, "element"), _sentences(file, "general"), topics)


def _sentences(file: DataFile, table: str) -> tuple[Sentence, ...]:
    for index, row in enumerate(file.values[table]):
        file.require(row, ("code", *LANGUAGES), table, index)
    return tuple(Sentence(**row) for row in file.values[table])


def _read_topic(file: DataFile, index: int, row: dict) -> Topic:
    file.require(row, ("code", *LANGUAGES, "consequences_fr", "consequences_en", "advice"), "topic", index)
    file.refuse_others(row, _TOPIC_KEYS, "topic", index)
    _check_lists(file, index, row)
    if len(row["consequences_fr"]) != len(row["consequences_en"]):
        raise file.complaint(f"{row['code']}: a consequence is missing in one language", "topic", index)
    pairs = zip(row["consequences_fr"], row["consequences_en"], strict=True)
    return Topic(
        code=row["code"],
        fr=row["fr"],
        en=row["en"],
        consequences=tuple(Sentence(fr, en) for fr, en in pairs),
        advice=tuple(_read_advice(file, index, each) for each in row["advice"]),
        concerns={name: frozenset(row.get(name, ())) for name in (*_VOCABULARIES, "details")},
        replaces=frozenset(row.get("replaces", ())),
    )


def _read_advice(file: DataFile, index: int, row: dict) -> Sentence:
    file.require(row, ("urgency", *LANGUAGES), "topic", index)
    if row["urgency"] not in URGENCIES:
        raise file.complaint(f"“urgency” is 1, 2 or 3, not {row['urgency']}", "topic", index)
    return Sentence(**row)


def _check_lists(file: DataFile, index: int, row: dict) -> None:
    known = {name: frozenset(load_vocabulary(vocabulary).codes) for name, vocabulary in _VOCABULARIES.items()}
    for name, codes in (known | {"details": DETAILS}).items():
        for code in row.get(name, ()):
            if code not in codes:
                raise file.complaint(f"{row['code']}: “{code}” in “{name}” is unknown", "topic", index)
