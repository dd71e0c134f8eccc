"""Whoever writes the reasons for a delay is offered texts to start from, and told what is never accepted."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from breachreg.audit.models import Entry
from breachreg.register import delay_texts, filings, instants
from breachreg.register.models import Filing, FilingKind, InstantKind
from tests.register.pages import address, text_of


def offered(incident, language="fr"):
    with translation.override(language):
        return {each.code: each for each in delay_texts.offers(incident)}


def test_the_known_instants_stand_in_the_texts_on_the_clock_of_the_organisation(aware):
    found = offered(aware)
    ((language, text),) = found["working_days"].texts
    assert (language, found["working_days"].standing) == ("fr", "disputed")
    assert "du 10 mars 2026 à 12\u00a0h\u00a000 au 13 mars 2026 à 12\u00a0h\u00a000 et" in text
    assert "informés de la violation le […]" in found["processor_late"].texts[0][1]


def test_the_argument_of_two_working_days_says_how_many_there_were(aware):
    assert offered(aware, "en")["working_days"].note.startswith("This period held 2 full days from Monday to Friday")
    assert not offered(aware, "en")["series"].note


def test_only_a_day_that_is_known_stands_as_a_day(incident, awa, noon):
    told = instants.state_instant(
        incident=incident, kind=InstantKind.FIRST_SIGNAL, instant=noon - timedelta(hours=11), by=awa, at=noon, is_date_only=True
    )
    assert "premier signal du 10 mars 2026, les" in offered(told)["certainty"].texts[0][1]


def test_an_english_reader_gets_the_text_in_the_authoritys_language_and_in_english(aware):
    found = offered(aware, "en")["working_days"]
    assert [language for language, _text in found.texts] == ["fr", "en"]
    assert "from 10 March 2026, 12:00 to 13 March 2026, 12:00 and" in found.texts[1][1]
    assert "10 mars 2026" in found.texts[0][1]


def test_what_is_never_accepted_is_a_warning_without_a_text(aware):
    refused = [each for each in offered(aware).values() if each.standing == "refused"]
    assert refused and all(each.warning and not each.texts for each in refused)


def test_the_page_of_the_facts_offers_them_below_the_question(page, aware):
    shown = text_of(page.get(address("facts-section", aware, "timeline")))
    assert "Deux jours ouvrables" in shown and "contesté" in shown.lower()
    assert "Les 72 heures courent aussi la nuit" in shown
    assert "Deux jours ouvrables" not in text_of(page.get(address("facts-section", aware, "breach")))


def test_a_late_filing_whose_reasons_have_a_gap_is_refused_and_leaves_nothing(aware, awa, noon):
    late = noon + timedelta(hours=80)
    before = Entry.objects.count()
    with pytest.raises(ValidationError) as refusal:
        filings.record_filing(
            incident=aware, kind=FilingKind.INITIAL, filed_at=late, receipt_number="V-1", by=awa, at=late,
            delay_reasons="Le sous-traitant nous a informés le […].",
        )
    assert "delay_reasons" in refusal.value.message_dict
    assert not Filing.objects.exists() and Entry.objects.count() == before
