"""What a letter must say (Art. 34(2) GDPR), and whether it says it plainly.

A finding that ``stops`` keeps a letter from review: an element of the law is missing, a value would be repeated, a
placeholder is wrong. The others are advice to the writer.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from stdnum import iban, luhn
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.fr import nir

from breachreg.letters import placeholders, readability

DATA = Path(__file__).parent / "data"
SHORTEST_ELEMENT = 40
"""Characters below which an element of the law can't be more than a word."""

LONGEST_PERSONAL_LINE = 70
"""Characters of a line with a person's placeholder that surely fit once it is filled in."""

_SENTENCE_END = re.compile(r"[.!?…:;\n]+")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_LOGIN = re.compile(r"login|signin|sign-in|connexion|connect|auth|compte|account|reset|password|token|[?=&]", re.IGNORECASE)
_NUMBER = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[0-9A-Z]){11,30}\b|\b\d(?:[ .-]?\d){11,18}\b")
_PASSWORD = re.compile(r"(?:mot de passe|password)\s*(?::|est|is)\s*\S{6,}", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A part of a letter, its heading by language, and the article that asks for it ("" for none)."""

    code: str
    heading: Mapping[str, str]
    article: str = ""


@dataclass(frozen=True)
class Finding:
    """Something to correct (``stops``) or to think about, and in which part; "" is the whole letter."""

    part: str
    message: str
    stops: bool = False


@cache
def parts() -> tuple[Part, ...]:
    """The parts of a letter in the order of the page."""
    data = tomllib.loads((DATA / "parts.toml").read_text(encoding="utf-8"))
    return tuple(Part(part["code"], part["heading"], part.get("article", "")) for part in data["part"])


def part_codes() -> tuple[str, ...]:
    """Their codes; each is a column of ``Letter``."""
    return tuple(part.code for part in parts())


@cache
def _plain(language: str) -> dict:
    return tomllib.loads((DATA / "plain_language.toml").read_text(encoding="utf-8"))[language]


def check(texts: Mapping[str, str], language: str, *, is_public: bool = False) -> list[Finding]:
    """Everything to say about a letter's parts and subject, what stops first."""
    found = [*_missing_elements(texts), *_wrong_placeholders(texts), *_repeated_values(texts), *_addresses(texts)]
    found += [*_vague(texts, language), *_jargon(texts, language), *_marketing(texts, language)]
    found += _personal_in_public(texts) if is_public else _long_personal_lines(texts)
    found += [*_long_sentences(texts, language), *_hard_to_read(texts, language)]
    return sorted(found, key=lambda finding: not finding.stops)


def stops(texts: Mapping[str, str], language: str) -> list[Finding]:
    """Only what keeps the letter from review."""
    return [finding for finding in check(texts, language) if finding.stops]


def _missing_elements(texts: Mapping[str, str]) -> Iterator[Finding]:
    for part in parts():
        text = texts.get(part.code, "").strip()
        if part.article and not text:
            yield Finding(part.code, _("The law asks for this part in the letter itself. Write it."), True)
        elif part.article and len(text) < SHORTEST_ELEMENT:
            yield Finding(part.code, _("This is too short to tell anything. Write it in full sentences."), True)


def _wrong_placeholders(texts: Mapping[str, str]) -> Iterator[Finding]:
    for code, text in texts.items():
        for problem in placeholders.problems(text):
            yield Finding(code, problem, True)
    if placeholders.differs_by_person(texts.get("subject", "")):
        yield Finding("subject", _("The subject is the same for everybody: remove the placeholder of a person."), True)


def _personal_in_public(texts: Mapping[str, str]) -> Iterator[Finding]:
    for code, text in texts.items():
        if placeholders.differs_by_person(text):
            yield Finding(code, _("A text to the public speaks to everybody: remove the placeholder of a person."), True)


def _long_personal_lines(texts: Mapping[str, str]) -> Iterator[Finding]:
    for code, text in texts.items():
        for line in text.splitlines():
            if len(line) > LONGEST_PERSONAL_LINE and placeholders.differs_by_person(line):
                yield Finding(
                    code,
                    _("The line “%(start)s…” differs by person and is long: each letter would be laid out by itself, which is slow. Put the placeholder on a short line of its own.")
                    % {"start": line[:40]},
                )


def _repeated_values(texts: Mapping[str, str]) -> Iterator[Finding]:
    for code, text in texts.items():
        if any(_is_leaked_value(match[0]) for match in _NUMBER.finditer(text)) or _PASSWORD.search(text):
            yield Finding(
                code,
                _("This looks like a bank, card or social-security number, or a password. Never repeat a leaked value: name its kind."),
                True,
            )


def _is_leaked_value(text: str) -> bool:
    compact = re.sub(r"[ .-]", "", text)
    return iban.is_valid(compact) or nir.is_valid(compact) or (compact.isdigit() and len(compact) >= 13 and _is_card(compact))


def _is_card(digits: str) -> bool:
    try:
        luhn.validate(digits)
    except NotANumber:
        return False
    return True


def _addresses(texts: Mapping[str, str]) -> Iterator[Finding]:
    for code, text in texts.items():
        for match in _ADDRESS.finditer(text):
            if _LOGIN.search(match[0]):
                yield Finding(
                    code,
                    _("“%(address)s” leads to a sign-in or carries parameters. Fraudsters write such links: ask people to type your site's address themselves.")
                    % {"address": match[0]},
                    True,
                )


def _vague(texts: Mapping[str, str], language: str) -> Iterator[Finding]:
    for code, text in texts.items():
        for phrase in _occurring(_plain(language)["vague"], text):
            yield Finding(code, _("“%(phrase)s” says nothing by itself. Say what exactly.") % {"phrase": phrase})


def _jargon(texts: Mapping[str, str], language: str) -> Iterator[Finding]:
    jargon = _plain(language)["jargon"]
    for code, text in texts.items():
        for term in _occurring(jargon, text):
            yield Finding(
                code, _("“%(term)s” is jargon. Try: %(instead)s.") % {"term": term, "instead": jargon[term]}
            )


def _marketing(texts: Mapping[str, str], language: str) -> Iterator[Finding]:
    for code, text in texts.items():
        for word in _occurring(_plain(language)["marketing"], text):
            yield Finding(code, _("“%(word)s” sounds like advertising. This letter speaks of the breach alone.") % {"word": word})


def _long_sentences(texts: Mapping[str, str], language: str) -> Iterator[Finding]:
    longest = _plain(language)["longest_sentence"]
    for code in part_codes():
        for sentence in _SENTENCE_END.split(texts.get(code, "")):
            words = len(sentence.split())
            if words > longest:
                start = " ".join(sentence.split()[:6])
                yield Finding(
                    code,
                    _("The sentence “%(start)s…” has %(words)d words. Cut it: %(longest)d is enough.")
                    % {"start": start, "words": words, "longest": longest},
                )


def readability_of(texts: Mapping[str, str], language: str) -> tuple[float | None, int]:
    """How easy the whole text is to read (100 easy, 0 hard, None too short to tell), and the least that everybody can read."""
    score = readability.score(". ".join(texts.get(code, "") for code in part_codes()), language)
    return score, _plain(language)["hardest_score"]


def _hard_to_read(texts: Mapping[str, str], language: str) -> Iterator[Finding]:
    score, hardest = readability_of(texts, language)
    if score is not None and score < hardest:
        yield Finding(
            "",
            _("The text is hard to read: %(score)d of 100, where %(hardest)d is the least for everybody. Use shorter words and sentences.")
            % {"score": round(score), "hardest": hardest},
        )


def _occurring(phrases, text: str) -> Iterator[str]:
    return (phrase for phrase in phrases if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE))
