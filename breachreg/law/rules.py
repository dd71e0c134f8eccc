"""The rules behind the clocks, read from `data/rules.toml`: versions with their dates of validity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from .clock import to_utc
from .datafile import DATA, LANGUAGES, DataFile
from .vocabulary import Vocabulary, language_of
from .vocabulary import load as load_vocabulary

ARTICLE_33 = "gdpr_33"
"""The rule of the notification to the authority; its versions carry the threshold of risk from which it is due."""
THRESHOLDS = ("risk", "high_risk")
NOTIFIABLE = "notifiable"
"""The condition that holds when the risk reaches the threshold."""
RECIPIENTS = ("owner", "next", "all")
_LENGTHS = ("hours", "days", "months", "hours_from")
_RULE_KEYS = frozenset(
    {
        *(
            "code",
            "version",
            "replaces",
            "regime",
            *LANGUAGES,
            "addressee",
            "owed_by",
            "binding",
            "threshold",
            "conditions",
            "terms",
        ),
        *("plan", "valid_from", "valid_to", "source", "source_fr", "provisional", "note_fr", "note_en"),
    }
)
OWN_LENGTHS = ("contract",)


@dataclass(frozen=True)
class Name:
    """An addressee, an instant or a condition, in both languages."""

    code: str
    fr: str
    en: str
    falls_back_to: str = ""

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en


@dataclass(frozen=True)
class Term:
    """A limit: so long after an instant; no length at all means without undue delay."""

    instant: str
    hours: int | None = None
    days: int | None = None
    months: int | None = None
    hours_from: str = ""


@dataclass(frozen=True)
class Step:
    """One reminder of a plan. `to` is the owner, the next in line, or all in charge."""

    to: str
    hours_before: int | None = None
    hours_after: int | None = None

    @property
    def code(self) -> str:
        """A stable name under which what was sent is remembered."""
        return f"before_{self.hours_before}" if self.hours_before is not None else f"after_{self.hours_after}"


@dataclass(frozen=True)
class Rule:
    """One version of a clock. A proposal has no `valid_from` and is never in force."""

    code: str
    version: str
    regime: str
    fr: str
    en: str
    addressee: str
    binding: bool
    conditions: tuple[str, ...]
    terms: tuple[Term, ...]
    steps: tuple[Step, ...]
    source: str
    source_fr: str = ""
    note_fr: str = ""
    note_en: str = ""
    owed_by: str = "organisation"
    threshold: str = ""
    replaces: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    provisional: bool = False

    @property
    def key(self) -> str:
        """The name under which a record keeps the version that it was judged under, such as "gdpr_33/2018-05-25"."""
        return f"{self.code}/{self.version}"

    @property
    def is_proposal(self) -> bool:
        return self.valid_from is None

    def label(self, language: str) -> str:
        return self.fr if language_of(language) == "fr" else self.en

    def cited(self, language: str) -> str:
        """The text that says so; a contract of the organisation is cited as it was written down."""
        return self.source_fr if self.source_fr and language_of(language) == "fr" else self.source

    def note(self, language: str) -> str:
        return self.note_fr if language_of(language) == "fr" else self.note_en


@dataclass(frozen=True)
class RuleBook:
    """Every rule, with the names it uses."""

    regimes: Vocabulary
    addressees: Mapping[str, Name]
    instants: Mapping[str, Name]
    conditions: Mapping[str, Name]
    thresholds: Mapping[str, Name]
    rules: tuple[Rule, ...]

    def get(self, key: str) -> Rule:
        """The version kept on a record. Raises KeyError when the file no longer has it."""
        for rule in self.rules:
            if rule.key == key:
                return rule
        raise KeyError(f"there is no rule “{key}”; a version that records were judged under must stay in rules.toml")

    def last_day(self, rule: Rule) -> date | None:
        """The last day on which a rule is in force: its own, or the day before its replacement; None when open."""
        ends = [rule.valid_to] if rule.valid_to else []
        ends += [
            other.valid_from - timedelta(days=1)
            for other in self.rules
            if other.code == rule.code and other.replaces == rule.version and other.valid_from
        ]
        return min(ends, default=None)

    def in_force(self, at: datetime, zone: ZoneInfo) -> tuple[Rule, ...]:
        """The version of each rule in force on the day of `at` in `zone`, in the order of the file.

        Raises NaiveInstant.
        """
        day = to_utc(at).astimezone(zone).date()
        return tuple(rule for rule in self.rules if self._covers(rule, day))

    def notification_rule(self, at: datetime, zone: ZoneInfo) -> Rule:
        """The version of Article 33(1) that an awareness at `at` is judged by: its hours and its threshold of risk.

        On a day without a version in force it is the last one before, or else the first of all. Raises NaiveInstant.
        """
        day = to_utc(at).astimezone(zone).date()
        dated = [rule for rule in self.rules if rule.code == ARTICLE_33 and rule.valid_from]
        begun = [rule for rule in dated if rule.valid_from <= day]
        return max(begun, key=lambda rule: rule.valid_from) if begun else min(dated, key=lambda rule: rule.valid_from)

    def condition_label(self, rule: Rule, condition: str, language: str) -> str:
        """A condition of a rule in words; that of the risk says from which one, where the rule has a threshold."""
        name = self.thresholds[rule.threshold] if condition == NOTIFIABLE and rule.threshold else self.conditions[condition]
        return name.label(language)

    def _covers(self, rule: Rule, day: date) -> bool:
        last = self.last_day(rule)
        return rule.valid_from is not None and rule.valid_from <= day and (last is None or day <= last)


@cache
def load() -> RuleBook:
    """The rules of today, yesterday and the proposals. Raises BadData, naming file and line."""
    return read(DataFile(DATA / "rules.toml"))


def read(file: DataFile) -> RuleBook:
    """Build and check the rules from their file. Raises BadData."""
    tables = ("addressee", "instant", "condition", "threshold")
    file.require(file.values, ("source", "dated", *tables, "plan", "rule"))
    named = {table: _names(file, table) for table in tables}
    regimes = load_vocabulary("regimes")
    plans = _plans(file)
    _check_fallbacks(file, named["instant"])
    _check_thresholds(file, named["threshold"])
    rules = tuple(
        _read_rule(file, index, row, named | {"regime": regimes.codes}, plans)
        for index, row in enumerate(file.values["rule"])
    )
    book = RuleBook(regimes, *(named[table] for table in tables), rules)
    for index, rule in enumerate(rules):
        _check_validity(file, index, rule, book)
    return book


def _names(file: DataFile, table: str) -> Mapping[str, Name]:
    found: dict[str, Name] = {}
    for index, row in enumerate(file.values[table]):
        file.require(row, ("code", *LANGUAGES), table, index)
        file.refuse_others(row, frozenset(Name.__dataclass_fields__), table, index)
        if row["code"] in found:
            raise file.complaint(f"the code “{row['code']}” is used twice; keep one", table, index)
        found[row["code"]] = Name(**row)
    return MappingProxyType(found)


def _check_fallbacks(file: DataFile, instants: Mapping[str, Name]) -> None:
    earlier = {""}
    for index, name in enumerate(instants.values()):
        if name.falls_back_to not in earlier:
            message = f"{name.code} falls back to “{name.falls_back_to}”, which is no instant listed before it"
            raise file.complaint(message, "instant", index)
        earlier.add(name.code)


def _check_thresholds(file: DataFile, thresholds: Mapping[str, Name]) -> None:
    if tuple(thresholds) != THRESHOLDS:
        raise file.complaint(f"the thresholds must be {' and '.join(THRESHOLDS)}, in this order", "threshold")


def _plans(file: DataFile) -> Mapping[str, tuple[Step, ...]]:
    plans = {}
    for index, row in enumerate(file.values["plan"]):
        file.require(row, ("code", "steps"), "plan", index)
        steps = tuple(Step(**step) for step in row["steps"])
        if any(step.to not in RECIPIENTS for step in steps):
            raise file.complaint(f"{row['code']}: a step goes to one of {', '.join(RECIPIENTS)}", "plan", index)
        plans[row["code"]] = steps
    return plans


def _read_rule(file: DataFile, index: int, row: dict, named: Mapping, plans: Mapping) -> Rule:
    file.require(
        row,
        ("code", "version", "regime", *LANGUAGES, "addressee", "binding", "conditions", "terms", "plan", "source"),
        "rule",
        index,
    )
    file.require(row, ("source_fr", "note_fr", "note_en"), "rule", index)
    file.refuse_others(row, _RULE_KEYS, "rule", index)
    _check_names(file, index, row, named, plans)
    kept = {key: value for key, value in row.items() if key not in ("plan", "terms", "conditions")}
    terms = tuple(Term(instant=term["from"], **{k: v for k, v in term.items() if k != "from"}) for term in row["terms"])
    return Rule(**kept, terms=terms, conditions=tuple(row["conditions"]), steps=plans[row["plan"]])


def _check_names(file: DataFile, index: int, row: dict, named: Mapping, plans: Mapping) -> None:
    used = [("regime", row["regime"]), ("addressee", row["addressee"])]
    used += [("condition", condition) for condition in row["conditions"]]
    used += [("instant", term.get("from", "")) for term in row["terms"]]
    for table, name in used:
        if name not in named[table]:
            known = ", ".join(named[table])
            raise file.complaint(f"{row['code']}: unknown {table} “{name}”; known: {known}", "rule", index)
    if row["plan"] not in plans:
        raise file.complaint(f"{row['code']}: unknown plan “{row['plan']}”; known: {', '.join(plans)}", "rule", index)
    _check_threshold(file, index, row)
    for term in row["terms"]:
        _check_length(file, index, row["code"], term)


def _check_threshold(file: DataFile, index: int, row: dict) -> None:
    """The notification to the authority has a threshold, in every version, and hangs on it; no other rule has one."""
    if row["code"] != ARTICLE_33:
        if "threshold" in row:
            raise file.complaint(f"{row['code']}: only {ARTICLE_33} has a “threshold”; take it out", "rule", index)
        return
    if row.get("threshold") not in THRESHOLDS:
        message = f"{row['code']}: the “threshold” is one of {', '.join(THRESHOLDS)}, not “{row.get('threshold', '')}”"
        raise file.complaint(message, "rule", index)
    if NOTIFIABLE not in row["conditions"]:
        raise file.complaint(f"{row['code']}: “{NOTIFIABLE}” must be among its conditions; add it", "rule", index)


def _check_length(file: DataFile, index: int, code: str, term: dict) -> None:
    file.refuse_others(term, frozenset({"from", *_LENGTHS}), "rule", index)
    lengths = [name for name in _LENGTHS if name in term]
    if len(lengths) > 1:
        raise file.complaint(f"{code}: a term has one length, not {' and '.join(lengths)}", "rule", index)
    if term.get("hours_from", "contract") not in OWN_LENGTHS:
        raise file.complaint(f"{code}: “hours_from” is one of {', '.join(OWN_LENGTHS)}", "rule", index)
    if any(term.get(name, 1) <= 0 for name in ("hours", "days", "months")):
        raise file.complaint(f"{code}: a length is above zero", "rule", index)


def _check_validity(file: DataFile, index: int, rule: Rule, book: RuleBook) -> None:
    if rule.valid_to and (rule.valid_from is None or rule.valid_to < rule.valid_from):
        raise file.complaint(f"{rule.key}: valid_to lies before valid_from", "rule", index)
    siblings = [other for other in book.rules if other.code == rule.code and other is not rule]
    if rule.replaces and rule.replaces not in {other.version for other in siblings}:
        raise file.complaint(f"{rule.key} replaces “{rule.replaces}”, which does not exist", "rule", index)
    for other in siblings:
        if other.version == rule.version:
            raise file.complaint(f"{rule.key} stands twice; give each version its own name", "rule", index)
        if _overlap(rule, other, book):
            message = f"{rule.key} and {other.key} are in force on the same days; set valid_to or “replaces”"
            raise file.complaint(message, "rule", index)


def _overlap(one: Rule, other: Rule, book: RuleBook) -> bool:
    if one.valid_from is None or other.valid_from is None:
        return False
    one_last, other_last = book.last_day(one) or date.max, book.last_day(other) or date.max
    return max(one.valid_from, other.valid_from) <= min(one_last, other_last)


def own_rule(
    *, code: str, fr: str, en: str, instant: str, hours: int | None, addressee: str = "other", source: str,
    reminders: Iterable[int] = (24, 6, 2, 0), binding: bool = True,
) -> Rule:  # fmt: skip
    """A clock of a contract or a policy of the organisation, counted in elapsed hours (None: no fixed length).

    Raises ValueError on an unknown instant or a length that is not above zero.
    """
    if instant not in load().instants:
        raise ValueError(f"there is no instant “{instant}”; instants: {', '.join(load().instants)}")
    if hours is not None and hours <= 0:
        raise ValueError("a length in hours is above zero; leave it empty for “without undue delay”")
    steps = tuple(Step(to="owner" if before > 2 else "all", hours_before=before) for before in reminders)
    if hours is None:
        steps = (Step(to="owner", hours_after=24), Step(to="next", hours_after=48), Step(to="all", hours_after=72))
    return Rule(
        code=f"own_{code}", version="own", regime="own", fr=fr, en=en, addressee=addressee, binding=binding,
        conditions=(), terms=(Term(instant, hours=hours),), steps=steps, source=source, valid_from=date.min,
    )  # fmt: skip
