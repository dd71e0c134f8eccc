"""Small slips that mutated code got away with (docs/mutation.md)."""

from datetime import date
from itertools import product

import pytest

from breachreg.law import duty_table, factors, questions, rules, tipping
from breachreg.law.datafile import DATA, BadData, DataFile
from breachreg.law.facts import Facts
from breachreg.law.ranges import Range

from .in_force import TODAY


@pytest.mark.parametrize("other", [Range(0, 1, 2), Range(1, 2, 4), Range(0, 2, 4)])
def test_a_range_that_sticks_out_on_one_side_is_not_contained(other):
    assert not Range(1, 2, 3).contains(other)


def test_a_range_contains_itself_and_what_lies_within():
    for low, high in product((1, 2), (2, 3)):
        assert Range(1, 2, 3).contains(Range(low, 2, high))


def changed(tmp_path, old, new):
    text = (DATA / "rules.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "rules.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return DataFile(path)


@pytest.mark.parametrize(("old", "new"), [("days = 3", "days = 0"), ("months = 1", "months = 0"), ("hours = 96", "hours = 0")])
def test_a_length_of_nothing_is_refused(tmp_path, old, new):
    with pytest.raises(BadData, match="above zero"):
        rules.read(changed(tmp_path, old, new))


def test_a_length_of_one_is_allowed(tmp_path):
    assert rules.read(changed(tmp_path, "days = 3", "days = 1"))


def test_a_rule_may_be_in_force_on_a_single_day(tmp_path):
    book = rules.read(changed(tmp_path, "valid_from = 2017-10-01", "valid_from = 2017-10-01\nvalid_to = 2017-10-01"))
    assert book.last_day(next(rule for rule in book.rules if rule.code == "health_report")) == date(2017, 10, 1)


def test_a_clock_of_ones_own_without_a_length_reminds_from_its_start():
    own = rules.own_rule(code="1", fr="a", en="a", instant="aware", hours=None, source="c")
    assert [(step.to, step.hours_after, step.hours_before) for step in own.steps] == [("owner", 24, None), ("next", 48, None), ("all", 72, None)]
    assert (own.cited("fr"), own.cited("en")) == ("c", "c")  # a contract is cited as it was written down


def test_a_clock_of_ones_own_with_hours_reminds_its_owner_and_then_all():
    own = rules.own_rule(code="1", fr="a", en="a", instant="aware", hours=48, source="c")
    assert [(step.to, step.hours_before, step.hours_after) for step in own.steps] == [
        ("owner", 24, None), ("owner", 6, None), ("all", 2, None), ("all", 0, None),
    ]
    assert (own.key, own.regime, own.addressee, own.binding, own.conditions) == ("own_1/own", "own", "other", True, ())
    assert own.terms == (rules.Term("aware", hours=48),)
    with pytest.raises(ValueError, match=r"^a length in hours is above zero; leave it empty for “without undue delay”$"):
        rules.own_rule(code="1", fr="a", en="a", instant="aware", hours=0, source="c")
    with pytest.raises(ValueError, match=r"^there is no instant “dawn”; instants: aware, first_signal"):
        rules.own_rule(code="1", fr="a", en="a", instant="dawn", hours=1, source="c")


def test_every_rule_of_the_file_has_its_plan():
    assert all(rule.steps and rule.terms for rule in rules.load().rules)


def weighed(**answers):
    return {each.code for each in factors.weigh(Facts.from_answers(answers))}


def test_whether_a_recipient_is_trusted_matters_only_beside_a_small_known_circle():
    leak = {"natures": ["confidentiality"], "causes": ["internal_accidental"], "protection": "none"}
    assert "trusted_recipient" in weighed(**leak, recipients="few_known")
    assert "trusted_recipient" not in weighed(**leak, recipients="unknown_number")
    assert "trusted_recipient" not in weighed(**leak, recipients="nobody_proven")


def test_an_outage_that_nobody_caused_on_purpose_is_not_weighed_as_a_leak():
    outage = {"natures": ["availability"], "restoration": "with_effort"}
    of_a_leak = {"reach", "protection", "data", "continuing"}
    assert not of_a_leak & weighed(**outage, causes=["internal_accidental"], origins=["other"])
    assert {"reach", "protection"} <= weighed(**outage, causes=["external_malicious"], origins=["hacking"])


def test_that_there_are_sensitive_data_tips_before_any_one_kind_of_them():
    lost = Facts.from_answers({"natures": ["confidentiality"], "recipients": "no_evidence", "protection": "none", "data_categories": ["contact"]})
    (tip,) = [tip for tip in tipping.tips(lost, TODAY) if tip.fact == "sensitive_categories"]
    assert tip.changes[0] == ("sensitive_categories", frozenset({"unspecified"}))
    assert "Il y en a, sans savoir lesquelles" in tip.sentence("fr")


def test_answers_that_follow_from_one_another_are_told_in_one_sentence():
    sent = Facts.from_answers({"natures": ["confidentiality"], "causes": ["internal_accidental"], "origins": ["wrong_recipient"],
                               "protection": "none", "recipients": "few_known", "recipient_trusted": False, "data_categories": ["financial"],
                               "financial_context": "full", "sensitive_categories": []})  # fmt: skip
    told = [tip.sentence("en") for tip in tipping.tips(sent, TODAY) if [name for name, _ in tip.changes] == ["recipient_trusted", "deletion_confirmed"]]
    assert told and "”, “Yes” to “Have they confirmed" in told[0]


def test_what_fits_none_of_the_origins_is_told_last_whatever_their_number():
    every = sorted(duty_table.load().far_fetched["protection"])
    for origins in (every, every[:1]):
        facts = Facts.from_answers({"natures": ["confidentiality"], "origins": origins, "recipients": "unknown_number", "protection": "none",
                                    "data_categories": ["contact"], "sensitive_categories": ["health"], "sensitive_context": "explicit"})  # fmt: skip
        known = [tip.fact for tip in tipping.tips(facts, TODAY) if not tip.was_unknown]
        assert known[-1] == "protection"


def near(name, *held):
    return [set(each) for each in tipping._neighbours(frozenset(held) if held else None, questions.load()[name])]


def test_the_neighbours_of_a_set_have_one_code_more_or_one_less():
    assert near("natures", "confidentiality") == [{"confidentiality", "integrity"}, {"confidentiality", "availability"}]
    assert near("natures", "confidentiality", "integrity") == [
        {"confidentiality", "integrity", "availability"}, {"integrity"}, {"confidentiality"},
    ]
    assert near("natures") == [{"confidentiality"}, {"integrity"}, {"availability"}]  # a breach without a nature is none
    assert near("sensitive_categories")[:2] == [set(), {"unspecified"}]
    assert set() in near("people_categories", "minors")


def test_the_answer_that_stands_is_not_among_the_others():
    known = Facts.from_answers({"natures": ["confidentiality"], "key_safe": True})
    assert [set(each) for each in tipping._other_answers(known, questions.load()["natures"])] == near("natures", "confidentiality")
    assert tipping._other_answers(known, questions.load()["key_safe"]) == [False]


def test_a_changed_answer_is_tried_alone_and_with_each_answer_that_it_calls_for():
    outage = Facts.from_answers({"natures": ["availability"], "causes": ["internal_accidental"], "origins": ["other"], "restoration": "in_good_time"})
    tried = [[name for name, _ in changes] for _, changes in tipping._variants(outage, questions.load()["natures"])]
    assert {tuple(names) for names in tried} >= {("natures",), ("natures", "recipients"), ("natures", "protection"), ("natures", "key_safe")}
    assert max(map(len, tried)) == 2
    assert tried.count(["natures", "recipients"]) == len(questions.load()["recipients"].codes)
