"""From facts to what they weigh: each reading turns one or two facts into a range from mildest to gravest.

Every reading keeps one promise: leaving a fact unknown gives a range that holds every answer it could have had.
"""

import math
from enum import IntEnum

from . import duty_table, questions, vocabulary
from .facts import Count, Facts
from .ranges import Range, exactly, highest

DPC_CATEGORIES = ("simple", "behavioural", "financial", "sensitive")
LEAST_DPC = 1.0
LEAST_IDENTIFICATION = 0.25


class Presence(IntEnum):
    """Whether a kind of data is among those affected."""

    NO = 0
    MAYBE = 1
    YES = 2


class Reach(IntEnum):
    """Who may hold the data."""

    NOBODY = 0
    FEW_KNOWN = 1
    LEFT_OPEN = 2  # anybody could have come, and nothing says that somebody did
    OPEN = 3  # nobody is known to hold them, and nobody can say that no one does
    TAKEN = 4  # people who cannot all be reached do hold them


class Trust(IntEnum):
    """How far a small known circle of recipients is from having put everything right."""

    DELETED = 0  # bound by secrecy, and everything deleted or returned, in writing
    BOUND = 1  # bound by secrecy; the deletion is not confirmed
    STRANGER = 2


_REACH = {
    "nobody_proven": Reach.NOBODY,
    "few_known": Reach.FEW_KNOWN,
    "left_open": Reach.LEFT_OPEN,  # a flaw that nobody is known to have used (EDPB 9/2022, annex B, example vii)
    "no_evidence": Reach.OPEN,  # lost or stolen in clear: nobody can say who holds it (EDPB 01/2021, case 11)
    "many_known": Reach.TAKEN,
    "unknown_number": Reach.TAKEN,
}
ALL_OR_NOTHING = Range(False, False, True)


def points(facts: Facts, name: str) -> Range:
    """The points of ENISA's method for one answer; the whole scale of the question when it is unknown."""
    question, answer = questions.load()[name], getattr(facts, name)
    if answer is not None:
        return exactly(question.points_of(answer))
    return Range(min(question.all_points), question.points_of(question.likely), max(question.all_points))


def rank(facts: Facts, name: str, likely: int) -> Range:
    """The place of an answer in the list of its question, from 0; the whole list when it is unknown."""
    codes, answer = questions.load()[name].codes, getattr(facts, name)
    return exactly(codes.index(answer)) if answer is not None else Range(0, likely, len(codes) - 1)


def yes(answer: bool | None, *, likely: bool = False) -> Range:
    return Range(False, likely, True) if answer is None else exactly(answer)


def no(answer: bool | None, *, likely: bool = True) -> Range:
    return Range(False, likely, True) if answer is None else exactly(not answer)


def nature(facts: Facts, code: str) -> Range:
    """Whether the breach is of that nature. Unknown natures are read as likely a loss of confidentiality."""
    if facts.natures is None:
        return Range(False, code == "confidentiality", True)
    return exactly(code in facts.natures)


def malicious(facts: Facts) -> Range:
    """Whether somebody acted on purpose, by the causes; while they leave it open, hacking makes it likely."""
    terms = [vocabulary.load("causes").term(code) for code in facts.causes or ()]
    if any(term.get("malicious") for term in terms):
        return exactly(True)
    if terms and all("malicious" in term.extra for term in terms):
        return exactly(False)
    return yes(None, likely="hacking" in (facts.origins or ()))


def aimed(facts: Facts) -> Range:
    """Whether the act was after the data or the people, rather than after a thing that happened to hold them."""
    if not facts.origins:
        return Range(False, True, True)
    return exactly(not all(vocabulary.load("origins").term(code).get("thing") for code in facts.origins))


def attack(facts: Facts) -> Range:
    """Whether an information system was attacked on purpose: hacking is such an attack, taking a thing or a paper is none."""
    if "hacking" in (facts.origins or ()):
        return exactly(True)
    acted, things = malicious(facts), facts.origins and not aimed(facts).high
    return Range(False, False, acted.high and not things)


def reach(facts: Facts) -> Range:
    if facts.recipients is None:
        likely = Reach.TAKEN if nature(facts, "confidentiality").high else Reach.NOBODY
        return Range(Reach.NOBODY, likely, Reach.TAKEN)
    return exactly(_REACH[facts.recipients])


def readable(facts: Facts) -> Range:
    """False only when strong protection and a safe key are both established.

    Of strong protection alone the key is likely safe: a key rarely goes with what it locks.
    """
    if facts.protection is None:
        return Range(False, True, True)
    return exactly(True) if facts.protection != "strong" else no(facts.key_safe, likely=False)


def untrusted(facts: Facts) -> Range:
    """How little the recipients can be relied on: least when they are bound to secrecy and confirmed the deletion in
    writing, more while that is not confirmed, most for a stranger, who may promise what he likes."""
    kept = {True: Trust.DELETED, False: Trust.BOUND}
    if facts.recipient_trusted is False:
        return exactly(Trust.STRANGER)
    if facts.recipient_trusted:
        low, high = kept.get(facts.deletion_confirmed, Trust.DELETED), kept.get(facts.deletion_confirmed, Trust.BOUND)
        return Range(low, high, high)
    return Range(kept.get(facts.deletion_confirmed, Trust.DELETED), Trust.STRANGER, Trust.STRANGER)


