"""Filing stops the clock, seals what was filed, and takes the fast lane only below six hours, with a reason."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from breachreg.notifications import actions, filing, review
from breachreg.notifications.models import Notification, Seal, SealKind, State
from breachreg.register.models import FilingKind


def at(noon, hours):
    return noon + timedelta(hours=hours)


def file(notification, by, filed_at, **more):
    notification.refresh_from_db()
    more.setdefault("receipt_number", "CNIL-2026-1")
    return filing.file(
        notification=notification, seen=notification.version, filed_at=filed_at, by=by,
        at=filed_at + timedelta(minutes=5), **more,
    )


def test_filing_stops_the_clock_and_seals_the_filed_documents(approved, awa, noon):
    filed = file(approved, awa, at(noon, 62))
    assert filed.state == State.FILED
    assert filed.incident.deadlines.get(rule="gdpr_33").met_at == at(noon, 62)
    assert filed.filing.receipt_number == "CNIL-2026-1"
    assert Seal.objects.filter(kind=SealKind.FILED).count() == 2


def test_a_late_filing_carries_the_reasons_of_the_text_into_the_register(draft, awa, bruno, noon):
    actions.write(notification=draft, seen=1, values={"delay_reasons": "Prestataire tardif."}, by=awa, at=at(noon, 70))
    actions.submit(notification=draft, seen=2, by=awa, at=at(noon, 73))
    review.approve(notification=draft, seen=3, by=bruno, at=at(noon, 74))
    file(draft, awa, at(noon, 75))
    draft.incident.refresh_from_db()
    assert draft.incident.delay_reasons == "Prestataire tardif."


def test_a_late_filing_without_reasons_is_refused_and_nothing_is_sealed(approved, awa, noon):
    with pytest.raises(ValidationError):
        file(approved, awa, at(noon, 75))
    assert Notification.objects.get().state == State.APPROVED
    assert not Seal.objects.filter(kind=SealKind.FILED).exists()


def test_an_unapproved_text_waits_while_there_is_time(draft, awa, noon):
    with pytest.raises(filing.NotApproved):
        file(draft, awa, at(noon, 65), unapproved_reason="Pressé.")


def test_in_the_fast_lane_a_reason_is_asked_and_kept(submitted, awa, bruno, noon):
    with pytest.raises(filing.NotApproved):
        file(submitted, awa, at(noon, 67))
    filed = file(submitted, awa, at(noon, 67), unapproved_reason="Relectrice injoignable.")
    assert (filed.state, filed.unapproved_by) == (State.FILED, awa)
    assert filed.awaits_later_review
    with pytest.raises(review.OwnText):
        review.review_after(notification=filed, note="Vu.", by=awa, at=at(noon, 80))
    review.review_after(notification=filed, note="Rien à redire.", by=bruno, at=at(noon, 80))
    filed.refresh_from_db()
    assert not filed.awaits_later_review


def test_the_authority_was_told_so_only_a_complement_follows(approved, awa, noon):
    file(approved, awa, at(noon, 10))
    with pytest.raises(actions.NotNow):
        actions.draft(incident=approved.incident, kind=FilingKind.INITIAL, by=awa, at=at(noon, 11))
    second = actions.draft(incident=approved.incident, kind=FilingKind.COMPLEMENTARY, by=awa, at=at(noon, 11))
    assert second.builds_on == approved
    assert second.entries.get(field="initial_notification_number").value == "CNIL-2026-1"


def test_a_complement_keeps_what_was_typed_while_the_record_stands(draft, awa, bruno, noon):
    actions.write(notification=draft, seen=1, values={"discovery": "Tapé."}, by=awa, at=at(noon, 2))
    actions.submit(notification=draft, seen=2, by=awa, at=at(noon, 3))
    review.approve(notification=draft, seen=3, by=bruno, at=at(noon, 4))
    file(draft, awa, at(noon, 10))
    second = actions.draft(incident=draft.incident, kind=FilingKind.COMPLEMENTARY, by=awa, at=at(noon, 11))
    assert second.entries.get(field="discovery").value == "Tapé."


def test_fields_are_ticked_once_and_unticked(approved, awa, second_dpo, noon):
    for person in (awa, second_dpo):
        filing.tick(notification=approved, field="siren", carried="a" * 64, by=person, at=at(noon, 5))
    assert approved.ticks.get().ticked_by == awa
    filing.tick(notification=approved, field="siren", carried="b" * 64, by=second_dpo, at=at(noon, 5))
    assert (approved.ticks.get().ticked_by, approved.ticks.get().carried) == (second_dpo, "b" * 64)
    filing.untick(notification=approved, field="siren", by=awa, at=at(noon, 5))
    assert not approved.ticks.exists()
