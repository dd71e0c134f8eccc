"""A draft as a person reads it: section by section, each answer with its words, its source, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import cached_property

from breachreg.law.form import Field, Section
from breachreg.notifications import completeness
from breachreg.notifications.answers import Source, form, in_words, is_asked
from breachreg.notifications.compare import Difference, is_same, since
from breachreg.notifications.held import Held, held_by
from breachreg.notifications.models import AnswerEntry, Notification, Thread
from breachreg.notifications.neutral import digest
from breachreg.notifications.papers import SOURCES
from breachreg.notifications.prefill import fill
from breachreg.notifications.record import Record, read
from breachreg.notifications.unknowns import promise_of, unknown
from breachreg.register.models import Promise

# Where an answer is changed that is not typed here: the register's pages, by the name of their address.
CHANGED_ON_ITS_OWN_PAGE = {"parties": "parties", "notification_type": None}


@dataclass(frozen=True)
class Row:
    """One question with its answer. `words` is None when it is not known; `record_words` what the record says now, when stale."""

    field: Field
    entry: AnswerEntry
    words: tuple[str, ...] | None
    label: str
    source: str
    unknown: str = ""
    promise: Promise | None = None
    is_stale: bool = False
    record_words: tuple[str, ...] | None = None
    point: completeness.Point | None = None
    change: Difference | None = None
    threads: list[Thread] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def is_typed(self) -> bool:
        return self.entry.source == Source.TYPED and self.entry.edited_at is not None

    @property
    def is_long(self) -> bool:
        return self.field.type == "long_text"

    @property
    def open_threads(self) -> list[Thread]:
        return [thread for thread in self.threads if thread.resolved_at is None]

    @property
    def text(self) -> str:
        """The answer as one text, as it is copied into the authority's form."""
        return "\n".join(self.words or (self.unknown,))

    @property
    def carried(self) -> str:
        """What a tick keeps of the text that was carried over."""
        return digest(self.text.encode())


@dataclass(frozen=True)
class Chapter:
    section: Section
    title: str
    rows: list[Row]

    @property
    def source(self) -> str:
        """The one source of every answer of the section; "" when they differ, and each answer tells its own."""
        sources = {row.source for row in self.rows if row.words is not None}
        typed = any(row.is_typed for row in self.rows)
        return sources.pop() if len(sources) == 1 and len(self.rows) > 1 and not typed else ""

    @property
    def open_count(self) -> int:
        """How many questions of the section are open although an answer is expected."""
        return sum(row.words is None and row.field.needed != "optional" for row in self.rows)

    @property
    def is_editable(self) -> bool:
        return any(row.code not in CHANGED_ON_ITS_OWN_PAGE for row in self.rows)


class Reading:
    """A notification read at an instant, in "fr" or "en". Loads everything once."""

    def __init__(self, notification: Notification, *, at: datetime, language: str):
        self.notification, self.at, self.language = notification, at, language

    @cached_property
    def record(self) -> Record:
        return read(self.notification.incident, at=self.at, kind=self.notification.kind)

    @cached_property
    def entries(self) -> dict[str, AnswerEntry]:
        return {entry.field: entry for entry in self.notification.entries.select_related("edited_by")}

    @cached_property
    def answers(self) -> dict:
        return {code: entry.value for code, entry in self.entries.items()}

    @cached_property
    def points(self) -> list[completeness.Point]:
        composed = {code for code, entry in self.entries.items() if entry.source == Source.COMPOSED}
        return completeness.check(self.answers, self.record.circumstances, composed)

    def points_of(self, weight: str) -> list[completeness.Point]:
        return [point for point in self.points if point.weight == weight]

    @cached_property
    def threads(self) -> dict[str, list[Thread]]:
        found = defaultdict(list)
        every = self.notification.threads.select_related("opened_by", "resolved_by")
        for thread in every.prefetch_related("comments__written_by", "comments__mentions"):
            found[thread.field].append(thread)
        return found

    @property
    def general_threads(self) -> list[Thread]:
        return self.threads[""]

    @property
    def open_threads(self) -> list[tuple[str, Thread]]:
        """The threads that nobody resolved, each with the label of its question ("" for the whole), in the form's order."""
        order = ["", *form().by_code]
        found = [thread for code in order for thread in self.threads.get(code, ()) if thread.resolved_at is None]
        return [(form().field(thread.field).label(self.language) if thread.field else "", thread) for thread in found]

    @cached_property
    def held(self) -> Held | None:
        return held_by(self.notification)

    @cached_property
    def changes(self) -> dict[str, Difference]:
        """What changed since the version that the authority holds, question by question, in the form's order."""
        if self.held is None:
            return {}
        found = since(self.held.answers, self.answers, language=self.language, zone=self.record.zone)
        return {difference.code: difference for difference in found}

    @property
    def changed(self) -> list[Row]:
        """The questions whose answer changed since the version that the authority holds."""
        return [self.row(code) for code in self.changes]

    @cached_property
    def chapters(self) -> list[Chapter]:
        return [
            Chapter(section, section.label(self.language), rows)
            for section in form().sections
            if (rows := list(self._rows(section)))
        ]

    @cached_property
    def stale(self) -> list[Row]:
        """The answers about which the record says something else than when they were last looked at."""
        return [row for chapter in self.chapters for row in chapter.rows if row.is_stale]

    @cached_property
    def missing(self) -> list[Row]:
        """The open questions that the authority expects an answer to, now or later."""
        return [
            row for chapter in self.chapters for row in chapter.rows
            if row.words is None and row.field.needed != "optional"
        ]

    def row(self, code: str) -> Row:
        """The row of a question, also of one that is not asked at the moment. Raises KeyError."""
        return self._row(form().field(code))

    def _rows(self, section: Section) -> Iterator[Row]:
        for question in section.fields:
            if is_asked(question, self.answers, self.record.circumstances):
                yield self._row(question)

    def _row(self, question: Field) -> Row:
        code, entry = question.code, self.entries[question.code]
        now = self._filled[code].value
        is_stale = self.notification.is_open and not is_same(now, entry.record_value) and not _is_settled(entry)
        point = next((point for point in self.points if point.field.code == code), None)
        return Row(
            field=question, entry=entry, label=question.label(self.language), words=self._words(question, entry.value),
            source=SOURCES[entry.source], unknown=unknown(self.record, code, self.language),
            promise=promise_of(self.record, code), is_stale=is_stale,
            record_words=self._words(question, now) if is_stale else None, point=point, change=self.changes.get(code),
            threads=self.threads[code],
        )

    @cached_property
    def _filled(self):
        return fill(self.record)

    def _words(self, question: Field, value) -> tuple[str, ...] | None:
        return in_words(question, value, self.language, self.record.zone) or None


def _is_settled(entry: AnswerEntry) -> bool:
    """Whether a person's own words stand, whatever the timeline adds afterwards."""
    return entry.field in completeness.OWNED_BY_A_PERSON and entry.edited_at is not None
