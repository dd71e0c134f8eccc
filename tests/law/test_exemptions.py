"""Article 34(3): an exemption holds only when each claim is shown and no fact speaks against it."""

import pytest

from breachreg.law import exemptions
from breachreg.law.exemptions import Shown
from breachreg.law.facts import Facts

from . import cases

SHOWN = Shown(True, "audit report, annex 2")


def all_shown(code):
    (exemption,) = [each for each in exemptions.load() if each.code == code]
    return {claim.code: SHOWN for claim in exemption.claims}


@pytest.mark.parametrize("code", ["protection_before", "measures_after", "disproportionate_effort"])
def test_an_exemption_holds_when_every_claim_is_shown(code):
    facts = Facts(protection="strong", key_safe=True, continuing=False)
    assert exemptions.review(code, facts, all_shown(code)).holds


@pytest.mark.parametrize("code", ["protection_before", "measures_after", "disproportionate_effort"])
def test_each_claim_needs_its_evidence(code):
    facts = Facts(protection="strong", key_safe=True)
    for name in all_shown(code):
        for weak in (Shown(), Shown(True, "  "), Shown(False, "report"), Shown(None, "report")):
            finding = exemptions.review(code, facts, all_shown(code) | {name: weak})
            assert not finding.holds
            assert [claim.code for claim in finding.missing] == [name]


def test_nothing_shown_means_everything_missing():
    finding = exemptions.review("protection_before", Facts(), {})
    assert len(finding.missing) == 3 and not finding.holds


@pytest.mark.parametrize(
    ("facts", "against"),
    [
        (Facts(protection="none"), ("protection",)),
        (Facts(protection="weak_or_partial"), ("protection",)),
        (Facts(protection="strong", key_safe=False), ("key_safe",)),
        (Facts(protection="strong"), ()),
        (Facts(), ()),
    ],
)
def test_protection_is_no_excuse_when_the_facts_say_that_the_data_were_readable(facts, against):
    assert exemptions.review("protection_before", facts, all_shown("protection_before")).contradicted_by == against


def test_encryption_never_helps_when_the_high_risk_comes_from_missing_data():
    hospital = cases.case(3).replace(protection="strong", key_safe=True)
    assert exemptions.review("protection_before", hospital, all_shown("protection_before")).contradicted_by == (
        "restoration",
    )
    altered = Facts.from_answers(
        {
            "natures": ["integrity"],
            "alteration": "recoverable",
            "effect_on_people": "serious",
            "protection": "strong",
            "key_safe": True,
        }
    )
    assert exemptions.review("protection_before", altered, all_shown("protection_before")).contradicted_by == (
        "alteration",
    )


def test_later_measures_do_not_hold_while_the_data_are_still_exposed():
    exposed = Facts(continuing=True)
    assert exemptions.review("measures_after", exposed, all_shown("measures_after")).contradicted_by == ("continuing",)


def test_disproportionate_effort_still_owes_a_public_communication():
    (effort,) = [each for each in exemptions.load() if each.code == "disproportionate_effort"]
    assert effort.still_due("fr") == "Communication publique ou mesure aussi efficace"
    assert "public communication" in effort.still_due("en").lower()
    assert not any(each.still_due("fr") for each in exemptions.load() if each.code != "disproportionate_effort")


def test_the_worksheet_shows_the_three_with_article_and_limits():
    findings = exemptions.review_all(Facts(), {"measures_after": all_shown("measures_after")})
    assert [finding.exemption.article for finding in findings] == ["34(3)(a)", "34(3)(b)", "34(3)(c)"]
    assert [finding.holds for finding in findings] == [False, True, False]
    first = findings[0].exemption
    assert first.label("en") == "Protection applied before the breach makes the data unintelligible"
    assert first.limits("en").startswith("Holds for confidentiality only")
    assert first.claims[1].label("fr") == "Le procédé est à l’état de l’art."
    for finding in findings:
        for text in (finding.exemption.label, finding.exemption.limits, finding.exemption.claims[0].label):
            assert text("fr") and text("en") and text("fr") != text("en")


def test_an_unknown_exemption_is_refused():
    with pytest.raises(KeyError):
        exemptions.review("good_faith", Facts(), {})
