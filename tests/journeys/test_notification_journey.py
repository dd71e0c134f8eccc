"""From the record to the receipt in a real Chromium: drafted, written, reviewed, sealed, carried over, filed. The author
holds a phone, the reviewer sits at a desk; the whole chain at either width is the main journey's."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from breachreg.notifications.models import Notification, Seal, SealKind, State
from breachreg.register import actions as register
from breachreg.register import awareness
from tests.journeys.conftest import is_too_wide
from tests.journeys.keyboard import Keyboard

FACTS = {
    "natures": ("confidentiality",), "origins": ("lost_device",), "causes": ("internal_accidental",),
    "data_categories": ("civil_status", "contact"), "people_categories": ("patients",), "people_likely": 1200,
    "communication": "undetermined",
}  # fmt: skip


@pytest.fixture
def aware_an_hour_ago(hospital, incident, awa):
    return known_for(1, hospital, incident, awa)


def known_for(hours, hospital, incident, awa):
    """The hospital's incident, known for so many hours, with the facts that are known."""
    type(hospital).objects.filter(pk=hospital.pk).update(
        legal_representative_civility="sir", legal_representative_last_name="Morvan",
        legal_representative_first_name="Yann", legal_representative_email="direction@example.org",
    )
    now = timezone.now()
    breach = register.qualify_as_breach(incident=incident, reasons="Des patients.", by=awa, at=now - timedelta(hours=hours))
    aware = awareness.become_aware(
        incident=breach, aware_at=now - timedelta(hours=hours), stated_by="Awa Diallo", evidence="Appel", by=awa,
        at=now - timedelta(minutes=50),
    )
    return register.amend_facts(incident=aware, by=awa, at=now - timedelta(minutes=40), **FACTS)


def button(page, name):
    return page.locator("main").get_by_role("button", name=name, exact=True).first


def link(page, name):
    return page.locator("main").get_by_role("link", name=name, exact=True).first


def test_from_the_record_to_the_receipt(visit, aware_an_hour_ago, awa, bruno, tmp_path):
    start = f"/o/hopital/incidents/{aware_an_hour_ago.reference}/notification/"
    page = visit(awa, width=390, height=844)
    page.goto(start)
    button(page, "Draft from the record").click()
    expect(page.locator("h1")).to_have_text("Initial notification")
    expect(page.locator("#field-description")).to_contain_text("a pris connaissance")
    assert not is_too_wide(page)

    page.locator("#measures_after").get_by_role("link", name="Write").click()
    page.locator("textarea[name=measures_after]").fill("Accès révoqués, appareil recherché.")
    button(page, "Save").click()
    expect(page.locator("#field-measures_after")).to_contain_text("Typed here by Awa Diallo")
    button(page, "Submit for review").click()
    expect(page.locator(".next-step")).to_contain_text("Waits for its review")

    reviewer = visit(bruno)
    reviewer.goto(page.url)
    reviewer.locator("#field-measures_after").get_by_role("link", name="Comment").click()
    reviewer.locator("[name=text]").fill("Plus précis, @Awa Diallo.")
    reviewer.locator("[name=suggestion]").fill("Accès révoqués le jour même, appareil recherché.")
    button(reviewer, "Add the comment").click()
    reviewer.get_by_text("Send it back to its author").click()
    reviewer.locator("[name=back-text]").fill("Une seule remarque.")
    button(reviewer, "Send back").click()
    expect(reviewer.locator(".next-step")).to_contain_text("Une seule remarque.")

    page.reload()
    button(page, "Accept this wording").click()
    expect(page.locator("#field-measures_after")).to_contain_text("le jour même")
    button(page, "Submit for review").click()

    reviewer.reload()
    button(reviewer, "Approve and seal").click()
    reviewer.get_by_role("dialog").get_by_role("button", name="Approve and seal").click()
    expect(reviewer.locator(".next-step")).to_contain_text("Approved")
    assert not is_too_wide(reviewer)
    with reviewer.expect_download() as sealed:
        reviewer.locator("#documents a.file-name").last.click()
    target = tmp_path / "sealed.pdf"
    sealed.value.save_as(target)
    assert target.read_bytes() in [bytes(seal.content) for seal in Seal.objects.all()]

    carry_over_and_file(page, start, tmp_path)
    notification = Notification.objects.get()
    assert (notification.state, notification.filing.receipt_number) == (State.FILED, "CNIL-2026-77")
    assert notification.filing.evidence.name == "recap.pdf"
    assert Seal.objects.filter(kind=SealKind.FILED).count() == 2


