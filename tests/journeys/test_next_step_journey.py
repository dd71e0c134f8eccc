"""The main journey, always by the step that the page of the incident names next: report, qualify, awareness, assess,
decide, draft. The pages lead; nobody has to know where to go.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from breachreg.register.models import Incident


def follow_next_step(page: Page, reference: str, title: str) -> None:
    """Open the incident, see what comes next, and press its button."""
    page.goto(f"/o/hopital/incidents/{reference}/")
    step = page.locator(".next-step")
    expect(step.get_by_role("heading")).to_have_text(title)
    step.locator("a.btn").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_each_step_leads_to_the_next(visit, awa, bruno, hospital, width):
    page = visit(awa, width=width)
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto("/o/hopital/report/")
    page.get_by_label("What happened?").fill("Un planning est parti à la mauvaise adresse.")
    page.get_by_role("button", name="Send the report").click()
    reference = page.locator(".receipt-reference").inner_text()

    follow_next_step(page, reference, "Say whether personal data were breached")
    page.locator("[name=qualification][value=breach]").check()
    page.locator("[name=reasons]").fill("Le planning porte des noms et des motifs de consultation.")
    page.locator("main .form-actions .btn-primary").click()

    follow_next_step(page, reference, "Record when the organisation became aware")
    aware_at = timezone.now().astimezone(ZoneInfo("Europe/Paris")) - timedelta(hours=3)
    page.locator("[name=instant_day]").fill(f"{aware_at:%Y-%m-%d}")
    page.locator("[name=instant_time]").fill(f"{aware_at:%H:%M}")
    page.locator("[name=stated_by]").fill("Awa Diallo")
    page.locator("[name=evidence]").fill("Appel de la destinataire")
    page.locator("main .form-actions .btn-primary").click()
    page.goto(f"/o/hopital/incidents/{reference}/")
    expect(page.locator("[data-hours]").first).to_have_text("68")

    follow_next_step(page, reference, "Assess the risk to the people")
    page.goto(f"/o/hopital/incidents/{reference}/assessment/questions/")
    page.locator("main .form-actions .btn-primary").click()

    follow_next_step(page, reference, "Decide what the risk asks for")
    page.locator("[name=duty][value=notify]").check()
    page.locator("[name=reasons]").fill("Des données de santé ont été lues.")
    page.locator("[name=departure_reasons]").fill("Le destinataire est connu.")
    page.locator("main .form-actions .btn-primary").click()

    follow_next_step(page, reference, "Draft the notification")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Incident.objects.get(reference=reference).decisions.get().duty == "notify"
