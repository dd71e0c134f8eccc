"""A filing that was made without a draft of ours is recorded with its proof, and stops the clock like any other."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from breachreg.notifications import actions, filing
from breachreg.register import evidence
from breachreg.register.models import Evidence, Filing, FilingKind


def pdf():
    return SimpleUploadedFile("recap.pdf", b"%PDF-1.4 recap", "application/pdf")


def record(incident, by, at, kind=FilingKind.INITIAL, **more):
    proof = evidence.add_evidence(incident=incident, file=pdf(), name="recap.pdf", by=by, at=at)
    more.setdefault("receipt_number", "VIO-1")
    return filing.record_elsewhere(incident=incident, kind=kind, filed_at=at, proof=proof, by=by, at=at, **more)


@pytest.fixture
def address(told):
    return reverse("notification-elsewhere", args=["hopital", told.reference])


TYPED = {"kind": "initial", "filed_at_day": "2026-03-10", "filed_at_time": "13:30", "receipt_number": "VIO-88"}


def test_it_stops_the_clock_and_keeps_its_proof(told, awa, noon):
    filed = record(told, awa, noon + timedelta(hours=2))

    assert told.deadlines.get(rule="gdpr_33").met_at == noon + timedelta(hours=2)
    assert (filed.receipt_number, filed.evidence.name) == ("VIO-1", "recap.pdf")


def test_the_next_notification_is_a_complementary_one_that_names_the_receipt(told, awa, noon):
    record(told, awa, noon + timedelta(hours=2))

    drafted = actions.draft(incident=told, kind=FilingKind.COMPLEMENTARY, by=awa, at=noon + timedelta(hours=3))

    assert drafted.entries.get(field="initial_notification_number").value == "VIO-1"


def test_while_a_draft_is_open_its_own_receipt_is_recorded(draft, awa, noon):
    with pytest.raises(actions.NotNow):
        record(draft.incident, awa, noon + timedelta(hours=4))
    assert not Filing.objects.exists()


def test_a_complementary_one_needs_a_first(told, awa, noon):
    with pytest.raises(actions.NotNow):
        record(told, awa, noon + timedelta(hours=4), kind=FilingKind.COMPLEMENTARY)


def test_awa_records_it_on_its_page(told, awa, sign_in, at_noon, address):
    client = sign_in(awa)
    overview = reverse("notification", args=["hopital", told.reference])
    assert address in client.get(overview).content.decode()

    response = client.post(address, TYPED | {"proof": pdf()})

    assert response.status_code == 302
    assert "VIO-88" in client.get(overview).content.decode() and "recap.pdf" in client.get(overview).content.decode()


def test_without_proof_nothing_is_recorded_and_nothing_typed_is_lost(told, awa, sign_in, at_noon, address):
    response = sign_in(awa).post(address, TYPED)

    assert response.status_code == 422 and "VIO-88" in response.content.decode()
    assert not Filing.objects.exists()


def test_a_late_one_asks_for_its_reasons_and_keeps_no_proof_without_them(told, awa, sign_in, at_noon, address, settings):
    at_noon(80)
    late = TYPED | {"filed_at_day": "2026-03-13", "filed_at_time": "18:00"}

    refused = sign_in(awa).post(address, late | {"proof": pdf()})

    assert refused.status_code == 422 and "VIO-88" in refused.content.decode()
    assert not Evidence.objects.exists() and not Filing.objects.exists()
    reasons = {"delay_reasons": "Le prestataire a tardé.", "proof": pdf()}
    assert sign_in(awa).post(address, late | reasons).status_code == 302
