"""The facts of an incident in the sections and words of the CNIL's form, and which columns hold each answer.

The words come from ``law/data/form.toml``; a question that only this register asks carries its own.
"""

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from breachreg.law import form as cnil
from breachreg.law import vocabulary


@dataclass(frozen=True)
class Question:
    """One question of the register: the columns of its answer, and its place in the CNIL's form when it has one.

    `kind` is codes, code, yes_no, amount, day, count, line or text. `none` is offered as an answer of its own.
    `shown_when` is "column:code" or "column": the answer to another question that makes this one matter.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    code: str = ""
    words: Promise | str = ""
    words_list: str = ""
    none: Promise | str = ""
    hint: Promise | str = ""
    shown_when: str = ""

    @property
    def label(self) -> str:
        """The question, in the language in force."""
        return str(self.words) if self.words else cnil.load().field(self.code).label(_language())

    @property
    def vocabulary(self) -> vocabulary.Vocabulary | None:
        name = self.words_list or (cnil.load().field(self.code).vocabulary if self.code else "")
        return vocabulary.load(name) if name else None

    @property
    def may_wait(self) -> bool:
        """Whether the initial notification can leave without the answer (Art. 33(4))."""
        return not self.code or cnil.load().field(self.code).may_wait

    @property
    def is_for_the_authority(self) -> bool:
        """Whether the CNIL's form asks this at all, and expects an answer some day."""
        return bool(self.code) and cnil.load().field(self.code).needed != "optional"


@dataclass(frozen=True)
class Section:
    """A section of the facts form, as the CNIL's form numbers and names it."""

    code: str
    questions: tuple[Question, ...]

    @property
    def number(self) -> int:
        return self._of_form.number

    @property
    def label(self) -> str:
        return self._of_form.label(_language())

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for question in self.questions for column in question.columns)

    @property
    def _of_form(self) -> cnil.Section:
        return next(section for section in cnil.load().sections if section.code == self.code)


def _one(name: str, kind: str, code: str = "", **more) -> Question:
    return Question(name, kind, (name,), code, **more)


def _amount(name: str, code: str, **more) -> Question:
    return Question(name, "amount", (f"{name}_low", f"{name}_likely", f"{name}_high"), code, **more)


NONE = _("None of them")

SECTIONS = (
    Section(
        "timeline",
        (
            _one("is_period_established", "yes_no", "period_known"),
            _one("is_ongoing", "yes_no", "ongoing"),
            _one("dates_comment", "text", "date_comments"),
            _one("discovery", "text", "discovery", hint=_("By whom, where, when, how?")),
            _one(
                "delay_reasons", "text", "delay_reasons",
                hint=_("Only when the notification leaves after its due time (Art. 33(1))."),
            ),
        ),
    ),
    Section(
        "breach",
        (
            _one("natures", "codes", "natures"),
            _one("origins", "codes", "origins"),
            _one("origin_other", "line", "origin_other", shown_when="origins:other"),
            _one("causes", "codes", "causes"),
            _one("cause_other", "line", "cause_other", shown_when="causes:other"),
            _one("narrative", "text", "description", hint=_("What happened, in plain words, without names of people.")),
            _one("processing_activities", "text", words=_("Which processing activities are concerned?")),
        ),
    ),
    Section(
        "data_and_people",
        (
            _one("data_categories", "codes", "data_categories"),
            _one("data_other", "line", "data_other", shown_when="data_categories:other"),
            _one("has_sensitive_data", "yes_no", words=_("Are there sensitive data (Art. 9 GDPR) among them?")),
            _one("sensitive_categories", "codes", "sensitive_categories", none=NONE, shown_when="has_sensitive_data"),
            _amount("records", "records_count"),
            _one("people_categories", "codes", "people_categories"),
            _one("people_other", "line", "people_other", shown_when="people_categories:other"),
            _amount("people", "people_count"),
            _one("media", "codes", "media"),
            _one("are_people_identifiable", "yes_no", "directly_identifiable"),
        ),
    ),
    Section("measures_before", (_one("measures_before", "text", "measures_before"),)),
    Section(
        "consequences",
        (
            _one("consequences", "codes", "consequences", none=NONE),
            _one("consequences_other", "text", words=_("Other consequences")),
        ),
    ),
    Section(
        "harms",
        (
            _one("harms", "codes", "harms", none=NONE),
            _one("harms_other", "text", "harm_other", shown_when="harms:other"),
            _one("severity", "code", "severity"),
        ),
    ),
    Section("measures_after", (_one("measures_after", "text", "measures_after"),)),
    Section(
        "communication",
        (
            _one("communication", "code", "communication"),
            _one("told_on", "day", "informed_on", shown_when="communication:informed"),
            _one("told_count", "count", "informed_count", shown_when="communication:informed"),
            _one("telling_planned_on", "day", "to_inform_on", shown_when="communication:planned"),
            _one("telling_channels", "line", words=_("By which means are the people told?")),
            _one("not_telling_reason", "code", "non_communication_reason", shown_when="communication:not_planned"),
            _one("not_telling_evidence", "text", "non_communication_details", shown_when="communication:not_planned"),
        ),
    ),
    Section(
        "other_notifications",
        (
            _one("is_cross_border", "yes_no", "cross_border"),
            _one("cross_border_countries", "text", "cross_border_countries", shown_when="is_cross_border"),
            _one("notifies_other_dpa", "yes_no", "other_data_protection_authority"),
            _one(
                "other_data_protection_authorities", "line", "which_data_protection_authorities",
                shown_when="notifies_other_dpa",
            ),
            _one("other_authorities", "codes", "other_authorities", none=NONE),
            _one("other_authorities_detail", "text", words=_("What was or will be said to them, and when?")),
        ),
    ),
)


@cache
def by_code() -> dict[str, Section]:
    return {section.code: section for section in SECTIONS}


@cache
def question_of() -> dict[str, Question]:
    """Each question by its name, for the ledger of unknowns."""
    return {question.name: question for section in SECTIONS for question in section.questions}


def _language() -> str:
    return get_language() or "fr"
