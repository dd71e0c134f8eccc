"""In French no line of a letter begins with a colon."""

import pytest

from breachreg.letters import seal
from breachreg.letters.typography import NO_BREAK, typeset


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Téléphone : 02 00 00 00 00.", "Téléphone_: 02 00 00 00 00."),
        ("Attention ! Vraiment ?", "Attention_! Vraiment_?"),
        ("un « mot » ; 20 %.", "un «_mot_»_; 20_%."),
        ("{appel}\n\n- un point :\n- deux", "{appel}\n\n- un point_:\n- deux"),
        ("https://exemple.fr/a:b ?x", "https://exemple.fr/a:b ?x"),
        ("déjà\u00a0: fait", "déjà_: fait"),
    ],
)
def test_a_space_before_a_high_sign_does_not_break(written, set_):
    assert typeset(written, "fr") == set_.replace("_", NO_BREAK)


def test_english_is_left_as_it_is():
    assert typeset("A question ?", "en") == "A question ?"


def test_what_is_sealed_is_set_so(sealed):
    contact = seal.contents(sealed)["parts"]["contact"]
    assert f"Téléphone{NO_BREAK}: 02" in contact and "Téléphone :" in sealed.contact
