"""What every page does for everybody: the keyboard, the themes, the languages, the clock, what was typed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from breachreg.register import actions, awareness
from tests.journeys.conftest import forgiving

DESK = "/o/hopital/desk/"
REPORT = "/o/hopital/report/"


@pytest.fixture
def running(hospital, awa):
    """A breach whose clock runs now, 40 hours and a half before it is due."""
    at = timezone.now() - timedelta(hours=31, minutes=30)
    reported = actions.report_incident(organisation=hospital, title="Clé USB perdue", report="…", by=awa, at=at)
    breach = actions.qualify_as_breach(incident=reported, reasons="Oui.", by=awa, at=at)
    return awareness.become_aware(incident=breach, aware_at=at, stated_by="Awa", evidence="Appel", by=awa, at=at)


def test_signing_in_leads_to_the_desk_and_signing_out_forgets_what_was_typed(visit, awa):
    awa.set_password("une phrase de passe solide")
    awa.save()
    page = visit()
    page.goto(DESK)
    page.get_by_label("Email").fill(awa.email)
    page.get_by_label("Password").fill("une phrase de passe solide")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
    page.evaluate("localStorage.setItem('breachreg:draft:1:report:', '{}')")
    page.locator("summary", has_text="Awa Diallo").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('breachreg:')).length") == 0


def test_the_keyboard_alone_reaches_the_content_the_menus_and_back(visit, awa, running):
    page = visit(awa)
    page.goto(DESK)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    summary = page.locator("details.fold summary", has_text="Appearance")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Dark")).to_be_hidden()
    expect(summary).to_be_focused()


def test_everything_that_can_be_focused_shows_that_it_is(visit, awa, running):
    page = visit(awa)
    page.goto(reverse("incident", args=["hopital", running.reference]))
    for _step in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        assert style[0] != "none" and style[1] >= 2, page.evaluate("document.activeElement.outerHTML")


def test_the_theme_is_kept_on_this_device(visit, awa):
    page = visit(awa, theme="auto")
    page.goto(DESK)
    page.locator("details.fold summary", has_text="Appearance").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 27)"


def test_the_other_language_is_one_press_away_and_keeps_the_page(visit, awa):
    page = visit(awa)
    page.goto(DESK)
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bureau")
    assert page.url.endswith(DESK)
    assert page.locator("html").get_attribute("lang") == "fr"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_clock_is_right_in_a_browser_of_another_zone_with_a_wrong_clock(visit, awa, running, zone):
    page = visit(awa, zone=zone)
    page.add_init_script("const late = Date.now; Date.now = () => late() + 9 * 3600 * 1000;")
    page.goto(reverse("incident", args=["hopital", running.reference]))
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    expect(page.locator("[data-hours]").first).to_have_text("40")
    due = page.locator(".clock-when time").first.get_attribute("datetime")
    assert due.startswith((running.aware_at + timedelta(hours=72)).strftime("%Y-%m-%dT%H:%M"))
    expect(page.locator(".clock .zone").first).to_contain_text("Paris time")


def test_a_clock_that_runs_out_while_the_page_is_open_says_so(visit, awa, running):
    page = visit(awa)
    page.goto(reverse("incident", args=["hopital", running.reference]))
    page.evaluate("const now = Date.now; Date.now = () => now() + 41 * 3600 * 1000; window.dispatchEvent(new Event('pageshow'))")
    expect(page.get_by_text("The time is over. Notify all the same")).to_be_visible()


def test_what_was_typed_is_kept_on_this_device_and_offered_again(visit, awa):
    page = visit(awa)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(REPORT)
    page.get_by_label("What happened?").fill("Une clé USB a disparu.")
    expect(page.get_by_text("Kept on this device")).to_be_visible()
    page.goto(DESK)
    page.goto(REPORT)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("What happened?")).to_have_value("Une clé USB a disparu.")


def test_leaving_a_form_half_filled_asks_first(visit, awa):
    asked = []
    page = visit(awa)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(REPORT)
    page.get_by_label("What happened?").fill("Une clé USB")
    page.get_by_role("link", name="Incidents").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith(REPORT)


def test_a_sent_report_leaves_no_draft_behind(visit, rose):
    page = visit(rose)
    page.goto(REPORT)
    page.get_by_label("What happened?").fill("Un badge perdu.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your report has a reference")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('breachreg:')).length") == 0


def test_errors_are_read_first_and_lead_to_their_questions(visit, rose, watched):
    page = visit(rose)
    page.goto(REPORT)
    with forgiving(watched, "422"):
        page.get_by_role("button", name="Send the report").click()
        summary = page.locator("#error-summary")
        expect(summary).to_be_focused()
    summary.get_by_role("link", name="What happened?").click()
    expect(page.get_by_label("What happened?")).to_be_focused()
    assert page.get_by_label("What happened?").get_attribute("aria-invalid") == "true"


def test_another_person_on_this_device_finds_no_draft(visit, rose, awa):
    page = visit(rose)
    page.goto(REPORT)
    page.evaluate("localStorage.setItem('breachreg:draft:999:report:', '{}')")
    page.reload()
    assert page.evaluate("localStorage.getItem('breachreg:draft:999:report:')") is None


def test_ticking_not_known_yet_and_typing_an_answer_exclude_each_other(visit, rose):
    page = visit(rose)
    page.goto(REPORT)
    question = page.locator("#div_id_concerned")
    question.get_by_label("Not known yet").check()
    question.locator("textarea").fill("Dix patients")
    expect(question.get_by_label("Not known yet")).not_to_be_checked()


def test_the_desk_refreshes_itself_and_gives_the_focus_back(visit, awa, running, hospital):
    page = visit(awa)
    page.goto(DESK)
    link = page.locator("a.due-title").first
    link.focus()
    actions.report_incident(organisation=hospital, title="Un nouveau", report="…", by=awa, at=timezone.now())
    page.evaluate("htmx.ajax('GET', location.href, {target: '#desk', select: '#desk', swap: 'outerHTML'})")
    expect(page.get_by_text("Un nouveau")).to_be_visible()
    expect(page.locator("a.due-title").first).to_be_focused()


def test_a_refresh_without_a_connection_says_so_and_leaves_the_page(visit, awa, running, watched):
    page = visit(awa)
    page.goto(DESK)
    page.route("**/desk/", lambda route: route.abort())
    with forgiving(watched, "ERR_FAILED", "htmx:", "Failed to load"):
        page.evaluate("htmx.ajax('GET', location.href, {target: '#desk', select: '#desk', swap: 'outerHTML'}).catch(() => 0)")
        expect(page.get_by_text("The connection was lost")).to_be_visible()
    expect(page.get_by_text(running.reference).first).to_be_visible()


def test_a_refresh_after_the_session_ended_does_not_swallow_the_page(visit, awa, running, watched):
    page = visit(awa)
    page.goto(DESK)
    page.context.clear_cookies(name="sessionid")
    page.evaluate("htmx.ajax('GET', location.href, {target: '#desk', select: '#desk', swap: 'outerHTML'})")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    expect(page.get_by_text(running.reference).first).to_be_visible()


def test_a_form_sent_after_the_session_ended_leads_back_to_what_was_typed(visit, awa, running):
    awa.set_password("une phrase de passe solide")
    awa.save()
    page = visit(awa)
    page.goto(reverse("timeline", args=["hopital", running.reference]))
    page.locator("[name=text]").fill("Appel du prestataire.")
    page.context.clear_cookies(name="sessionid")
    page.locator("main form .btn-primary").click()
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    page.get_by_label("Email").fill(awa.email)
    page.get_by_label("Password").fill("une phrase de passe solide")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("[name=text]")).to_have_value("Appel du prestataire.")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".timeline").get_by_text("Appel du prestataire.")).to_be_visible()
    page.wait_for_load_state("domcontentloaded")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('breachreg:')).length") == 0


def test_without_scripts_a_report_still_goes(visit, rose):
    page = visit(rose, java_script_enabled=False)
    page.goto(REPORT)
    page.get_by_label("What happened?").fill("Un badge perdu.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your report has a reference")


def test_a_second_file_is_ordered_from_the_page_that_stayed_after_the_first(visit, awa, running):
    """The button works again once the file has left, what left stands below, and leaving the page asks nothing."""
    page = visit(awa)
    page.goto("/o/hopital/exports/")
    names = []
    for form in ("csv", "json", "json"):
        page.check(f"input[name=form][value={form}]")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Export", exact=True).click()
        names.append(waiting.value.suggested_filename.rpartition(".")[2])
        expect(page.locator("#files tbody tr")).to_have_count(len(names))
        expect(page.locator("[aria-busy]")).to_have_count(0)
    assert names == ["csv", "json", "json"]
    page.goto("/o/hopital/desk/")
    assert page.url.endswith("/o/hopital/desk/")
