"""Each reading of the facts, answer by answer: what it gives, and how far it reaches while something is not known."""

import pytest

from breachreg.law import picture, readings
from breachreg.law.facts import Facts
from breachreg.law.ranges import Range
from breachreg.law.readings import Reach, Trust


def facts(**answers):
    return Facts.from_answers(answers)


def ends(span):
    return span.low, span.likely, span.high


IDENTITY = [
    ({"data_categories": ["social_security_number"]}, (4, 4, 4)),
    ({"data_categories": ["official_documents"]}, (4, 4, 4)),
    ({"data_categories": ["civil_status"], "identity": "identity_set"}, (3, 3, 3)),
    ({"data_categories": ["contact"], "identity": "identity_set"}, (3, 3, 3)),
    ({"data_categories": ["credentials"], "identity": "identity_set"}, (3, 3, 3)),
    ({"data_categories": ["other"], "identity": "identity_set"}, (3, 3, 3)),
    ({"data_categories": ["financial"], "identity": "identity_set"}, (1, 1, 1)),
    ({"data_categories": ["civil_status"]}, (1, 3, 4)),
    ({"data_categories": ["contact"]}, (1, 1, 4)),
    ({"data_categories": ["contact", "not_known"], "identity": "identity_set"}, (3, 3, 4)),
    ({"data_categories": ["financial", "not_known"], "identity": "identity_set"}, (1, 3, 4)),
    ({}, (1, 1, 4)),
]


@pytest.mark.parametrize(("answers", "expected"), IDENTITY)
def test_how_far_the_identity_goes(answers, expected):
    assert ends(readings.identity(facts(**answers))) == expected


VULNERABLE = [
    (["minors"], (True, True, True)),
    (["patients", "customers"], (True, True, True)),
    (["military"], (True, True, True)),
    (["customers", "employees"], (False, False, False)),
    (["not_determined"], (False, False, True)),
    (["customers", "not_determined"], (False, False, True)),
    ([], (False, False, True)),
    (None, (False, False, True)),
]


@pytest.mark.parametrize(("people", "expected"), VULNERABLE)
def test_who_is_vulnerable_or_exposed(people, expected):
    assert ends(readings.vulnerable(facts(people_categories=people))) == expected


ACCESS = [
    ({"data_categories": ["credentials"]}, (False, True, True)),
    ({"data_categories": ["credentials"], "unlocked": ["nothing"]}, (False, False, False)),
    ({"data_categories": ["credentials"], "unlocked": ["nothing", "simple"]}, (True, True, True)),
    ({"data_categories": ["contact"]}, (False, False, False)),
    ({"data_categories": ["not_known"]}, (False, False, True)),
    ({}, (False, False, True)),
]


@pytest.mark.parametrize(("answers", "expected"), ACCESS)
def test_what_opens_something(answers, expected):
    assert ends(readings.usable_access(facts(**answers))) == expected


@pytest.mark.parametrize(
    ("natures", "likely"),
    [(None, Reach.TAKEN), (["confidentiality"], Reach.TAKEN), (["availability"], Reach.NOBODY), (["integrity"], Reach.NOBODY)],
)
def test_an_open_question_about_the_recipients_reaches_from_nobody_to_everybody(natures, likely):
    assert readings.reach(facts(natures=natures)) == Range(Reach.NOBODY, likely, Reach.TAKEN)


TRUST = [
    (None, None, (Trust.DELETED, Trust.STRANGER, Trust.STRANGER)),
    (None, True, (Trust.DELETED, Trust.STRANGER, Trust.STRANGER)),
    (None, False, (Trust.BOUND, Trust.STRANGER, Trust.STRANGER)),
    (True, None, (Trust.DELETED, Trust.BOUND, Trust.BOUND)),
    (True, True, (Trust.DELETED, Trust.DELETED, Trust.DELETED)),
    (True, False, (Trust.BOUND, Trust.BOUND, Trust.BOUND)),
    (False, True, (Trust.STRANGER, Trust.STRANGER, Trust.STRANGER)),
]


@pytest.mark.parametrize(("trusted", "deleted", "expected"), TRUST)
def test_how_far_recipients_can_be_relied_on(trusted, deleted, expected):
    assert ends(readings.untrusted(facts(recipient_trusted=trusted, deletion_confirmed=deleted))) == expected


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        (None, (False, True, True)), ([], (False, True, True)), (["lost_device"], (False, False, False)),
        (["lost_device", "hacking"], (True, True, True)), (["hacking"], (True, True, True)),
    ],
)  # fmt: skip
def test_who_takes_a_thing_is_not_after_the_data(origins, expected):
    assert ends(readings.aimed(facts(origins=origins))) == expected


