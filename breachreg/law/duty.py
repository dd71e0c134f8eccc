"""The recommended duty of Articles 33 and 34 GDPR, with the factors that carried it.

A recommendation only: a named person decides and says why. From which risk the authority is told is data: the threshold
of the version of Article 33(1) that the incident is judged by (`rules`), the same that gives the clock its hours. Today it
is told unless a risk is unlikely, so what is not known counts against silence; the people are told when a high risk is
likely (Article 34(1)), so a mere possibility does not suffice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from . import duty_table
from .duty_table import Duty
from .factors import Direction, Weighed, weigh
from .facts import Facts
from .picture import Picture, duty_by_route, duty_of, exposure_of, pictures
from .ranges import Range
from .readings import Reach, Trust
from .rules import Rule
from .vocabulary import language_of

_WORST = {
    "gravity": max(duty_table.GRAVITIES),
    **dict.fromkeys(("scale", "alteration", "restoration", "effect"), 2),
    "reach": Reach.TAKEN,
    "untrusted": Trust.STRANGER,
}
_BLOCKERS = {"reach": Reach.TAKEN, "readable": True, "private": True, "untrusted": Trust.STRANGER}


_FROM = {"risk": Duty.NOTIFY, "high_risk": Duty.NOTIFY_AND_TELL}
"""Threshold of a rule -> the least that the tables ask for where the authority is told."""


@dataclass(frozen=True)
class Recommendation:
    """What the facts recommend under a rule. `span` is the least, the likely and the most that they could come to.

    `below_threshold`: there is a risk, and the rule has only a graver one notified.
    """

    duty: Duty
    rule: Rule
    span: Range
    below_threshold: bool
    route: str
    factors: tuple[Weighed, ...]
    carried_by: tuple[Weighed, ...]
    by_caution: bool
    tells_controllers: bool

    @property
    def could_rise_to(self) -> Duty | None:
        """The gravest duty that what is unknown still allows, when it is above the one recommended."""
        return self.span.high if self.span.high > self.duty else None

    @property
    def deciding_facts(self) -> tuple[str, ...]:
        """The codes of the facts behind the factors that carried the outcome."""
        return tuple(dict.fromkeys(fact for weighed in self.carried_by for fact in weighed.facts))

    def because(self, language: str) -> str:
        """The factors that carried it, in one sentence, after the threshold where it did; without any, that nothing was lost."""
        reasons = [weighed.text(language) for weighed in self.carried_by]
        if self.below_threshold:
            reasons.insert(0, _BELOW[language_of(language)].format(rule=self.rule.cited(language)))
        return _SEPARATOR[language_of(language)].join(reasons) or _NOTHING_LOST[language_of(language)]

    def sentence(self, language: str) -> str:
        """ "Notifier la CNIL : des personnes non autorisées ont pu obtenir les données ; …"."""
        colon = "\u00a0: " if language_of(language) == "fr" else ": "
        caution = _CAUTION[language_of(language)] if self.by_caution else ""
        return f"{self.duty.label(language)}{colon}{self.because(language)}.{caution}"


_SEPARATOR = {"fr": "\u00a0; ", "en": "; "}
_NOTHING_LOST = {
    "fr": "ni la confidentialité, ni l’intégrité, ni la disponibilité n’est perdue",
    "en": "neither confidentiality nor integrity nor availability is lost",
}
_BELOW = {
    "fr": "seul un risque élevé se notifie, et il n’est pas probable ({rule})",
    "en": "only a high risk is notified, and it is not likely ({rule})",
}
_CAUTION = {
    "fr": " Recommandé par prudence : ce qui n’est pas encore connu ne permet pas d’écarter un risque.",
    "en": " Recommended out of caution: what is not yet known does not allow a risk to be ruled out.",
}


def recommended_duty(facts: Facts, rule: Rule) -> Duty:
    """The duty alone: tell the people when a high risk is likely, the authority as the rule's threshold says."""
    return recommend_span(facts, rule)[0]


def recommend_span(facts: Facts, rule: Rule) -> tuple[Duty, Range]:
    """The recommended duty, and the least, the likely and the most that the facts could come to."""
    span = _span(pictures(facts), rule)
    return _duty_of_span(span, rule), span


