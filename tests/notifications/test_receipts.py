"""A receipt that was recorded wrongly is corrected with its reason; the clocks follow, and the trail keeps both."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breachreg.audit.actions import TrailUnavailable
from breachreg.audit.models import Entry
from breachreg.notifications import actions
from breachreg.register import filings
from breachreg.register.models import Filing, FilingKind
from breachreg.register.receipts import ReceiptChanged, correct_receipt
from tests.notifications.test_filing import file

CORRECTION = "notification.receipt_corrected"


@pytest.fixture
def filed(approved, awa, noon):
    """The notification, filed ten hours after the awareness."""
    return file(approved, awa, noon + timedelta(hours=10))


@pytest.fixture
def receipt(filed):
    return filed.filing


def correct(receipt, by, noon, **more):
    more = {"receipt_number": receipt.receipt_number, "filed_at": receipt.filed_at, "reason": "Faute de frappe."} | more
    return correct_receipt(filing=receipt, by=by, at=noon + timedelta(hours=90), **more)


def test_the_number_is_corrected_in_one_entry_that_keeps_both_and_the_reason(receipt, awa, noon):
    corrected = correct(receipt, awa, noon, receipt_number="CNIL-2026-7")
    assert (corrected.receipt_number, Filing.objects.get().receipt_number) == ("CNIL-2026-7", "CNIL-2026-7")
    entry = Entry.objects.get(action=CORRECTION)
    assert entry.content.changes == {"receipt_number": ["CNIL-2026-1", "CNIL-2026-7"]}
    assert entry.content.details["reason"] == "Faute de frappe."
    assert receipt.incident.timeline.get(event=CORRECTION).text == "Faute de frappe."


def test_the_clock_that_it_stopped_takes_the_corrected_time_and_number(receipt, awa, noon):
    correct(receipt, awa, noon, receipt_number="CNIL-2026-7", filed_at=noon + timedelta(hours=11))
    clock = receipt.incident.deadlines.get(rule="gdpr_33")
    assert (clock.met_at, clock.met_reference) == (noon + timedelta(hours=11), "CNIL-2026-7")
    complement = receipt.incident.deadlines.get(rule="cnil_complementary")
    assert complement.started_at == noon + timedelta(hours=11)
    assert complement.due_at == noon + timedelta(hours=83)


def test_the_complementary_clock_follows_also_when_it_was_met(receipt, awa, noon):
    filings.record_filing(
        incident=receipt.incident, kind=FilingKind.COMPLEMENTARY, filed_at=noon + timedelta(hours=83), receipt_number="C-2", by=awa,
        at=noon + timedelta(hours=84),
    )
    clock = receipt.incident.deadlines.get(rule="cnil_complementary")
    assert clock.met_at > clock.due_at
    correct(receipt, awa, noon, filed_at=noon + timedelta(hours=12))
    clock.refresh_from_db()
    assert (clock.due_at, clock.met_at) == (noon + timedelta(hours=84), noon + timedelta(hours=83))


def test_the_next_complementary_notification_names_the_corrected_number(receipt, awa, noon):
    correct(receipt, awa, noon, receipt_number="CNIL-2026-7")
    drafted = actions.draft(incident=receipt.incident, kind=FilingKind.COMPLEMENTARY, by=awa, at=noon + timedelta(hours=91))
    assert drafted.entries.get(field="initial_notification_number").value == "CNIL-2026-7"


def test_what_was_sealed_stays_as_it_was_sealed(filed, receipt, awa, noon):
    before = list(filed.versions.order_by("number").values_list("content", flat=True))
    correct(receipt, awa, noon, receipt_number="CNIL-2026-7")
    assert list(filed.versions.order_by("number").values_list("content", flat=True)) == before


def test_a_time_after_the_72_hours_needs_the_reasons_for_the_delay(receipt, awa, noon):
    late = noon + timedelta(hours=75)
    with pytest.raises(ValidationError) as refusal:
        correct(receipt, awa, noon, filed_at=late)
    assert "delay_reasons" in refusal.value.message_dict
    correct(receipt, awa, noon, filed_at=late, delay_reasons="Prestataire tardif.")
    receipt.incident.refresh_from_db()
    assert receipt.incident.delay_reasons == "Prestataire tardif."


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {}, {"filed_at": timedelta(hours=100)}, {"filed_at": timedelta(hours=-1)}, {"receipt_number": "V-0"}]
)
def test_nothing_is_saved_when_it_makes_no_sense(receipt, awa, noon, wrong):
    filings.record_filing(
        incident=receipt.incident, kind=FilingKind.COMPLEMENTARY, filed_at=noon + timedelta(hours=20), receipt_number="V-0", by=awa,
        at=noon + timedelta(hours=21),
    )
    values = {"receipt_number": "CNIL-2026-7"} | wrong if wrong else {}
    if "filed_at" in values:
        values["filed_at"] = noon + values["filed_at"]
    entries = Entry.objects.count()
    with pytest.raises(ValidationError):
        correct(receipt, awa, noon, **values)
    receipt.refresh_from_db()
    assert (receipt.receipt_number, Entry.objects.count()) == ("CNIL-2026-1", entries)


def test_of_two_people_who_correct_it_the_second_is_told(receipt, awa, second_dpo, noon):
    seen = Filing.objects.get(pk=receipt.pk)
    correct(receipt, awa, noon, receipt_number="CNIL-2026-7")
    with pytest.raises(ReceiptChanged):
        correct(seen, second_dpo, noon, receipt_number="CNIL-2026-8")
    assert Filing.objects.get().receipt_number == "CNIL-2026-7"


def test_without_its_entry_nothing_is_corrected(receipt, awa, noon, broken_trail):
    with broken_trail(), pytest.raises(TrailUnavailable):
        correct(receipt, awa, noon, receipt_number="CNIL-2026-7", filed_at=noon + timedelta(hours=11))
    assert Filing.objects.get().receipt_number == "CNIL-2026-1"
    assert receipt.incident.deadlines.get(rule="gdpr_33").met_at == noon + timedelta(hours=10)


class TestThePage:
    @pytest.fixture
    def address(self, receipt):
        return reverse("notification-receipt-correct", args=["hopital", receipt.incident.reference, receipt.pk])

    @pytest.fixture
    def client(self, sign_in, awa, at_noon):
        at_noon(90)
        return sign_in(awa)

    def test_awa_corrects_a_number_and_leaves_the_time_as_it_is(self, client, address, receipt):
        Filing.objects.filter(pk=receipt.pk).update(filed_at=receipt.filed_at + timedelta(seconds=42))
        opened = client.get(address)
        typed = {"seen": opened.context["form"].initial["seen"], "filed_at_day": "2026-03-10", "filed_at_time": "22:00"}
        answer = client.post(address, typed | {"receipt_number": "CNIL-2026-7", "reason": "Chiffres intervertis."})
        assert answer.status_code == 302
        corrected = Filing.objects.get()
        assert (corrected.receipt_number, corrected.filed_at) == ("CNIL-2026-7", receipt.filed_at + timedelta(seconds=42))
        overview = client.get(answer["Location"]).content.decode()
        assert "CNIL-2026-7" in overview and address in overview

    def test_a_number_that_was_missing_is_added_on_the_page(self, client, address, receipt):
        """The page speaks of a number that is not there; a browser sends that back as it stood."""
        Filing.objects.filter(pk=receipt.pk).update(receipt_number=None)
        typed = {"seen": client.get(address).context["form"].initial["seen"], "filed_at_day": "2026-03-10", "filed_at_time": "22:00"}
        answer = client.post(address, typed | {"receipt_number": "CNIL-2026-7", "reason": "Retrouvé dans le courriel."})
        assert answer.status_code == 302
        assert Filing.objects.get().receipt_number == "CNIL-2026-7"

    def test_a_colleague_who_was_quicker_is_seen_before_anything_is_overwritten(self, client, address, receipt, second_dpo, noon):
        seen = client.get(address).context["form"].initial["seen"]
        correct(receipt, second_dpo, noon, receipt_number="CNIL-2026-8")
        typed = {"filed_at_day": "2026-03-10", "filed_at_time": "22:00", "receipt_number": "CNIL-2026-7", "reason": "Chiffres intervertis."}
        answer = client.post(address, typed | {"seen": seen})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "CNIL-2026-8" in text and "Chiffres intervertis." in text
        assert client.post(address, typed | {"seen": answer.context["form"].data["seen"]}).status_code == 302

    def test_without_a_reason_nothing_typed_is_lost(self, client, address):
        seen = client.get(address).context["form"].initial["seen"]
        answer = client.post(
            address, {"seen": seen, "filed_at_day": "2026-03-10", "filed_at_time": "22:05", "receipt_number": "CNIL-2026-7", "reason": ""}
        )
        assert answer.status_code == 422
        assert "CNIL-2026-7" in answer.content.decode() and "22:05" in answer.content.decode()
