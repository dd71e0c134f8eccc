"""Labels are official letter by letter, and older or damaged wordings find their code."""

import csv
import io
import re
from pathlib import Path

import pytest

from breachreg.law import vocabulary
from breachreg.law.datafile import BadData, DataFile

LABELS = [
    (
        "data_categories",
        "credentials",
        "Données d’identification ou d’accès (ex : identifiant, mot de passe, numéro client...)",
    ),
    ("data_categories", "social_security_number", "NIR (Numéro d'Inscription au Répertoire)"),
    ("data_categories", "official_documents", "Documents officiels (Passeports, pièces d’identité, etc.)"),
    ("communication", "not_planned", "Non ils ne le seront pas"),
    ("origins", "lost_device", "Equipement perdu ou volé"),
    ("origins", "other", "Autre"),
    ("consequences", "integrity_other", "Autre"),
    ("sectors", "trade", "Commerce ; réparation d'automobiles et de motocycles"),
]


@pytest.mark.parametrize(("name", "code", "label"), LABELS)
def test_the_french_label_is_the_official_one_letter_by_letter(name, code, label):
    assert vocabulary.load(name).label(code, "fr") == label


@pytest.mark.parametrize("name", vocabulary.NAMES)
def test_every_clear_label_in_either_language_leads_back_to_its_code(name):
    words = vocabulary.load(name)
    for language in ("fr", "en"):
        assert [words.code_of(label) for _, label in words.choices(language)] == list(words.codes)


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("sectors", "Activités financières et d''assurance", "finance_insurance"),
        (
            "data_categories",
            "Données d'identification ou d'accès (ex : identifiant, mot de passe, numéro client...)",
            "credentials",
        ),
        ("natures", "  perte de la\u00a0confidentialité ", "confidentiality"),
        ("origins", "Piratage, logiciel malveillant, hameçonnage", "hacking"),
        ("communication", "Non, ils ne le seront pas", "not_planned"),
        ("severities", "Importante", "significant"),
        ("consequences", "Autre (intégrité)", "integrity_other"),
    ],
)
def test_older_and_damaged_wordings_are_recognised(name, written, code):
    assert vocabulary.load(name).code_of(written) == code


def test_an_unknown_label_names_the_nearest_one():
    with pytest.raises(vocabulary.UnknownLabel, match="nearest is “Perte de la confidentialité”") as caught:
        vocabulary.load("natures").code_of("Perte de confidence")
    error = caught.value
    assert (error.label, error.vocabulary, error.nearest) == (
        "Perte de confidence",
        "natures",
        "Perte de la confidentialité",
    )


def test_a_label_like_no_other_is_refused_without_a_guess():
    with pytest.raises(vocabulary.UnknownLabel, match=r"^“xyz” is not a label of natures$") as caught:
        vocabulary.load("natures").code_of("xyz")
    assert caught.value.nearest is None


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="fr and en, not in “de”"):
        vocabulary.load("natures").label("integrity", "de")


def test_french_is_the_language_unless_another_is_named():
    words = vocabulary.load("consequences")
    assert words.label("misused") == words.label("misused", "fr") != words.label("misused", "en")
    assert words.choices() == words.choices("fr") and words.groups() == words.groups("fr")
    assert dict(words.choices("en"))["integrity_other"] == "Other (integrity)"


def test_a_label_of_two_blocks_is_not_guessed_either(tmp_path):
    path = tmp_path / "twins.toml"
    head = 'source = "s"\ndated = 2026-01-01\ntitle = { fr = "t", en = "t" }\ngrouped_by = "block"\n'
    twins = [
        f'[[term]]\ncode = "{c}"\nfr = "Autre"\nen = "Other"\nalone_fr = "Autre {c}"\nblock = "{c}"\n' for c in "ab"
    ]
    path.write_text(head + "".join(twins), encoding="utf-8")
    words = vocabulary.read(DataFile(path), "twins")
    with pytest.raises(vocabulary.AmbiguousLabel, match=r"write one of: Autre a, Autre b$"):
        words.code_of("Autre")
    assert words.code_of("Autre b") == "b"