def recommend(facts: Facts, rule: Rule) -> Recommendation:
    """The recommended duty with its reasons (Articles 33(1) and 34(1) GDPR; the score has no part in it)."""
    seen = pictures(facts)
    span = _span(seen, rule)
    duty = _duty_of_span(span, rule)
    picture = seen[_deciding_end(duty, span)]
    weighed = weigh(facts)
    by_caution = duty is Duty.NOTIFY and span.low < duty
    carrying = tuple(
        each for each in weighed if _carries(each, picture, duty, rule) and not _goes_without_saying(each, facts)
    )
    return Recommendation(
        duty=duty,
        rule=rule,
        span=span,
        below_threshold=duty is Duty.REGISTER_ONLY and duty_of(seen["high"]) > duty,
        route=_gravest_route(picture),
        factors=weighed,
        carried_by=_told(carrying, picture, duty, by_caution),
        by_caution=by_caution,
        tells_controllers=facts.our_role == "processor",
    )


def _span(seen: Mapping[str, Picture], rule: Rule) -> Range:
    """What each reading asks for: what the tables say from the threshold on, the register only below it."""
    asked = {end: duty_of(picture) for end, picture in seen.items()}
    return Range(**{end: duty if duty >= _FROM[rule.threshold] else Duty.REGISTER_ONLY for end, duty in asked.items()})


def _duty_of_span(span: Range, rule: Rule) -> Duty:
    if span.likely is Duty.NOTIFY_AND_TELL:
        return Duty.NOTIFY_AND_TELL
    doubt_counts = _FROM[rule.threshold] is Duty.NOTIFY  # a high risk is notified when it is likely, not when it is possible
    return Duty.NOTIFY if doubt_counts and span.high > Duty.REGISTER_ONLY else Duty.REGISTER_ONLY


def _deciding_end(duty: Duty, span: Range) -> str:
    """The reading that decides: the likely one, or the gravest when only that one asks for the duty, or none asks for more."""
    if duty is Duty.REGISTER_ONLY:
        return "likely" if span.high > duty else "high"
    return "likely" if span.likely >= duty else "high"


def _gravest_route(picture: Picture) -> str:
    routes = duty_by_route(picture)
    return max(routes, key=lambda name: routes[name])


def _told(carrying: tuple[Weighed, ...], picture: Picture, duty: Duty, by_caution: bool) -> tuple[Weighed, ...]:
    """The reasons to tell: what is known, and what is open where nothing known carries the duty or, by caution, alone does."""
    settled = tuple(each for each in carrying if each.direction is not Direction.UNKNOWN)
    if by_caution:
        return tuple(each for each in carrying if each in settled or _is_the_doubt(each, picture, duty)) or carrying
    return settled or carrying


def _is_the_doubt(weighed: Weighed, picture: Picture, duty: Duty) -> bool:
    """Whether an open factor, settled for the better, would alone bring the duty down."""
    factor = weighed.factor
    return duty_of(picture.replace(**{factor.weighs: factor.weighs_from - 1})) < duty


def _goes_without_saying(weighed: Weighed, facts: Facts) -> bool:
    """Whether nobody needs to read that this factor speaks for a risk, or likely does."""
    factor = weighed.factor
    return factor.quiet == Direction.FOR and weighed.leans is Direction.FOR and not (factor.told_if and getattr(facts, factor.told_if))


def _carries(weighed: Weighed, picture: Picture, duty: Duty, rule: Rule) -> bool:
    if duty is Duty.REGISTER_ONLY:
        return _keeps_low(weighed, picture, _FROM[rule.threshold])
    return any(_lifts(weighed, picture, route, duty) for route in weighed.factor.routes)


def _lifts(weighed: Weighed, picture: Picture, route: str, duty: Duty) -> bool:
    """Whether the route asks for the duty and would ask for less without this factor, or the factor is always told."""
    factor = weighed.factor
    if duty_by_route(picture)[route] < duty or getattr(picture, factor.weighs) < factor.weighs_from:
        return False
    without = picture.replace(**{factor.weighs: factor.weighs_from - 1})
    return factor.always_told or duty_by_route(without)[route] < duty


def _keeps_low(weighed: Weighed, picture: Picture, threshold: Duty) -> bool:
    """Whether this factor holds the duty down: alone it keeps the data out of reach, or without it the threshold is reached."""
    factor = weighed.factor
    if weighed.direction is not Direction.AGAINST:
        return False
    if factor.weighs in _BLOCKERS and _blocks_alone(factor.weighs, picture):
        return True
    worst = picture.replace(**{factor.weighs: _WORST.get(factor.weighs, True)})
    return factor.quiet != Direction.AGAINST and duty_of(worst) >= threshold


def _blocks_alone(name: str, picture: Picture) -> bool:
    others = {each: worst for each, worst in _BLOCKERS.items() if each != name}
    if name == "untrusted":
        others["reach"] = picture.reach
    return exposure_of(picture.replace(**others)) == 0
