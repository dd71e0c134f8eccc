"""Not notifying is a document too; other addressees get one page from the same record."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.notifications import actions, decision_files, document, standalone
from breachreg.notifications.clocks import clocks_of
from breachreg.notifications.models import DecisionFile
from breachreg.notifications.record import read
from breachreg.register import actions as register
from breachreg.register.assessments import settle_decision
from breachreg.register.models import Decision, DecisionState, Duty
from breachreg.web.clockface import ClockFace


@pytest.fixture
def decision(told, awa, noon):
    """Awa decided not to notify; nobody has confirmed it yet."""
    return Decision.objects.create(
        incident=told, duty=Duty.REGISTER_ONLY, reasons="Disque chiffré, clé hors d’atteinte : risque improbable.",
        decided_at=noon + timedelta(hours=2), decided_by=awa, state=DecisionState.PENDING,
    )


@pytest.fixture
def confirmed(decision, bruno, noon):
    return settle_decision(
        decision=decision, accept=True, note="Vérifié avec le service informatique.", by=bruno,
        at=noon + timedelta(hours=3),
    )


def html_of(decision, noon, is_draft):
    record = read(decision.incident, at=noon)
    return document.to_html(standalone.not_notifying(record, decision, language="fr", at=noon, is_draft=is_draft))


def test_the_file_says_facts_effects_measures_reasons_and_both_names(confirmed, noon):
    html = html_of(confirmed, noon, is_draft=False)
    for text in ("Perte de la confidentialité", "risque improbable", "Awa Diallo", "Bruno Lefèvre", "Vérifié avec", "art. 33, §\u00a05"):
        assert text in html


def test_before_the_second_signature_the_file_is_a_draft_and_can_not_be_sealed(decision, awa, noon):
    html = html_of(decision, noon, is_draft=True)
    assert "PROJET" in html and "Pas encore signé" in html
    with pytest.raises(actions.NotNow):
        decision_files.seal(decision=decision, by=awa, at=noon)


def test_the_sealed_file_is_kept_once_and_never_changes(confirmed, awa, noon):
    sealed = decision_files.seal(decision=confirmed, by=awa, at=noon)
    assert hashlib.sha256(bytes(sealed.content)).hexdigest() == sealed.sha256
    with pytest.raises(actions.NotNow):
        decision_files.seal(decision=confirmed, by=awa, at=noon)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DecisionFile.objects.update(pages=99)
    assert Entry.objects.filter(action="decision_file.sealed").count() == 1


@pytest.mark.own_pages
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("audience", standalone.AUDIENCES)
def test_a_summary_for_another_addressee_is_one_page(told, noon, audience, language):
    paper = standalone.summary(read(told, at=noon), audience, language=language, at=noon)
    assert document.draw(paper).pages == 1


def test_a_summary_says_honestly_what_is_not_known(told, noon):
    html = document.to_html(standalone.summary(read(told, at=noon), "insurer", language="fr", at=noon))
    assert "Le nombre d’enregistrements n’est pas encore établi." in html


@pytest.fixture
def visit(client):
    def visit(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return visit


def test_awa_seals_the_file_with_a_button_and_chloe_downloads_the_same_bytes(confirmed, awa, chloe, visit):
    slug, reference = "hopital", confirmed.incident.reference
    url = reverse("decision-file", args=[slug, reference])
    assert "draft" in visit(chloe).get(url).headers["Content-Disposition"]
    assert visit(chloe).post(reverse("decision-file-seal", args=[slug, reference])).status_code == 403
    visit(awa).post(reverse("decision-file-seal", args=[slug, reference]))
    response = visit(chloe).get(url)
    assert response.content == bytes(DecisionFile.objects.get().content)
    assert visit(chloe).get(reverse("notification", args=[slug, reference])).status_code == 200


def test_others_find_no_file_and_no_summary(confirmed, rose, farid, dan, town_hall, visit):
    for name, more in (("decision-file", []), ("notification-summary", ["insurer"])):
        url = reverse(name, args=["hopital", confirmed.incident.reference, *more])
        assert [visit(person).get(url).status_code for person in (rose, farid, dan)] == [403, 403, 404]
        assert visit(dan).get(url.replace("hopital", "mairie")).status_code == 404


def test_an_unknown_addressee_is_not_found(told, awa, visit):
    assert visit(awa).get(f"/o/hopital/incidents/{told.reference}/notification/summary/press.pdf").status_code == 404


def test_a_clock_that_was_called_off_is_not_said_to_wait_for_its_start(confirmed, awa, noon):
    assert clocks_of(confirmed.incident, noon) == []
    untouched = register.report_incident(organisation=confirmed.incident.organisation, title="Autre", report="Autre.", by=awa, at=noon)
    assert [one.face for one in clocks_of(untouched, noon)] == [ClockFace(at=noon)]
