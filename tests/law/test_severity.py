"""ENISA's score: worked sums, every unknown as a range, every point with its line of the method."""

import pytest

from breachreg.law import severity
from breachreg.law.facts import Facts
from breachreg.law.ranges import Range

from . import cases

CLEAR = {"protection": "none", "identifiability": "maximum", "people_count": 1, "sensitive_categories": []}
SIMPLE = CLEAR | {"data_categories": ["civil_status", "contact"], "simple_context": "nothing_more"}
HACKED = {"natures": ["confidentiality"], "causes": ["external_malicious"], "recipients": "unknown_number"}
MISSENT = {"natures": ["confidentiality"], "causes": ["internal_accidental"], "recipients": "few_known"}
HEALTH = SIMPLE | {"sensitive_categories": ["health"], "sensitive_context": "explicit"}
MONEY = CLEAR | {"data_categories": ["financial"]}

WORKED = {
    "stolen laptop, names and addresses": (
        SIMPLE | {"natures": ["confidentiality"], "causes": ["external_malicious"], "recipients": "no_evidence"},
        1.5,
        "low",
    ),
    "newsletter in copy to 150": (SIMPLE | MISSENT | {"recipients": "many_known", "people_count": 150}, 1.25, "low"),
    "the same for an addiction-support list": (SIMPLE | MISSENT | {"simple_context": "intimate_assumptions"}, 3.25, "high"),
    "IBAN and name taken by a hacker": (MONEY | HACKED | {"financial_context": "ordinary"}, 4, "very_high"),
    "bare IBAN taken by a hacker": (MONEY | HACKED | {"financial_context": "some"}, 3, "high"),
    "full cards taken by a hacker": (MONEY | HACKED | {"financial_context": "full"}, 5, "very_high"),
    "results sent to one wrong patient": (HEALTH | MISSENT, 4.25, "very_high"),
    "ransomware on health data, two days out": (
        HEALTH | {"natures": ["availability"], "causes": ["external_malicious"], "restoration": "with_effort"},
        4.75,
        "very_high",
    ),
    "lost encrypted key, key safe": (
        SIMPLE
        | {
            "natures": ["confidentiality"],
            "causes": ["internal_accidental"],
            "recipients": "no_evidence",
            "protection": "strong",
            "key_safe": True,
        },
        0.25,
        "low",
    ),
    "a band begins at exactly two": (
        SIMPLE | {"natures": ["confidentiality"], "causes": ["internal_accidental"], "recipients": "no_evidence"}
        | {"simple_context": "some_profile"},
        2,
        "medium",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKED)
def test_a_worked_score_comes_out(name):
    answers, total, band = WORKED[name]
    score = severity.assess(Facts.from_answers(answers))
    assert score.total == Range(total, total, total)
    assert score.band.code == score.lowest_band.code == score.highest_band.code == band


CONTEXTS = [
    ("simple_context", ["data_categories", "civil_status"], [1, 2, 3, 4]),
    ("behavioural_context", ["data_categories", "location"], [1, 2, 3, 4]),
    ("financial_context", ["data_categories", "financial"], [1, 2, 3, 4]),
    ("sensitive_context", ["sensitive_categories", "health"], [1, 2, 3, 4]),
    ("sensitive_context", ["data_categories", "offences"], [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("question", "data", "points"), CONTEXTS)
def test_each_category_of_data_is_scored_in_its_context(question, data, points):
    name, code = data
    from breachreg.law.questions import load

    known = {"data_categories": frozenset(), "sensitive_categories": frozenset()} | {name: frozenset({code})}
    scores = [severity.assess(Facts(**known, **{question: answer})).dpc for answer in load()[question].codes]
    assert scores == [Range(float(each), float(each), float(each)) for each in points]


BASIC = [("civil_status", 1), ("location", 2), ("financial", 3), ("offences", 4)]


@pytest.mark.parametrize(("code", "basic"), BASIC)
def test_without_its_context_a_category_has_its_basic_score_as_the_likely_one(code, basic):
    facts = Facts(data_categories=frozenset({code}), sensitive_categories=frozenset())
    assert severity.assess(facts).dpc == Range(1.0, basic, 4.0)


def test_several_categories_keep_the_highest():
    answers = HEALTH | {"data_categories": ["civil_status", "financial"], "financial_context": "little"}
    score = severity.assess(Facts.from_answers(answers | {"sensitive_context": "general"}))
    assert score.dpc.is_known and score.dpc.low == 2
    counted = {line.fact for line in score.lines if line.component == "dpc" and line.counts}
    assert counted == {"sensitive_context"}


def test_credentials_are_scored_by_what_they_open():
    opened = CLEAR | {"data_categories": ["credentials"], "unlocked": ["financial"], "financial_context": "full"}
    assert severity.assess(Facts.from_answers(opened)).dpc.low == 4
    nothing = CLEAR | {"data_categories": ["credentials"], "unlocked": ["nothing"]}
    assert severity.assess(Facts.from_answers(nothing)).dpc == Range(1.0, 1.0, 1.0)
    unknown = CLEAR | {"data_categories": ["credentials"]}
    assert severity.assess(Facts.from_answers(unknown)).dpc.high == 4


def test_other_data_are_scored_by_their_kind():
    facts = Facts.from_answers(CLEAR | {"data_categories": ["other"], "other_data": ["behavioural"]})
    assert severity.assess(facts).dpc == Range(1.0, 2.0, 4.0)


def test_unknown_data_could_be_of_any_kind():
    for codes in (None, frozenset(), frozenset({"not_known"})):
        assert severity.assess(Facts(data_categories=codes)).dpc == Range(1.0, 1.0, 4.0)


def test_sensitive_data_alone_are_an_answer():
    facts = Facts(data_categories=frozenset(), sensitive_categories=frozenset({"health"}), sensitive_context="general")
    assert severity.assess(facts).dpc == Range(2.0, 2.0, 2.0)


CIRCUMSTANCES = [
    ({"natures": ["confidentiality"], "recipients": "nobody_proven"}, 0),
    ({"natures": ["confidentiality"], "recipients": "no_evidence"}, 0),
    ({"natures": ["confidentiality"], "recipients": "few_known"}, 0.25),
    ({"natures": ["confidentiality"], "recipients": "many_known"}, 0.25),
    ({"natures": ["confidentiality"], "recipients": "unknown_number"}, 0.5),
    ({"natures": ["integrity"], "alteration": "restored_before_use"}, 0),
    ({"natures": ["integrity"], "alteration": "recoverable"}, 0.25),
    ({"natures": ["integrity"], "alteration": "irrecoverable"}, 0.5),
    ({"natures": ["availability"], "restoration": "in_good_time"}, 0),
    ({"natures": ["availability"], "restoration": "with_effort"}, 0.25),
    ({"natures": ["availability"], "restoration": "never"}, 0.5),
    (
        {
            "natures": ["availability"],
            "restoration": "never",
            "recipients": "unknown_number",
            "alteration": "irrecoverable",
        },
        0.5,
    ),
]


@pytest.mark.parametrize(("answers", "points"), CIRCUMSTANCES)
def test_a_circumstance_adds_its_points_and_malice_half_a_point(answers, points):
    accident = Facts.from_answers(answers | {"causes": ["internal_accidental"]})
    assert severity.assess(accident).cb == Range(points, points, points)
    attack = accident.replace(causes=frozenset({"external_malicious", "internal_accidental"}))
    assert severity.assess(attack).cb.low == points + 0.5


def test_unknown_circumstances_widen_the_sum():
    assert severity.assess(Facts()).cb == Range(0.0, 0.25, 2.0)
    accident = Facts.from_answers({"natures": ["integrity"], "causes": ["internal_accidental"]})
    assert severity.assess(accident).cb == Range(0.0, 0.25, 0.5)
    assert severity.assess(accident.replace(causes=None)).cb == Range(0.0, 0.25, 1.0)
    assert severity.assess(accident.replace(causes=None, origins=frozenset({"hacking"}))).cb == Range(0.0, 0.75, 1.0)
    assert severity.assess(accident.replace(causes=frozenset({"internal_accidental", "unknown"}))).cb.high == 1.0


def test_encryption_lowers_identification_only_when_confidentiality_alone_is_lost():
    hidden = Facts.from_answers(SIMPLE | MISSENT | {"protection": "strong", "key_safe": True})
    assert severity.assess(hidden).ei == Range(0.25, 0.25, 0.25)
    lost_too = hidden.replace(natures=frozenset({"confidentiality", "availability"}))
    assert severity.assess(lost_too).ei == Range(1.0, 1.0, 1.0)
    assert severity.assess(hidden.replace(natures=None)).ei == Range(0.25, 0.25, 1.0)
    assert severity.assess(hidden.replace(key_safe=None)).ei == Range(0.25, 0.25, 1.0)
    assert severity.assess(hidden.replace(key_safe=False)).ei == Range(1.0, 1.0, 1.0)


def test_each_line_says_which_fact_and_which_line_of_the_method():
    score = severity.assess(Facts.from_answers(HEALTH | MISSENT))
    said = {(line.component, line.fact): line.method("en") for line in score.lines if line.counts}
    assert said[("dpc", "sensitive_context")] == "ENISA, DPC, sensitive data: basic score 4"
    assert said[("ei", "identifiability")] == "ENISA, EI"
    assert said[("cb", "recipients")] == "ENISA, CB: loss of confidentiality"
    assert said[("cb", "causes")] == "ENISA, CB: malicious intent +0.5"
    answers = {line.fact: line.answer for line in score.lines}
    assert (answers["sensitive_context"], answers["identifiability"], answers["recipients"]) == (
        "explicit",
        "maximum",
        "few_known",
    )
    assert {line.fact for line in score.lines if not line.counts} == {"simple_context", "alteration", "restoration"}


def test_the_line_of_encryption_names_the_protection():
    hidden = Facts.from_answers(SIMPLE | MISSENT | {"protection": "strong", "key_safe": True})
    (line,) = [line for line in severity.assess(hidden).lines if line.component == "ei"]
    assert (line.fact, line.answer) == ("protection", "strong")
    assert "encryption" in line.method("en") and "chiffrement" in line.method("fr")
    (open_line,) = [line for line in severity.assess(hidden.replace(protection=None)).lines if line.component == "ei"]
    assert (open_line.fact, open_line.points) == ("identifiability", Range(0.25, 1.0, 1.0))


def test_a_line_reads_as_a_sentence():
    score = severity.assess(Facts.from_answers(SIMPLE | MISSENT))
    (line,) = [line for line in score.lines if line.fact == "recipients"]
    assert (
        line.sentence("en")
        == "Who may have got hold of the data?: A small known circle, each of whom can be reached — 0.25"
    )
    assert line.sentence("fr") == (
        "Qui a pu obtenir les données\u00a0?\u00a0: Un petit cercle connu, que l’on peut joindre un par un — 0,25"
    )


def test_the_score_reads_as_a_sentence_with_how_far_it_could_go():
    unknown_access = Facts.from_answers(SIMPLE | MISSENT).replace(simple_context=None, recipients=None)
    score = severity.assess(unknown_access)
    assert score.sentence("en") == "between 1 and 4.5, likely 1.25: low, could reach very high"
    assert score.sentence("fr") == "entre 1 et 4,5, probablement 1,25\u00a0: faible, pourrait atteindre très élevé"
    assert score.arithmetic("fr") == "SE = 1 × 1 + 0,25 = 1,25"
    known = severity.assess(Facts.from_answers(HEALTH | MISSENT))
    assert known.sentence("en") == "4.25: very high"
    assert known.arithmetic("en") == "SE = 4 × 1 + 0.25 = 4.25"


def test_the_flags_stand_beside_the_score():
    assert severity.assess(cases.case(11)).flags == ("many_people",)
    assert severity.assess(cases.case(6)).flags == ("many_people", "unintelligible")
    assert severity.assess(cases.case(13)).flags == ()
    hundred = cases.case(13).replace(people_count=Facts.from_answers({"people_count": 100}).people_count)
    assert severity.assess(hundred).flags == ()
    assert severity.assess(cases.case(6)).flag_labels("en") == (
        "More than 100 people: have the result reviewed.",
        "Unintelligible data, key safe: have the result reviewed.",
    )


WORDS = [
    (0.25, "Négligeable", "low"),
    (2, "Limité", "medium"),
    (3.25, "Important", "high"),
    (4, "Maximal", "very high"),
]


@pytest.mark.parametrize(("total", "word", "band"), WORDS)
def test_each_band_has_the_word_of_the_cnil(total, word, band):
    assert severity.band_of(total).word("fr") == word
    assert severity.band_of(total).label("en") == band
    assert severity.band_of(total).meaning("fr") and severity.band_of(total).meaning("en")
    assert severity.band_of(total).meaning("fr") != severity.band_of(total).meaning("en")


def test_a_band_says_what_it_means_and_its_word_in_either_language():
    assert severity.band_of(0).meaning("en") == "no effect, or a few inconveniences overcome without any problem"
    assert severity.band_of(0).word("en") == "Negligible"
    assert severity.band_of(1.999).code == "low" and severity.band_of(6).code == "very_high"
