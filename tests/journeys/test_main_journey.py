"""The main job, end to end, in a real Chromium: report, qualify, become aware, describe, assess, decide, draft, review,
file, write to the people, export; and another organisation sees none of it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from breachreg.register.models import Incident
from tests.journeys.conftest import forgiving

TABLE = "civilite;nom;prenom;adresse;cp;ville\nMme;Aubry;Alice;1 rue des Saules;35000;Rennes\nM.;Ilić;Jules;2 quai Sud;35000;Rennes\n"


def press(page: Page, name: str | re.Pattern) -> None:
    """Press the button (or follow the link) of this name in the content of the page."""
    main, exact = page.locator("main"), isinstance(name, str)
    buttons, links = (main.get_by_role(role, name=name, exact=exact) for role in ("button", "link"))
    buttons.or_(links).first.click()


def answer(page: Page, **answers: str | list[str]) -> None:
    """Fill the fields of a form by their names; a list ticks boxes, a value that is a choice ticks its circle."""
    for name, value in answers.items():
        field = page.locator(f'main [name="{name}"]')
        for each in [value] if isinstance(value, str) else value:
            choice = page.locator(f'main [name="{name}"][value="{each}"]')
            if choice.count() and choice.first.get_attribute("type") in ("radio", "checkbox"):
                choice.first.check(force=True)
            else:
                field.first.fill(each)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


class Story:
    """The pages of one incident."""

    def __init__(self, page: Page, reference: str = ""):
        self.page, self.reference = page, reference

    def go(self, rest: str = "") -> None:
        response = self.page.goto(f"/o/hopital/incidents/{self.reference}/{rest}")
        assert response.status == 200

    def report(self) -> None:
        self.page.goto("/o/hopital/report/")
        answer(self.page, what="J'ai oublié mon ordinateur dans le train.")
        for box in self.page.locator('main input[type="checkbox"][name$="_1"]').all():
            box.check(force=True)
        press(self.page, "Send the report")
        self.reference = re.search(r"HOP-\d{4}-\d{4}", self.page.locator("main").inner_text()).group()

    def qualify(self) -> None:
        self.go("qualify/")
        answer(self.page, qualification="breach", reasons="Des dossiers de patients y sont enregistrés.")
        self.page.locator("main form button.btn-primary").first.click()

    def become_aware(self, hours_ago: int) -> None:
        self.go("aware/")
        moment = (timezone.now() - timedelta(hours=hours_ago)).astimezone(zone())
        answer(
            self.page, instant_day=f"{moment:%Y-%m-%d}", instant_time=f"{moment:%H:%M}", stated_by="Rose Petit",
            evidence="Appel au standard",
        )
        self.page.locator("main form button.btn-primary").first.click()
        expect(self.page.locator("main").get_by_text(re.compile(r"left", re.I)).first).to_be_visible()

    def describe(self) -> None:
        for section, answers in FACTS.items():
            self.go(f"facts/{section}/")
            answer(self.page, **answers)
            press(self.page, "Save")
            expect(self.page.locator(".error-summary")).to_have_count(0)

    def assess(self) -> None:
        self.go("assessment/questions/")
        answer(self.page, identifiability="maximum", recipients="no_evidence", protection="none", identity="identity_set")
        press(self.page, "Assess")
        expect(self.page.locator("main").get_by_text(re.compile(r"SE = "))).to_be_visible()

    def decide(self) -> None:
        self.go("decide/")
        answer(self.page, duty="notify", reasons="Le disque n'est pas chiffré.", departure_reasons="Les personnes seront informées ensuite.")
        press(self.page, "Record the decision")

    def draft(self) -> None:
        self.go("notification/")
        self.page.locator("main form button.btn-primary, main .btn-primary").first.click()
        self.page.wait_for_url(re.compile(r"/notification/\d+/"))


FACTS = {
    "breach": {
        "natures": ["confidentiality"], "origins": ["lost_device"], "causes": ["internal_accidental"],
        "narrative": "Un ordinateur portable a été oublié dans un train.",
    },
    "data_and_people": {
        "data_categories": ["civil_status", "contact"], "people_categories": ["patients"], "people_likely": "120",
        "has_sensitive_data": "no",
    },
    "measures_before": {"measures_before": "Mot de passe de session."},
    "consequences": {"consequences": ["spread"]},
    "harms": {"harms": ["loss_of_control"], "severity": "limited"},
    "measures_after": {"measures_after": "Nous avons fermé le compte de cet ordinateur et prévenu les objets trouvés de la gare."},
    "communication": {"communication": "planned"},
}  # fmt: skip


def zone():
    return Incident.objects.select_related("organisation").latest("pk").organisation.zone


@pytest.mark.parametrize("width", [1280, 390])
def test_from_report_to_filed_told_and_exported(visit, watched, hospital, awa, bruno, chloe, rose, dan, tmp_path, width):
    hers = Story(visit(awa, width=width))
    hers.report()
    hers.qualify()
    hers.become_aware(hours_ago=3)
    hers.describe()
    hers.assess()
    hers.decide()
    hers.draft()
    assert download(hers.page, "Draft as PDF", tmp_path).startswith(b"%PDF-")
    press(hers.page, "Submit for review")

    his = visit(bruno, width=width)
    his.goto(hers.page.url)
    assert his.get_by_role("button", name="Submit for review").count() == 0
    press(his, "Approve and seal")
    his.locator("dialog[open] button.btn-primary, dialog[open] button[value=yes]").first.click()
    expect(his.locator("main").get_by_text("Approved by Bruno Lefèvre").first).to_be_visible()

    file_it(hers)
    write_letter(hers, his, tmp_path)
    read_and_export(visit(chloe, width=width), watched, hers, tmp_path)
    refuse(visit(dan, width=width), watched, hers)


def file_it(hers: Story) -> None:
    """Record the receipt; the clock stops and says how much was left."""
    hers.page.goto(hers.page.url.rstrip("/") + "/receipt/")
    moment = (timezone.now() - timedelta(minutes=1)).astimezone(zone())
    answer(hers.page, filed_at_day=f"{moment:%Y-%m-%d}", filed_at_time=f"{moment:%H:%M}", receipt_number="DEMO-0001")
    press(hers.page, "Record the filing")
    expect(hers.page.locator("main").get_by_text(re.compile(r"filed .*(left|before)", re.I)).first).to_be_visible()


def write_letter(hers: Story, his: Page, tmp_path) -> None:
    """A letter, its recipients from a file, its review, one PDF and all of them."""
    page = hers.page
    hers.go("letters/new/")
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/letters/\d+/"))
    letter = re.search(r".*/letters/\d+/", page.url).group()
    page.goto(letter + "tables/")
    page.locator('main input[type="file"]').set_input_files(
        {"name": "patients.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    for _step in ("upload", "columns", "confirm"):
        page.locator("main form button.btn-primary").first.click()
        page.wait_for_load_state("networkidle")
    page.goto(letter + "recipients/")
    expect(page.locator("main").get_by_text("Ilić").first).to_be_visible()
    page.goto(letter)
    press(page, re.compile("Submit|review", re.I))
    his.goto(letter)
    press(his, re.compile("^Approve"))
    confirm = his.locator("dialog[open] button.btn-primary")
    if confirm.count():
        confirm.first.click()
    page.goto(letter + "recipients/")
    assert download(page, re.compile("all|letters.*PDF", re.I), tmp_path).startswith(b"%PDF-")


def read_and_export(page: Page, watched, hers: Story, tmp_path) -> None:
    """Chloé reads everything, is offered nothing that changes it, and takes the register away."""
    page.goto(f"/o/hopital/incidents/{hers.reference}/")
    assert heading(page)
    with forgiving(watched, "403"):
        assert page.goto(f"/o/hopital/incidents/{hers.reference}/qualify/").status == 403
    rows = list(csv.reader(io.StringIO(export(page, "csv", tmp_path).decode("utf-8-sig")), delimiter=";"))
    assert any(hers.reference in row for row in rows)
    assert export(page, "pdf", tmp_path).startswith(b"%PDF-")


def export(page: Page, form: str, tmp_path) -> bytes:
    page.goto("/o/hopital/exports/")
    answer(page, form=form)
    return download(page, "Export", tmp_path)


def refuse(page: Page, watched, hers: Story) -> None:
    """Dan, of another organisation, gets the answer of a page that does not exist."""
    with forgiving(watched, "404"):
        for address in (f"/o/hopital/incidents/{hers.reference}/", hers.page.url, "/o/hopital/exports/", "/o/hopital/desk/"):
            assert page.goto(address).status == 404
    assert page.goto("/o/mairie/incidents/").status == 200
    assert hers.reference not in page.content()


def download(page: Page, name: str | re.Pattern, tmp_path) -> bytes:
    """What the browser saves when this link or button of the page is pressed."""
    with page.expect_download() as waiting:
        press(page, name)
    target = tmp_path / "download"
    waiting.value.save_as(target)
    return target.read_bytes()
