"""The filing screen beside the authority's form, and the receipt: as Awa meets them."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from breachreg.notifications import actions
from breachreg.notifications.models import State
from tests.notifications.test_pages import address, press, words_of


def shown(cockpit, code):
    """What the filing screen would say of the text of this field if it were ticked now."""
    return next(row.carried for chapter in cockpit.context["reading"].chapters for row in chapter.rows if row.code == code)


def test_awa_carries_over_field_by_field_and_records_the_receipt(approved, awa, sign_in, at_noon):
    client = sign_in(awa)
    cockpit = client.get(address("notification-cockpit", approved))
    assert "Numéro SIREN" in words_of(cockpit)
    press(client, "notification-tick", approved, "siren", carried=shown(cockpit, "siren"))
    assert client.get(address("notification-cockpit", approved)).context["ticked"] == {"siren"}
    at_noon(63)
    sign_in(awa)  # a session lasts twelve hours
    data = {"filed_at_day": "2026-03-13", "filed_at_time": "03:00", "receipt_number": "CNIL-7"}
    response = press(client, "notification-receipt", approved, **data)
    assert response.status_code == 302
    approved.refresh_from_db()
    assert approved.state == State.FILED
    page = words_of(client.get(address("notification-page", approved)))
    assert "CNIL-7" in page
    assert "Déposé" in page or "déposé" in page.lower()


def test_the_filing_screen_leads_to_the_next_field(draft, awa, sign_in, at_noon):
    client = sign_in(awa)
    assert 'href="#field-notification_type">Aller à la suivante' in words_of(client.get(address("notification-cockpit", draft)))
    carried = shown(client.get(address("notification-cockpit", draft)), "notification_type")
    answer = client.post(
        address("notification-tick", draft, "notification_type"), {"carried": carried}, headers={"HX-Request": "true"}
    )
    assert 'href="#field-siren">Aller à la suivante' in words_of(answer)


def test_a_tick_no_longer_counts_when_the_answer_changed_since_it_was_carried_over(draft, awa, sign_in, at_noon, noon):
    client = sign_in(awa)
    cockpit = client.get(address("notification-cockpit", draft))
    for code in ("siren", "discovery"):
        press(client, "notification-tick", draft, code, carried=shown(cockpit, code))
    actions.write(notification=draft, seen=draft.version, values={"discovery": "Autrement."}, by=awa, at=noon + timedelta(hours=3))
    cockpit = client.get(address("notification-cockpit", draft))
    assert (cockpit.context["ticked"], cockpit.context["outdated"]) == ({"siren"}, {"discovery"})
    assert "Modifié depuis que vous l’avez reporté" in words_of(cockpit)
    press(client, "notification-tick", draft, "discovery", carried=shown(cockpit, "discovery"))
    assert client.get(address("notification-cockpit", draft)).context["ticked"] == {"siren", "discovery"}


def test_a_tick_of_a_text_that_somebody_changed_meanwhile_does_not_count(draft, awa, sign_in, at_noon, noon):
    client = sign_in(awa)
    before = shown(client.get(address("notification-cockpit", draft)), "discovery")
    actions.write(notification=draft, seen=draft.version, values={"discovery": "Autrement."}, by=awa, at=noon + timedelta(hours=3))
    press(client, "notification-tick", draft, "discovery", carried=before)
    assert client.get(address("notification-cockpit", draft)).context["outdated"] == {"discovery"}


def test_an_instant_to_come_is_refused_and_nothing_typed_is_lost(approved, awa, sign_in, at_noon):
    response = press(
        sign_in(awa), "notification-receipt", approved, filed_at_day="2026-03-20", filed_at_time="09:00",
        receipt_number="CNIL-9",
    )
    assert response.status_code == 422
    assert "CNIL-9" in words_of(response)
    approved.refresh_from_db()
    assert approved.state == State.APPROVED


def receipt(client, notification, recap, **more):
    data = {"filed_at_day": "2026-03-10", "filed_at_time": "20:00", "receipt_number": "CNIL-8", "recap": recap}
    return press(client, "notification-receipt", notification, **(data | more))


def test_the_recap_is_checked_to_be_a_pdf_and_kept_with_its_hash(approved, awa, sign_in, at_noon):
    at_noon(10)
    client = sign_in(awa)
    refused = receipt(client, approved, SimpleUploadedFile("recap.pdf", b"MZ this is a program"))
    assert refused.status_code == 422
    assert "CNIL-8" in words_of(refused)
    kept = receipt(client, approved, SimpleUploadedFile("recap.pdf", b"%PDF-1.4 and so on"))
    assert kept.status_code == 302
    approved.refresh_from_db()
    assert approved.filing.evidence.sha256 == hashlib.sha256(b"%PDF-1.4 and so on").hexdigest()


def test_a_refused_filing_leaves_no_recap_behind(approved, awa, sign_in, at_noon, settings):
    at_noon(80)  # late, and without its reasons
    response = receipt(
        sign_in(awa), approved, SimpleUploadedFile("recap.pdf", b"%PDF-1.4 late"), filed_at_day="2026-03-13",
        filed_at_time="15:00",
    )
    assert response.status_code == 422
    assert "delay_reasons" in response.context["form"].errors
    assert not approved.incident.evidence.exists()
    stored = [file for file in Path(settings.EVIDENCE_DIR).rglob("*") if file.is_file() and file.read_bytes() == b"%PDF-1.4 late"]
    assert stored == []
