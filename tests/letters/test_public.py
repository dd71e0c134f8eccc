"""Public communication: two texts from one sealed text, published somewhere at an instant, evidence for the exemption."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from breachreg.letters import actions, prefill, public
from breachreg.letters.models import Group, Publication
from breachreg.register import exemptions
from tests.letters.conftest import SEGMENT

PAGE = "/o/hopital/incidents/HOP-2026-0001/letters/1/public/"


@pytest.fixture
def to_the_public(known_breach, awa, noon):
    segment = SEGMENT | {"group": Group.PUBLIC}
    texts = prefill.first_draft(known_breach, prefill.Segment(**segment))
    return actions.write_letter(incident=known_breach, by=awa, at=noon, **segment, **texts)


@pytest.fixture
def sealed_text(to_the_public, awa, bruno, noon):
    return actions.approve_letter(letter=actions.submit_letter(letter=to_the_public, by=awa, at=noon), by=bruno, at=noon)


def publish(letter, by, at, **more):
    said = {"kind": "page", "place": "Page d’accueil", "address": "https://hopital.example/incident", "published_at": at}
    return public.note_publication(letter=letter, by=by, at=at, **said | more)


@pytest.mark.parametrize("write", [public.page_text, public.press_text])
def test_both_texts_hold_the_four_elements_and_no_placeholder(sealed_text, noon, write):
    said = write(sealed_text, noon)
    assert "Ce qui s’est passé" in said and "Ce que cela peut entraîner" in said
    assert "coupé l’accès" in said and "Awa Diallo" in said and "mot de passe" in said.lower()
    assert "{" not in said and "Madame" not in said


def test_the_press_text_begins_as_one_and_ends_with_whom_to_ask(sealed_text, noon):
    said = public.press_text(sealed_text, noon)
    assert said.startswith("COMMUNIQUÉ DE PRESSE") and said.endswith("###\n")
    assert said.index("Ce qui s’est passé") < said.index("awa.diallo@example.org")


def test_a_text_to_the_public_that_names_one_person_is_not_reviewed(to_the_public, awa, noon):
    actions.amend_letter(letter=to_the_public, by=awa, at=noon, opening="{appel}\n\nBonjour à toutes et à tous.")
    to_the_public.refresh_from_db()
    with pytest.raises(ValidationError, match="s’adresse à tout le monde"):
        actions.submit_letter(letter=to_the_public, by=awa, at=noon)


def test_a_publication_becomes_evidence_of_the_exemption(sealed_text, awa, noon):
    publish(sealed_text, awa, noon)
    sheet = exemptions.latest(sealed_text.incident)["disproportionate_effort"]
    shown = exemptions.shown_in(sheet)
    assert shown["public_communication"].is_shown
    assert "https://hopital.example/incident" in shown["public_communication"].evidence
    assert sealed_text.sealed_sha256 in shown["public_communication"].evidence
    assert not sheet.holds, "the effort was not shown"


def test_what_was_shown_before_stays_and_every_publication_is_named(sealed_text, awa, noon):
    publish(sealed_text, awa, noon)
    publish(sealed_text, awa, noon + timedelta(hours=2), kind="press", place="Le Journal", address=None)
    sheets = list(sealed_text.incident.exemption_sheets.order_by("number"))
    assert len(sheets) == 2
    evidence = exemptions.shown_in(sheets[1])["public_communication"].evidence
    assert "Page d’accueil" in evidence and "Le Journal" in evidence


def test_only_a_sealed_text_to_the_public_is_published_and_not_in_the_future(to_the_public, sealed_text, draft, awa, noon):
    with pytest.raises(public.NotSealed):
        publish(draft, awa, noon)
    with pytest.raises(ValidationError):
        publish(sealed_text, awa, noon, published_at=noon + timedelta(minutes=1))
    assert not Publication.objects.exists()


def test_when_the_trail_refuses_nothing_was_published(sealed_text, awa, noon, monkeypatch):
    def refuses(**_said):
        raise DatabaseError("the trail is full")

    monkeypatch.setattr(public, "record", refuses)
    with pytest.raises(DatabaseError):
        publish(sealed_text, awa, noon)
    assert not Publication.objects.exists() and not exemptions.latest(sealed_text.incident)


def test_the_page_shows_both_texts_and_takes_the_publication(sealed_text, awa, as_):
    browser = as_(awa)
    page = browser.get(PAGE).content.decode()
    assert "COMMUNIQUÉ DE PRESSE" in page and "Nulle part" in page
    assert browser.get(PAGE + "press.txt").content.decode().startswith("COMMUNIQUÉ")
    said = {"kind": "page", "place": "Accueil", "published_at_day": "2026-03-10", "published_at_time": "12:30"}
    assert browser.post(PAGE + "published/", said).status_code == 302
    assert "Accueil" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE + "published/", said | {"place": ""}).status_code == 422


def test_a_letter_to_people_has_no_public_page(draft, awa, as_):
    assert as_(awa).get(PAGE).status_code == 404