def carry_over_and_file(page, start, tmp_path):
    page.goto(f"{start}1/cockpit/")
    button(page, "Large type").click()
    expect(page.locator(".cockpit.large")).to_be_visible()
    before = page.locator("#cockpit-progress").inner_text()
    page.locator("#tick-siren").click()
    expect(page.locator("#field-siren")).to_have_class("cockpit-field is-done")
    expect(page.locator("#cockpit-progress")).not_to_have_text(before)
    page.reload()  # as on another device: the tick is kept
    expect(page.locator("#field-siren")).to_have_class("cockpit-field is-done")
    assert not is_too_wide(page)

    link(page, "Record the receipt").click()
    recap = tmp_path / "recap.pdf"
    recap.write_bytes(b"%PDF-1.4 the recap of the authority's form")
    page.locator("[name=receipt_number]").fill("CNIL-2026-77")
    page.locator("[name=recap]").set_input_files(recap)
    button(page, "Record the filing").click()
    expect(page.locator(".next-step h2")).to_contain_text("before the deadline")
    expect(page.locator(".next-step")).to_contain_text("CNIL-2026-77")
    assert not is_too_wide(page)


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 360)])
def test_below_six_hours_a_text_that_nobody_approved_is_filed_with_a_reason(visit, hospital, incident, awa, bruno, language, width):
    late = known_for(67, hospital, incident, awa)
    page = visit(awa, width=width, language=language)
    hands = Keyboard(page, language)
    page.goto(f"/o/hopital/incidents/{late.reference}/notification/")
    button(page, hands.word("Draft from the record")).click()
    page.locator(".fast-lane a").click()
    page.locator("[name=receipt_number]").fill("CNIL-2026-78")
    page.locator("[name=unapproved_reason]").fill("Relecteur injoignable à 2 h du matin.")
    button(page, hands.word("Record the filing")).click()
    expect(page.locator(".next-step")).to_contain_text("Relecteur injoignable")
    assert not is_too_wide(page)
    notification = Notification.objects.get()
    assert (notification.state, notification.unapproved_by) == (State.FILED, awa)
    reviewer = visit(bruno, width=width, language=language)
    reviewer.goto("/o/hopital/desk/")
    expect(link(reviewer, hands.word("Review it after the fact"))).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 360)])
def test_after_the_deadline_the_reasons_begin_with_what_happened_meanwhile(visit, hospital, incident, awa, language, width):
    late = known_for(75, hospital, incident, awa)
    page = visit(awa, width=width, language=language)
    page.goto(f"/o/hopital/incidents/{late.reference}/notification/")
    button(page, Keyboard(page, language).word("Draft from the record")).click()
    expect(page.locator("#field-delay_reasons")).to_contain_text("72 heures expirait")
    assert not is_too_wide(page)
    page.goto(f"/o/hopital/incidents/{late.reference}/notification/1/sections/timeline/")
    page.locator("[data-insert*=processor_late_fr]").click()
    field = page.locator("#id_delay_reasons")
    expect(field).to_be_focused()
    text, start, end = field.evaluate("(field) => [field.value, field.selectionStart, field.selectionEnd]")
    assert "72 heures expirait" in text.split("\n\n")[0] and text.split("\n\n")[-1].startswith("Le sous-traitant nous a informés")
    assert text[start:end] == "[…]"
    assert not is_too_wide(page)
