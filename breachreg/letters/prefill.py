"""The first draft of a letter, from the record and the law's advice for what these people lost; a person edits it.

What the record does not know is left out, or left as a placeholder that the check names, and never invented.
"""

import tomllib
from collections.abc import Iterable
from functools import cache

from breachreg.law import advice
from breachreg.letters.content import DATA
from breachreg.letters.models import Capacity, Group
from breachreg.letters.segments import Segment
from breachreg.register.models import Incident

MOST_ADVICE = 6
"""People read six points; a seventh makes them read none."""


def first_draft(incident: Incident, segment: Segment) -> dict[str, str]:
    """Subject and parts by code, in the segment's language."""
    words = _words()[segment.language]
    told = _counsel(incident, segment)
    if segment.group == Group.DECEIVED:
        consequences, points = [words["deceived_consequence"]], words["deceived_advice"]
    else:
        consequences, points = told.consequences(segment.language), told.advice(segment.language, at_most=MOST_ADVICE)
    return {
        "subject": words["subject"],
        "opening": _opening(segment, words),
        "what_happened": _what_happened(incident, segment, words),
        "your_data": _your_data(told, segment, words),
        "consequences": _paragraphs(consequences),
        "measures": (incident.measures_after or "").strip(),
        "advice": _bullets(points),
        "never_ask": _general("never_ask", segment.language),
        "contact": _contact(incident, segment, words),
        "complaint": words["complaint"],
        "closing": words["closing"],
    }


def _opening(segment: Segment, words: dict[str, str]) -> str:
    """Who writes and why; a guardian or an heir reads on a line of its own whom it is about."""
    if segment.group == Group.PUBLIC:
        return words["opening_public"]
    if segment.capacity == Capacity.PERSON:
        return words["opening"]
    opening = words["opening_guardian" if segment.capacity == Capacity.GUARDIAN else "opening"]
    return f"{opening}\n\n{words['about']}"


def _counsel(incident: Incident, segment: Segment) -> advice.Counsel:
    """The law's topics for these people; those who only received the fraudulent message lost nothing of their own."""
    if segment.group == Group.DECEIVED:
        return advice.Counsel(())
    return advice.counsel(
        data=segment.data_categories or (), sensitive=segment.sensitive_categories or (), details=segment.details,
        people=("minors",) if segment.capacity == Capacity.GUARDIAN else (), natures=incident.natures or (),
    )


def _what_happened(incident: Incident, segment: Segment, words: dict[str, str]) -> str:
    when = words["happened_on"] if incident.occurred_from else ""
    found = words["found_on"] if incident.aware_at else ""
    if segment.group == Group.DECEIVED:
        return _paragraphs([words["deceived"], " ".join(filter(None, [when, found]))])
    return _paragraphs([" ".join(filter(None, [when, found])), (incident.narrative or "").strip()])


def _your_data(told: advice.Counsel, segment: Segment, words: dict[str, str]) -> str:
    named = [topic.label(segment.language) for topic in told.topics if topic.concerns["natures"] == frozenset()]
    named = [name for name in named if name]
    return f"{words['your_data']}\n{_bullets(named)}" if named else ""


def _general(code: str, language: str) -> str:
    return next(sentence.text(language) for sentence in advice.load().general if sentence.code == code)


def _contact(incident: Incident, segment: Segment, words: dict[str, str]) -> str:
    organisation = incident.organisation
    ways = [words["by_email"] if organisation.contact_email else "", words["by_phone"] if organisation.contact_phone else ""]
    # The reference differs by person: on a line of its own it can be stamped.
    quote = "" if segment.group == Group.PUBLIC else "\n" + words["quote"]
    return " ".join(filter(None, [words["contact"], *ways])) + quote


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _bullets(points: Iterable[str]) -> str:
    return "\n".join(f"- {point}" for point in points)


@cache
def _words() -> dict[str, dict]:
    return tomllib.loads((DATA / "first_draft.toml").read_text(encoding="utf-8"))
