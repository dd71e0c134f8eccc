"""A complementary notification says what changed since what the authority holds, and follows the clock that it stops."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from breachreg.notifications import actions, document, filing, papers, review
from breachreg.notifications.held import held_by
from breachreg.notifications.models import Seal
from breachreg.notifications.record import read
from breachreg.register import actions as register
from breachreg.register import evidence
from breachreg.register.models import FilingKind


def at(noon, hours):
    return noon + timedelta(hours=hours)


@pytest.fixture
def filed(approved, awa, noon):
    """The initial notification, filed five hours after the awareness."""
    filing.file(
        notification=approved, seen=approved.version, filed_at=at(noon, 5), receipt_number="CNIL-2026-1", by=awa, at=at(noon, 5)
    )
    approved.refresh_from_db()
    return approved


@pytest.fixture
def complement(filed, awa, noon):
    """The complementary one, drafted once the number of people was counted."""
    incident = register.amend_facts(
        incident=filed.incident, by=awa, at=at(noon, 20), people_low=1316, people_likely=1316, people_high=1316,
        records_likely=4270, measures_before="Disque non chiffré, confirmé par le service informatique.",
    )
    return actions.draft(incident=incident, kind=FilingKind.COMPLEMENTARY, by=awa, at=at(noon, 21))


def page(notification, sign_in, person):
    incident = notification.incident
    address = reverse("notification-page", args=[incident.organisation.slug, incident.reference, notification.number])
    return sign_in(person).get(address).content.decode()


def paper_of(notification, noon, language="fr"):
    record = read(notification.incident, at=at(noon, 22), kind=notification.kind)
    from breachreg.notifications import content

    frozen = content.freeze(
        record, notification.entries.as_content(), number=notification.number, version=1, held=held_by(notification)
    )
    return papers.notification(frozen, kind="draft", language=language, at=at(noon, 22))


def test_the_page_begins_with_what_changed_since_the_version_that_the_cnil_holds(complement, awa, sign_in, at_noon):
    at_noon(22)
    html = page(complement, sign_in, awa)
    summary = html[html.index('id="changes"') : html.index("</section>", html.index('id="changes"'))]
    assert "notification 1, version 1" in summary and "CNIL-2026-1" in summary
    assert 'href="#field-people_count"' in summary and "<ins>1\u00a0316</ins>" in summary
    assert 'href="#field-records_count"' in summary and "n’était pas connu" in summary
    assert "notification_type" not in summary  # says nothing about the breach


def test_the_document_begins_with_the_same_list(complement, noon):
    html = document.to_html(paper_of(complement, noon))
    assert html.index("Ce qui a changé depuis ce que détient la CNIL") < html.index("Ce qui n’est pas encore connu")
    changes = html[html.index('class="changes"') : html.index("</section>")]
    assert "1\u00a0316" in changes and "CNIL-2026-1" in changes


def test_in_the_reading_version_french_texts_say_that_they_are_french(complement, noon):
    html = document.to_html(paper_of(complement, noon, language="en"))
    assert "What changed since what the CNIL holds" in html
    assert '<span lang="fr"> <del>Disque chiffré, à confirmer.</del>' in html


def test_a_rewritten_long_text_is_told_by_its_size(complement, awa, noon):
    held = held_by(complement)
    long = "Le disque est chiffré et le mot de passe n’y est pas noté. " * 4
    held.answers["measures_before"] = long
    actions.write(
        notification=complement, seen=complement.version, values={"measures_before": f"{long} Vérifié le lendemain."}, by=awa,
        at=at(noon, 22),
    )
    from breachreg.notifications.compare import since

    changed = {one.code: one for one in since(held.answers, {"measures_before": f"{long} Vérifié le lendemain."}, language="fr", zone=complement.incident.organisation.zone)}
    assert changed["measures_before"].is_long
    assert changed["measures_before"].told == "complété (mots ajoutés\u00a0: 3)"


def test_the_same_answers_change_nothing(filed, awa, sign_in, noon, at_noon):
    second = actions.draft(incident=filed.incident, kind=FilingKind.COMPLEMENTARY, by=awa, at=at(noon, 21))
    at_noon(22)
    assert "Aucune réponse n’en diffère." in page(second, sign_in, awa)


def test_what_was_told_elsewhere_since_is_said_not_to_be_compared(filed, awa, sign_in, noon, at_noon):
    proof = evidence.add_evidence(
        incident=filed.incident, file=ContentFile(b"%PDF-1.7 proof"), name="recap.pdf", by=awa, at=at(noon, 7), note=""
    )
    filing.record_elsewhere(
        incident=filed.incident, kind=FilingKind.COMPLEMENTARY, filed_at=at(noon, 6), receipt_number="CNIL-2026-2", proof=proof,
        by=awa, at=at(noon, 7),
    )
    second = actions.draft(incident=filed.incident, kind=FilingKind.COMPLEMENTARY, by=awa, at=at(noon, 21))
    assert held_by(second).filed_elsewhere == 1
    at_noon(22)
    assert "Depuis, elle a aussi été informée sans texte de ce registre" in page(second, sign_in, awa)


def test_without_a_text_of_ours_the_page_says_that_there_is_nothing_to_compare_with(represented, told, awa, sign_in, noon, at_noon):
    proof = evidence.add_evidence(
        incident=told, file=ContentFile(b"%PDF-1.7 proof"), name="recap.pdf", by=awa, at=at(noon, 7), note=""
    )
    filing.record_elsewhere(
        incident=told, kind=FilingKind.INITIAL, filed_at=at(noon, 6), receipt_number="CNIL-2026-2", proof=proof, by=awa,
        at=at(noon, 7),
    )
    second = actions.draft(incident=told, kind=FilingKind.COMPLEMENTARY, by=awa, at=at(noon, 21))
    assert held_by(second) is None
    at_noon(22)
    assert "il n’y a rien à quoi comparer" in page(second, sign_in, awa)
    assert "il n’y a rien à quoi comparer" in document.to_html(paper_of(second, noon))


def test_both_clocks_are_shown_and_the_review_has_half_of_the_one_that_runs(complement, awa, sign_in, noon, at_noon):
    actions.submit(notification=complement, seen=complement.version, by=awa, at=at(noon, 57))
    complement.refresh_from_db()
    assert complement.review_due_at == at(noon, 57 + 10)  # filed at 5, so the 72 hours end at 77
    at_noon(58)
    html = page(complement, sign_in, awa)
    assert "Notifier la CNIL" in html and "Compléter la notification" in html and "Relecture juridique" in html


def test_a_complementary_notification_has_no_fast_lane(complement, awa, noon):
    with pytest.raises(filing.NotApproved):
        filing.file(
            notification=complement, seen=complement.version, filed_at=at(noon, 76), receipt_number="CNIL-2026-9", by=awa,
            at=at(noon, 76), unapproved_reason="Pressé.",
        )


def test_filing_it_stops_the_second_clock(complement, awa, bruno, noon):
    actions.submit(notification=complement, seen=complement.version, by=awa, at=at(noon, 24))
    complement.refresh_from_db()
    review.approve(notification=complement, seen=complement.version, by=bruno, at=at(noon, 25))
    complement.refresh_from_db()
    filing.file(
        notification=complement, seen=complement.version, filed_at=at(noon, 26), receipt_number="CNIL-2026-3", by=awa,
        at=at(noon, 26),
    )
    assert complement.incident.deadlines.get(rule="cnil_complementary").met_at == at(noon, 26)
    content = complement.versions.get().content
    assert content["held_as"] == {
        "number": 1, "version": 1, "filed_at": filing_instant(noon), "receipt": "CNIL-2026-1", "filed_elsewhere": 0,
    }


def filing_instant(noon):
    return at(noon, 5).isoformat().replace("+00:00", "Z")


def test_a_filed_notification_offers_the_document_that_was_filed(filed, awa, sign_in, at_noon):
    at_noon(22)
    html = page(filed, sign_in, awa)
    seal = Seal.objects.get(kind="filed", language="fr")
    assert f"/sealed/{seal.pk}.pdf" in html[: html.index("next-step")]
    assert "Dernier projet en PDF" not in html
    assert "La CNIL l’a reçue le" in html
    assert "en français" in html and "en anglais" in html


def test_with_one_version_there_is_nothing_to_choose(approved, awa, sign_in, at_noon):
    at_noon(5)
    incident = approved.incident
    address = reverse("notification-compare", args=["hopital", incident.reference, approved.number])
    html = sign_in(awa).get(address).content.decode()
    assert "<select" not in html[html.index("<main") :]