def test_a_label_half_right_still_finds_its_neighbour():
    with pytest.raises(vocabulary.UnknownLabel) as caught:
        vocabulary.load("harms").code_of("Vol de l'identité numérique")
    assert caught.value.nearest == "Vol d'identité"


def test_a_list_without_blocks_is_one_block():
    assert vocabulary.load("natures").groups("en") == {"": vocabulary.load("natures").choices("en")}


def test_a_label_of_several_blocks_is_not_guessed():
    with pytest.raises(
        vocabulary.AmbiguousLabel, match=re.escape("“Autre” stands in several blocks of consequences")
    ) as caught:
        vocabulary.load("consequences").code_of("Autre")
    assert caught.value.candidates == ("Autre (confidentialité)", "Autre (intégrité)", "Autre (disponibilité)")
    assert (caught.value.label, caught.value.vocabulary) == ("Autre", "consequences")


def test_an_unknown_code_lists_the_known_ones():
    with pytest.raises(vocabulary.UnknownCode, match="confidentiality, integrity, availability"):
        vocabulary.load("natures").label("theft")


def test_the_form_shows_consequences_in_one_block_for_each_nature():
    blocks = vocabulary.load("consequences").groups("fr")
    assert list(blocks) == list(vocabulary.load("natures").codes)
    assert [label for _, label in blocks["integrity"]][-1] == "Autre"
    assert blocks["integrity"][0][0] == "invalid_data_used"
    assert [label for _, label in vocabulary.load("consequences").groups("en")["integrity"]][-1] == "Other"


COLUMNS = ("", "sectors", "natures", "people_bands", "data_categories", "", "origins", "causes", "communication")
SAMPLE = Path(__file__).parent / "open_data_labels.csv"


def test_every_label_of_the_open_data_leads_to_a_code_and_back():
    rows = list(csv.reader(io.StringIO(SAMPLE.read_text(encoding="utf-8")), delimiter=";"))
    for name, label in rows:
        words = vocabulary.load(name)
        assert words.label(words.code_of(label), "fr") == label.replace("''", "'")


BROKEN = [
    ('[[term]]\ncode = "a"\nfr = "Un"\n', r"broken.toml:4: a has no “en”; add it"),
    ('[[term]]\ncode = "A b"\nfr = "Un"\nen = "One"\n', r"broken.toml:4: the code “A b” is not snake_case"),
    ('[[term]]\ncode="a"\nfr="Un"\nen="One"\n[[term]]\ncode="b"\nfr="Deux"\n', r"broken.toml:8: b has no “en”; add it"),
    ('[[term]]\ncode="a"\nfr="Un"\nen="One"\n[[term]]\ncode="B"\nfr="Deux"\nen="Two"\n', r"broken.toml:8: the code “B” is not snake_case"),
    (
        '[[term]]\ncode="a"\nfr="Un"\nen="One"\n[[term]]\ncode="a"\nfr="Deux"\nen="Two"\n',
        r"broken.toml:8: .*used twice",
    ),
    (
        '[[term]]\ncode="a"\nfr="Un"\nen="One"\n[[term]]\ncode="b"\nfr="UN"\nen="Two"\n',
        r"broken.toml:8: .*already means a",
    ),
]


@pytest.mark.parametrize(("terms", "message"), BROKEN)
def test_a_broken_vocabulary_names_file_and_line(tmp_path, terms, message):
    path = tmp_path / "broken.toml"
    path.write_text('source = "s"\ndated = 2026-01-01\ntitle = { fr = "t", en = "t" }\n' + terms, encoding="utf-8")
    with pytest.raises(BadData, match=message):
        vocabulary.read(DataFile(path), "broken")


def test_a_label_is_compared_with_one_kind_of_apostrophe_and_of_space_and_of_letter():
    assert vocabulary.tolerant("  Perte de  l’Intégrité ") == "perte de l'intégrité"


@pytest.mark.parametrize(("written", "language"), [("fr", "fr"), ("fr_FR", "fr"), ("EN-gb", "en"), ("en_US", "en")])
def test_a_regional_code_counts_as_its_language(written, language):
    assert vocabulary.language_of(written) == language
