"""A hostile message, from the file to the incident, in a real browser: nothing in it is shown as a page or fetched.

The frame of the journeys fails when a page asks another host or runs a script that the policy forbids.
"""

import pytest
from playwright.sync_api import expect

from breachreg.register.models import Incident
from tests.mailboxes.makers import messages

FETCHING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="fetch(\'http://203.0.113.1/x\')"><image href="http://203.0.113.1/a.png"/></svg>'
)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_hostile_message_becomes_an_incident_and_nothing_is_fetched(visit, hospital, awa, width):
    raw = messages.with_file(
        FETCHING, "<img src=http://203.0.113.1/n>.svg", "image", "svg+xml", subject='<script src="http://203.0.113.1/s"></script>',
        sender="a@evil.example", body='<iframe src="http://203.0.113.1/i"></iframe> voir https://evil.example/rib',
    )
    page = visit(awa, width=width, language="en")
    page.goto("/o/hopital/mailboxes/bring/")
    page.get_by_label("Which message?").set_input_files({"name": "m.eml", "mimeType": "message/rfc822", "buffer": raw})
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text('<script src="http://203.0.113.1/s"></script>')
    expect(page.get_by_text("hxxps://evil[.]example/rib").first).to_be_visible()
    page.get_by_label("Phishing, followed by somebody").check()
    page.get_by_label("For which reason?").fill("Rose clicked.")
    page.get_by_role("button", name="Keep the judgement").click()
    page.get_by_role("link", name="Open an incident").click()
    page.get_by_role("button", name="Open it").click()
    incident = Incident.objects.get()
    expect(page.get_by_role("main")).to_contain_text(incident.reference)
    page.goto(f"/o/hopital/incidents/{incident.reference}/response/")
    page.get_by_role("button", name="Mark as done").first.click()
    expect(page.get_by_text("1 of 12 tasks done")).to_be_visible()
    page.goto(f"/o/hopital/mailboxes/messages/{incident.message_reports.get().pk}/")
    page.get_by_role("button", name="Take its indicators over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Indicators")
    expect(page.get_by_text("evil[.]example").first).to_be_visible()
