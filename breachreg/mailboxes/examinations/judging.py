"""The rules of an examination with their verdicts: from exports of rules, and from what its logs saw being made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from breachreg.mailboxes.examinations.analysis import records_of, surroundings_of
from breachreg.mailboxes.examinations.models import Examination, Kind, KnownRule
from breachreg.mailboxes.log import record as kinds
from breachreg.mailboxes.log.rules import rule_in
from breachreg.mailboxes.rules.rule import Rule
from breachreg.mailboxes.rules.telling import LEVELS, reason_told, sentence
from breachreg.mailboxes.rules.verdict import Verdict, judge

ORDER = {"alarming": 0, "doubtful": 1, "known": 2, "ordinary": 3}
MOST_FROM_LOG = 5000


@dataclass(frozen=True)
class JudgedRule:
    """A rule, its verdict, where it was read, and the declaration that makes it known."""

    rule: Rule
    verdict: Verdict
    source: str
    known: KnownRule | None = None

    @property
    def words(self) -> str:
        return sentence(self.rule)

    @property
    def level(self):
        return LEVELS[self.verdict.level]

    @property
    def reasons(self) -> list[str]:
        return [reason_told(reason) for reason in self.verdict.reasons]


def judged_rules(examination: Examination) -> list[JudgedRule]:
    """Every rule of the examination, the suspicious ones first; the same rule from two sources is one."""
    around = surroundings_of(examination)
    declared = KnownRule.objects.filter(organisation=examination.incident.organisation, undone_at=None).select_related("declared_by")
    known = {one.shape: one for one in declared}
    judged = [
        JudgedRule(rule, judge(rule, around), source, known.get(rule.shape)) for rule, source in _distinct(examination)
    ]
    return sorted(judged, key=lambda one: (ORDER[one.verdict.level], -sum(r.weight for r in one.verdict.reasons), one.rule.row or 0))


def _distinct(examination: Examination) -> Iterator[tuple[Rule, str]]:
    """A rule of an export takes over from the log when and from where it was made, and stands for it.

    A rule of the log that sent messages elsewhere than the export says stands beside it: it was changed meanwhile.
    """
    logged = list(_from_logs(examination))
    made = {_name(rule): rule for rule, _source in reversed(logged)}  # the first one wins: it is when it was made
    targets: dict[str, set[str]] = {}
    for rule, source in _from_files(examination):
        if maker := made.get(_name(rule)):
            rule = replace(rule, made_at=maker.made_at, made_from=maker.made_from)
        targets.setdefault(_name(rule), set()).update(rule.targets())
        yield rule, source
    seen = set()
    for rule, source in logged:
        is_in_export = _name(rule) in targets and targets[_name(rule)].issuperset(rule.targets())
        if not is_in_export and (_name(rule), rule.shape) not in seen:
            seen.add((_name(rule), rule.shape))
            yield rule, source


def _name(rule: Rule) -> str:
    return rule.name.strip().lower() if rule.name else rule.shape


def _from_files(examination: Examination) -> Iterator[tuple[Rule, str]]:
    for file in examination.files.filter(kind=Kind.RULES, done_at__isnull=False).select_related("evidence"):
        for data in file.result["rules"]:
            yield Rule.from_json(data), file.evidence.name


def _from_logs(examination: Examination) -> Iterator[tuple[Rule, str]]:
    found = records_of(examination, kind__in=(kinds.RULE, kinds.FORWARDING, kinds.TRANSPORT_RULE))
    for number, record in enumerate(found):
        rule = rule_in(record) if number < MOST_FROM_LOG else None
        if rule and rule.actions:
            yield rule, record.operation


def unreadable_rows(examination: Examination) -> list[tuple[str, int, str]]:
    """Rows of exports that could not be read: file, row, why."""
    files = examination.files.filter(kind=Kind.RULES, done_at__isnull=False).select_related("evidence")
    return [(file.evidence.name, row, why) for file in files for row, why in file.result["unreadable"]]