def data_unknown(facts: Facts) -> bool:
    """Nobody knows the whole of the data yet; sensitive data alone, with nothing else ticked, are an answer."""
    if not facts.data_categories:
        return facts.data_categories is None or not facts.sensitive_categories
    return "not_known" in facts.data_categories


def presence(facts: Facts, category: str) -> Presence:
    """Whether data of one of ENISA's four categories are affected."""
    if category in _kinds_present(facts):
        return Presence.YES
    return Presence.MAYBE if _may_be_present(facts, category) else Presence.NO


def _kinds_present(facts: Facts) -> set[str]:
    ticked = facts.data_categories or frozenset()
    kinds = {vocabulary.load("data_categories").term(code).get("dpc") for code in ticked - {"other"}}
    if "other" in ticked:
        kinds |= facts.other_data or set()
    if "credentials" in ticked:
        kinds |= facts.unlocked or set()
    if facts.sensitive_categories:
        kinds.add("sensitive")
    return kinds


def _may_be_present(facts: Facts, category: str) -> bool:
    ticked = facts.data_categories or frozenset()
    return (
        data_unknown(facts)
        or ("other" in ticked and facts.other_data is None)
        or ("credentials" in ticked and facts.unlocked is None)
        or (category == "sensitive" and facts.sensitive_categories is None)
    )


def context_points(facts: Facts, category: str) -> Range:
    """The score of one category of data in its context; from zero when the data may not be there at all."""
    scored = points(facts, f"{category}_context")
    there = presence(facts, category)
    if there is Presence.YES:
        return scored
    return Range(0.0, 0.0, scored.high if there is Presence.MAYBE else 0.0)


def dpc(facts: Facts) -> Range:
    """Data processing context, from 1 to 4: each category scored by itself, the highest kept."""
    return highest(exactly(LEAST_DPC), *(context_points(facts, category) for category in DPC_CATEGORIES))


def identification(facts: Facts) -> Range:
    """Ease of identification, from 0.25 to 1; the least when nothing but unintelligible data got out."""
    answered = points(facts, "identifiability")
    hidden = _only_hidden_data(facts)
    low = LEAST_IDENTIFICATION if hidden.high else answered.low
    likely = LEAST_IDENTIFICATION if hidden.likely else answered.likely
    return Range(low, likely, LEAST_IDENTIFICATION if hidden.low else answered.high)


def _only_hidden_data(facts: Facts) -> Range:
    """Whether neither integrity nor availability is lost and whoever holds the data cannot make sense of them."""
    legible, other = readable(facts), highest(nature(facts, "integrity"), nature(facts, "availability"))
    return Range(not (legible.high or other.high), not (legible.likely or other.likely), not (legible.low or other.low))


def identity(facts: Facts) -> Range:
    """How far the identity goes, as a level of gravity from 1 to 5."""
    levels = duty_table.load().gravity_of_identity
    ticked = facts.data_categories or frozenset()
    official = max(levels.values())
    if ticked & {"social_security_number", "official_documents"}:
        return exactly(official)
    answered = exactly(levels[facts.identity]) if facts.identity else _unanswered_identity(ticked, levels)
    named = bool(ticked & {"civil_status", "contact", "credentials", "other"})
    least = answered.low if named else min(levels.values())
    if data_unknown(facts):
        return Range(least, max(least, answered.likely), official)
    return answered if named else exactly(least)


def _unanswered_identity(ticked: frozenset[str], levels: dict[str, int]) -> Range:
    likely = levels["identity_set"] if "civil_status" in ticked else min(levels.values())
    return Range(min(levels.values()), likely, max(levels.values()))


def usable_access(facts: Facts) -> Range:
    """Whether passwords or identifiers that open something are among the data."""
    if "credentials" in (facts.data_categories or ()):
        return yes(None, likely=True) if facts.unlocked is None else exactly(bool(facts.unlocked - {"nothing"}))
    return ALL_OR_NOTHING if data_unknown(facts) else exactly(False)


def vulnerable(facts: Facts) -> Range:
    """Whether minors, patients, vulnerable or exposed people are among those concerned."""
    terms = [vocabulary.load("people_categories").term(code) for code in facts.people_categories or ()]
    if any(term.get("vulnerable") or term.get("exposed") for term in terms):
        return exactly(True)
    open_question = not terms or any(term.get("unknown") for term in terms)
    return ALL_OR_NOTHING if open_question else exactly(False)


def people(facts: Facts) -> Range:
    """How many people: from none to infinitely many as far as unknown; likely the figure, or the middle, given."""
    count = facts.people_count or Count()
    low = count.low or 0
    high = math.inf if count.high is None else count.high
    return Range(min(low, _likely(count)), _likely(count), high)


def _likely(count: Count) -> int:
    if count.likely is not None:
        return count.likely
    if count.low is not None and count.high is not None:
        return (count.low + count.high) // 2
    return count.low or count.high or 0
