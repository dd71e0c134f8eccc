"""Texts composed from facts: good sentences, and honest ones where a fact is missing."""

from datetime import timedelta

import pytest

from breachreg.notifications import delay, prefill, sentences
from breachreg.notifications.answers import form
from breachreg.notifications.completeness import check
from breachreg.notifications.record import read
from breachreg.notifications.unknowns import unknown
from breachreg.register import actions as register
from breachreg.register import awareness
from breachreg.register.models import FilingKind, Promise
from tests.law.in_force import in_force_from

NBSP = "\u00a0"


def promise(incident, by, at, field, days):
    return Promise.objects.create(
        incident=incident, field=field, owed_by="Service informatique", promised_for=at + timedelta(days=days),
        recorded_at=at, recorded_by=by,
    )


def test_an_unknown_with_a_promise_says_for_when_it_is_expected(aware, awa, noon):
    promise(aware, awa, noon, "people", 16)
    record = read(aware, at=noon)
    assert unknown(record, "people_count", "fr") == (
        f"Le nombre de personnes n’est pas encore établi{NBSP}; il est attendu pour le 26 mars."
    )
    assert unknown(record, "people_count", "en") == (
        "The number of people is not established yet; the answer is expected by 26 March."
    )


def test_an_unknown_without_a_promise_is_said_plainly(aware, noon):
    record = read(aware, at=noon)
    assert unknown(record, "causes", "fr") == "La cause de l’incident n’est pas encore établie."
    assert unknown(record, "people_categories", "fr") == (
        "Les catégories de personnes concernées ne sont pas encore établies."
    )


def test_a_promise_of_another_year_names_the_year(aware, awa, noon):
    promise(aware, awa, noon, "people_count", 365)
    assert "10 mars 2027" in unknown(read(aware, at=noon), "people_count", "fr")


def test_the_description_of_an_incident_of_which_nothing_is_known_has_no_hole(aware, noon):
    text = sentences.description(read(aware, at=noon), "fr")
    assert text.startswith(f"Le 10 mars 2026 à 12{NBSP}h{NBSP}00, le responsable de traitement (Hôpital des Trois Rivières) a pris connaissance")
    assert "La nature de la violation n’est pas encore établie." in text
    assert "None" not in text and "()" not in text and "[" not in text


def test_the_description_says_every_fact_that_is_known(told, noon):
    text = sentences.description(read(told, at=noon), "fr")
    for part in (
        "La violation a entraîné une perte de confidentialité des données.",
        f"Origine de l’incident{NBSP}: équipement perdu ou volé.",
        f"Données sensibles{NBSP}: données de santé.",
        f"1{NBSP}200 (entre 1{NBSP}000 et 1{NBSP}500)",
    ):
        assert part in text


def test_the_records_own_text_wins_over_a_composed_one(told, awa, noon):
    incident = register.amend_facts(incident=told, by=awa, at=noon + timedelta(hours=2), narrative="Mes mots.")
    filled = prefill.fill(read(incident, at=noon))["description"]
    assert (filled.value, filled.source, filled.english) == ("Mes mots.", "record", "")


def test_a_day_without_its_time_is_not_given_one(breach, awa, noon):
    aware = awareness.become_aware(
        incident=breach, aware_at=noon - timedelta(hours=12), stated_by="Awa Diallo", evidence="Courrier", by=awa,
        at=noon, is_date_only=True,
    )
    record = read(aware, at=noon)
    assert prefill.fill(record)["aware_at"].value == "2026-03-10"
    assert sentences.description(record, "fr").startswith("Le 10 mars 2026, le responsable de traitement")
    assert "seul le jour est établi" in sentences.comments_on_the_dates(record, "fr")


@pytest.mark.parametrize("title, expected", [
    ("Ordinateur perdu.", "ordinateur perdu"), ("VPN compromis", "VPN compromis"), ("À revoir", "à revoir"),
])  # fmt: skip
def test_a_title_reads_on_inside_a_sentence(title, expected):
    assert sentences._in_sentence(title) == expected