@pytest.mark.parametrize(
    ("natures", "expected"),
    [
        (["confidentiality"], (0.25, 0.25, 0.25)), (["confidentiality", "integrity"], (1.0, 1.0, 1.0)),
        (["confidentiality", "availability"], (1.0, 1.0, 1.0)),
    ],
)  # fmt: skip
def test_unintelligible_data_hide_the_people_unless_something_else_is_lost(natures, expected):
    hidden = facts(natures=natures, protection="strong", key_safe=True, identifiability="maximum")
    assert ends(readings.identification(hidden)) == expected


CRITICAL = [
    ({"sensitive_categories": ["health"]}, True), ({"people_categories": ["patients"]}, True), ({}, False),
    ({"sensitive_categories": ["biometric"], "people_categories": ["customers"]}, False),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "likely"), CRITICAL)
def test_missing_health_data_most_often_serve_care(answers, likely):
    assert picture.read(facts(**answers))["critical"] == Range(False, likely, True)


SEEN = {
    "confidentiality": True, "integrity": False, "availability": False, "reach": Reach.TAKEN, "malicious": False, "hostile": False,
    "untrusted": Trust.STRANGER, "readable": True, "private": True, "continuing": False, "gravity": 1, "revealing": False,
    "vulnerable": False, "identifiable": True, "scale": 0, "alteration": 0, "restoration": 0, "effect": 0, "critical": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "exposure", "gravity"),
    [
        ({"vulnerable": True, "gravity": 2}, picture.CONTAINED, 2), ({"vulnerable": True, "gravity": 2}, picture.OPEN, 3),
        ({"vulnerable": True, "gravity": 3}, picture.CONTAINED, 4), ({"vulnerable": True, "gravity": 5}, picture.OPEN, 5),
        ({"gravity": 3}, picture.OPEN, 3), ({"revealing": True}, picture.NONE, 5),
    ],
)  # fmt: skip
def test_vulnerable_people_raise_the_gravity_by_one_where_it_matters(changes, exposure, gravity):
    assert picture.gravity_of(picture.Picture(**SEEN | changes), exposure) == gravity


@pytest.mark.parametrize(
    ("changes", "exposure"),
    [
        ({}, picture.OPEN), ({"hostile": True}, picture.HOSTILE), ({"hostile": True, "reach": Reach.OPEN}, picture.OPEN),
        ({"reach": Reach.FEW_KNOWN}, picture.CONTAINED), ({"reach": Reach.FEW_KNOWN, "untrusted": Trust.BOUND}, picture.TRUSTED),
        ({"reach": Reach.FEW_KNOWN, "untrusted": Trust.DELETED, "continuing": True}, picture.NONE),
        ({"reach": Reach.FEW_KNOWN, "hostile": True}, picture.OPEN), ({"continuing": True}, picture.HOSTILE),
        ({"hostile": True, "continuing": True}, picture.HOSTILE), ({"reach": Reach.NOBODY}, picture.NONE),
        ({"readable": False}, picture.NONE), ({"private": False}, picture.NONE), ({"confidentiality": False}, picture.NONE),
        ({"confidentiality": False, "malicious": True}, picture.OPEN),
        ({"reach": Reach.LEFT_OPEN}, picture.CONTAINED), ({"reach": Reach.LEFT_OPEN, "hostile": True}, picture.OPEN),
        ({"reach": Reach.LEFT_OPEN, "untrusted": Trust.DELETED}, picture.CONTAINED), ({"reach": Reach.LEFT_OPEN, "continuing": True}, picture.OPEN),
    ],
)  # fmt: skip
def test_how_far_the_data_are_out_of_control(changes, exposure):
    assert picture.exposure_of(picture.Picture(**SEEN | changes)) == exposure


@pytest.mark.parametrize(
    ("effect", "critical", "restoration", "duty"),
    [(0, True, 1, 0), (1, False, 1, 1), (1, True, 1, 2), (2, True, 1, 2), (0, False, 2, 1), (2, True, 0, 0)],
)
def test_a_vital_service_makes_an_effect_graver_and_no_effect_stays_none(effect, critical, restoration, duty):
    missing = SEEN | {"availability": True, "effect": effect, "critical": critical, "restoration": restoration}
    assert picture.availability_duty(picture.Picture(**missing)) == duty


def test_missing_or_altered_data_likely_come_back_with_some_effort():
    seen = picture.read(Facts())
    assert (ends(seen["restoration"]), ends(seen["alteration"]), ends(seen["effect"])) == ((0, 1, 2), (0, 1, 2), (0, 1, 2))
