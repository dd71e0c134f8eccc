"""What differs between two versions, word by word, and nothing lost on either side."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from breachreg.notifications.compare import differences, is_same, words

PARIS = ZoneInfo("Europe/Paris")


def old_of(pieces):
    return "".join(piece.text for piece in pieces if piece.kind != "added")


def new_of(pieces):
    return "".join(piece.text for piece in pieces if piece.kind != "removed")


def test_one_changed_word_is_one_change():
    pieces = words("Le disque était chiffré.", "Le disque semblait chiffré.")
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("removed", "était"), ("added", "semblait"),
    ]


def test_neighbouring_changed_words_read_as_one_change():
    pieces = words("un deux trois quatre", "un cinq six quatre")
    removed = "".join(piece.text for piece in pieces if piece.kind == "removed")
    assert removed == "deux trois"


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_from_the_pieces(old, new):
    pieces = words(old, new)
    assert old_of(pieces) == old
    assert new_of(pieces) == new


def test_a_long_text_is_compared_word_by_word_too():
    old = "mot " * 2000
    pieces = words(old, old.replace("mot ", "mot ", 1) + "fin")
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [("added", "fin")]


def test_answers_that_say_the_same_do_not_differ():
    assert is_same("", None)
    assert not is_same([], None)  # "none of them" is not "not known"
    assert not is_same(0, None)
    assert not is_same(False, None)


def test_differences_come_in_the_forms_order_and_in_its_words():
    old = {"natures": ["confidentiality"], "people_count": None, "siren": "123456782"}
    new = {"natures": ["confidentiality", "integrity"], "people_count": {"likely": 12}, "siren": "123456782"}
    found = differences(old, new, language="fr", zone=PARIS)
    assert [(one.code, one.old, one.new) for one in found] == [
        ("natures", "Perte de la confidentialité", "Perte de la confidentialité\nPerte de l'intégrité"),
        ("people_count", None, "12"),
    ]