def test_a_withdrawal_says_why_there_was_no_breach(approved, awa, noon):
    from breachreg.notifications import filing

    at = noon + timedelta(hours=10)
    filing.file(
        notification=approved, seen=approved.version, filed_at=at, receipt_number="CNIL-1", by=awa, at=at,
    )
    incident = type(approved.incident).objects.get(pk=approved.incident_id)
    incident = register.conclude_not_a_breach(
        incident=incident, reasons="Le disque était vierge.", by=awa, at=at + timedelta(hours=1)
    )
    record = read(incident, at=at, kind=FilingKind.WITHDRAWAL)
    text = prefill.fill(record)["description"].value
    assert "retire la notification n° CNIL-1" in text
    assert "Le disque était vierge." in text


def test_nothing_is_said_about_a_delay_before_there_is_one(aware, noon):
    assert delay.reasons(read(aware, at=noon + timedelta(hours=71)), "fr") == ""


def test_the_hours_that_a_text_tells_are_those_of_the_rule_it_is_judged_by(hospital, aware, awa, noon, tmp_path):
    """The Omnibus in force from the next day: the record keeps its 72 hours, one without a clock reads the rule of its day."""
    with in_force_from("2026-03-11", tmp_path):
        later = noon + timedelta(hours=100)
        assert "le délai de 72 heures expirait" in delay.reasons(read(aware, at=later), "fr")
        other = register.report_incident(organisation=hospital, title="Après", by=awa, at=later)
        assert read(other, at=later).limit_hours == 96


def test_the_reasons_for_a_delay_tell_each_long_stretch_and_who_was_waited_for(aware, awa, noon):
    promise(aware, awa, noon + timedelta(hours=1), "people", 2)
    register.add_timeline_note(
        incident=aware, happened_at=noon + timedelta(hours=50), text="Le prestataire a remis sa liste.", by=awa,
        at=noon + timedelta(hours=51),
    )
    text = delay.reasons(read(aware, at=noon + timedelta(hours=80)), "fr")
    assert f"le délai de 72 heures expirait le 13 mars 2026 à 12{NBSP}h{NBSP}00" in text
    assert "des réponses étaient attendues (Service informatique)" in text
    assert f"Du 10 mars 2026 à 12{NBSP}h{NBSP}15 au 12 mars 2026 à 14{NBSP}h{NBSP}00 (49 heures)" in text


def test_a_late_draft_starts_with_reasons_that_a_person_must_make_their_own(represented, told, awa, bruno, noon):
    from breachreg.notifications import actions, review

    at = noon + timedelta(hours=80)
    draft = actions.draft(incident=told, kind=FilingKind.INITIAL, by=awa, at=at)
    entry = draft.entries.get(field="delay_reasons")
    assert entry.source == "composed" and entry.value
    actions.submit(notification=draft, seen=1, by=awa, at=at)
    with pytest.raises(review.Incomplete) as refused:
        review.approve(notification=draft, seen=2, by=bruno, at=at)
    assert [point.field.code for point in refused.value.points] == ["delay_reasons"]
    actions.take_back(notification=draft, seen=2, by=awa, at=at)
    actions.write(notification=draft, seen=3, values={"delay_reasons": entry.value}, by=awa, at=at)
    actions.submit(notification=draft, seen=4, by=awa, at=at)
    review.approve(notification=draft, seen=5, by=bruno, at=at)


@pytest.mark.parametrize("label, expected", [
    ("Etat civil (ex : nom, sexe, date de naissance, âge...)", "état civil"),
    ("NIR (Numéro d'Inscription au Répertoire)", "NIR (Numéro d'Inscription au Répertoire)"),
    ("Documents officiels (Passeports, pièces d’identité, etc.)", "documents officiels"),
    ("Données relatives à des informations financières (ex : revenus, numéro de carte de crédit), économiques",
     "données relatives à des informations financières, économiques"),
])  # fmt: skip
def test_a_label_of_the_form_reads_on_in_a_list_without_its_examples(label, expected):
    assert sentences._in_list(label) == expected


def test_what_may_follow_later_is_never_only_said_to_be_unknown(aware, noon):
    record = read(aware, at=noon)
    plain = {
        point.field.code
        for point in check({}, record.circumstances) if unknown(record, point.field.code, "fr") == "Pas encore connu."
    }
    assert plain <= {field.code for field in form().by_code.values() if field.needed == "initial"} | {"headcount", "sector"}
