"""One reading of the facts, from which the duty follows: three of them make the range of what is possible."""

from collections.abc import Mapping
from typing import NamedTuple

from . import duty_table, readings
from .duty_table import Duty
from .facts import Facts
from .ranges import Range, highest, lift
from .readings import Reach

ROUTES = ("confidentiality", "integrity", "availability")
ENDS = ("low", "likely", "high")
NONE, TRUSTED, CONTAINED, OPEN, HOSTILE = range(len(duty_table.EXPOSURES))


class Picture(NamedTuple):
    """Every entry grows with the harm, so that a graver picture never leads to a lesser duty."""

    confidentiality: bool
    integrity: bool
    availability: bool
    reach: int
    malicious: bool
    hostile: bool
    untrusted: int
    readable: bool
    private: bool
    continuing: bool
    gravity: int
    revealing: bool
    vulnerable: bool
    identifiable: bool
    scale: int
    alteration: int
    restoration: int
    effect: int
    critical: bool

    def replace(self, **changes) -> "Picture":
        return self._replace(**changes)


def read(facts: Facts) -> Mapping[str, Range]:
    """The range of each entry of the picture."""
    natures = {name: readings.nature(facts, name) for name in ROUTES}
    malicious = readings.malicious(facts)
    identifiability = readings.rank(facts, "identifiability", likely=3)
    return natures | {
        "reach": readings.reach(facts),
        "malicious": malicious,
        "hostile": lift(lambda acted, aimed: acted and aimed, malicious, readings.aimed(facts)),
        "untrusted": readings.untrusted(facts),
        "readable": readings.readable(facts),
        "private": readings.no(facts.already_public),
        "continuing": readings.yes(facts.continuing),
        "gravity": _gravity(facts),
        "revealing": readings.yes(facts.revealing_controller),
        "vulnerable": readings.vulnerable(facts),
        "identifiable": lift(lambda level: level > 0, identifiability),
        "scale": lift(duty_table.load().scale_of, readings.people(facts)),
        "alteration": readings.rank(facts, "alteration", likely=1),
        "restoration": readings.rank(facts, "restoration", likely=1),
        "effect": readings.rank(facts, "effect_on_people", likely=1),
        "critical": readings.yes(facts.critical_service, likely=_likely_critical(facts)),
    }


def pictures(facts: Facts) -> Mapping[str, Picture]:
    """The mildest, the likely and the gravest picture that the facts allow."""
    ranges = read(facts)
    return {end: Picture(**{name: getattr(each, end) for name, each in ranges.items()}) for end in ENDS}


def _gravity(facts: Facts) -> Range:
    tables = duty_table.load()
    access = max(tables.gravity_of_identity.values())
    return highest(
        lift(lambda score: tables.gravity_of_dpc[score], readings.dpc(facts)),
        readings.identity(facts),
        lift(lambda usable: access if usable else 1, readings.usable_access(facts)),
    )


def _likely_critical(facts: Facts) -> bool:
    """Missing health data or patients' data most often serve care (EDPB 01/2021, case 3)."""
    return "health" in (facts.sensitive_categories or ()) or "patients" in (facts.people_categories or ())


def duty_by_route(picture: Picture) -> dict[str, Duty]:
    """What each route asks for; a route that the breach does not touch asks for the register only."""
    return {
        "confidentiality": confidentiality_duty(picture),
        "integrity": integrity_duty(picture),
        "availability": availability_duty(picture),
    }


def duty_of(picture: Picture) -> Duty:
    return max(duty_by_route(picture).values())


def confidentiality_duty(picture: Picture) -> Duty:
    exposure = exposure_of(picture)
    place = (exposure, gravity_of(picture, exposure), picture.scale)
    duty = duty_table.load().confidentiality[place]
    return duty if picture.identifiable else Duty(max(duty - 1, Duty.REGISTER_ONLY))


def exposure_of(picture: Picture) -> int:
    """How far the data are out of control, as a place in `duty_table.EXPOSURES`."""
    if not _within_reach(picture):
        return NONE
    if picture.reach == Reach.FEW_KNOWN:
        exposure = OPEN if picture.hostile else picture.untrusted
    elif picture.reach == Reach.LEFT_OPEN:
        exposure = OPEN if picture.hostile else CONTAINED
    else:
        exposure = HOSTILE if picture.hostile and picture.reach == Reach.TAKEN else OPEN
    return min(HOSTILE, exposure + picture.continuing) if exposure else NONE


def _within_reach(picture: Picture) -> bool:
    """An intruder may have taken data even when only their absence was noticed; an accident that hides them did not."""
    possible = picture.confidentiality or picture.malicious
    return possible and picture.reach > Reach.NOBODY and picture.readable and picture.private


def gravity_of(picture: Picture, exposure: int) -> int:
    """The gravity of the data, raised by the special characteristics of the people and of the controller."""
    if picture.revealing:
        return max(duty_table.GRAVITIES)
    # Vulnerable people aggravate and do not decide alone: a small mishap with light data stays small.
    aggravates = picture.vulnerable and (exposure > CONTAINED or picture.gravity > 2)
    return min(max(duty_table.GRAVITIES), picture.gravity + aggravates)


def integrity_duty(picture: Picture) -> Duty:
    if not picture.integrity:
        return Duty.REGISTER_ONLY
    return duty_table.load().alteration[picture.alteration][picture.effect]


def availability_duty(picture: Picture) -> Duty:
    if not picture.availability:
        return Duty.REGISTER_ONLY
    effect = picture.effect + (picture.critical and picture.effect > 0)
    return duty_table.load().restoration[picture.restoration][min(2, effect)]
