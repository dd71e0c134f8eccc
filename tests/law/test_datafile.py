"""A data file as it is read: what is typeset, and what a complaint calls the entry that it is about."""

import pytest

from breachreg.law import explanation
from breachreg.law.datafile import BadData, DataFile

from .in_force import TODAY

TEXT = """
fr = "Quoi ?"
en = "What ?"
lead_fr = "Oui !"
lead_en = "Yes !"
list_fr = ["Qui ?", "Où ?"]
list_en = ["Who ?"]
number = 3
[[term]]
fr = "Non ;"
code = "a ?"
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "some.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_our_own_french_is_typeset_and_nothing_else(path):
    values = DataFile(path).values
    assert (values["fr"], values["lead_fr"], values["list_fr"]) == ("Quoi\u00a0?", "Oui\u00a0!", ["Qui\u00a0?", "Où\u00a0?"])
    assert (values["en"], values["lead_en"], values["list_en"], values["number"]) == ("What ?", "Yes !", ["Who ?"], 3)
    assert values["term"] == [{"fr": "Non\u00a0;", "code": "a ?"}]


def test_official_labels_are_left_as_they_are(path):
    assert DataFile(path, own_words=False).values["list_fr"] == ["Qui ?", "Où ?"]


@pytest.mark.parametrize(
    ("row", "table", "said"),
    [({}, "term", "some.toml:9: term has no “en”"), ({"code": "a"}, "term", "some.toml:9: a has no “en”"), ({}, "", "some.toml:1: the file has no “en”")],
)
def test_a_complaint_calls_the_entry_by_its_code_or_its_table_or_the_file(path, row, table, said):
    with pytest.raises(BadData) as caught:
        DataFile(path).require(row, ("en",), table)
    assert str(caught.value) == f"{said}; add it"


def test_a_key_that_nothing_reads_is_named_beside_those_that_are_known(path):
    with pytest.raises(BadData) as caught:
        DataFile(path).refuse_others({"colour": 1}, frozenset({"fr", "en"}))
    assert str(caught.value) == "some.toml:1: “colour” is not a known entry; known: en, fr"


def test_a_file_that_ends_in_the_middle_of_something_is_named_with_the_line_at_which_it_ends(tmp_path):
    path = tmp_path / "some.toml"
    for text, told in (("days = [\n", "some.toml:2: not valid TOML: "), ("a = 1\nday = 2018-13-01", "some.toml:2: not valid TOML; a day is")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadData, match=f"^{told}"):
            DataFile(path).values  # noqa: B018


def test_a_stored_explanation_has_the_entries_that_pages_read():
    told = explanation.explain(explanation.Facts(), TODAY)
    assert set(told) == {"edition", "rule", "facts", "score", "duty", "pulls", "tips"}
    assert set(told["rule"]) == {"key", "label", "source", "threshold"}
    assert set(told["score"]) == {"dpc", "ei", "cb", "total", "band", "highest_band", "severity", "sentence", "arithmetic", "flags", "lines"}
    assert set(told["score"]["lines"][0]) == {"component", "fact", "answer", "points", "method", "counts", "sentence"}
    assert set(told["duty"]) == {"code", "least", "likely", "most", "by_caution", "below_threshold", "tells_controllers", "sentence", "factors"}
    assert set(told["duty"]["factors"][0]) == {"code", "direction", "leans", "facts", "carried", "source", "text"}
    assert set(told["pulls"][0]) == {"fact", "question", "towards_less", "towards_more", "could_fall_to", "could_rise_to"}
    assert set(told["tips"][0]) == {"fact", "was_unknown", "becomes", "sentence"}
