"""Addresses as the French norm wants them."""

import pytest

from breachreg.letters.addresses import Address, BadAddress


def test_the_lower_lines_are_capitals_without_punctuation():
    address = Address(line4="12, rue de l’Hôtel-Dieu", postcode="35000", city="Saint-Malo")
    assert address.lines("Jeanne Martin") == ("Jeanne Martin", "12 RUE DE L HÔTEL DIEU", "35000 SAINT MALO")


def test_empty_lines_are_left_out_and_france_is_not_printed():
    address = Address(line2="Appartement 3", line4="1 rue A", postcode="35000", city="Rennes", country="France")
    assert address.lines("Jeanne Martin") == ("Jeanne Martin", "Appartement 3", "1 RUE A", "35000 RENNES")


def test_another_country_stands_in_capitals_on_the_last_line():
    address = Address(line4="Kerkstraat 5", postcode="1000", city="Bruxelles", country="Belgique")
    assert address.lines("Jan Peeters")[-2:] == ("1000 BRUXELLES", "BELGIQUE")


@pytest.mark.parametrize(
    ("field", "value", "part_of_the_remedy"),
    [
        ("identity", "", "ligne 1"),
        ("identity", "J" * 39, "1 de plus que les 38"),
        ("line4", "", "ligne 4"),
        ("line4", "1 RUE " + "A" * 40, "ligne 4"),
        ("postcode", "350", "cinq chiffres"),
        ("city", "", "ligne 6"),
        ("country", "BE", "en toutes lettres"),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(field, value, part_of_the_remedy):
    written = {"identity": "Jeanne Martin", "line4": "1 rue A", "postcode": "35000", "city": "Rennes", field: value}
    identity = written.pop("identity")
    with pytest.raises(BadAddress) as refused:
        Address(**written).lines(identity)
    assert [name for name, _ in refused.value.problems] == [field]
    assert part_of_the_remedy in str(refused.value)


def test_38_characters_fit():
    assert Address(line4="1 rue A", postcode="35000", city="Rennes").lines("J" * 38)[0] == "J" * 38


def test_all_problems_are_named_at_once():
    with pytest.raises(BadAddress) as refused:
        Address().lines("")
    assert [field for field, _ in refused.value.problems] == ["identity", "line4", "city", "postcode"]
