"""The CNIL's open data come in whole: sixteen rows as published, every label recognised."""

from datetime import date

import pytest
from django.conf import settings

from breachreg.law import vocabulary
from breachreg.register import cnil_open_data
from breachreg.register.cnil_open_data import PublishedBreach, RowError, read_row, split_values
from breachreg.register.tables import open_table

SAMPLE = settings.BASE_DIR / "breachreg/management/demo/cnil-notifications-sample.csv"


@pytest.fixture(scope="module")
def records():
    with SAMPLE.open("rb") as file:
        return [record for _, record in open_table(file, SAMPLE.name).records()]


@pytest.fixture(scope="module")
def breaches(records):
    return [read_row(record) for record in records]


def test_the_file_is_recognised_by_its_columns(records):
    assert cnil_open_data.is_open_data(tuple(records[0]))
    assert not cnil_open_data.is_open_data(("Référence", "Nature"))


def test_every_row_is_read(breaches):
    assert len(breaches) == 16
    assert sum(breach.received_in == date(2025, 12, 1) for breach in breaches) == 15


def test_a_row_says_all_that_it_said(breaches):
    assert breaches[1] == PublishedBreach(
        received_in=date(2025, 12, 1),
        sector="administrative_support",
        natures=("confidentiality",),
        people_low=51,
        people_high=300,
        data_categories=("civil_status", "social_security_number", "contact", "financial"),
        has_sensitive_data=False,
        origins=("wrong_recipient",),
        causes=("external_accidental",),
        communication="informed",
    )


def test_every_label_comes_back_as_it_was_published(records, breaches):
    columns = {
        cnil_open_data.NATURES: ("natures", "natures"),
        cnil_open_data.DATA: ("data_categories", "data_categories"),
        cnil_open_data.ORIGINS: ("origins", "origins"),
        cnil_open_data.CAUSES: ("causes", "causes"),
    }
    for record, breach in zip(records, breaches, strict=True):
        for column, (name, field) in columns.items():
            words = vocabulary.load(name)
            published = {label.replace("''", "'") for label in split_values(record[column])}
            assert {words.label(code, "fr") for code in getattr(breach, field) or ()} == published
        assert vocabulary.load("sectors").label(breach.sector) == record[cnil_open_data.SECTOR].replace("''", "'")
        assert vocabulary.load("communication").label(breach.communication) == record[cnil_open_data.INFORMED]


def test_the_highest_band_has_no_upper_bound(breaches):
    assert (breaches[5].people_low, breaches[5].people_high) == (5001, None)


def test_zero_people_is_in_the_lowest_band(breaches):
    assert (breaches[0].people_low, breaches[0].people_high) == (0, 5)


def test_sensitive_data_are_yes_or_nothing(breaches):
    assert [breach.has_sensitive_data for breach in breaches].count(True) == 1


def test_only_a_comma_without_a_space_stands_between_values():
    assert split_values("Revenus (a, b), autres,NIR") == ["Revenus (a, b), autres", "NIR"]


def test_an_empty_cell_is_unknown(records):
    breach = read_row(dict.fromkeys(records[0], ""))
    assert breach.natures is None
    assert breach.sector is None
    assert (breach.people_low, breach.people_high) == (None, None)


def test_every_wrong_column_of_a_row_is_named_with_the_nearest_label(records):
    wrong = {**records[0], cnil_open_data.NATURES: "Perte de confiance", cnil_open_data.RECEIVED: "2025-13"}
    with pytest.raises(RowError) as refused:
        read_row({name.strip(): value for name, value in wrong.items()})
    assert set(refused.value.troubles) == {cnil_open_data.NATURES, cnil_open_data.RECEIVED}
    assert "Perte de la confidentialité" in refused.value.troubles[cnil_open_data.NATURES]
