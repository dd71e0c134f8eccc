"""What a letter must say, and how plainly."""

import pytest

from breachreg.letters import content, readability

LONG = "Un ordinateur a été volé dans un train le 3 mars. Il contenait des noms et des adresses."
GOOD = dict.fromkeys(("what_happened", "consequences", "measures", "advice", "contact"), LONG)


def messages(texts, language="fr"):
    return {(finding.part, finding.stops) for finding in content.check({**GOOD, **texts}, language)}


def test_a_letter_with_every_element_has_nothing_that_stops():
    assert content.stops(GOOD, "fr") == []


@pytest.mark.parametrize("part", ["what_happened", "consequences", "measures", "advice", "contact"])
def test_each_element_of_the_law_is_asked_for(part):
    assert (part, True) in messages({part: ""})
    assert (part, True) in messages({part: "Voir le site."})


@pytest.mark.parametrize(
    "text",
    [
        LONG + " Votre IBAN est FR76 3000 6000 0112 3456 7890 189.",
        LONG + " Carte 4970 1012 3456 7893.",
        LONG + " Numéro 2 69 05 49 588 157 80.",
        LONG + " Votre mot de passe est azerty123.",
    ],
)
def test_a_leaked_value_is_never_repeated(text):
    assert ("advice", True) in messages({"advice": text})


@pytest.mark.parametrize("text", ["Écrivez à la référence HOP-2026-0007-L1.", "Appelez le 02 00 00 00 00, puis le 3018."])
def test_references_and_telephone_numbers_are_no_leaked_values(text):
    assert ("contact", True) not in messages({"contact": LONG + text})


@pytest.mark.parametrize("address", ["https://example.org/login", "www.example.org/?id=3", "https://example.org/mon-compte"])
def test_a_link_that_asks_to_sign_in_stops_the_letter(address):
    assert ("advice", True) in messages({"advice": f"{LONG} {address}"})


def test_the_name_of_a_site_is_fine():
    assert ("advice", True) not in messages({"advice": LONG + " Signalez-le sur signal-spam.fr."})


@pytest.mark.parametrize(
    "text",
    [
        "Nous avons pris toutes les mesures nécessaires pour que cela ne se reproduise pas.",
        "Une exfiltration a eu lieu au mois de mars dans nos bureaux.",
        "Découvrez notre offre pour protéger vos données contre le vol.",
        "Nous " + "vraiment " * 35 + "regrettons.",
    ],
)
def test_vague_words_jargon_marketing_and_long_sentences_are_remarked_upon(text):
    assert ("measures", False) in messages({"measures": text})


def test_a_placeholder_that_does_not_exist_stops_the_letter():
    assert ("advice", True) in messages({"advice": LONG + " {prénom}"})


def test_plain_french_reads_easier_than_legal_french():
    plain = "Un ordinateur a été volé. Il y avait votre nom dedans. Changez votre mot de passe. Dites-le à vos proches. " * 3
    legal = (
        "Conformément aux dispositions applicables relatives à la communication des violations de données à caractère "
        "personnel, nous procédons à la notification individuelle des conséquences vraisemblablement susceptibles "
        "d’affecter les personnes physiques concernées par ladite compromission organisationnelle."
    )
    assert readability.score(plain, "fr") > 70 > 30 > readability.score(legal, "fr")


def test_a_short_text_has_no_figure():
    assert readability.score("Trop court.", "fr") is None


def test_the_page_of_a_letter_says_how_readable_it_is(draft, awa, as_):
    page = as_(awa).get("/o/hopital/incidents/HOP-2026-0001/letters/1/").content.decode()
    assert "Lisibilité" in page and "sur 100" in page
